package vae_test

import (
	"math"
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

// Turning a map by the coarsest level's texel turns the convolutions' view of
// it; the decoder's output must have no seam: its first and last columns
// differ no more than other neighbours do.
func TestTheDecodedMapHasNoSeam(t *testing.T) {
	m := newTiny(t, tiny)
	torchtest.Do(t, func(s *torch.Session) {
		maps := samples(s, 200, 12)
		s.Check(m.StartFromPCA(m.LinearInput(maps)))
		code := m.Decode(s.Randn(16, 12))
		step := code.Sub(code.Roll(1, 3)).Abs().Mean(0, 1, 2).Floats()
		var mean float64
		for _, v := range step {
			mean += float64(v) / float64(len(step))
		}
		if seam := float64(step[0]); seam > 2*mean {
			t.Errorf("step over the seam: got %v, want about the mean step %v", seam, mean)
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
