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
	d := draw(Target{Light: noon}, noon, 512)
	level := plus(fromAbove(d.im, d.s), times(d.beam, d.source.Y))
	if red := level[0] / level[2]; math.Abs(red-1) > .02 {
		t.Errorf("level ground by noon gets %.3f times as much red as blue, want as much", red)
	}
	clear, _ := analysed(t, noonField(256), Day).Preset("clear noon")
	d = draw(clear, clear.Light, 512)
	for _, c := range []struct{ elevation, least, most float64 }{{.5, .55, .85}, {12, .2, .45}, {70, .2, .4}} {
		x, y := d.s.texel(vec(atmosphere.Toward(radians(c.elevation), clear.SunAzimuth+math.Pi)))
		if red := float64(d.im.Row(y)[3*x] / d.im.Row(y)[3*x+2]); red < c.least || red > c.most {
			t.Errorf("clear noon, %v° over the horizon: red over blue is %.2f, want %v to %v", c.elevation, red, c.least, c.most)
		}
	}
}
