package clip

import (
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/clip/bpe"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/safetensors"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
)

// tiny is a conv tower for 16×32 maps.
var tiny = Config{
	Embed: 8, MaxScale: 40,
	Image: ImageConfig{
		Kind: Conv, Height: 16, Width: 32, Mean: [3]float64{.45, .45, .45}, Std: [3]float64{.27, .27, .27},
		Channels: []int64{8, 16}, Blocks: []int64{1, 1}, Hidden: 12,
	},
	Text: TextConfig{Vocabulary: 560, Context: 12, Pool: PoolMean, Transformer: Transformer{Dim: 16, Layers: 1, Heads: 2}},
}

// tinyViT is a transformer for the same maps.
var tinyViT = Config{Embed: tiny.Embed, MaxScale: 40, Image: goldenConfig.Image, Text: tiny.Text}

// tinyWords and tinyBag read words: through a transformer, and by an MLP on
// their mean.
var (
	tinyWords = Config{Embed: tiny.Embed, MaxScale: 40, Image: tiny.Image,
		Text: TextConfig{Kind: Words, Vocabulary: 1, Context: 12, Pool: PoolMean, Transformer: Transformer{Dim: 16, Layers: 1, Heads: 2}}}
	tinyBag = Config{Embed: tiny.Embed, MaxScale: 40, Image: tiny.Image,
		Text: TextConfig{Kind: Words, Vocabulary: 1, Context: 12, Pool: PoolMean, Transformer: Transformer{Dim: 16, Heads: 1}}}
)

