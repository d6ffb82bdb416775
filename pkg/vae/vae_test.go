package vae_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
	"github.com/clipenv/toolkit/pkg/vae"
)

var tiny = vae.Config{Height: 16, Latent: 12, Channels: []int64{6, 8}, Bottleneck: 4, Linear: 2, Coding: envmap.EvenLight}

func newTiny(t *testing.T, c vae.Config) *vae.Model {
	t.Helper()
	m, err := vae.New(c, torchtest.Device(t), 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m
}

// samples are maps of few degrees of freedom: a sum of fixed patterns.
func samples(s *torch.Session, n, patterns int64) torch.Tensor {
	s.Seed(2)
	shapes := s.Randn(patterns, 3*16*32).MulScalar(.03)
	return s.Randn(n, patterns).MatMul(shapes).AddScalar(.5).Reshape(n, 3, 16, 32)
}

func TestShapes(t *testing.T) {
	for _, linear := range []int64{0, 1, 2, 4} {
		c := tiny
		c.Linear = linear
		m := newTiny(t, c)
		torchtest.Do(t, func(s *torch.Session) {
			code := s.Rand(3, 3, 16, 32)
			z := m.Encode(code)
			mean, logvar := m.Heads(z)
			latent := vae.Sample(mean, logvar, mean.RandnLike())
			for name, got := range map[string]torch.Tensor{"Z": z, "mean": mean, "logvar": logvar, "latent": latent} {
				if got.String() != "[3 12] f32" {
					t.Errorf("linear %d: %s: got %v, want [3 12] f32", linear, name, got)
				}
			}
			if got := m.Decode(latent); got.String() != "[3 3 16 32] f32" {
				t.Errorf("linear %d: map: got %v, want [3 3 16 32] f32", linear, got)
			}
		})
	}
}

// Started from PCA the model is PCA: maps that lie in as few dimensions as the
// latent has come back, and the latent is white over the samples.
func TestStartFromPCA(t *testing.T) {
	c := tiny
	c.Linear = 1
	m := newTiny(t, c)
	if err := m.Params.Freeze(); err != nil {
		t.Fatal(err)
	}
	torchtest.Do(t, func(s *torch.Session) {
		maps := samples(s, 400, 12)
		s.Check(m.StartFromPCA(m.LinearInput(maps)))
		z := m.Encode(maps)
		// What the untrained convolutions add to Z is small.
		if got := z.Mean(0).Abs().Max().Item(); got > .05 {
			t.Errorf("mean of Z: got %v, want about 0", got)
		}
		covariance := z.Transpose(0, 1).MatMul(z).MulScalar(1. / 400).Sub(s.Eye(12))
		if got := covariance.Abs().Max().Item(); got > .1 {
			t.Errorf("covariance of Z: got %v off the identity, want about 0", got)
		}
		spread := m.Spread(s).Floats()
		for i := 1; i < len(spread); i++ {
			if spread[i] > spread[i-1]*1.2 {
				t.Errorf("component %d spreads %v, the one before %v: want them to fall", i, spread[i], spread[i-1])
			}
		}
		off := m.Reconstruct(maps).Sub(maps).Square().Mean().Item()
		if variance := maps.Var().Item(); off > .02*variance {
			t.Errorf("squared error of the reconstruction: got %v, want little beside the variance %v", off, variance)
		}
	})
}

// smooth are maps that go on round the sphere: a few waves along longitude, of
// random phase, none shorter than a quarter turn.
func smooth(s *torch.Session, n int64) torch.Tensor {
	s.Seed(3)
	var waves []torch.Tensor
	for turns := range 5 {
		along := s.Arange(0, 32, 1, torch.Float32).MulScalar(2 * math.Pi * float64(turns) / 32)
		waves = append(waves, along.Cos(), along.Sin())
	}
	return s.Randn(n*3*16, 10).MulScalar(.05).MatMul(torch.Stack(0, waves...)).AddScalar(.5).Reshape(n, 3, 16, 32)
}

// bend is how far each column lies off the middle of its neighbours: what a
// step in an otherwise smooth map shows up in.
func bend(code torch.Tensor) []float32 {
	return code.MulScalar(2).Sub(code.Roll(1, 3)).Sub(code.Roll(-1, 3)).Abs().Mean(0, 1, 2).Floats()
}

// Maps that go on round the sphere come back without a seam: the columns where
// the edges meet bend as others do.
func TestTheDecodedMapHasNoSeam(t *testing.T) {
	for _, linear := range []int64{1, 2, 4} {
		c := tiny
		c.Linear = linear
		m := newTiny(t, c)
		torchtest.Do(t, func(s *torch.Session) {
			maps := smooth(s, 400)
			s.Check(m.StartFromPCA(m.LinearInput(maps)))
			bends := bend(m.Decode(s.Randn(64, 12)))
			var inside float32
			for _, v := range bends[2 : len(bends)-2] {
				inside = max(inside, v)
			}
			if seam := max(bends[0], bends[len(bends)-1]); seam > 1.25*inside {
				t.Errorf("linear %d: the columns at the seam bend by %v, the others by %v at most", linear, seam, inside)
			}
		})
	}
}

// What the convolutions add goes round the sphere too: a latent whose coarsest
// map is turned by a texel gives the map turned by as much.
func TestTheConvolutionsTurnWithTheMap(t *testing.T) {
	c := tiny
	c.Linear, c.Latent = 0, tiny.Bottleneck*4*8 // a latent that is the coarsest map
	m := newTiny(t, c)
	torchtest.Do(t, func(s *torch.Session) {
		s.Seed(4)
		s.NoGrad(func() {
			for name, w := range m.Params.Each {
				switch name {
				case "decoder.fc.weight":
					w.CopyFrom(s.Eye(c.Latent))
				case "decoder.fc.bias":
					w.CopyFrom(s.Zeros(c.Latent))
				case "decoder.first.conv2.weight", "decoder.levels.0.block.conv2.weight": // zero at first
					w.CopyFrom(s.Randn(w.Shape()...).MulScalar(.1))
				}
			}
		})
		coarse := s.Randn(2, c.Bottleneck, 4, 8)
		want := m.Decode(coarse.Flatten(1))
		for _, texels := range []int64{1, 3, 7} {
			got := m.Decode(coarse.Roll(texels, 3).Flatten(1))
			if off := got.Sub(want.Roll(4*texels, 3)).Abs().Max().Item(); off > torchtest.Tolerance(t, 1e-5) {
				t.Errorf("turned by %d texels: got a map off by %v, want the same, turned", texels, off)
			}
		}
		if far := want.Sub(want.Roll(4, 3)).Abs().Max().Item(); far < 1e-3 {
			t.Errorf("the map differs from itself turned by %v only", far)
		}
	})
}

// Samples have the mean and the variance that the parameters say, each
// dimension its own.
func TestSamplesFollowTheirParameters(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		s.Seed(5)
		const n = 20000
		means, logvars := []float32{-2, 0, .5, 3}, []float32{-4, 0, 1, -1}
		mean := s.FromFloats(means, 1, 4).Expand(n, 4)
		draws := vae.Sample(mean, s.FromFloats(logvars, 1, 4).Expand(n, 4), mean.RandnLike())
		centre := draws.MeanKeep(0)
		spread := draws.Sub(centre).Square().Mean(0).Floats()
		tails := draws.Sub(centre).Square().Square().Mean(0).Floats()
		cross := draws.Sub(centre)
		cross = cross.Transpose(0, 1).MatMul(cross).MulScalar(1. / n)
		for i, got := range centre.Floats() {
			variance := math.Exp(float64(logvars[i]))
			if off := math.Abs(float64(got - means[i])); off > 5*math.Sqrt(variance/n) {
				t.Errorf("dimension %d: the mean is %v, want %v", i, got, means[i])
			}
			if ratio := float64(spread[i]) / variance; math.Abs(ratio-1) > .05 {
				t.Errorf("dimension %d: the variance is %v, want %v", i, spread[i], variance)
			}
			if kurtosis := float64(tails[i]) / (variance * variance); math.Abs(kurtosis-3) > .3 {
				t.Errorf("dimension %d: the kurtosis is %v, want 3 as of the normal distribution", i, kurtosis)
			}
			for j, both := range cross.Narrow(0, int64(i), 1).Floats() {
				own := math.Exp(float64(logvars[i]+logvars[j]) / 2)
				if i != j && math.Abs(float64(both)) > .05*own {
					t.Errorf("dimensions %d and %d are drawn together: covariance %v", i, j, both)
				}
			}
		}
		s.Seed(5)
		a := vae.Sample(s.Zeros(8), s.Zeros(8), s.Randn(8)).Floats()
		s.Seed(5)
		if b := vae.Sample(s.Zeros(8), s.Zeros(8), s.Randn(8)).Floats(); !slices.Equal(a, b) {
			t.Errorf("one seed draws %v and %v", a, b)
		}
	})
}

