package sky

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
)

// A mixture of sky and leaves tells the share of the sky, be they brighter or darker than those
// around; before grey a thing tells it that is as bright as those around.
func TestUnmixFindsTheShareOfTheSky(t *testing.T) {
	leaf, grey := [3]float32{.09, .12, .03}, [3]float32{.1, .1, .1}
	for _, c := range []struct {
		thing [3]float32
		times float32
		most  float64
	}{{leaf, 1, .01}, {leaf, .5, .05}, {leaf, 2, .06}, {grey, 1, .01}} {
		for _, share := range []float32{0, .2, .5, .8, 1} {
			var mix [3]float32
			for k := range mix {
				mix[k] = share + (1-share)*c.times*c.thing[k]
			}
			if a, off := unmix(mix, c.thing); math.Abs(float64(a-share)) > c.most || off > .02 {
				t.Errorf("%v at %v times its light: the share of the sky is %.3f, off by %.3f, want %v", c.thing, c.times, a, off, share)
			}
		}
	}
}

// A colour that no mixture of sky and thing has is off.
func TestUnmixTellsWhatIsNoMixture(t *testing.T) {
	if _, off := unmix([3]float32{.8, .3, .1}, [3]float32{.03, .1, .03}); off < matteOffSure {
		t.Errorf("brick between sky and leaves is off by %.3f, want more than %v", off, matteOffSure)
	}
}

// crowned is a day's map with a crown of twigs, each texel of which shows a share of the sky,
// and a tower of glass that mirrors it, .3 as bright. share is what the crown shows.
func crowned(w int) (im *hdr.Image, share plane, crown, glass func(x int, el float64) bool) {
	im = field(atmosphere.Light{SunElevation: radians(40), SunAzimuth: radians(180), Haze: .25}, w, false)
	s, r := newSphere(w, w/2), rand.New(rand.NewPCG(3, 9))
	parts := newPlane(512, 256)
	for i := range parts.v {
		parts.v[i] = r.Float32()
	}
	crown = func(x int, el float64) bool {
		return math.Hypot(float64(x-150*w/512), (el-9)*float64(w)/360) < 10*float64(w)/512
	}
	glass = func(x int, el float64) bool { return x > 300*w/512 && x < 340*w/512 && el > 0 && el < 25 }
	share = newPlane(w, w/2)
	for y := range s.h {
		for x := range s.w {
			p := im.Row(y)[3*x : 3*x+3]
			part, twig := parts.row(y * 512 / w)[x*512/w], [3]float32{.012, .009, .005}
			trunk := x > 148*w/512 && x < 153*w/512 && s.elevation[y] > 0 && s.elevation[y] < 9
			switch {
			case trunk:
				copy(p, twig[:])
			case crown(x, s.elevation[y]):
				share.row(y)[x] = part
				for c := range p {
					p[c] = part*p[c] + (1-part)*twig[c]
				}
			case glass(x, s.elevation[y]) && x%8 < 6:
				for c := range p {
					p[c] *= .3
				}
			case glass(x, s.elevation[y]):
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
		mask := plane{im.W, im.H, sc.SkyMask()}
		var off, n, mirrored, panes float64
		s := newSphere(im.W, im.H)
		for y := range s.row(2) {
			for x := range s.w {
				a := float64(mask.row(y)[x])
				switch el := s.elevation[y]; {
				case crown(x, el) && share.row(y)[x] > 0:
					off, n = off+math.Abs(a-float64(share.row(y)[x])), n+1
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
