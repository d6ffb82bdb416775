package sky

import (
	"math"
	"testing"

	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/sky/num"
)

// A camera takes what noon sends to level ground for white, and real skies' colours
// come of it: blue overhead, and at the horizon by day as real clear ones have it, .6
// to .8 of red over blue.
func TestACameraTakesNoonForWhite(t *testing.T) {
	d := draw(Target{Light: noon}, noon, 512)
	level := rgb.Plus(fromAbove(d.im, d.s), rgb.Times(d.beam, d.source.Y))
	if red := level[0] / level[2]; math.Abs(red-1) > .02 {
		t.Errorf("level ground by noon gets %.3f times as much red as blue, want as much", red)
	}
	clear, _ := analysed(t, noonField(256), Day).Preset("clear noon")
	d = draw(clear, clear.Light, 512)
	for _, c := range []struct{ elevation, least, most float64 }{{.5, .55, .85}, {12, .2, .45}, {70, .2, .4}} {
		x, y := d.s.Texel(vec(atmosphere.Toward(num.Radians(c.elevation), clear.SunAzimuth+math.Pi)))
		if red := float64(d.im.Row(y)[3*x] / d.im.Row(y)[3*x+2]); red < c.least || red > c.most {
			t.Errorf("clear noon, %v° over the horizon: red over blue is %.2f, want %v to %v", c.elevation, red, c.least, c.most)
		}
	}
}

// A low sun in a blue sky gets a sunset's where one is asked for, though it stands as low
// already; the sunset's own does not change, and no sky does that is not asked to.
func TestASunsetIsRedWhereItsSunStands(t *testing.T) {
	l := atmosphere.Light{SunElevation: num.Radians(6), SunAzimuth: num.Radians(30), Haze: .25}
	im := field(l, 256, false)
	litBy(im, func(_, y int) bool { return y < im.H/2 }, .6, .9, 1.6)
	sc := analysed(t, im, Day)
	target, _ := sc.Preset("sunset")
	target.SunElevation, target.SunAzimuth = sc.Light.SunElevation, sc.Light.SunAzimuth
	if lacks := sc.lacksWarmth(sc.Own()); lacks != 0 {
		t.Errorf("the map's own light lacks warmth by %v, want 0", lacks)
	}
	if far := sc.plan(target).far; far < .9 {
		t.Errorf("a sunset is %.2f far from a blue sky by a low sun, want .9 or more", far)
	}
	after := analysed(t, rendered(t, sc, target), Dusk)
	if lacks := after.lacksWarmth(target); lacks > .3 {
		t.Errorf("a sunset's sky lacks %.2f of a sunset's warmth, want .3 at most", lacks)
	}
}