// However far Z lies, the log variance stays in [−9, 3], and the mean is free.
func TestTheLogVarianceIsClamped(t *testing.T) {
	m := newTiny(t, tiny)
	torchtest.Do(t, func(s *torch.Session) {
		s.Seed(6)
		_, inside := m.Heads(s.Randn(4, 12))
		if low, high := inside.Min().Item(), inside.Max().Item(); !(low > -9 && high < 3) {
			t.Errorf("near the origin: got log variances from %v to %v, want them within the clamps", low, high)
		}
		mean, logvar := m.Heads(s.Randn(4, 12).MulScalar(1e6))
		if low, high := logvar.Min().Item(), logvar.Max().Item(); low != -9 || high != 3 {
			t.Errorf("far out: got log variances from %v to %v, want -9 to 3", low, high)
		}
		if far := mean.Abs().Max().Item(); far < 1e6 {
			t.Errorf("far out: got means up to %v, want them as far as Z", far)
		}
	})
}

func TestGradientReachesTheLatentThroughFrozenWeights(t *testing.T) {
	m := newTiny(t, tiny)
	if err := m.Params.Freeze(); err != nil {
		t.Fatal(err)
	}
	torchtest.Do(t, func(s *torch.Session) {
		s.Check(m.StartFromPCA(m.LinearInput(samples(s, 100, 12))))
		z := s.Randn(1, 12).MulScalar(.3).SetRequiresGrad(true)
		f := func(z torch.Tensor) torch.Tensor {
			mean, logvar := m.Heads(z)
			return m.Decode(mean).Square().Mean().Add(logvar.Mean().MulScalar(.1))
		}
		grad := torch.Grad(f(z), z)[0]
		direction := s.Randn(1, 12)
		const h = 1e-2
		var numeric float64
		s.NoGrad(func() {
			numeric = (f(z.AddScaled(direction, h)).Item() - f(z.AddScaled(direction, -h)).Item()) / (2 * h)
		})
		if got := grad.Mul(direction).Sum().Item(); math.Abs(got-numeric) > 2e-2*math.Abs(numeric)+1e-4 {
			t.Errorf("got slope %v, want %v", got, numeric)
		}
	})
}