func vocabulary(t testing.TB, size int) *bpe.Vocabulary {
	t.Helper()
	v, err := bpe.Train([]string{"a forest at sunset", "sunset sky", "trees in a forest", "cloudy sky", "the night sky"}, size)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// reads is the vocabulary of a model of pieces; one of words has none.
func reads(t testing.TB, c Config) *bpe.Vocabulary {
	if c.Text.Kind == Words {
		return nil
	}
	return vocabulary(t, int(c.Text.Vocabulary))
}

func newModel(t testing.TB, c Config) *Model {
	t.Helper()
	torchtest.NoLeaks(t)
	m, err := New(c, reads(t, c), torchtest.Device(t), 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m
}

func TestLogitScaleIsBounded(t *testing.T) {
	m := newModel(t, tiny)
	torchtest.Do(t, func(s *torch.Session) {
		if got := m.LogitScale(s).Item(); math.Abs(got-1/.07) > 1e-4 {
			t.Errorf("got %v at first, want %v", got, 1/.07)
		}
		s.NoGrad(func() { m.scale.CopyFrom(s.Scalar(9)) })
		if got := m.LogitScale(s).Item(); got != tiny.MaxScale {
			t.Errorf("got %v, want at most %v", got, tiny.MaxScale)
		}
	})
}

func TestSizesOfTheExamples(t *testing.T) {
	for _, c := range []struct {
		config                  Config
		low, high, textLow, top int64
	}{
		{Mini, 900e3, 1200e3, 250e3, 450e3},
		{MiniViT, 400e3, 700e3, 250e3, 450e3},
	} {
		m := newModel(t, c.config)
		var image, text int64
		for name, w := range m.Params.Each {
			if strings.HasPrefix(name, "visual.") {
				image += w.Numel()
			} else {
				text += w.Numel()
			}
		}
		if image < c.low || image > c.high || text < c.textLow || text > c.top {
			t.Errorf("%s: got %d parameters for pictures and %d for text", c.config.Image.Kind, image, text)
		}
	}
}

// Half the bytes, nearly the same vectors, and a hash of their own.
func TestHalfPrecisionFiles(t *testing.T) {
	m := newModel(t, tiny)
	path := filepath.Join(t.TempDir(), "half.safetensors")
	if err := m.Save(path, torch.Float16, nil); err != nil {
		t.Fatal(err)
	}
	f, err := safetensors.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	half, err := Load(f, torchtest.Device(t))
	if err != nil {
		t.Fatal(err)
	}
	defer half.Close()
	torchtest.Do(t, func(s *torch.Session) {
		x := s.Rand(2, 3, 16, 32)
		if off := distance(m.EncodeImage(x), half.EncodeImage(x)); off > 5e-3 || off == 0 {
			t.Errorf("got vectors off by %g, want more than 0 and at most 5e-3", off)
		}
	})
	if hash(t, half) == hash(t, m) {
		t.Error("got the hash of the full model, want another")
	}
}

func TestWhatIsNoCLIP(t *testing.T) {
	m := newModel(t, tiny)
	good := map[string]string{}
	path := filepath.Join(t.TempDir(), "clip.safetensors")
	if err := m.Save(path, torch.Float32, nil); err != nil {
		t.Fatal(err)
	}
	f, err := safetensors.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for k, v := range f.Metadata() {
		good[k] = v
	}
	for _, c := range []struct{ key, old, new, want string }{
		{"kind", "clip", "vae", `the file is a "vae", want a "clip"`},
		{"config", "{", "", "the configuration in the file"},
		{"config", `"embed":8`, `"embed":9`, "text_projection is [16 8] in the file, want [16 9]"},
		{"config", `"context":12`, `"context":0`, "text.context is 0"},
		{"config", `"vocabulary":`, `"vocabulary":1`, "the vocabulary has"},
		{"vocabulary", `"BPE"`, `"Word"`, "the vocabulary in the file"},
	} {
		bad := map[string]string{}
		for k, v := range good {
			bad[k] = v
		}
		bad[c.key] = strings.Replace(good[c.key], c.old, c.new, 1)
		torchtest.Do(t, func(s *torch.Session) {
			var tensors []safetensors.Named
			for _, e := range f.Entries() {
				tensors = append(tensors, safetensors.Named{Name: e.Name, Tensor: f.Tensor(s, e.Name)})
			}
			at := filepath.Join(t.TempDir(), "bad.safetensors")
			s.Check(safetensors.Write(at, tensors, bad))
			wrong, err := safetensors.Open(at)
			s.Check(err)
			defer wrong.Close()
			if _, err := Load(wrong, torchtest.Device(t)); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "bad.safetensors") {
				t.Errorf("%s: got error %v, want one with %q and the path", c.new, err, c.want)
			}
		})
	}
}

func TestConfigsAreWrongAllAtOnce(t *testing.T) {
	for _, c := range []Config{Mini, MiniViT, ViTB32, tiny, tinyViT, tinyWords, tinyBag} {
		if err := c.Validate(); err != nil {
			t.Errorf("got %v, want no error", err)
		}
	}
	bad := Mini
	bad.Embed, bad.MaxScale = 0, .5
	bad.Image.Width, bad.Image.Std[1] = 100, 0
	bad.Image.Channels, bad.Image.Patch = []int64{32, 60, 128}, 8
	bad.Text.Pool, bad.Text.Vocabulary, bad.Text.Transformer.Heads = "max", 100, 3
	err := bad.Validate()
	if err == nil {
		t.Fatal("got no error")
	}
	for _, want := range []string{
		"embed is 0", "max_scale is 0.5", "image.width is 100, want a multiple of 32", "image.std[1] is 0",
		"image.channels[1] is 60, want a multiple of 8", "image.patch", `text.pool is "max", want "end" or "mean"`,
		"text.vocabulary is 100, want 514", "text.transformer.dim is 128, want a multiple of its heads, 3",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want it to say %q", err, want)
		}
	}
	read := tinyWords
	read.Text.Pool, read.Text.Transformer.Layers = PoolEnd, -1
	if err := read.Validate(); err == nil || !strings.Contains(err.Error(), `text.pool is "end", want "mean" for words`) || !strings.Contains(err.Error(), "text.transformer.layers is -1") {
		t.Errorf("got %v, want it to name the pool and the layers", err)
	}
	read.Text.Kind = "letters"
	if err := read.Validate(); err == nil || !strings.Contains(err.Error(), `text.kind is "letters", want "pieces" or "words"`) {
		t.Errorf("got %v, want it to name the kinds", err)
	}
	none := Config{}
	if err := none.Validate(); err == nil || !strings.Contains(err.Error(), `image.kind is "", want "conv" or "vit"`) {
		t.Errorf("got %v, want it to name the kinds", err)
	}
}

func TestWrongInputsComeOutAsErrors(t *testing.T) {
	m := newModel(t, tiny)
	for want, f := range map[string]func(*torch.Session){
		"the picture is [3 16 32], want [N 3 H W]": func(s *torch.Session) { m.EncodeImage(s.Ones(3, 16, 32)) },
		"there are no sentences":                   func(s *torch.Session) { m.EncodeText(s, nil) },
	} {
		if err := torch.Do(torchtest.Device(t), f); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got error %v, want %q", err, want)
		}
	}
}
