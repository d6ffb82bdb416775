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

// twiggy is the night of glowing with a tree of twigs, each texel of which shows some of
// the sky behind, and a tree that a lamp lights. crown and lit tell where they are.
func twiggy(w int) (im *hdr.Image, crown, lit func(x, y int) bool) {
	im = glowing(w)
	s, r := raster.NewSphere(w, w/2), rand.New(rand.NewPCG(6, 1))
	tree := func(at int) func(x, y int) bool {
		return func(x, y int) bool {
			return math.Hypot(float64(x-at*w/512), float64(y)-float64(s.Row(14))) < 14*float64(w)/512
		}
	}
	crown, lit = tree(150), tree(350)
	for y := range s.H / 2 {
		for x := range s.W {
			p := im.Row(y)[3*x : 3*x+3]
			trunk := crown(x, s.Row(14)) && s.Elevation[y] < 14 && (x-150*w/512)/3 == 0
			share := r.Float32()
			for c := range p {
				switch {
				case trunk:
					p[c] = .003
				case crown(x, y):
					p[c] = .003 + share*share*(p[c]-.003)
				case lit(x, y):
					p[c] = [3]float32{.03, .06, .008}[c] * (.6 + .8*share)
				}
			}
		}
	}
	return im, crown, lit
}

// Twigs that let a night's bright sky through are no paler by day than the ground, and
// leaves that a lamp lit keep their picture.
func TestTwigsBeforeABrightNightAreNotPaleByDay(t *testing.T) {
	im, crown, lit := twiggy(512)
	sc := analysed(t, im, Night)
	grain := func(im *hdr.Image) float64 {
		v := raster.Luminances(im).Where(lit)
		return math.Log2(float64(raster.Quantile(v, .8) / raster.Quantile(v, .2)))
	}
	thing := func(x, y int) bool { return crown(x, y) && sc.Mask.Alpha.Row(y)[x] < .3 }
	ground := func(_, y int) bool { return sc.s.Elevation[y] < -10 }
	for _, name := range []string{"clear noon", "overcast", "winter snow"} {
		target, _ := sc.Preset(name)
		target.Snow, target.Fog = 0, 0
		out := raster.Luminances(rendered(t, sc, target))
		if over := num.Log2(raster.Quantile(out.Where(thing), .8) / raster.Quantile(out.Where(ground), .5)); over > .7 {
			t.Errorf("%s: a fifth of the twigs lies %.2f stops over the ground, want .7 at most", name, over)
		}
	}
	target, _ := sc.Preset("clear noon")
	if was, is := grain(im), grain(rendered(t, sc, target)); is < .6*was {
		t.Errorf("the leaves in the light of a lamp had a contrast of %.2f stops, and have %.2f by day", was, is)
	}
	if mean, _ := stopsApart(rendered(t, sc, sc.Own()), im, nil); mean > .01 {
		t.Errorf("own light moves the map by %.3f stops", mean)
	}
}

// Tips of leaves before a blue sky are none of it, though they touch nothing; a dark
// cloud is.
func TestTipsOfLeavesAreNoSky(t *testing.T) {
	im := field(atmosphere.Light{SunElevation: num.Radians(60), SunAzimuth: num.Radians(180), Haze: .1}, 512, false)
	tip := func(x int, el float64) bool { return x > 240 && x < 247 && el > 12 && el < 14 }
	cloud := func(x int, el float64) bool { return x > 280 && x < 300 && el > 12 && el < 16 }
	painted(im, tip, func(c int, was float32) float32 { return was * [3]float32{.65, .6, .2}[c] }, .4)
	painted(im, cloud, func(c int, _ float32) float32 { return .6 * im.Row(im.H/2 - 30)[3*290+1] }, .4)
	sc := analysed(t, im, Day)
	if a := maskMean(sc, 241, 247, 12, 14); a > .2 {
		t.Errorf("%.2f of the leaves is sky, want none", a)
	}
	if a := maskMean(sc, 283, 297, 12.5, 15.5); a < .9 {
		t.Errorf("%.2f of the dark cloud is sky, want all", a)
	}
}
