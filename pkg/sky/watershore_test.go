package sky

import (
	"testing"

	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// beach is a coast of sand so even that no edge parts it from its shallow bay: over some
// 10° the one's light goes over into the other's.
func beach(l atmosphere.Light, w int) *hdr.Image {
	im := coast(l, w)
	s, g := raster.NewSphere(w, w/2), w/64
	sand := im.Row(s.Row(-60))[:3]
	for y := s.H / 2; y < s.H; y++ {
		for x := range s.W {
			if !bay(s, x, y) {
				copy(im.Row(y)[3*x:], sand)
			}
		}
	}
	for c := range 3 {
		p := raster.NewPlane(w, w/2).Each(func(i int) float32 { return im.Pix[3*i+c] })
		// What lies over the horizon goes on below it, so that its light does not spread.
		below := p.Like().Fill(func(x, y int) float32 { return p.Row(max(y, s.H/2))[x] }).Blur(float64(g) / 3)
		for y := s.H / 2; y < s.H; y++ {
			for x := range s.W {
				im.Row(y)[3*x+c] = below.Row(y)[x] * (1 + .01*float32((3*x+5*y)%7))
			}
		}
	}
	return im
}

// Water runs out on sand without an edge, and the sand stays sand.
func TestWaterRunsOutOnABeach(t *testing.T) {
	t.Parallel()
	for _, l := range daylights {
		sc := analysed(t, beach(l, 512), Day)
		sand := sc.f.Texture.Where(func(_, y int) bool { return sc.s.Elevation[y] < -60 })
		if raster.Quantile(sand, .9) > .155 {
			t.Fatalf("%+v: the sand is not smooth", l)
		}
		if !sc.wetness().some {
			t.Errorf("%+v: no water is found", l)
			continue
		}
		if in, out := acrossTheBay(sc.s, sc.wetness().share); in < .85 || out > .05 {
			t.Errorf("%+v: %.3f of the bay and %.3f of the sand are water, want more than .85 and less than .05", l, in, out)
		}
	}
}
