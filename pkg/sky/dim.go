package sky

import (
	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/num"
)

// dim holds glow near the horizon that the mask missed down to the new sky, and
// the light of the air before hills below it, by half the stops that it was below
// the old: their own light is in it. Of what stands beyond water that reaches the horizon,
// which is far, all is that of the air.
func (c *compositor) dim(x int, el float64, lum, far float32, v *[3]float32) {
	old := rgb.Luminance(num.Exp2(c.fit[0].At[x]), num.Exp2(c.fit[1].At[x]), num.Exp2(c.fit[2].At[x]))
	part := lum / max(old, 1e-30)
	least := airLeast
	if c.p.sc.Sun.Found { // which lights walls
		least = litLeast
	}
	beyond := float32(0)
	if c.beyond != nil && el > 0 && el < beyondHigh {
		beyond = c.beyond[x]
	}
	if beyond == 0 && (lum <= c.p.glowing || part <= least) {
		return
	}
	is := rgb.Luminance(v[0], v[1], v[2])
	by := min(1, num.Exp2(.5*min(0, num.Log2(part)))*c.horizon.At[x]/max(is, 1e-30))
	edge := num.Step(-2.6, -1.6, float32(el)) * (1 - num.Step(11, 13, float32(el))) * num.Step(1, 1.3, lum/max(c.p.glowing, 1e-30)) * num.Step(least, 2*least, part)
	by = 1 + far*max(edge, beyond)*(by-1)
	for k := range v {
		v[k] *= by
	}
}

// beyondHigh is how far above the horizon, in degrees, what stands beyond water may reach.
const beyondHigh = 4.

// airLeast is the share of the sky's light behind that nothing but lit air
// before a thing has, where it outshines the ground and no sun is up; and
// litLeast where one is.
const airLeast, litLeast float32 = .02, .3
