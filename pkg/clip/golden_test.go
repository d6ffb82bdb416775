package clip

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/nn"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/safetensors"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
)

// goldenConfig is the model of scripts/golden/clip.py.
var goldenConfig = Config{
	Embed: 16, MaxScale: 100,
	Image: ImageConfig{
		Kind: ViT, Height: 16, Width: 32, Mean: openAIMean, Std: openAIStd,
		Patch: 8, Transformer: Transformer{Dim: 32, Layers: 2, Heads: 4},
	},
	Text: TextConfig{Vocabulary: 520, Context: 12, Pool: PoolEnd, Transformer: Transformer{Dim: 24, Layers: 2, Heads: 3}},
}

func openGolden(t testing.TB) *safetensors.File {
	t.Helper()
	return torchtest.Open(t, "testdata/vit.safetensors")
}

// distance is the largest difference of two tensors.
func distance(a, b torch.Tensor) float64 { return a.Sub(b).Abs().Max().Item() }

func TestVisionTransformerAgreesWithPyTorch(t *testing.T) {
	f := openGolden(t)
	m, err := build(goldenConfig, reading{pieces: vocabulary(t, 520)}, func(layers func(nn.Scope)) (*nn.Params, error) {
		return nn.BuildFrom(torchtest.Device(t), f.Section("openai."), layers)
	})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	torchtest.Do(t, func(s *torch.Session) {
		picture := f.Tensor(s, "picture").Clone().SetRequiresGrad(true)
		image := m.EncodeImage(picture)
		ids := f.Tensor(s, "ids")
		pooled := s.FromFloats(m.text.pooled([]int{2, 5, 12}, int(ids.Size(1))), ids.Shape()...)
		text := m.text.Forward(ids, pooled).Normalize(-1, 1e-12)
		logits := image.MatMul(text.Transpose(0, 1)).Mul(m.LogitScale(s))
		what := s.FromFloats([]float32{0, 1, 0, 0, 0, -1}, 2, 3)
		gradient := torch.Grad(logits.Mul(what).Sum(), picture)[0]
		for name, got := range map[string]torch.Tensor{"image": image, "text": text, "logits": logits, "gradient": gradient} {
			want := f.Tensor(s, name)
			if off := distance(got, want); !(off <= torchtest.Tolerance(t, 1e-5)) {
				t.Errorf("%s: got %v, want %v: off by %g", name, got.Floats(), want.Floats(), off)
			}
		}
	})
}

// Padding, whatever it is and however much, does not reach a sentence's vector.
func TestPaddingDoesNotMatter(t *testing.T) {
	end, mean, words := tiny, tiny, tiny
	end.Text.Pool, mean.Text.Pool = PoolEnd, PoolMean
	words.Text.Kind = Words
	for name, c := range map[string]Config{"end": end, "mean": mean, "words": words} {
		m := newModel(t, c)
		torchtest.Do(t, func(s *torch.Session) {
			alone := m.EncodeText(s, []string{"sunset"})
			texts := []string{"sunset", "a long sentence about trees in a forest"}
			for _, step := range []int{0, 1, 4, 1000} {
				read := m.LookUp(s, texts, Rows{Step: step})
				if step == 1000 && read[len(read)-1].Size(1) != c.Text.Context {
					t.Errorf("%s: got rows of %v, want the context's %d", name, read[len(read)-1], c.Text.Context)
				}
				if off := distance(alone, m.EncodeSentences(read.Narrow(0, 1))); !(off <= torchtest.Tolerance(t, 1e-5)) {
					t.Errorf("%s: got a vector that moves by %g with the padding to %d, want none", name, off, step)
				}
			}
		})
	}
}

func TestHuggingFaceNamesMeanTheSameWeights(t *testing.T) {
	golden := openGolden(t)
	path := filepath.Join(t.TempDir(), "hf.safetensors")
	torchtest.Do(t, func(s *torch.Session) {
		var tensors []safetensors.Named
		for _, name := range golden.Section("hf.").Names() {
			tensors = append(tensors, safetensors.Named{Name: name, Tensor: golden.Tensor(s, "hf."+name)})
		}
		s.Check(safetensors.Write(path, tensors, nil))
		f, err := safetensors.Open(path)
		s.Check(err)
		defer f.Close()
		got, want := published(f), golden.Section("openai.")
		if n := len(got.Names()); n != len(want.Names()) {
			t.Errorf("got %d weights %v, want %d", n, got.Names(), len(want.Names()))
		}
		for _, name := range want.Names() {
			x, y := got.Tensor(s, name), want.Tensor(s, name)
			if x.String() != y.String() || distance(x, y) != 0 {
				t.Errorf("%s: got %v, want %v", name, x, y)
			}
		}
	})
}

func TestPublishedCheckpointsSayTheirSizes(t *testing.T) {
	c := goldenConfig
	c.Image.Width, c.Image.Mean = 16, openAIMean
	c.Image.Transformer = Transformer{Dim: 128, Layers: 1, Heads: 2, Hidden: 512}
	c.Text.Transformer = Transformer{Dim: 64, Layers: 2, Heads: 1, Hidden: 256}
	m := newModel(t, c)
	path := filepath.Join(t.TempDir(), "published.safetensors")
	if err := torch.Do(torch.CPU, func(s *torch.Session) {
		var tensors []safetensors.Named
		for name, w := range m.Params.Each {
			tensors = append(tensors, safetensors.Named{Name: name, Tensor: s.Use(w).Detach().To(torch.Float16)})
		}
		s.Check(safetensors.Write(path, tensors, map[string]string{"format": "pt"}))
	}); err != nil {
		t.Fatal(err)
	}
	f := torchtest.Open(t, path)
	device := torchtest.Device(t)
	if _, err := Load(f, device); err == nil || !strings.Contains(err.Error(), "want the tokenizer.json") {
		t.Errorf("got error %v, want that there is no vocabulary", err)
	}
	if err := m.Tokenizer.Vocabulary().Save(filepath.Join(filepath.Dir(path), "tokenizer.json")); err != nil {
		t.Fatal(err)
	}
	again, err := Load(f, device)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if got, want := again.Config.Image.Transformer, c.Image.Transformer; got != want {
		t.Errorf("got image transformer %+v, want %+v", got, want)
	}
	if got := again.Config.Text; got != m.Config.Text {
		t.Errorf("got text tower %+v, want %+v", got, m.Config.Text)
	}
	if got := again.Config.Image; got.Height != 16 || got.Width != 16 || again.Config.Embed != 16 {
		t.Errorf("got %d×%d pictures and %d dimensions, want 16×16 and 16", got.Height, got.Width, again.Config.Embed)
	}
	if _, err := Load(openGolden(t), device); err == nil || !strings.Contains(err.Error(), "want the checkpoint of a CLIP") {
		t.Errorf("got error %v, want one that says what file is wanted", err)
	}
}
