package sky

import (
	"math"
	"testing"

	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
)

// A camera takes what noon sends to level ground for white, and real skies' colours
// come of it: blue overhead, and at the horizon by day as real clear ones have it, .6
// to .8 of red over blue.
func TestACameraTakesNoonForWhite(t *testing.T) {
	d := draw(Target{Light: noon}, 512)
	level := plus(fromAbove(d.im, d.s), times(d.beam, d.source.Y))
	if red := level[0] / level[2]; math.Abs(red-1) > .02 {
		t.Errorf("level ground by noon gets %.3f times as much red as blue, want as much", red)
	}
	clear, _ := analysed(t, noonField(256), Day).Preset("clear noon")
	d = draw(clear, 512)
	for _, c := range []struct{ elevation, least, most float64 }{{.5, .55, .85}, {12, .2, .45}, {70, .2, .4}} {
		x, y := d.s.texel(vec(atmosphere.Toward(radians(c.elevation), clear.SunAzimuth+math.Pi)))
		if red := float64(d.im.Row(y)[3*x] / d.im.Row(y)[3*x+2]); red < c.least || red > c.most {
			t.Errorf("clear noon, %v° over the horizon: red over blue is %.2f, want %v to %v", c.elevation, red, c.least, c.most)
		}
	}
}

// No sky that is drawn ends in a dark line at the horizon, and what stands over its
// last degrees is the model's.
func TestNoSkyEndsInADarkLine(t *testing.T) {
	for _, el := range []float64{60, 20, 6, 2, 0, -2, -4, -6, -9, -14} {
		for _, haze := range []float64{0, .3, .7, 1} {
			l := atmosphere.Light{SunElevation: radians(el), SunAzimuth: 1, Haze: haze}
			d := draw(Target{Light: l}, 256)
			lum, low := luminances(d.im), d.s.row(lowAir)-1
			model := atmosphere.New(l).Render(256, 128)
			for x := range d.s.w {
				for y := low + 1; y < d.s.h/2; y++ {
					if falls := log2(lum.row(low)[x] / lum.row(y)[x]); falls > lowFall {
						t.Fatalf("sun at %v°, haze %v: column %d falls by %.2f stops from %.1f° to %.1f°, want at most %v", el, haze, x, falls, d.s.elevation[low], d.s.elevation[y], lowFall)
					}
				}
				i := 3 * (low*d.s.w + x)
				want := balanced([3]float64{float64(model[i]), float64(model[i+1]), float64(model[i+2])})
				for c, v := range want {
					if off := math.Abs(float64(d.im.Pix[i+c])/v - 1); off > 1e-4 {
						t.Fatalf("sun at %v°, haze %v: over its last degrees the sky is %.4f off the model's", el, haze, off)
					}
				}
			}
		}
	}
}
