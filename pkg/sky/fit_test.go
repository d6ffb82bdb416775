package sky

import (
	"math"
	"testing"

	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// Where a gamut or a codec cut a channel of a sky off, a new light on it is of its own
// colour: nothing is made of what was not there.
func TestAChannelThatWasCutOff(t *testing.T) {
	im := field(atmosphere.Light{SunElevation: num.Radians(3), SunAzimuth: .4, Haze: .3}, 512, false)
	s := raster.NewSphere(im.W, im.H)
	cut := func(x, y int) bool { return s.Elevation[y] > 25+10*math.Sin(6*math.Pi*float64(x)/float64(s.W)) }
	for y := range im.H {
		for x := range im.W {
			if cut(x, y) {
				im.Row(y)[3*x] = 0
			}
		}
	}
	sc := analysed(t, im, Dusk)
	for _, name := range []string{"golden hour", "clear noon", "blue hour"} {
		target, _ := sc.Preset(name)
		out := rendered(t, sc, target)
		for y := range s.Row(12) {
			for x := range im.W {
				v := out.Row(y)[3*x : 3*x+3]
				if red := v[0] / max(v[1], v[2]); red > 3 && s.Towards(x, y, vec(atmosphere.Toward(target.SunElevation, target.SunAzimuth))) < .9 {
					t.Fatalf("%s: %.0f° over the horizon the sky has %.1f times as much red as other colours", name, s.Elevation[y], red)
				}
			}
		}
	}
}
