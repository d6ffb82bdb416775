package clip

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// The configurations that checkpoints are published with.
const (
	huggingConfig  = "config.json"              // transformers.CLIPModel's
	openCLIPConfig = "open_clip_config.json"    // open_clip's
	pictureConfig  = "preprocessor_config.json" // beside the first: what is done to pictures
)

// declared is what a configuration says. Of what it leaves out the weights, or
// its kind's defaults, say the rest.
type declared struct {
	file        string
	embed       int64
	image, text declaredTower
	side, patch int64 // of pictures and patches, in pixels
	vocabulary  int64
	context     int64
	mean, std   []float64
}

type declaredTower struct {
	Transformer
	eps float64 // of the layer norms
}

// declare puts into c what the configuration in a folder says and weights
// cannot: heads, activations, what is done to pictures. Where it disagrees with
// them about a size, one of the two is another model's. Without a configuration
// the activation is open_clip's own where the file has open_clip's name, and else
// OpenAI's, whose checkpoints have none.
func declare(c *Config, path string) error {
	folder := filepath.Dir(path)
	d, err := readDeclared(folder)
	if err != nil {
		return err
	}
	if d == nil {
		if strings.HasPrefix(filepath.Base(path), "open_clip") {
			c.Image.Transformer.Activation, c.Text.Transformer.Activation = GELU, GELU
		}
		return nil
	}
	for _, x := range []struct {
		what      string
		said, got int64
	}{
		{"the embedding", d.embed, c.Embed},
		{"the image tower's width", d.image.Dim, c.Image.Transformer.Dim},
		{"the image tower's layers", d.image.Layers, c.Image.Transformer.Layers},
		{"the image tower's hidden width", d.image.Hidden, c.Image.Transformer.Hidden},
		{"a picture's side", d.side, c.Image.Height},
		{"a patch's side", d.patch, c.Image.Patch},
		{"the text tower's width", d.text.Dim, c.Text.Transformer.Dim},
		{"the text tower's layers", d.text.Layers, c.Text.Transformer.Layers},
		{"the text tower's hidden width", d.text.Hidden, c.Text.Transformer.Hidden},
		{"the vocabulary", d.vocabulary, c.Text.Vocabulary},
		{"the context", d.context, c.Text.Context},
	} {
		if x.said != 0 && x.said != x.got {
			return fmt.Errorf("%s is %d by its weights and %d by %s: want the configuration that it was published with", x.what, x.got, x.said, filepath.Join(folder, d.file))
		}
	}
	for _, t := range []struct {
		said *declaredTower
		got  *Transformer
	}{{&d.image, &c.Image.Transformer}, {&d.text, &c.Text.Transformer}} {
		if t.said.Heads != 0 {
			t.got.Heads = t.said.Heads
		}
		if t.got.Activation, err = activationNamed(t.said.Activation); err != nil {
			return fmt.Errorf("%s: %w", filepath.Join(folder, d.file), err)
		}
		if t.said.eps != 0 && t.said.eps != normEps {
			return fmt.Errorf("%s: the layer norms add %g to the variance, want %g: this kind of model is not known", filepath.Join(folder, d.file), t.said.eps, normEps)
		}
	}
	if len(d.mean) == 3 && len(d.std) == 3 {
		copy(c.Image.Mean[:], d.mean)
		copy(c.Image.Std[:], d.std)
	}
	return nil
}

// normEps is what package nn's layer norms add to the variance.
const normEps = 1e-5

// activationNamed takes transformers' name of an activation to ours; that of
// quick_gelu is left out, as in every configuration without one.
func activationNamed(name string) (string, error) {
	switch name {
	case "", QuickGELU:
		return "", nil
	case GELU:
		return GELU, nil
	}
	return "", fmt.Errorf("the activation is %.40q, want %s or %s", name, QuickGELU, GELU)
}

// readDeclared reads the configuration in a folder, nil where there is none.
func readDeclared(folder string) (*declared, error) {
	var o openCLIP
	found, err := readJSON(filepath.Join(folder, openCLIPConfig), &o)
	if err != nil {
		return nil, err
	}
	if found {
		return o.declared()
	}
	var h hugging
	if found, err = readJSON(filepath.Join(folder, huggingConfig), &h); err != nil || !found {
		return nil, err
	}
	d, err := h.declared()
	if err != nil {
		return nil, err
	}
	var p struct {
		Mean []float64 `json:"image_mean"`
		Std  []float64 `json:"image_std"`
	}
	_, err = readJSON(filepath.Join(folder, pictureConfig), &p)
	d.mean, d.std = p.Mean, p.Std
	return d, err
}

