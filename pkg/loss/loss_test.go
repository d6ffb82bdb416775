package loss_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/clipenv/toolkit/pkg/loss"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
)

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.IsNaN(got) || math.Abs(got-want) > torchtest.Tolerance(t, tolerance) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func TestLatitudeIsCosineWithMeanOne(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		const h = 32
		w := loss.Latitude(s, h)
		near(t, "mean", w.Mean().Item(), 1, 1e-6)
		got := w.Floats()
		for y := range got {
			// Row y spans π/h about its centre: its weight is the mean sine there.
			near(t, "row", float64(got[y]), h*math.Sin(math.Pi/2/h)*math.Sin(math.Pi*(float64(y)+.5)/h), 1e-5)
		}
	})
}

func TestReconstructionIsZeroOnlyAtTheTargetAndTurnsWithIt(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		s.Seed(1)
		w := loss.Latitude(s, 8)
		x, y := s.Rand(2, 3, 8, 16), s.Rand(2, 3, 8, 16)
		near(t, "of itself", loss.Reconstruction(x, x, y, y, w).Item(), 0, 0)
		still := loss.Reconstruction(x, y, y, x, w).Item()
		turn := func(x torch.Tensor) torch.Tensor { return x.Roll(5, 3) }
		near(t, "turned", loss.Reconstruction(turn(x), turn(y), turn(y), turn(x), w).Item(), still, 1e-6)
		if still <= 0 {
			t.Errorf("got %v between different maps, want more than 0", still)
		}
	})
}

// The divergence from its definition, E[log p/q], by numerical integration.
func TestKLIsTheIntegral(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		const mean, logvar = .7, -.9
		sd := math.Exp(logvar / 2)
		var want float64
		const step = 1e-3
		for z := -8.0; z < 8; z += step {
			p := math.Exp(-(z-mean)*(z-mean)/(2*sd*sd)) / (sd * math.Sqrt(2*math.Pi))
			if p > 0 {
				want += step * p * (math.Log(p) + z*z/2 + math.Log(2*math.Pi)/2)
			}
		}
		got := loss.KL(s.Full(mean, torch.Float32, 1, 1), s.Full(logvar, torch.Float32, 1, 1)).Item()
		near(t, "KL", got, want, 1e-4)
		near(t, "KL of the prior", loss.KL(s.Zeros(1, 9), s.Zeros(1, 9)).Item(), 0, 0)
	})
}

func TestTotalVariation(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		near(t, "of a constant", loss.TotalVariation(s.Full(.3, torch.Float32, 1, 3, 8, 16)).Item(), 0, 0)
		x := s.Rand(1, 3, 8, 16)
		near(t, "of a turned map", loss.TotalVariation(x.Roll(3, 3)).Item(), loss.TotalVariation(x).Item(), 1e-6)
		// A step across the whole height at one meridian counts at both ends.
		step := torch.Cat(3, s.Zeros(1, 1, 8, 8), s.Ones(1, 1, 8, 8))
		near(t, "of a half-lit map", loss.TotalVariation(step).Item(), 2./16, 1e-6)
	})
}

func TestCosine(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		a := s.Randn(4, 8).Normalize(1, 1e-12)
		near(t, "with itself", loss.Cosine(a, a).Sum().Item(), 0, 1e-5)
		near(t, "with its opposite", loss.Cosine(a, a.Neg()).Mean().Item(), 2, 1e-5)
	})
}

// With one match a row the loss is CLIP's own.
func TestContrastiveWithSinglePairsIsCLIPs(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		s.Seed(3)
		images, texts := s.Randn(6, 16).Normalize(1, 1e-12), s.Randn(6, 16).Normalize(1, 1e-12)
		scale := s.Scalar(9)
		logits := texts.MatMul(images.Transpose(0, 1)).Mul(scale)
		pairs := s.Arange(0, 6, 1, torch.Int64)
		want := (logits.CrossEntropy(pairs).Item() + logits.Transpose(0, 1).CrossEntropy(pairs).Item()) / 2
		near(t, "loss", loss.Contrastive(images, texts, scale, s.Eye(6), torch.Tensor{}).Item(), want, 1e-5)
	})
}

func TestContrastiveIgnoresTheOrderOfABatch(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		s.Seed(4)
		images, texts := s.Randn(5, 8).Normalize(1, 1e-12), s.Randn(7, 8).Normalize(1, 1e-12)
		match := s.Rand(7, 5).Greater(.6).To(torch.Float32)
		scale := s.Scalar(5)
		want := loss.Contrastive(images, texts, scale, match, torch.Tensor{}).Item()
		order := s.RandPerm(5)
		got := loss.Contrastive(images.IndexSelect(0, order), texts, scale, match.IndexSelect(1, order), torch.Tensor{}).Item()
		near(t, "shuffled", got, want, 1e-5)
		if none := loss.Contrastive(images, texts, scale, s.Zeros(7, 5), torch.Tensor{}).Item(); none != 0 {
			t.Errorf("without any match: got %v, want 0", none)
		}
	})
}

