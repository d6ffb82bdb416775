package clip

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/nn/checkpoint"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
)

// loadFolder loads a model from the folder that it is published in.
func loadFolder(t *testing.T, folder string) *Model {
	t.Helper()
	f, err := checkpoint.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := Load(f, torchtest.Device(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m
}

// agrees holds a model to what scripts/parity/clip.py noted of the same weights:
// unit vectors of pictures and sentences within 1e-5, and the gradient of a
// similarity to the picture within 1e-5 of its largest value.
func agrees(t *testing.T, m *Model, want string) {
	t.Helper()
	f := torchtest.Open(t, want)
	var texts []string
	if err := json.Unmarshal([]byte(f.Metadata()["texts"]), &texts); err != nil {
		t.Fatal(err)
	}
	torchtest.Do(t, func(s *torch.Session) {
		picture := f.Tensor(s, "picture").Clone().SetRequiresGrad(true)
		image, text := m.EncodeImage(picture), m.EncodeText(s, texts)
		similar := image.Mul(text.Narrow(0, 0, 2)).Sum(1)
		signs := s.FromFloats([]float32{1, -1}, 2)
		gradient := torch.Grad(similar.Mul(signs).Sum(), picture)[0]
		for name, got := range map[string]torch.Tensor{"image": image, "text": text, "gradient": gradient} {
			want := f.Tensor(s, name)
			scale := 1.0
			if name == "gradient" {
				scale = want.Abs().Max().Item()
			}
			off := distance(got, want) / scale
			t.Logf("%s: off by %.2g", name, off)
			if !(off <= torchtest.Tolerance(t, 1e-5)) {
				t.Errorf("%s: off by %g, want 1e-5 at most", name, off)
			}
		}
	})
}

// A model of open_clip, as it is published: its names and its configuration, in
// half precision, with an activation and heads that the weights do not tell.
func TestOpenCLIPAgrees(t *testing.T) {
	m := loadFolder(t, "testdata/openclip")
	if got := m.Config.Image.Transformer; got.Heads != 4 || got.Activation != GELU {
		t.Errorf("got image transformer %+v, want 4 heads and %s", got, GELU)
	}
	agrees(t, m, "testdata/openclip/want.safetensors")
}

// TestPublishedSizesAgree runs for `make parity-check`, which makes the folder.
func TestPublishedSizesAgree(t *testing.T) {
	folder := os.Getenv("TOOLKIT_PARITY")
	if folder == "" {
		t.Skip("TOOLKIT_PARITY names no folder of scripts/parity/clip.py")
	}
	for _, name := range []string{"safetensors", "sharded", "bin", "legacy", "openai", "open_clip"} {
		t.Run(name, func(t *testing.T) {
			want := filepath.Join(folder, "want.safetensors")
			if own := filepath.Join(folder, name, "want.safetensors"); name == "open_clip" {
				want = own
			}
			path := filepath.Join(folder, name)
			if name == "open_clip" {
				path = filepath.Join(path, "open_clip_pytorch_model.bin")
			}
			agrees(t, loadFolder(t, path), want)
		})
	}
}

// What was fine-tuned here computes the same in open_clip and transformers, and again
// here as these write it. It runs for `make parity-check`, which makes the folder.
func TestTunedThereAndBack(t *testing.T) {
	folder := os.Getenv("TOOLKIT_PARITY_TUNED")
	if folder == "" {
		t.Skip("TOOLKIT_PARITY_TUNED names no folder of scripts/parity/export.py")
	}
	for _, name := range []string{"run/last.safetensors", "open_clip/open_clip_model.safetensors", "transformers"} {
		t.Run(name, func(t *testing.T) {
			agrees(t, loadFolder(t, filepath.Join(folder, name)), filepath.Join(folder, "want.safetensors"))
		})
	}
}

// Without a configuration the activation is OpenAI's, or open_clip's own by the
// file's name; one that is another model's is refused, and says what disagrees.
func TestConfigurationsBesideWeights(t *testing.T) {
	put := func(folder, name, content string) {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	sizes := Config{Embed: 16, MaxScale: 100,
		Image: ImageConfig{Height: 32, Width: 32, Patch: 16, Transformer: Transformer{Dim: 32, Layers: 1, Heads: 1, Hidden: 128}},
		Text:  TextConfig{Vocabulary: 514, Context: 24, Transformer: Transformer{Dim: 16, Layers: 1, Heads: 1, Hidden: 64}},
	}
	const tower = `"hidden_act": "gelu", "num_attention_heads": 2`
	for name, c := range map[string]struct {
		file, content, weights, fault string
		heads                         int64
		activation                    string
	}{
		"OpenAI's, without":    {weights: "ViT-B-32.pt", heads: 1},
		"open_clip's, without": {weights: "open_clip_pytorch_model.bin", heads: 1, activation: GELU},
		"transformers'":        {file: huggingConfig, content: `{"model_type": "clip", "projection_dim": 16, "vision_config": {` + tower + `}, "text_config": {` + tower + `}}`, heads: 2, activation: GELU},
		"its defaults":         {file: huggingConfig, content: `{"vision_config": {"num_attention_heads": 4, "hidden_act": "quick_gelu"}}`, heads: 4},
		"open_clip's":          {file: openCLIPConfig, content: `{"model_cfg": {"embed_dim": 16, "quick_gelu": true, "vision_cfg": {"width": 32, "layers": 1, "head_width": 8}, "text_cfg": {"heads": 4}}}`, heads: 4},
		"a ResNet's":           {file: openCLIPConfig, content: `{"model_cfg": {"vision_cfg": {"layers": [3, 4, 6, 3]}}}`, fault: "a vision transformer's"},
		"another width":        {file: huggingConfig, content: `{"vision_config": {"hidden_size": 768}}`, fault: "the image tower's width is 32 by its weights and 768 by"},
		"another activation":   {file: huggingConfig, content: `{"vision_config": {"hidden_act": "relu"}}`, fault: `the activation is "relu"`},
		"another norm":         {file: huggingConfig, content: `{"text_config": {"layer_norm_eps": 1e-6}}`, fault: "add 1e-06 to the variance"},
		"another model":        {file: huggingConfig, content: `{"model_type": "bert"}`, fault: `is of a "bert", want a clip`},
		"a web page":           {file: huggingConfig, content: `<html>`, fault: "invalid character"},
	} {
		t.Run(name, func(t *testing.T) {
			folder, got := t.TempDir(), sizes
			if c.file != "" {
				put(folder, c.file, c.content)
			}
			if c.weights == "" {
				c.weights = "model.safetensors"
			}
			err := declare(&got, filepath.Join(folder, c.weights))
			if c.fault != "" {
				if err == nil || !strings.Contains(err.Error(), c.fault) {
					t.Errorf("got %v, want an error with %q", err, c.fault)
				}
				return
			}
			if x := got.Image.Transformer; err != nil || x.Heads != c.heads || x.Activation != c.activation {
				t.Errorf("got %d heads and %q (%v), want %d and %q", x.Heads, x.Activation, err, c.heads, c.activation)
			}
		})
	}
}
