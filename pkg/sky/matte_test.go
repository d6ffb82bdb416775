package sky

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// crowned is a day's map with a crown of twigs, each texel of which shows a share of the sky,
// and a tower of glass that mirrors it, .3 as bright. share is what the crown shows.
func crowned(w int) (im *hdr.Image, share raster.Plane, crown, glass func(x int, el float64) bool) {
	im = field(atmosphere.Light{SunElevation: num.Radians(40), SunAzimuth: num.Radians(180), Haze: .25}, w, false)
	s, r := raster.NewSphere(w, w/2), rand.New(rand.NewPCG(3, 9))
	parts := raster.NewPlane(512, 256)
	for i := range parts.V {
		parts.V[i] = r.Float32()
	}
	crown = func(x int, el float64) bool {
		return math.Hypot(float64(x-150*w/512), (el-9)*float64(w)/360) < 10*float64(w)/512
	}
	glass = func(x int, el float64) bool { return x > 300*w/512 && x < 340*w/512 && el > 0 && el < 25 }
	share = raster.NewPlane(w, w/2)
	for y := range s.H {
		for x := range s.W {
			p := im.Row(y)[3*x : 3*x+3]
			part, twig := parts.Row(y * 512 / w)[x*512/w], [3]float32{.012, .009, .005}
			trunk := x > 148*w/512 && x < 153*w/512 && s.Elevation[y] > 0 && s.Elevation[y] < 9
			switch {
			case trunk:
				copy(p, twig[:])
			case crown(x, s.Elevation[y]):
				share.Row(y)[x] = part
				for c := range p {
					p[c] = part*p[c] + (1-part)*twig[c]
				}
			case glass(x, s.Elevation[y]) && x%8 < 6:
				for c := range p {
					p[c] *= .3
				}
			case glass(x, s.Elevation[y]):
				copy(p, twig[:])
			}
		}
	}
	return im, share, crown, glass
}

// Between a day's twigs each texel has its share of the sky, at any size of the map, and glass
// that mirrors the sky has none.
func TestTwigsBeforeADayShowTheirShareOfTheSky(t *testing.T) {
	for _, w := range []int{512, 2048} {
		im, share, crown, glass := crowned(w)
		sc := analysed(t, im, Day)
		mask := raster.Plane{W: im.W, H: im.H, V: sc.SkyMask()}
		var off, n, mirrored, panes float64
		s := raster.NewSphere(im.W, im.H)
		for y := range s.Row(2) {
			for x := range s.W {
				a := float64(mask.Row(y)[x])
				switch el := s.Elevation[y]; {
				case crown(x, el) && share.Row(y)[x] > 0:
					off, n = off+math.Abs(a-float64(share.Row(y)[x])), n+1
				case glass(x+4*w/512, el+1) && glass(x-4*w/512, el+3):
					mirrored, panes = mirrored+a, panes+1
				}
			}
		}
		if off /= n; off > .15 {
			t.Errorf("%d texels wide: the share of the sky between twigs is off by %.2f on the mean, want .15 at most", w, off)
		}
		if mirrored /= panes; mirrored > .05 {
			t.Errorf("%d texels wide: %.2f of the glass is sky, want none", w, mirrored)
		}
	}
}
