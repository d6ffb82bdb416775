package clip

import (
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
)

// Lowered looks as the model does, to what bf16 keeps, with a slope for the
// picture; it is the same model by its hash, and reads the same.
func TestLoweredSeesNearlyTheSame(t *testing.T) {
	m, err := newModel(t, tinyViT).Freeze()
	if err != nil {
		t.Fatal(err)
	}
	low, err := m.Lowered()
	if err != nil {
		t.Fatal(err)
	}
	if again, err := m.Lowered(); again != low || err != nil {
		t.Errorf("got another one the second time, %v", err)
	}
	if low.Hash() != m.Hash() {
		t.Error("the hashes differ")
	}
	torchtest.Do(t, func(s *torch.Session) {
		s.Seed(2)
		drawn := pictures(s, m.Model, 4)
		look := func(by func(torch.Tensor) torch.Tensor) (seen, slope torch.Tensor) {
			x := drawn.Detach().SetRequiresGrad(true)
			seen = by(x)
			return seen, torch.Grad(seen.Select(1, 0).Sum(), x)[0]
		}
		seen, slope := look(m.EncodeImage)
		lower, lowerSlope := look(low.EncodeImage)
		if lower.DType() != torch.Float32 {
			t.Errorf("got vectors of %v, want f32", lower.DType())
		}
		off := lower.Sub(seen).Abs().Max().Item()
		if off == 0 || off > .02 {
			t.Errorf("the vectors are off by %v, want what bf16 rounds", off)
		}
		if off := lowerSlope.Sub(slope).Norm().Item() / slope.Norm().Item(); off > .05 {
			t.Errorf("the slopes are off by %v of their norm", off)
		}
		if off := low.EncodeText(s, spoken).Sub(m.EncodeText(s, spoken)).Abs().Max().Item(); off != 0 {
			t.Errorf("the sentences are off by %v", off)
		}
	})
	m.Close()
}

func TestLoweredIsForVisionTransformers(t *testing.T) {
	m, err := newModel(t, tiny).Freeze()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Lowered(); err == nil || !strings.Contains(err.Error(), "this model's image tower is of kind conv: want precision f32") {
		t.Errorf("got error %v", err)
	}
}
