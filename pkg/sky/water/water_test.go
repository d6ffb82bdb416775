package water

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/sky/feature"
	"github.com/clipenv/toolkit/pkg/sky/raster"
	"github.com/clipenv/toolkit/pkg/sky/sun"
)

// shore is a grey day's sky over grained ground, with a bay between two columns that
// sends the sky back as Fresnel's law has it, over a little blue-green.
func shore(s *raster.Sphere, bay func(x, y int) bool) *hdr.Image {
	im, r := hdr.New(s.W, s.H), rand.New(rand.NewPCG(3, 1))
	for y := range s.H {
		for x := range s.W {
			v, el := im.Row(y)[3*x:3*x+3], s.Elevation[y]
			for c := range v {
				switch up := im.Row(s.H - 1 - y)[3*x+c]; {
				case el > 0:
					v[c] = [3]float32{.3, .45, .8}[c] * float32(.5+.5*math.Exp(-el/20))
				case bay(x, y):
					v[c] = up*float32(Fresnel(-el)) + [3]float32{.004, .02, .022}[c]
				default:
					v[c] = [3]float32{.12, .1, .06}[c] * float32(math.Exp2(r.Float64()-.5))
				}
			}
		}
	}
	return im
}

func TestABayIsFoundByWhatItMirrors(t *testing.T) {
	s := raster.NewSphere(512, 256)
	bay := func(x, y int) bool { return x > 100 && x < 260 && s.Elevation[y] < 0 && s.Elevation[y] > -24 }
	alpha := raster.NewPlane(s.W, s.H).Fill(func(_, y int) float32 {
		if s.Elevation[y] > 0 {
			return 1
		}
		return 0
	})
	find := func(bay func(x, y int) bool) (raster.Plane, bool) {
		im := shore(s, bay)
		lum := raster.Luminances(im)
		return Find(feature.New(im, s, lum), lum, alpha, sun.Sun{Direction: envmap.Vec{Z: 1}})
	}
	share, some := find(bay)
	if !some {
		t.Fatal("no water is found")
	}
	var in, all, out float64
	for y := s.H / 2; y < s.H; y++ {
		for x, v := range share.Row(y) {
			if bay(x, y) {
				in, all = in+s.Solid[y]*float64(v), all+s.Solid[y]
			} else {
				out += s.Solid[y] * float64(v)
			}
		}
	}
	if in < .9*all || out > .1*all {
		t.Errorf("%.2f of the bay and %.2f as much beside it are water, want more than .9 and less than .1", in/all, out/all)
	}
	if _, some := find(func(x, y int) bool { return false }); some {
		t.Error("dry ground is water")
	}
}

// Level water sends back two hundredths of what falls straight on it, and all that grazes it.
func TestFresnel(t *testing.T) {
	for _, c := range []struct{ degrees, want float64 }{{90, .02}, {0, 1}, {-3, 1}, {30, .02 + .98/32}} {
		if got := Fresnel(c.degrees); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("at %v° the share is %v, want %v", c.degrees, got, c.want)
		}
	}
}
