package edit_test

import (
	"math"
	"testing"

	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/generator"
	"github.com/clipenv/toolkit/pkg/latent"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
	"github.com/clipenv/toolkit/pkg/vae"
	"github.com/clipenv/toolkit/pkg/view"
)

// seeing is a CLIP of no weights: the first numbers of a picture.
type seeing struct{}

func (seeing) EncodeImage(picture torch.Tensor) torch.Tensor {
	return picture.Flatten(1).Narrow(1, 0, 8).Normalize(1, 1e-12)
}

// Every term has the value and the gradient on the tests' device that it has on
// the CPU. The terms are the program's list: a new one is held here too.
func TestTermsAreTheSameOnEveryDevice(t *testing.T) {
	for _, term := range edit.Terms {
		want, wantSlope := termOn(t, torch.CPU, term)
		got, gotSlope := termOn(t, torchtest.Device(t), term)
		close := func(what string, got, want []float32) {
			var size float64
			for _, v := range want {
				size = max(size, math.Abs(float64(v)))
			}
			if len(got) != len(want) || size == 0 && what == "value" {
				t.Fatalf("%s: %s: got %d numbers, want %d, not all of them zero", term.Name, what, len(got), len(want))
			}
			for i, v := range want {
				if off := math.Abs(float64(got[i] - v)); !(off <= torchtest.Tolerance(t, 1e-6)*size) {
					t.Errorf("%s: %s %d: got %v, on the CPU %v", term.Name, what, i, got[i], v)
					return
				}
			}
		}
		close("value", got, want)
		close("slope", gotSlope, wantSlope)
	}
}

// termOn is a term of two maps on a device, and the slopes of its sum along what
// they are made of.
func termOn(t *testing.T, device torch.Device, term edit.Term) (value, slope []float32) {
	t.Helper()
	wave := func(s *torch.Session, pitch float64, shape ...int64) torch.Tensor {
		n := int64(1)
		for _, d := range shape {
			n *= d
		}
		v := make([]float32, n)
		for i := range v {
			v[i] = float32(.5 + .4*math.Sin(pitch*float64(i)))
		}
		return s.FromFloats(v, shape...)
	}
	m, err := vae.New(vae.Config{Height: 16, Latent: 12, Channels: []int64{6, 8}, Bottleneck: 4, Linear: 2, Coding: envmap.EvenLight}, torch.CPU, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Params.ToDevice(device); err != nil {
		t.Fatal(err)
	}
	g, err := generator.NewVAE(m)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	err = torch.Do(device, func(s *torch.Session) {
		mean := wave(s, 1.3, 2, 12).SetRequiresGrad(true)
		z := latent.Latent{{Name: generator.Mean, Value: mean}, {Name: generator.Logvar, Value: mean.MulScalar(-2)}}
		radiance := g.Decode(z)
		seen := edit.Sight{
			CLIP: seeing{}, Views: []torch.Tensor{view.Picture(radiance)}, Text: wave(s, 2.1, 2, 8).Normalize(1, 1e-12),
			Radiance: radiance, Latent: z, Anchor: latent.Of(generator.Mean, wave(s, .7, 2, 12)),
			Light: wave(s, .9, 2, 3, 16, 1), Gain: radiance.AddScalar(.01).Log().Mul(wave(s, .4, 1, 1, 16, 32)), Guide: wave(s, .3, 1, 1, 16, 32),
		}
		y := term.Of(seen)
		value = y.Floats()
		y.Sum().Backward()
		slope = s.GradOf(mean).Floats()
	})
	if err != nil {
		t.Fatalf("%s on %v: %v", term.Name, device, err)
	}
	return value, slope
}
