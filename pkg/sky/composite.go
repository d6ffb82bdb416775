package sky

import (
	"math"

	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/mask"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/water"
)

// row paints row y. Its rows of the disc are in out before.
func (c *compositor) row(y int, disc discRows, out []float32) {
	pix := c.p.sc.full.Row(y)
	drawn := y >= disc.from && y < disc.to
	if drawn {
		copy(c.disc, out)
	}
	c.mask.Row(y, pix, c.alpha)
	el := c.s.Elevation[y]
	if c.wet.Some() && el < water.Brim {
		c.offWater(y)
	}
	open := c.sky != nil && (el > mask.Lowest-1 || c.p.sc.Pure && el > -reflectionFade)
	if open {
		if c.halo.Some() {
			c.readHalo(y)
		}
		at := c.shows(y)
		c.sky.row(at, c.p.sc.full.Row(at), c.clear, c.above)
		if c.p.fog != nil {
			c.lowSky(el)
		}
		c.light(y, pix, drawn)
	}
	c.ground(y, open, pix, out)
	if open {
		if c.halo.Some() {
			c.shine(pix)
		}
		c.join(pix, out)
		if drawn && c.p.through() {
			c.sunInFront(y, out)
		}
	}
	c.finish(y, pix, out)
}

// join lays a row of sky over the foreground, where the mask and the halos of lamps
// have it.
func (c *compositor) join(pix, out []float32) {
	same, guess := num.Exp2(float32(c.p.stops)), float32(c.p.changed())
	for x, a := range c.alpha {
		over := c.shown[x]
		if over <= 0 {
			continue
		}
		if a >= 1 {
			*(*[3]float32)(out[3*x:]) = *(*[3]float32)(c.above[3*x:])
			continue
		}
		for k := range 3 {
			i := 3*x + k
			new := out[i] + over*(c.above[i]-out[i])
			// What sky and foreground are guessed to be along an edge
			// matters as far as they change.
			old := pix[i] * (over*same + (1-over)*num.Exp2(c.gain[k].At[x]))
			out[i] = old + guess*(new-old)
		}
	}
}

// shows is the row of sky that a row shows: a pure one is seen in its lower half as in a
// mirror.
func (c *compositor) shows(y int) int {
	if c.p.sc.Pure && c.s.Elevation[y] < 0 {
		return c.s.H - 1 - y
	}
	return y
}

// changed is how far anything but the exposure changes.
func (p *plan) changed() float64 {
	if p.t.Fog > 0 || p.t.Snow > 0 {
		return 1
	}
	return max(p.far, p.detailFar)
}

// light adds discs to a row of sky.
func (c *compositor) light(y int, pix []float32, drawn bool) {
	p, sc, el := c.p, c.p.sc, c.s.Elevation[y]
	if drawn {
		for i, v := range c.disc {
			c.above[i] += v
		}
	}
	if p.discFar < 1 && sc.Sun.Found && math.Abs(el-sc.Sun.Direction.Elevation()) < discOuter {
		by := float32((1 - p.discFar) * math.Exp2(p.stops))
		for x := range c.alpha {
			cosine := c.s.Towards(x, y, sc.Sun.Direction)
			for k := range 3 {
				c.above[3*x+k] += by * max(0, pix[3*x+k]-sc.capAt(cosine, k))
			}
		}
	}
	if at := c.shows(y); p.glow > 0 && math.Abs(c.s.Elevation[at]-p.sky.source.Elevation()) < 40 {
		for x := range c.alpha {
			if c.sky.hidden(x) {
				continue
			}
			if g := p.glow * lensGlow(c.s, x, at, p.sky.source); g > 0 {
				for k := range 3 {
					c.above[3*x+k] += g * float32(p.painted[k])
				}
			}
		}
	}
}

// finish is the eye at night, and the hand that says what is edited.
func (c *compositor) finish(y int, pix, out []float32) {
	if rods := float32(c.p.t.Rods) * c.p.moonlit(); rods > 0 {
		c.seeAtNight(rods, pix, out)
	}
	if t := &c.p.t; t.Only != Whole || t.Mask != nil {
		c.only(y, pix, out)
	}
	for i, v := range out {
		if !(v > 0) {
			out[i] = 0
		} else if v > brightestOut {
			out[i] = brightestOut
		}
	}
}

// seeAtNight takes the colour of a row, but for lamps.
func (c *compositor) seeAtNight(rods float32, pix, out []float32) {
	paper := c.p.sc.paper()
	for x := range c.alpha {
		by := rods
		if in := pix[3*x : 3*x+3]; c.p.lamps {
			by *= 1 - isLamp(rgb.Luminance(in[0], in[1], in[2]), paper)
		}
		if c.shining != nil {
			by *= 1 - c.shining[x]
		}
		asRods(out[3*x:3*x+3], by)
	}
}

// only leaves of a row as it was what is not to be edited.
func (c *compositor) only(y int, pix, out []float32) {
	t := &c.p.t
	for x, a := range c.alpha {
		m := float32(1)
		switch t.Only {
		case SkyOnly:
			m = a
		case GroundOnly:
			m = 1 - a
		}
		if t.Mask != nil {
			m *= min(max(t.Mask[y*c.s.W+x], 0), 1)
		}
		if m < 1 {
			for k := 3 * x; k < 3*x+3; k++ {
				out[k] = pix[k] + m*(out[k]-pix[k])
			}
		}
	}
}

// brightestOut is the most radiance of an output: sums of a few of them are numbers, too.
const brightestOut = math.MaxFloat32 / 4
