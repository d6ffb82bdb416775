package nn_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/nn"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
)

// onSphere samples f, a smooth function of the direction, at the texel centres
// of an equirectangular map whose rows and columns begin at top and left.
func onSphere(s *torch.Session, h, w, top, left, rows, columns int64) torch.Tensor {
	pix := make([]float32, 0, rows*columns)
	for r := range rows {
		theta := math.Pi * (float64(top+r) + .5) / float64(h)
		for c := range columns {
			phi := 2 * math.Pi * (float64(left+c) + .5) / float64(w)
			x, y, z := math.Sin(theta)*math.Cos(phi), math.Sin(theta)*math.Sin(phi), math.Cos(theta)
			pix = append(pix, float32(x+2*y*z-3*x*y+.5*z))
		}
	}
	return s.FromFloats(pix, 1, 1, rows, columns)
}

// A direction is the same point whether it is reached down one meridian or
// over the pole: spherical coordinates beyond the map are the padding.
func TestPanoramaPadGoesOnOverSeamAndPoles(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		const h, w = 6, 12
		for _, p := range []int64{1, 2, 5, 6} {
			got := nn.PanoramaPad(onSphere(s, h, w, 0, 0, h, w), p)
			near(t, "padded map", got, onSphere(s, h, w, -p, -p, h+2*p, w+2*p))
		}
	})
}

func TestPanoramaPadOfNothingIsTheMap(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		x := s.Randn(2, 3, 3, 5) // an odd width has no half turn, and needs none here
		near(t, "map", nn.PanoramaPad(x, 0), x)
	})
}

func TestPanoramaPadRefusesWhatHasNoOtherSide(t *testing.T) {
	for _, c := range []struct {
		shape []int64
		p     int64
	}{{[]int64{1, 1, 4, 7}, 1}, {[]int64{1, 1, 4, 8}, 5}, {[]int64{1, 4, 8}, 1}, {[]int64{1, 1, 4, 8}, -1}} {
		err := torch.Do(torchtest.Device(t), func(s *torch.Session) { nn.PanoramaPad(s.Zeros(c.shape...), c.p) })
		if err == nil || !strings.HasPrefix(err.Error(), "nn: panorama pad of [") {
			t.Errorf("%v by %d: got error %v, want one of nn", c.shape, c.p, err)
		}
	}
}

// turns are what leaves a panorama the same scene: a rotation about the
// vertical, a mirror, upside down.
var turns = map[string]func(x torch.Tensor, step int64) torch.Tensor{
	"yaw":    func(x torch.Tensor, step int64) torch.Tensor { return x.Roll(3*step, 3) },
	"mirror": func(x torch.Tensor, _ int64) torch.Tensor { return x.Flip(3) },
	"flip":   func(x torch.Tensor, _ int64) torch.Tensor { return x.Flip(2) },
}

func TestConvolutionCommutesWithYaw(t *testing.T) {
	var same, half nn.Conv2d
	build(t, 1, func(p nn.Scope) {
		same = nn.NewSame(p.Sub("same"), 2, 3, 5)
		half = nn.NewConv2d(p.Sub("half"), nn.ConvConfig{In: 2, Out: 3, Kernel: 3, Stride: 2, Padding: 1, Panorama: true})
	})
	torchtest.Do(t, func(s *torch.Session) {
		x := s.Randn(1, 2, 8, 16)
		for _, shift := range []int64{1, 5, 8, 15} {
			near(t, "stride 1", same.Forward(x.Roll(shift, 3)), same.Forward(x).Roll(shift, 3))
		}
		for _, shift := range []int64{1, 3, 4} {
			near(t, "stride 2", half.Forward(x.Roll(2*shift, 3)), half.Forward(x).Roll(shift, 3))
		}
	})
}

func TestUpsamplingCommutesWithTurnsOfThePanorama(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		x := s.Randn(1, 2, 4, 8)
		for _, mode := range []torch.ResizeMode{torch.Nearest, torch.Bilinear, torch.Bicubic} {
			u := nn.Upsample{Factor: 2, Mode: mode, Panorama: true}
			for name, turn := range turns {
				near(t, string(mode)+" "+name, u.Forward(turn(x, 1)), turn(u.Forward(x), 2))
			}
			if got, want := u.Forward(x).Shape(), []int64{1, 2, 8, 16}; !slices.Equal(got, want) {
				t.Errorf("%c: got shape %v, want %v", mode, got, want)
			}
		}
	})
}

// A map that is constant stays so where zeros would darken its edge.
func TestConvolutionHasNoEdge(t *testing.T) {
	var l nn.Conv2d
	build(t, 1, func(p nn.Scope) { l = nn.NewSame(p, 1, 1, 3) })
	torchtest.Do(t, func(s *torch.Session) {
		y := l.Forward(s.Ones(1, 1, 4, 8))
		if spread := y.Max().Sub(y.Min()).Item(); spread > torchtest.Tolerance(t, 1e-6) {
			t.Errorf("got a spread of %v, want 0", spread)
		}
	})
}
