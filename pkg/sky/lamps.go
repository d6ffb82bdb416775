package sky

import (
	"math"

	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/num"
)

// What is lampFrom times as bright as white paper in the map's own light may be a
// lamp, and at lampSure times is one for sure. That light alone had none shine more
// than lampUnlit times as bright.
const lampFrom, lampSure, lampUnlit = 1., 2.5, 2.

// paper is the radiance of white paper in a scene's light.
func (sc *Scene) paper() float32 {
	return float32(rgb.Lum(rgb.Plus(sc.old.level(), sc.lamplight)) / math.Pi)
}

// isLamp is how far a texel of a luminance is a lamp.
func isLamp(lum, paper float32) float32 {
	over := lum / max(paper, 1e-30)
	if over <= lampFrom {
		return 0
	}
	return num.Step(lampFrom, lampSure, over)
}

// lampGain is what lamps themselves are multiplied by, and how far: those of a
// night are exposed as the night is, and by day they are off, white glass like
// any other thing.
func (p *plan) lampGain() (gain, share float32) {
	switch by := num.Exp2(float32(p.stops)); {
	case !p.lamps:
		return 1, 0
	case p.night:
		return by * float32(p.t.Lamps), 1
	default:
		return by, float32(1 - p.far)
	}
}

// besideLamp is what a lamp's texel is multiplied by in a light that multiplies
// things by more than the lamp: that lights the thing, and the lamp shines as it did.
// unlit is the most that the old light had it shine.
func besideLamp(gain, lamp, lum, unlit float32) float32 {
	return lamp + (gain-lamp)*min(1, unlit/max(lum, 1e-30))
}

// lampsLeft is how much of the lamps' light the target leaves, exposed as it is;
// a day drowns them.
func (p *plan) lampsLeft() float64 {
	share := p.t.Lamps
	if !p.night {
		share *= .06
	}
	return math.Exp2(p.stops)*(1-p.far) + math.Exp2(p.lampStops())*p.far*share
}

// lampsGone is how far a night becomes a day, which drowns its lamps.
func (p *plan) lampsGone() float64 {
	if p.sc.Kind != Night || p.night {
		return 0
	}
	return p.far
}

// lampStops is by how many stops the target exposes what lamps light: a night by
// as much as all else, and a day, which has a level of its own, by what is asked.
func (p *plan) lampStops() float64 {
	if p.night {
		return p.stops
	}
	return p.t.ExposureStops
}
