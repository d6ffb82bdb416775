package sky

import (
	"math"
	"testing"

	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/sky/feature"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// lane is a field with a wall of an albedo on both sides, 1.6 times as far away as the
// camera is high, and its foot.
func lane(albedo [3]float64) (im *hdr.Image, foot func(x int) float64) {
	im = field(atmosphere.Light{SunElevation: num.Radians(40), Cover: 1}, 512, false)
	s := raster.NewSphere(im.W, im.H)
	across := func(x int) float64 { return math.Abs(s.SinLon[x]) }
	foot = func(x int) float64 { return num.Degrees(math.Atan(across(x) / 1.6)) }
	for y := range s.H {
		for x := range s.W {
			top := num.Degrees(math.Atan(4 * across(x)))
			if e := s.Elevation[y]; e < top && e > -foot(x) {
				grain := .8 + .4*float64((3*x+5*y)%7)/7
				for c, a := range albedo {
					im.Row(y)[3*x+c] = float32(.5 * grain * a)
				}
			}
		}
	}
	return im, foot
}

// In a lane snow lies up to the walls' foot, far below the horizon, and on no wall.
func TestNoSnowLiesOnTheWallsOfALane(t *testing.T) {
	t.Parallel()
	for name, albedo := range map[string][3]float64{"plaster": {.4, .12, .03}, "blue": {.1, .16, .4}, "brick": {.16, .09, .05}} {
		im, foot := lane(albedo)
		sc := analysed(t, im, Day)
		if !sc.SkySeen() {
			t.Fatalf("%s: no sky is seen", name)
		}
		cover := sc.newSnow(1).cover
		var wall, ground, walls, grounds float64
		for x := range sc.s.W {
			if foot(x) < 20 { // where the lane runs off
				continue
			}
			for y := sc.s.Row(-8); y < sc.s.H; y++ {
				switch e := -sc.s.Elevation[y]; {
				case e < foot(x)-4:
					wall, walls = wall+float64(cover.Row(y)[x]), walls+1
				case e > foot(x)+4:
					ground, grounds = ground+float64(cover.Row(y)[x]), grounds+1
				}
			}
		}
		if wall, ground = wall/walls, ground/grounds; wall > .1 || ground < .5 {
			t.Errorf("%s: snow covers %.2f of the walls and %.2f of the ground before them, want .1 at most and .5 or more", name, wall, ground)
		}
	}
}

// A red wall sends back little blue, as leaves do, and is none.
func TestARedWallIsNotGreen(t *testing.T) {
	for _, c := range []struct {
		rgb         [3]float64
		least, most float32
	}{{[3]float64{.8, 1.4, .5}, .9, 1}, {[3]float64{1, .35, .05}, 0, .05}, {[3]float64{.4, .4, .4}, 0, .05}} {
		at := func(k int) float32 { return feature.ChromaPart * num.Log2(float32(c.rgb[k]/rgb.Lum(c.rgb))) }
		if is := feature.Green(at(0), at(2)); is < c.least || is > c.most {
			t.Errorf("%v is green by %.2f, want %v to %v", c.rgb, is, c.least, c.most)
		}
	}
}
