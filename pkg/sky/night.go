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

// paperAlbedo is about white paint's. By day no wall shines more than that,
// however near to a lamp it stood.
const paperAlbedo = .7

// underPaper holds what is brighter than paper near it.
func underPaper(v *[3]float32, paper float32) {
	lum := rgb.Luminance(v[0], v[1], v[2])
	if lum <= paper {
		return
	}
	by := exp2(-.7 * log2(lum/paper))
	for k := range v {
		v[k] *= by
	}
}

// isNight says that a light is darker than any dusk.
func isNight(l atmosphere.Light) bool { return lightStops(l) < -9 }

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
