package sky

import (
	"math"
	"testing"

	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/sky/num"
)

// Under a low sun ground is brighter and warmer where one looks away from it, at
// what it shines on, than towards it; straight down it is the same all around.
func TestGroundTurnsItsLitSideAwayFromTheSun(t *testing.T) {
	im := field(atmosphere.Light{SunElevation: num.Radians(60), SunAzimuth: 0, Haze: .25}, 512, false)
	sc := analysed(t, im, Day)
	target, _ := sc.Preset("golden hour")
	target.Fog = 0
	out := rendered(t, sc, target)
	s := sc.s
	looks := func(toSun bool, least, most float64) (lum, red float64) {
		return looksOf(out, func(x, y int) bool {
			return s.Elevation[y] > least && s.Elevation[y] < most && math.Abs(s.CosLon[x]) > .9 && s.CosLon[x] > 0 == toSun
		})
	}
	away, awayRed := looks(false, -40, -20)
	towards, towardsRed := looks(true, -40, -20)
	if over := away - towards; over < .15 || over > 1.2 || awayRed-towardsRed < .05 {
		t.Errorf("away from the sun the ground is %.2f stops brighter and %.2f redder, want .15 to 1.2 and more than .05", over, awayRed-towardsRed)
	}
	away, _ = looks(false, -90, -78)
	if towards, _ = looks(true, -90, -78); math.Abs(away-towards) > .05 {
		t.Errorf("underfoot the ground is %.2f stops brighter on one side", away-towards)
	}
}

// Bare ground that would be redder than brick lay in light that is less blue than its sky.
// Ground that is not keeps the sky's light, and so do leaves.
func TestBareGroundIsNoRedderThanBrick(t *testing.T) {
	l := atmosphere.Light{SunElevation: num.Radians(40), Haze: .25}
	for name, c := range map[string]struct {
		by   []float32
		held bool
	}{"earth": {[]float32{1, 1, 1}, false}, "blue light": {[]float32{1.5, .8, .55}, true}, "leaves": {[]float32{1, 2, .3}, false}} {
		im := field(l, 256, false)
		litBy(im, func(_, y int) bool { return y >= im.H/2 }, c.by...)
		sc := analysed(t, im, Day)
		if held := math.Log2(sc.cast[0] / sc.cast[2]); c.held != (held > .5) || !c.held && held != 0 {
			t.Errorf("%s: the light is taken for %.2f stops less blue, held %v wanted", name, held, c.held)
		}
	}
}