func TestTheSameSeedMakesTheSameModel(t *testing.T) {
	a, b := newTiny(t, tiny), newTiny(t, tiny)
	torchtest.Do(t, func(s *torch.Session) {
		for name, w := range a.Params.Each {
			if got := s.Use(w).Sub(b.Params.Tensor(s, name)).Abs().Max().Item(); got != 0 {
				t.Errorf("%s differs by %v", name, got)
			}
		}
	})
}

func TestBadConfigsAreRefusedWhole(t *testing.T) {
	_, err := vae.New(vae.Config{Height: 60, Channels: []int64{8, 0, 8}, Linear: 3}, torchtest.Device(t), 1)
	if err == nil {
		t.Fatal("got no error")
	}
	for _, want := range []string{
		"height is 60, want a multiple of 8", "channels[1] is 0", "latent is 0", "bottleneck is 0", "linear is 3", "coding.mu is 0", "coding.max is 0",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("got %q, want also %q", err, want)
		}
	}
}

// Principal components alone give back maps of as few dimensions as they are,
// at the maps' own size, where it fits into memory; of other maps they give the
// projection, which they leave as it is.
func TestPCAIsAProjection(t *testing.T) {
	m, err := vae.NewPCA(tiny, torchtest.Device(t), 64)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	if m.Config.Linear != 1 || m.Config.Latent != tiny.Latent {
		t.Fatalf("got a linear path 1/%d with %d components, want the whole size and %d", m.Config.Linear, m.Config.Latent, tiny.Latent)
	}
	torchtest.Do(t, func(s *torch.Session) {
		known := samples(s, 64, 8).MulScalar(.5).AddScalar(.25) // all of it within the coding
		if err := m.StartFromPCA(m.LinearInput(known)); err != nil {
			t.Fatal(err)
		}
		s.NoGrad(func() {
			if off := m.Reconstruct(known).Sub(known).Abs().Max().Item(); off > 1e-4 {
				t.Errorf("maps of 8 dimensions: off by %v with 12 components, want 0", off)
			}
			other := s.Rand(3, 3, 16, 32).MulScalar(.1).AddScalar(.45)
			once := m.Reconstruct(other)
			if off := m.Reconstruct(once).Sub(once).Abs().Max().Item(); off > 1e-4 {
				t.Errorf("the projection moved by %v when projected again, want 0", off)
			}
		})
	})
	if big, err := vae.NewPCA(tiny, torchtest.Device(t), 1<<20); err != nil || big.Config.Linear != 4 {
		t.Errorf("a million samples: got %v, want a quarter of the size", err)
	} else {
		big.Close()
	}
}
