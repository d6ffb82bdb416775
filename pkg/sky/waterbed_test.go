package sky

import (
	"testing"

	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
	"github.com/clipenv/toolkit/pkg/sky/water"
)

// inPond says where the pond of a garden lies.
func inPond(s *raster.Sphere, x, y int) bool {
	return s.Elevation[y] < -12 && s.Elevation[y] > -48 && x > 180*s.W/512 && x < 300*s.W/512
}

// garden is a field with a pond whose green bed is seen, and which sends back the given
// part of what level water does.
func garden(l atmosphere.Light, w int, mirrors float32) *hdr.Image {
	im := field(l, w, true)
	s := raster.NewSphere(w, w/2)
	ground := im.Row(s.Row(-60))[:3]
	for y := range s.H {
		for x := range s.W {
			if inPond(s, x, y) {
				up, sent := im.Row(s.H - 1 - y)[3*x:], mirrors*float32(water.Fresnel(-s.Elevation[y]))
				for c, bed := range [3]float32{.9, 1, .08} {
					im.Row(y)[3*x+c] = (1-sent)*bed*ground[c] + sent*up[c]
				}
			}
		}
	}
	return im
}

// A pond that shows its bed is told by how its colour goes over to that of what it
// mirrors; a lawn or a cloth of the bed's colour is none.
func TestAPondShowsItsBed(t *testing.T) {
	t.Parallel()
	l := atmosphere.Light{SunElevation: num.Radians(40), SunAzimuth: num.Radians(110), Haze: .25}
	share := func(mirrors float32) (in, out float64) {
		sc := analysed(t, garden(l, 512, mirrors), Day)
		var all float64
		for y := sc.s.H / 2; y < sc.s.H; y++ {
			for x := range sc.s.W {
				switch v := sc.s.Solid[y] * float64(sc.wetness().at(y*sc.s.W+x)); {
				case inPond(sc.s, x, y):
					in += v
					all += sc.s.Solid[y]
				default:
					out += v
				}
			}
		}
		return in / all, out / all
	}
	if in, out := share(1); in < .8 || out > .1 {
		t.Errorf("%.2f of the pond and %.2f as much of the land are water, want more than .8 and less than .1", in, out)
	}
	if in, out := share(0); in+out > 0 {
		t.Errorf("%.2f of what mirrors nothing is water, and %.2f as much beside it", in, out)
	}
}

// What a pond shows of its bed is lit as ground is: little of it follows the sky that
// is mirrored.
func TestABedFollowsTheGround(t *testing.T) {
	l := atmosphere.Light{SunElevation: num.Radians(40), SunAzimuth: num.Radians(110), Haze: .25}
	sc := analysed(t, garden(l, 512, 1), Day)
	s, sky := sc.s, sc.wetness().sky
	if !sc.wetness().some {
		t.Fatal("no pond is found")
	}
	for _, c := range []struct{ elevation, least, most float64 }{{-14, .3, 1}, {-46, 0, .2}} {
		if part := float64(sky.Row(s.Row(c.elevation))[s.W*240/512]); part < c.least || part > c.most {
			t.Errorf("at %v° the mirrored sky is taken for %.2f of the pond's light, want %v to %v", c.elevation, part, c.least, c.most)
		}
	}
}
