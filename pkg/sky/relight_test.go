package sky

import (
	"math"
	"testing"

	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
)

// Under a low sun ground is brighter and warmer where one looks away from it, at
// what it shines on, than towards it; straight down it is the same all around.
func TestGroundTurnsItsLitSideAwayFromTheSun(t *testing.T) {
	im := field(atmosphere.Light{SunElevation: radians(60), SunAzimuth: 0, Haze: .25}, 512, false)
	sc := analysed(t, im, Day)
	target, _ := sc.Preset("golden hour")
	target.Fog = 0
	out := rendered(t, sc, target)
	s := sc.s
	looks := func(toSun bool, least, most float64) (lum, red float64) {
		return looksOf(out, func(x, y int) bool {
			return s.elevation[y] > least && s.elevation[y] < most && math.Abs(s.cosLon[x]) > .9 && s.cosLon[x] > 0 == toSun
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
