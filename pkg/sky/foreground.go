package sky

import (
	"math"
	"slices"

	"github.com/clipenv/toolkit/pkg/rgb"
)

// ground paints what stands before the sky of a row, and what is laid upon it. open
// tells whether a sky is joined to the row.
func (c *compositor) ground(y int, open bool, pix, out []float32) {
	if c.sky == nil || slices.ContainsFunc(c.alpha, func(a float32) bool { return a < 1 }) {
		c.relight(y, pix, out)
	}
	if c.pure.some() {
		c.reflection(y, out)
	}
	if c.p.snow != nil {
		c.snow(y, out)
	}
	if c.p.fog != nil {
		c.veil(y, open, out)
	}
}

// relight puts a row of the foreground into the new light.
func (c *compositor) relight(y int, pix, out []float32) {
	p, sc, el := c.p, c.p.sc, c.s.elevation[y]
	far := float32(p.far)
	water := c.wet.some() && el < waterBrim
	guarded := far > 0 && p.guards(el)
	covered := c.readGround(y, water, guarded)
	below, deep := c.readStops(y, pix)
	paper := sc.paper()
	lampGain, shine := p.lampGain()
	unlit := lampUnlit * paper
	raised := exp2(float32(p.t.Lift))
	soft := float32(1 - p.relit.keep)
	softer, ratio := float32(p.softer), float32(max(sc.shadow.ratio, .5))
	for x, a := range c.alpha {
		if c.sky == nil { // too little of one to be drawn anew: it is lit as all else
			a = 0
		}
		if a >= 1 {
			continue
		}
		v := [3]float32(pix[3*x : 3*x+3])
		lum := rgb.Luminance(v[0], v[1], v[2])
		e := float32(0)
		if p.lamps {
			e = isLamp(lum, paper) * (1 - a) * shine
			if c.large.some() {
				e *= 1 - c.large.at[x]
			}
		}
		wet, gleam := float32(0), float32(0)
		if water {
			wet = c.wet.at[x]
			if c.gleam.some() {
				gleam = c.gleam.at[x]
			}
		}
		if covered {
			if mix := (1 - wet) * max(step(.04, .12, a), far*(edgeShare*step(.3, .7, c.edge.at[x])+(1-edgeShare)*step(1, through, c.edge.at[x]))); mix > 0 {
				for k := range v {
					b := min(v[k], exp2(c.behind[k].at[x]))
					v[k] += mix * (b - v[k])
				}
			}
			if c.off.some() && c.off.at[x] > 0 {
				c.putOut(x, far, &v)
			}
		}
		if below {
			sc.sunlit.takeOff(&v, float32(p.discFar)*c.sunlit.at[x])
		}
		if p.glare.cap > 0 && p.discFar > 0 {
			p.unglare(&v, rgb.Luminance(v[0], v[1], v[2]), c.s.towards(x, y, sc.Sun.Direction), y*sc.s.h/c.s.h, wet, gleam)
		}
		shade, part := float32(1), float32(0)
		if deep {
			d := c.shadow.at[x]
			shade, part = exp2(softer*d), -softer*colourGoes*min(d/ratio, 1)
		}
		var lamps lampseen
		if p.lamplit != nil {
			lamps = p.lamplit.seen(v, sc.f.floor, c.lamps.at[x])
		}
		tint := [3]float32{1, 1, 1}
		if part != 0 {
			for k, stops := range sc.shadow.hue {
				tint[k] = exp2(part * stops)
			}
		}
		if c.lay.some() {
			// Its shade was blue with the light of the sky, not by itself.
			by := soft * c.lay.at[x]
			lum, even := rgb.Luminance(v[0], v[1], v[2]), rgb.Luminance(tint[0], tint[1], tint[2])
			for k := range v {
				v[k] += by * (lum*c.white[k] - v[k])
				tint[k] += by * (even - tint[k])
			}
		}
		for k := range v {
			stops := c.gain[k].at[x]
			if p.lamplit != nil {
				stops -= far * (lamps.over + c.tint[k].at[x])
			}
			g := exp2(stops) * raised
			if e > 0 && g > lampGain && p.night {
				g = besideLamp(g, lampGain, lum, unlit)
			} else {
				g += e * (lampGain - g)
			}
			v[k] *= g * shade * tint[k]
		}
		if p.lamplit != nil {
			p.plainly(&v, lamps, far)
		}
		if p.blue.gone > 0 {
			p.blue.take(&v, 1-wet)
		}
		if guarded {
			c.dim(x, el, lum, far*(1-wet), &v)
		}
		*(*[3]float32)(out[3*x:]) = v
	}
}

// colourGoes is the share of a shade's colour that goes with it.
const colourGoes = .7

// edgeShare is how far a texel beside the sky is taken for what stands behind
// its edge, where that is darker.
const edgeShare = .8

// guards tells whether what outshines the ground at an elevation is dimmed as the
// sky behind it is. In a hidden sun's light it is walls, by day.
func (p *plan) guards(elevation float64) bool {
	sc := p.sc
	high := sc.Sun.Found && sc.Sun.Direction.Elevation() > 17
	return sc.fits && sc.Kind != Night && elevation > -3 && elevation < 13 && !high && !(sc.sunlit.any && sc.Kind == Day)
}

// readGround reads a row of what the foreground is relit by. covered tells whether
// the mask hides or touches any of it.
func (c *compositor) readGround(y int, water, guarded bool) (covered bool) {
	c.gain.read(y)
	c.edge.read(y)
	c.large.read(y)
	c.off.read(y)
	c.lay.read(y)
	if c.edge.some() {
		over := func(least float32) func(v float32) bool { return func(v float32) bool { return v > least } }
		covered = slices.ContainsFunc(c.alpha, over(.04)) || c.p.far > 0 && slices.ContainsFunc(c.edge.at, over(.3)) ||
			c.off.some() && slices.ContainsFunc(c.off.at, over(0))
	}
	if covered {
		c.behind.read(y)
	}
	if guarded {
		c.fit.read(y)
		c.horizon.read(y)
	}
	if water {
		c.reflect(y)
		c.gleam.read(y)
	}
	return covered
}

// readStops reads what an old beam, lamps and shadows did to a row: whether there is
// any of a hidden sun's light, and whether shadows change.
func (c *compositor) readStops(y int, pix []float32) (sunlit, shadows bool) {
	if sunlit = c.sunlit.some() && math.Abs(c.s.elevation[y]) < sunlitHigh+sunlitMargin; sunlit {
		c.sunlit.read(y, c.guide.row(y, pix))
	}
	if c.lamps.some() {
		c.readLamplit(y, pix)
	}
	if shadows = c.shadow.some(); shadows {
		c.shadow.read(y, c.guide.row(y, pix))
		u := &c.p.sc.shadow
		for x, v := range c.shadow.at {
			c.shadow.at[x] = min(max(v, u.least), u.most)
		}
	}
	return sunlit, shadows
}
