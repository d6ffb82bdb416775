package sky

import (
	"math"

	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// How a night's level becomes another's.
const (
	// From lampsOn stops under noon on lamps are on; fullNight is moonlight. nightFall
	// is the share of the stops from day to night by which a night becomes another:
	// it was photographed to be seen. lampsKeep is the share that a place does not
	// fall by that lamps alone light.
	lampsOn, fullNight   = -7., -19.
	nightFall, lampsKeep = .55, .25

	// moonLeast is the least light of a new night's sky, over that which the map is
	// exposed for: over a town a camera sees the sky black.
	moonLeast = .3

	// darkSky is how dark a black sky counts in the exposure of a map, over its
	// ground.
	darkSky = 1. / 4

	// greyCard is what a camera makes of what it sees on the mean.
	greyCard = .18
)

// nightfall is by how many stops a night changes that is put into another light, of
// as many stops under noon. A camera opens for a night until it is as bright as by
// day: noon is as the map is, a sunset darker, and a night darker still, unless it is
// the map's own, of own stops, that is only changed.
func (sc *Scene) nightfall(stops, own float64, anew bool) float64 {
	fall := func(stops float64) float64 {
		seen := (1 - (1-nightFall)*num.Step(0, fullNight, stops)) * (1 - lampsKeep*sc.lampPart()*num.Step(lampsOn, lampsOn-4, stops))
		return settled(artistic(stops)) * seen
	}
	if anew {
		return fall(stops)
	}
	return fall(stops) - num.Step(lampsOn, fullNight, stops)*fall(own)
}

// levelFor is the light on level ground that another light's is told from, by
// stops. A new night goes by the old one's sky. By day the map is exposed as it
// was: as a camera does it, by all that it showed.
func (sc *Scene) levelFor(l atmosphere.Light) float64 {
	level := rgb.Lum(sc.old.level())
	if sc.Kind != Night {
		return level
	}
	level = max(level, moonLeast*sc.dayLevel)
	if day := num.Step(-11, -4, lightStops(l)); day > 0 && level > 0 {
		level *= math.Pow(sc.dayLevel/level, day)
	}
	return level
}

// findDayLevel is the light on level ground of a day whose white paper and all else
// have the mean, in stops, that the map has.
func (sc *Scene) findDayLevel() float64 {
	ground := raster.Quantile(sc.lum.Where(func(_, y int) bool { return sc.s.Elevation[y] < -15 }), .5)
	var sum, all float64
	for y := range sc.s.H {
		for x, v := range sc.lum.Row(y) {
			if sc.Mask.Alpha.Row(y)[x] > .5 {
				v = max(v, darkSky*ground)
			}
			sum += sc.s.Solid[y] * float64(num.Log2(v+sc.f.Floor))
			all += sc.s.Solid[y]
		}
	}
	return math.Pi / greyCard * math.Exp2(sum/all)
}

// isNight says that a light is so dark that lamps go on: the sun is down.
func isNight(l atmosphere.Light) bool { return lightStops(l) < lampsOn }
