package sky

import (
	"math"

	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
)

// rodColour is what night vision makes of grey: Rods see no colour, and paler
// blue (Jensen et al. 2000, "Night Rendering").
var rodColour = func() [3]float32 {
	c := [3]float64{.62, .86, 1.5}
	by := 1 / luma(c)
	return [3]float32{float32(c[0] * by), float32(c[1] * by), float32(c[2] * by)}
}()

// asRods mixes a texel with what night vision sees of it.
func asRods(c []float32, share float32) {
	lum := rgb.Luminance(c[0], c[1], c[2])
	for k := range rodColour {
		c[k] += share * (lum*rodColour[k] - c[k])
	}
}

// lampStops are how many stops a thing lies over white paper in the map's own
// light when it begins to be a lamp, and when it is one for sure.
const lampFrom, lampSure = 1., 2.5

// lampLevel is the radiance of white paper in a scene's light.
func (sc *Scene) lampLevel() float32 {
	return float32(luma(plus(sc.old.level(), sc.lamplight)) / math.Pi)
}

// lampShare is how far a texel of a luminance is a lamp.
func lampShare(lum, level float32) float32 {
	return step(lampFrom, lampSure, lum/max(level, 1e-30))
}

// windows marks what is too large for a lamp: windows and patches of sun.
// They follow the light outside.
func (sc *Scene) windows() plane {
	s, level := sc.s, sc.lampLevel()
	in := make([]bool, len(sc.lum.v))
	for i, v := range sc.lum.v {
		in[i] = lampShare(v, level) > .3
	}
	p := connect(in, s.w, s.h)
	size := p.sum(func(i int) float64 { return s.solid[i/s.w] })
	for i, part := range p.of {
		in[i] = part >= 0 && size[part] > windowLeast
	}
	in = grown(in, s.w, s.h, sc.f.texels(3))
	return sc.lum.like().each(func(i int) float32 {
		if in[i] {
			return 1
		}
		return 0
	})
}

// windowLeast is the solid angle of a window, in steradians.
const windowLeast = .006

// shoulder is the albedo up to which a thing shines by day as its light says,
// and whitest one that nothing reaches: no lamp is brighter by day than paint.
const shoulder, whitest = .4, .85

// underPaper holds a texel below the radiance of white paper by day, as film
// does, and takes the more of its colour the more there was to hold: far, 0 to 1,
// is how far the day is come.
func underPaper(v *[3]float32, paper, far float32) {
	lum := rgb.Luminance(v[0], v[1], v[2])
	from, room := shoulder*paper, (whitest-shoulder)*paper
	if lum <= from {
		return
	}
	over := (lum - from) / max(room, 1e-30)
	is := from + room*(1-float32(math.Exp(-float64(over))))
	white := far * (1 - 1/(1+.25*over))
	by := exp2(far * log2(is/lum))
	for k := range v {
		v[k] = by * (v[k] + white*(lum-v[k]))
	}
}

// lampGain is what lamps themselves are multiplied by, and how far: those of a
// room keep their light, those of a night are exposed as the night is, and by
// day they are off, white glass like any other thing.
func (p *plan) lampGain() (gain, share float32) {
	switch by := exp2(float32(p.stops)); {
	case p.lamps == nil:
		return 1, 0
	case p.sc.Kind == Indoor:
		return float32(p.t.Lamps), 1
	case p.night:
		return by * float32(p.t.Lamps), 1
	default:
		return by, float32(1 - p.far)
	}
}

// lampLit is a lamp's texel under a light that multiplies it by more than the lamp is:
// that lights the thing, and the lamp shines as it did. paper is the most that the
// old light had it shine.
func lampLit(gain, lamp, lum, paper float32) float32 {
	return lamp + (gain-lamp)*min(1, paper/max(lum, 1e-30))
}

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
		seen := (1 - (1-nightFall)*step(0, fullNight, stops)) * (1 - lampsKeep*sc.lamplit()*step(lampsOn, lampsOn-4, stops))
		return settled(artistic(stops)) * seen
	}
	if anew {
		return fall(stops)
	}
	return fall(stops) - step(lampsOn, fullNight, stops)*fall(own)
}

// levelFor is the light on level ground that another light's is told from, by
// stops. A new night goes by the old one's sky. By day the map is exposed as it
// was: as a camera does it, by all that it showed.
func (sc *Scene) levelFor(l atmosphere.Light) float64 {
	level := luma(sc.old.level())
	if sc.Kind != Night {
		return level
	}
	level = max(level, moonLeast*sc.exposedTo)
	if day := step(-11, -4, lightStops(l)); day > 0 && level > 0 {
		level *= math.Pow(sc.exposedTo/level, day)
	}
	return level
}

// exposedFor is the light on level ground of a day whose white paper and all else
// have the mean, in stops, that the map has.
func (sc *Scene) exposedFor() float64 {
	ground := quantile(sc.lum.where(func(_, y int) bool { return sc.s.elevation[y] < -15 }), .5)
	var sum, all float64
	for y := range sc.s.h {
		for x, v := range sc.lum.row(y) {
			if sc.Mask.alpha.row(y)[x] > .5 {
				v = max(v, darkSky*ground)
			}
			sum += sc.s.solid[y] * float64(log2(v+sc.f.floor))
			all += sc.s.solid[y]
		}
	}
	return math.Pi / greyCard * math.Exp2(sum/all)
}

// isNight says that a light is so dark that lamps go on: the sun is down.
func isNight(l atmosphere.Light) bool { return lightStops(l) < lampsOn }

// moonlit is the sky's part of the new light on level ground: where lamps
// light it, the eye sees colour.
func (p *plan) moonlit() float32 {
	if p.room != nil {
		return p.room.byWindows()
	}
	sky, lamps := luma(p.relit.new.level()), luma(p.sc.lamplight)*p.lampShare()
	if lamps == 0 {
		return 1
	}
	return float32(sky / (sky + lamps))
}
