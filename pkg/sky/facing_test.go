package sky

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// clods are a field whose grain turns to a low sun and away from it, so that its bright
// side is warm and its dark one blue; or one whose materials differ as much, where what is
// warm is no brighter.
func clods(w int, painted bool) *hdr.Image {
	l := atmosphere.Light{SunElevation: num.Radians(9), SunAzimuth: num.Radians(36), Haze: .3}
	im, sky, s := field(l, w, false), atmosphere.New(l), raster.NewSphere(w, w/2)
	level := rgb.Plus(sky.Horizontal(), rgb.Times(sky.Beam(), sky.Source()[1]))
	r := rand.New(rand.NewPCG(3, 9))
	for y := s.Row(-1); y < s.H; y++ {
		for x := range w {
			// So much of the beam on level ground falls here.
			turned, bright := rgb.Plus(sky.Horizontal(), rgb.Times(sky.Beam(), sky.Source()[1]*2*r.Float64())), 1.
			if painted {
				bright = math.Exp2(r.Float64()-.5) * rgb.Lum(level) / rgb.Lum(turned)
			}
			for c := range 3 {
				im.Row(y)[3*x+c] *= float32(bright * turned[c] / level[c])
			}
		}
	}
	return im
}

// warms is by how many stops of red over blue ground is warmer for one that it is
// brighter than what is around, and by how many its warmth deviates.
func warms(im *hdr.Image) (slope, deviation float64) {
	s, lum := raster.NewSphere(im.W, im.H), raster.Luminances(im)
	lum.Each(func(i int) float32 { return num.Log2(lum.V[i]) })
	warm := lum.Like().Each(func(i int) float32 { return num.Log2(im.Pix[3*i] / im.Pix[3*i+2]) })
	l, c := lum.Mean(6), warm.Mean(6)
	var both, square, colour, n float64
	for i := s.Row(-12) * s.W; i < s.Row(-60)*s.W; i++ {
		dl, dc := float64(lum.V[i]-l.V[i]), float64(warm.V[i]-c.V[i])
		both, square, colour, n = both+dl*dc, square+dl*dl, colour+dc*dc, n+1
	}
	return both / square, math.Sqrt(colour / n)
}

// Under an even grey sky no side of a clod is warmer than another, and at noon less than
// under a low sun. Materials that differ in colour go on to.
func TestReliefLosesALowSunsColour(t *testing.T) {
	im := clods(512, false)
	sc := analysed(t, im, Day)
	had, _ := warms(im)
	if had < .5 {
		t.Fatalf("relief is %.2f stops warmer for one that it is brighter: the law is not tried", had)
	}
	for name, most := range map[string]float64{"overcast": .4, "foggy morning": .65, "clear noon": .8} {
		target, _ := sc.Preset(name)
		if has, _ := warms(rendered(t, sc, target)); has > most*had {
			t.Errorf("%s: relief is %.2f stops warmer for one that it is brighter, and was %.2f: want %.0f %% of it at most", name, has, had, 100*most)
		}
	}
	im = clods(512, true)
	sc = analysed(t, im, Day)
	_, differed := warms(im)
	target, _ := sc.Preset("overcast")
	if _, differ := warms(rendered(t, sc, target)); differ < .9*differed {
		t.Errorf("materials whose warmth deviated by %.2f stops deviate by %.2f under a grey sky, want as much", differed, differ)
	}
}