// maxConfig bounds a configuration, in bytes.
const maxConfig = 1 << 20

// readJSON reads a file, and tells whether there is one.
func readJSON(path string, v any) (found bool, err error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxConfig {
		return false, fmt.Errorf("%s: is no file, or has more than %d bytes, want a configuration", path, maxConfig)
	}
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, v)
	}
	if err != nil {
		return false, fmt.Errorf("%s: %w", path, err)
	}
	return true, nil
}

// hugging is the config.json of transformers.CLIPModel.
type hugging struct {
	Type   string       `json:"model_type"`
	Embed  int64        `json:"projection_dim"`
	Vision huggingTower `json:"vision_config"`
	Text   huggingTower `json:"text_config"`
}

type huggingTower struct {
	Dim        int64   `json:"hidden_size"`
	Layers     int64   `json:"num_hidden_layers"`
	Heads      int64   `json:"num_attention_heads"`
	Hidden     int64   `json:"intermediate_size"`
	Activation string  `json:"hidden_act"`
	Eps        float64 `json:"layer_norm_eps"`
	Side       int64   `json:"image_size"`
	Patch      int64   `json:"patch_size"`
	Vocabulary int64   `json:"vocab_size"`
	Context    int64   `json:"max_position_embeddings"`
}

func (h hugging) declared() (*declared, error) {
	if h.Type != "" && h.Type != "clip" {
		return nil, fmt.Errorf("%s is of a %.40q, want a clip", huggingConfig, h.Type)
	}
	return &declared{
		file: huggingConfig, embed: h.Embed, image: h.Vision.tower(12), text: h.Text.tower(8),
		side: h.Vision.Side, patch: h.Vision.Patch, vocabulary: h.Text.Vocabulary, context: h.Text.Context,
	}, nil
}

// tower takes transformers' number of heads where the configuration leaves it out.
func (t huggingTower) tower(heads int64) declaredTower {
	if t.Heads != 0 {
		heads = t.Heads
	}
	return declaredTower{Transformer{Dim: t.Dim, Layers: t.Layers, Heads: heads, Hidden: t.Hidden, Activation: t.Activation}, t.Eps}
}

// openCLIP is an open_clip_config.json.
type openCLIP struct {
	Model struct {
		Embed     int64 `json:"embed_dim"`
		QuickGELU bool  `json:"quick_gelu"`
		Vision    struct {
			Side      int64           `json:"image_size"`
			Layers    json.RawMessage `json:"layers"` // four numbers for a ResNet
			Width     int64           `json:"width"`
			HeadWidth int64           `json:"head_width"`
			Patch     int64           `json:"patch_size"`
		} `json:"vision_cfg"`
		Text struct {
			Context    int64 `json:"context_length"`
			Vocabulary int64 `json:"vocab_size"`
			Width      int64 `json:"width"`
			Heads      int64 `json:"heads"`
			Layers     int64 `json:"layers"`
		} `json:"text_cfg"`
	} `json:"model_cfg"`
	Picture struct {
		Mean []float64 `json:"mean"`
		Std  []float64 `json:"std"`
	} `json:"preprocess_cfg"`
}

func (o openCLIP) declared() (*declared, error) {
	m, activation := o.Model, GELU
	if m.QuickGELU {
		activation = QuickGELU
	}
	if m.Vision.HeadWidth == 0 {
		m.Vision.HeadWidth = headDim
	}
	var layers int64
	if len(m.Vision.Layers) > 0 {
		if err := json.Unmarshal(m.Vision.Layers, &layers); err != nil {
			return nil, fmt.Errorf("%s: the image tower's layers are %.40s, want one number: a vision transformer's", openCLIPConfig, m.Vision.Layers)
		}
	}
	image := Transformer{Dim: m.Vision.Width, Layers: layers, Heads: m.Vision.Width / m.Vision.HeadWidth, Activation: activation}
	text := Transformer{Dim: m.Text.Width, Layers: m.Text.Layers, Heads: m.Text.Heads, Activation: activation}
	return &declared{
		file: openCLIPConfig, embed: m.Embed, image: declaredTower{Transformer: image}, text: declaredTower{Transformer: text},
		side: m.Vision.Side, patch: m.Vision.Patch, vocabulary: m.Text.Vocabulary, context: m.Text.Context,
		mean: o.Picture.Mean, std: o.Picture.Std,
	}, nil
}
