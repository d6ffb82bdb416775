package view_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
	"github.com/clipenv/toolkit/pkg/view"
)

var radiances = []float32{0, 1e-6, 1e-4, .01, .2, .5, 1, 3, 50, 1e4}

// The rules with gradients must be the rules without.
func TestTheRulesAreThoseOfEnvmap(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		x := s.FromFloats(radiances, 1, 1, 2, 5)
		picture := view.Picture(x).Floats()
		for _, c := range []envmap.Coding{envmap.EvenLight, envmap.DeepShadows} {
			code := view.Code(x, c).Floats()
			back := view.Radiance(view.Code(x, c), c).Floats()
			for i, v := range radiances {
				if want := c.Encode(v); math.Abs(float64(code[i]-want)) > torchtest.Tolerance(t, 1e-5) {
					t.Errorf("code of %v: got %v, want %v", v, code[i], want)
				}
				if math.Abs(float64(back[i]-v)) > 1e-4*float64(v)+1e-7 {
					t.Errorf("radiance %v: got %v back", v, back[i])
				}
			}
		}
		for i, v := range radiances {
			if want := envmap.Picture(v); math.Abs(float64(picture[i]-want)) > torchtest.Tolerance(t, 1e-5) {
				t.Errorf("picture of %v: got %v, want %v", v, picture[i], want)
			}
		}
	})
}

func TestGradientsAreFiniteEverywhere(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		code := s.FromFloats([]float32{-.5, 0, 1e-7, .1, 1, 3.5, 9}, 7).SetRequiresGrad(true)
		loss := view.Picture(view.Radiance(code, envmap.EvenLight)).Sum()
		for i, g := range torch.Grad(loss, code)[0].Floats() {
			if math.IsNaN(float64(g)) || math.IsInf(float64(g), 0) {
				t.Errorf("gradient %d: got %v, want a finite one", i, g)
			}
		}
	})
}

func TestAStillSamplerOnlyTurnsAndMirrors(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		s.Seed(1)
		x := s.Rand(2, 3, 8, 16)
		y := view.Sampler{}.Draw(x, rand.New(rand.NewPCG(1, 2)))
		if got, want := y.Sum(0, 1, 3).Floats(), view.Picture(x).Sum(0, 1, 3).Floats(); !close(got, want, 1e-3) {
			t.Errorf("row sums: got %v, want %v", got, want)
		}
	})
}

func TestTheSameSourceDrawsTheSameViews(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		x := s.Rand(2, 3, 8, 16)
		draw := func(seed uint64) []float32 { return view.Gentle.Draw(x, rand.New(rand.NewPCG(seed, 0))).Floats() }
		if !close(draw(7), draw(7), 0) {
			t.Error("two draws with one seed differ")
		}
		if close(draw(7), draw(8), 1e-3) {
			t.Error("draws with two seeds are equal")
		}
	})
}

func close(a, b []float32, tolerance float64) bool {
	for i := range a {
		if math.Abs(float64(a[i]-b[i])) > tolerance {
			return false
		}
	}
	return len(a) == len(b)
}
