package edit

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
)

func randomMap(w, h int, seed uint64) *hdr.Image {
	r := rand.New(rand.NewPCG(seed, 1))
	im := hdr.New(w, h)
	for i := range im.Pix {
		im.Pix[i] = float32(math.Exp(4*r.Float64() - 3))
	}
	return im
}

func radianceOf(s *torch.Session, im *hdr.Image) torch.Tensor {
	return s.FromFloats(envmap.Planar(im), 1, 3, int64(im.H), int64(im.W))
}

// What an optimisation sees must be what the artist gets: at the small map's
// own size the gains with gradients are those that the output is made with.
func TestTheGainsSeenAreTheGainsApplied(t *testing.T) {
	input, start, end := randomMap(32, 16, 1), randomMap(32, 16, 2), randomMap(32, 16, 3)
	input.Pix[300] = 1e4 // a lamp
	for i := range end.Pix {
		if i%2 == 0 {
			end.Pix[i] *= .02
		}
	}
	torchtest.Do(t, func(s *torch.Session) {
		transfer := DefaultTransfer
		guide, err := transfer.guides(s, input, 32, 16)
		s.Check(err)
		r := transfer.from(guide, radianceOf(s, start))
		seen := radianceOf(s, input).Mul(r.gain(r.log(radianceOf(s, input)), radianceOf(s, end)).Exp())
		applied, err := r.relight(input, radianceOf(s, end))
		s.Check(err)
		want := envmap.Planar(applied)
		for i, got := range seen.Floats() {
			if math.Abs(float64(got-want[i])) > 1e-4*float64(want[i])+1e-6 {
				t.Fatalf("value %d: seen %v, applied %v", i, got, want[i])
			}
		}
	})
}

// The gradient of the relit map agrees with finite differences.
func TestGainsHaveTheirGradient(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		transfer := DefaultTransfer
		input := randomMap(16, 8, 1)
		guide, err := transfer.guides(s, input, 16, 8)
		s.Check(err)
		r := transfer.from(guide, radianceOf(s, randomMap(16, 8, 2)))
		weight := s.FromFloats(randomMap(16, 8, 4).Pix, 1, 3, 8, 16)
		value := func(end torch.Tensor) torch.Tensor { return r.gain(r.log(radianceOf(s, input)), end).Mul(weight).Sum() }

		pix := randomMap(16, 8, 3).Pix
		end := s.FromFloats(pix, 1, 3, 8, 16).SetRequiresGrad(true)
		gradient := torch.Grad(value(end), end)[0].Floats()
		for _, i := range []int{0, 17, 200, 383} {
			const step = 3e-3
			at := func(by float32) float64 {
				moved := append([]float32(nil), pix...)
				moved[i] += by
				return value(s.FromFloats(moved, 1, 3, 8, 16)).Item()
			}
			want := (at(step) - at(-step)) / (2 * step)
			if got := float64(gradient[i]); math.Abs(got-want) > .03*math.Abs(want)+.02 {
				t.Errorf("value %d: got gradient %v, finite difference %v", i, got, want)
			}
		}
	})
}

func TestWindowsThatDoNotFitAreRefused(t *testing.T) {
	wide := DefaultTransfer
	wide.Radius = 20
	for _, size := range [][2]int{{32, 16}, {15, 40}, {1, 1}} {
		if err := wide.fits(size[0], size[1]); err == nil {
			t.Errorf("%v: got no error for a radius of 20", size)
		}
	}
	if err := wide.fits(40, 20); err != nil {
		t.Error(err)
	}
}
