package sky

import (
	"math"
	"testing"

	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// Night vision that sees nothing else gives every texel its one colour, and keeps
// its luminance.
func TestRodsSeeOneColour(t *testing.T) {
	sc := analysed(t, noonField(256), Day)
	target, _ := sc.Preset("moonlit night")
	target.Rods = 0
	eye := raster.Luminances(rendered(t, sc, target))
	target.Rods = 1
	out := rendered(t, sc, target)
	rods := raster.Luminances(out)
	for i, v := range rods.V {
		if math.Abs(float64(v-eye.V[i])) > 1e-3*float64(eye.V[i]) {
			t.Fatalf("texel %d: rods see a luminance of %g, the eye %g", i, v, eye.V[i])
		}
		for c, of := range rodColour {
			if got := out.Pix[3*i+c]; math.Abs(float64(got-of*v)) > 1e-3*float64(v) {
				t.Fatalf("texel %d: channel %d is %g, want %g", i, c, got, of*v)
			}
		}
	}
}

// Warmth reddens the low sky, most towards the sun, and keeps its luminance.
func TestWarmthReddensTheLowSky(t *testing.T) {
	red := func(warmth, elevation, cosine float64) float64 {
		c := warmed([3]float64{1, 1.2, 1.5}, warmth, elevation, cosine)
		if was := rgb.Lum([3]float64{1, 1.2, 1.5}); math.Abs(rgb.Lum(c)-was) > 1e-6*was {
			t.Errorf("warmth %v changes a luminance of %v to %v", warmth, was, rgb.Lum(c))
		}
		return c[0] / c[2]
	}
	if at := red(1, 3, 1); !(at > 2*red(0, 3, 1) && at > red(1, 3, -1) && at > red(1, 40, 1) && red(1, 3, -1) > red(0, 3, -1)) {
		t.Errorf("red over blue is %.2f by the sun, %.2f opposite, %.2f high up and %.2f without warmth", at, red(1, 3, -1), red(1, 40, 1), red(0, 3, 1))
	}
}
