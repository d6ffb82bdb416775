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

// Some pictures lose detail, some gain noise, some stay: all stay in [0,1], the
// light of each, and the pictures of one colour but for the noise.
func TestSoftenTakesDetailAndNoLight(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		s.Seed(1)
		const n, h, w = 600, 8, 16
		picture := s.Rand(n, 3, h, w).MulScalar(.6).AddScalar(.2)
		soft := softened(picture, 0, n, rand.New(rand.NewPCG(3, 4)))
		if low, high := soft.Min().Item(), soft.Max().Item(); low < 0 || high > 1 {
			t.Errorf("got values from %v to %v, want [0,1]", low, high)
		}
		// The mean of each picture stays to within the noise's own, .03/√384.
		if off := soft.Mean(1, 2, 3).Sub(picture.Mean(1, 2, 3)).Abs().Max().Item(); off > .02 {
			t.Errorf("the mean of a picture went off by %v", off)
		}
		detail := func(x torch.Tensor) []float32 { return x.Sub(x.Roll(1, 3)).Square().Mean(1, 2, 3).Floats() }
		var softer, same, rougher float64
		before := detail(picture)
		for i, now := range detail(soft) {
			switch ratio := now / before[i]; {
			case ratio < .97:
				softer += 1. / n
			case ratio == 1:
				same += 1. / n
			default:
				rougher += 1. / n
			}
		}
		// 55 % are blended, half get noise: .45·.5 stay to the bit.
		if softer < .45 || softer > .6 || same < .15 || same > .3 {
			t.Errorf("%.2f are softer, %.2f as they were and %.2f rougher, want about .52, .22 and the rest", softer, same, rougher)
		}
		flat := softened(s.Full(.5, torch.Float32, n, 3, h, w), 0, n, rand.New(rand.NewPCG(3, 4))).AddScalar(-.5)
		deviations := flat.Square().Mean(1, 2, 3).Sqrt().Floats()
		var noisy float64
		for _, d := range deviations {
			if d > 1e-4 {
				noisy += 1. / n
			}
			if d > .036 {
				t.Errorf("noise of %v, want at most .03", d)
			}
		}
		if noisy < .4 || noisy > .6 {
			t.Errorf("%.2f of the pictures have noise, want half", noisy)
		}
	})
}

func TestTheSameSourceSoftensAlike(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		x := s.Rand(3, 3, 8, 16)
		soften := func(seed uint64) []float32 { return softened(x, 0, 3, rand.New(rand.NewPCG(seed, 0))).Floats() }
		if !close(soften(7), soften(7), 0) {
			t.Error("two softenings with one seed differ")
		}
		if close(soften(7), soften(8), 1e-3) {
			t.Error("softenings with two seeds are equal")
		}
	})
}

// A process that sees some pictures of a batch softens them as one that sees
// them all.
func TestAPartIsSoftenedAsInTheWhole(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		s.Seed(1)
		x := s.Rand(6, 3, 8, 16)
		r := rand.New(rand.NewPCG(3, 4))
		whole := softened(x, 0, 6, r)
		next := r.Uint64()
		for first := range 6 {
			r := rand.New(rand.NewPCG(3, 4))
			part := softened(x.Narrow(0, int64(first), 1), first, 6, r)
			if !close(part.Floats(), whole.Narrow(0, int64(first), 1).Floats(), 0) {
				t.Errorf("picture %d is another alone", first)
			}
			if got := r.Uint64(); got != next {
				t.Errorf("picture %d: %x is drawn next, want %x", first, got, next)
			}
		}
	})
}

// softened softens the pictures [N,3,H,W] that are so many of a batch, from the first on.
func softened(picture torch.Tensor, first, of int, r *rand.Rand) torch.Tensor {
	return view.DrawSoftness(picture.Session(), picture.Size(0), picture.Size(2), picture.Size(3), first, of, r).Soften(picture)
}