// Captions that fill a batch up are nothing, whatever their vectors are, and have no
// gradient.
func TestContrastivePassesAbsentCaptionsOver(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		s.Seed(4)
		images := s.Randn(5, 8).Normalize(1, 1e-12).SetRequiresGrad(true)
		texts := s.Randn(9, 8).Normalize(1, 1e-12).SetRequiresGrad(true)
		match := s.Rand(7, 5).Greater(.6).To(torch.Float32)
		scale := s.Scalar(40)
		alone := loss.Contrastive(images, texts.Narrow(0, 0, 7), scale, match, torch.Tensor{})
		filled := loss.Contrastive(images, texts, scale, torch.Cat(0, match, s.Zeros(2, 5)), torch.Cat(0, s.Zeros(7, 1), s.Ones(2, 1)))
		near(t, "loss", filled.Item(), alone.Item(), 1e-6)
		want, got := torch.Grad(alone, images, texts), torch.Grad(filled, images, texts)
		for i := range want {
			near(t, "gradient", got[i].Sub(want[i]).Abs().Max().Item(), 0, 1e-6)
		}
		if absent := got[1].Narrow(0, 7, 2).Abs().Max().Item(); absent != 0 {
			t.Errorf("got a gradient of %v at captions that are not there, want 0", absent)
		}
	})
}

// Each loss's gradient against central differences.
func TestGradientsAgreeWithFiniteDifferences(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		s.Seed(5)
		w := loss.Latitude(s, 4)
		target := s.Rand(1, 3, 4, 8)
		texts, match := s.Randn(3, 96).Normalize(1, 1e-12), s.Eye(3).Narrow(1, 0, 1)
		for name, f := range map[string]func(x torch.Tensor) torch.Tensor{
			"reconstruction":  func(x torch.Tensor) torch.Tensor { return loss.Reconstruction(x, target, x.Square(), target, w) },
			"kl":              func(x torch.Tensor) torch.Tensor { return loss.KL(x.Flatten(1), x.Flatten(1).MulScalar(.5)).Sum() },
			"total variation": func(x torch.Tensor) torch.Tensor { return loss.TotalVariation(x).Sum() },
			"light":           func(x torch.Tensor) torch.Tensor { return loss.Light(x, target.MeanKeep(3)).Sum() },
			"mottle": func(x torch.Tensor) torch.Tensor {
				return loss.Mottle(x.Narrow(1, 0, 2), x.Narrow(1, 2, 1)).Sum()
			},
			"cosine": func(x torch.Tensor) torch.Tensor {
				return loss.Cosine(x.Flatten(1).Normalize(1, 1e-12), texts).Sum()
			},
			"contrastive": func(x torch.Tensor) torch.Tensor {
				return loss.Contrastive(x.Flatten(1).Normalize(1, 1e-12), texts, s.Scalar(4), match, torch.Tensor{})
			},
		} {
			// No two elements are so near that a step takes one past the other,
			// where the total variation has a kink.
			x := s.RandPerm(96).To(torch.Float32).MulScalar(1./96).Reshape(1, 3, 4, 8).SetRequiresGrad(true)
			grad := torch.Grad(f(x), x)[0]
			r := rand.New(rand.NewPCG(6, 7))
			// Along the signs of the gradient no two of its errors cancel out.
			direction := grad.Floats()
			for i, slope := range direction {
				direction[i] = float32(math.Copysign(math.Abs(r.NormFloat64()), float64(slope)))
			}
			d := s.FromFloats(direction, 1, 3, 4, 8)
			const h = 1e-3
			var numeric float64
			s.NoGrad(func() {
				numeric = (f(x.AddScaled(d, h)).Item() - f(x.AddScaled(d, -h)).Item()) / (2 * h)
			})
			near(t, name, grad.Mul(d).Sum().Item(), numeric, 2e-2*math.Abs(numeric))
			if !(numeric > 1e-2) {
				t.Errorf("%s: the slope is %v, too little to be measured", name, numeric)
			}
		}
	})
}

// Light is nothing where the rows' means agree, whatever stands in the rows,
// and grows with the square of an even difference.
func TestLightLooksAtRowsAlone(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		s.Seed(3)
		picture := s.Rand(2, 3, 8, 16)
		rows := picture.MeanKeep(3)
		turned := picture.Roll(5, 3).Flip(3)
		if off := loss.Light(turned, rows).Max().Item(); off > 1e-10 {
			t.Errorf("the same rows, turned and mirrored: got %v, want 0", off)
		}
		for _, by := range []float64{.1, -.3} {
			if got := loss.Light(picture.AddScalar(by), rows).Mean().Item(); math.Abs(got-by*by) > 1e-5 {
				t.Errorf("all rows off by %v: got %v, want %v", by, got, by*by)
			}
		}
	})
}

// Mottle is free where light changes with height, or where the guide changes
// as strongly, and costs where a plain sky gets a cloud.
func TestMottleIsChangeWithoutReason(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		flat := s.Zeros(1, 1, 8, 16)
		byHeight := s.Arange(0, 8, 1, torch.Float32).Reshape(1, 1, 8, 1).Expand(1, 3, 8, 16)
		if got := loss.Mottle(byHeight, flat).Item(); got != 0 {
			t.Errorf("gain by height: got %v, want 0", got)
		}
		cloud := make([]float32, 3*8*16)
		edges := make([]float32, 8*16)
		for i := range cloud {
			if x := i % 16; x >= 4 && x < 9 {
				cloud[i] = -1
				edges[i%(8*16)] = 3
			}
		}
		gain := s.FromFloats(cloud, 1, 3, 8, 16)
		plain := loss.Mottle(gain, flat).Item()
		if want := 2. / 16; math.Abs(plain-want) > 1e-6 { // two edges of height 1 in 16 texels
			t.Errorf("a cloud in a plain sky: got %v, want %v", plain, want)
		}
		if got := loss.Mottle(gain, s.FromFloats(edges, 1, 1, 8, 16)).Item(); got > plain/1e4 {
			t.Errorf("the same where something stands: got %v, want next to nothing beside %v", got, plain)
		}
		if a, b := plain, loss.Mottle(gain.Roll(7, 3), flat).Item(); math.Abs(a-b) > 1e-7 {
			t.Errorf("turned: got %v, want %v", b, a)
		}
	})
}
