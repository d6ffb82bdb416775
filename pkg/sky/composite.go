package sky

import (
	"math"

	"github.com/clipenv/toolkit/pkg/rgb"
)

// compositor paints the output row by row. One goroutine uses it.
type compositor struct {
	p    *plan
	s    *sphere
	mask *maskReader
	sky  *skyReader // nil without a sky

	behind, gain, fit, air [3]*reader
	pure                   [3]*reader // nil unless the lower half is a sky's reflection
	edge                   *reader    // nil without a mask
	lift, lit              *guidedReader
	liftCap                *reader
	horizon                *reader
	cover, shade           *reader
	windows                *reader
	mirror                 [3]*reader // nil without water
	wet, wetSky            *reader
	halo, part             *reader       // of lamps; nil by day
	lamplit                *guidedReader // nil where no lamps go off
	fade                   *reader
	colour                 [3]*reader

	alpha, above, disc            []float32
	lineBehind, lineGain, lineFit [3][]float32
	lineAir, linePure, guide      [3][]float32
	lineLift, lineLit, most       []float32
	lineHorizon                   []float32
	lineCover, lineShade          []float32
	lineWindows, away, around     []float32
	lineEdge, lineLight           []float32
	lineMirror                    [3][]float32
	lineWet, lineWetSky           []float32
	lineHalo, linePart, lineFade  []float32
	lineUnlit                     [3][]float32
}

func (p *plan) compositor(w, h int) *compositor {
	sc := p.sc
	c := &compositor{p: p, s: newSphere(w, h), mask: sc.maskReader(w, h)}
	line := func() []float32 { return make([]float32, w) }
	c.alpha, c.above, c.disc, c.lineHalo = line(), make([]float32, 3*w), make([]float32, 3*w), line()
	for k := range 3 {
		c.gain[k], c.lineGain[k] = p.relit.gain[k].reader(w, h), line()
		if sc.Mask.Share > 0 {
			c.behind[k], c.lineBehind[k] = sc.behind[k].reader(w, h), line()
		}
		if sc.fits {
			c.fit[k], c.lineFit[k] = sc.fit[k].reader(w, h), line()
		}
		if p.pure[k].v != nil {
			c.pure[k], c.linePure[k] = p.pure[k].reader(w, h), line()
		}
		if p.fog != nil {
			c.air[k], c.lineAir[k] = p.fog.air[k].reader(w, 1), line()
			c.air[k].row(0, c.lineAir[k])
		}
	}
	if sc.Mask.Share > 0 {
		c.edge, c.lineEdge = sc.edge.reader(w, h), line()
	}
	if sc.fits {
		c.sky = p.skyReader(c.s)
		c.horizon, c.lineHorizon = p.relit.horizon.reader(w, h), line()
	}
	if sc.halo.over.v != nil {
		c.halo, c.part, c.linePart = sc.halo.over.reader(w, h), sc.halo.part.reader(w, h), line()
	}
	if p.softer > 0 {
		c.lift, c.lineLift = sc.shadow.lift.reader(w, h), line()
	}
	if sc.lit.any && p.discFar > 0 {
		c.lit, c.lineLit = sc.lit.stops.reader(w, h), line()
	}
	if c.lift != nil || c.lit != nil || p.unlit != nil {
		c.liftCap, c.most = sc.f.cap.reader(w, h), line()
		for k := range c.guide {
			c.guide[k] = line()
		}
	}
	for k := range c.lineUnlit {
		c.lineUnlit[k] = line()
		if p.unlit != nil {
			c.colour[k] = p.unlit.colour[k].reader(w, h)
		}
	}
	if p.unlit != nil {
		c.lamplit, c.lineLight = p.unlit.light.reader(w, h), line()
		c.fade, c.lineFade = p.unlit.fade.reader(w, h), line()
	}
	if p.snow != nil {
		c.cover, c.shade = p.snow.cover.reader(w, h), p.snow.shade.reader(w, h)
		c.lineCover, c.lineShade = line(), line()
	}
	if p.lamps != nil && p.lamps.v != nil {
		c.windows, c.lineWindows = p.lamps.reader(w, h), line()
	}
	if p.mirror[0].v != nil {
		c.wet, c.wetSky = sc.wet.share.reader(w, h), sc.wet.sky.reader(w, h)
		c.lineWet, c.lineWetSky = line(), line()
		for k := range c.mirror {
			c.mirror[k], c.lineMirror[k] = p.mirror[k].reader(w, h), line()
		}
	}
	if p.fog != nil {
		c.away, c.around = line(), line()
		plane{sc.s.w, 1, p.fog.away}.reader(w, 1).row(0, c.away)
		plane{sc.s.w, 1, p.fog.around}.reader(w, 1).row(0, c.around)
	}
	return c
}

// row paints row y. Its rows of the disc are in out before.
func (c *compositor) row(y int, disc discRows, out []float32) {
	pix := c.p.sc.full.Row(y)
	drawn := y >= disc.from && y < disc.to
	if drawn {
		copy(c.disc, out)
	}
	c.mask.row(y, pix, c.alpha)
	el := c.s.elevation[y]
	open := c.sky != nil && (el > maskLowest-1 || c.p.sc.Pure && el > -reflectionFade)
	if open {
		c.sky.row(y, pix, c.alpha, c.above)
		if c.p.fog != nil {
			c.lowSky(el)
		}
		c.light(y, pix, drawn)
	}
	c.ground(y, pix, out)
	if open {
		same, guess := exp2(float32(c.p.stops)), float32(c.p.changed())
		if c.halo != nil {
			c.shine(y, pix)
		}
		for x, a := range c.alpha {
			if over := max(a, c.lineHalo[x]); over > 0 {
				for k := range 3 {
					i := 3*x + k
					old := pix[i] * (over*same + (1-over)*exp2(c.lineGain[k][x]))
					out[i] += over * (c.above[i] - out[i])
					if a < 1 {
						// What sky and foreground are guessed to be along an edge
						// matters as far as they change.
						out[i] = old + guess*(out[i]-old)
					}
				}
			}
		}
	}
	if drawn && open && c.p.through() {
		c.hidden(y, out)
	}
	c.finish(y, pix, out)
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
	p, sc, el := c.p, c.p.sc, c.s.elevation[y]
	if drawn {
		for i, v := range c.disc {
			c.above[i] += v
		}
	}
	if p.discFar < 1 && sc.Sun.Found && math.Abs(el-sc.Sun.Direction.Elevation()) < discOuter {
		by := float32((1 - p.discFar) * math.Exp2(p.stops))
		for x := range c.alpha {
			cosine := c.s.towards(x, y, sc.Sun.Direction)
			for k := range 3 {
				c.above[3*x+k] += by * max(0, pix[3*x+k]-sc.capAt(cosine, k))
			}
		}
	}
	if p.glow > 0 && math.Abs(el-p.sky.source.Elevation()) < 40 && !(sc.Pure && el < 0) {
		for x := range c.alpha {
			if g := p.glow * lensGlow(c.s, x, y, p.sky.source); g > 0 {
				for k := range 3 {
					c.above[3*x+k] += g * float32(p.painted[k])
				}
			}
		}
	}
}

// ground relights a row of the foreground.
func (c *compositor) ground(y int, pix, out []float32) {
	p, sc, el := c.p, c.p.sc, c.s.elevation[y]
	for k := range 3 {
		c.gain[k].row(y, c.lineGain[k])
		if c.behind[k] != nil {
			c.behind[k].row(y, c.lineBehind[k])
		}
		if c.fit[k] != nil {
			c.fit[k].row(y, c.lineFit[k])
		}
	}
	if c.edge != nil {
		c.edge.row(y, c.lineEdge)
	}
	if c.horizon != nil {
		c.horizon.row(y, c.lineHorizon)
	}
	if c.liftCap != nil {
		c.readLight(y, pix)
	}
	if c.windows != nil {
		c.windows.row(y, c.lineWindows)
	}
	if c.wet != nil && el < 0 {
		c.reflect(y)
	}
	level := sc.lampLevel()
	lamps, shine := p.lampGain()
	paper := level * exp2(lampFrom)
	raised := exp2(float32(p.t.Lift))
	far := float32(p.far)
	guard := sc.fits && sc.Kind != Night && el > -3 && el < 13 && !(sc.Sun.Found && sc.Sun.Direction.Elevation() > 17) &&
		!(sc.lit.any && sc.Kind == Day) // then what outshines the ground are walls in the sun
	for x, a := range c.alpha {
		if a >= 1 {
			continue
		}
		var v [3]float32
		for k := range v {
			v[k] = pix[3*x+k]
		}
		lum := rgb.Luminance(v[0], v[1], v[2])
		e := float32(0)
		if p.lamps != nil {
			e = lampShare(lum, level) * (1 - a) * shine
			if c.windows != nil {
				e *= 1 - c.lineWindows[x]
			}
		}
		if mix := max(step(.04, .12, a), edgeShare*far*step(.3, .7, c.beside(x))); mix > 0 {
			for k := range v {
				b := min(v[k], exp2(c.lineBehind[k][x]))
				v[k] += mix * (b - v[k])
			}
		}
		if c.lit != nil {
			sc.lit.unlit(&v, float32(p.discFar)*c.lineLit[x])
		}
		if p.glare.cap > 0 && p.discFar > 0 {
			wet := float32(0)
			if c.wet != nil && el < 0 {
				wet = c.lineWet[x]
			}
			p.unglare(&v, rgb.Luminance(v[0], v[1], v[2]), c.s.towards(x, y, sc.Sun.Direction), y*sc.s.h/c.s.h, wet)
		}
		for k := range v {
			g := exp2(c.lineGain[k][x]-far*c.lineUnlit[k][x]) * raised
			if e > 0 && g > lamps && p.night {
				g = lampLit(g, lamps, lum, paper)
			} else {
				g += e * (lamps - g)
			}
			if c.lift != nil {
				d := c.lineLift[x]
				g *= exp2(float32(p.softer) * d)
				g *= exp2(-float32(p.softer) * .7 * min(d/float32(max(sc.shadow.ratio, .5)), 1) * float32(math.Log2(sc.shadow.hue[k])))
			}
			v[k] *= g
		}
		if p.unlit != nil {
			p.faded(&v, far*c.lineFade[x])
			underPaper(&v, p.paper, far)
		}
		if guard && far > 0 {
			c.dim(x, el, lum, far, &v)
		}
		copy(out[3*x:], v[:])
	}
	if c.pure[0] != nil {
		c.reflection(y, out)
	}
	if p.snow != nil {
		c.snow(y, out)
	}
	if p.fog != nil {
		c.veil(y, out)
	}
}

// edgeShare is how far a texel beside the sky is taken for what stands behind
// its edge, where that is darker.
const edgeShare = .8

// beside is the most that the mask is beside a texel of this row.
func (c *compositor) beside(x int) float32 {
	if c.edge == nil {
		return 0
	}
	return c.lineEdge[x]
}

// readLight reads how deep in shadow a row lies, and how much of an old beam and of
// lamps is on it.
func (c *compositor) readLight(y int, pix []float32) {
	f := c.p.sc.f
	low := c.lit != nil && math.Abs(c.s.elevation[y]) < litHigh+litMargin
	if !low {
		clear(c.lineLit)
		if c.lift == nil && c.lamplit == nil {
			return
		}
	}
	c.liftCap.row(y, c.most)
	for x := range c.most {
		p := pix[3*x : 3*x+3]
		lg := log2(max(rgb.Luminance(p[0], p[1], p[2]), 0) + f.floor)
		c.guide[0][x] = guideValue(min(lg, c.most[x]))
		c.guide[1][x] = guideValue(chromaPart * (log2(max(p[0], 0)+f.floor) - lg))
		c.guide[2][x] = guideValue(chromaPart * (log2(max(p[2], 0)+f.floor) - lg))
	}
	if low {
		c.lit.row(y, c.guide, c.lineLit)
	}
	if c.lamplit != nil {
		c.unlit(y)
	}
	if c.lift == nil {
		return
	}
	c.lift.row(y, c.guide, c.lineLift)
	most := float32(1.15 * c.p.sc.shadow.ratio)
	for x, v := range c.lineLift {
		c.lineLift[x] = min(max(v, 0), most)
	}
}

// finish is the eye at night, and the hand that says what is edited.
func (c *compositor) finish(y int, pix, out []float32) {
	t := &c.p.t
	rods := float32(t.Rods) * c.p.moonlit()
	level := c.p.sc.lampLevel()
	for x := range c.alpha {
		v, in := out[3*x:3*x+3], pix[3*x:3*x+3]
		if rods > 0 {
			by := rods
			if c.p.lamps != nil {
				by *= 1 - lampShare(rgb.Luminance(in[0], in[1], in[2]), level)
			}
			asRods(v, by)
		}
		m := float32(1)
		switch t.Only {
		case SkyOnly:
			m = c.alpha[x]
		case GroundOnly:
			m = 1 - c.alpha[x]
		}
		if t.Mask != nil {
			m *= min(max(t.Mask[y*c.s.w+x], 0), 1)
		}
		for k := range v {
			if m < 1 {
				v[k] = in[k] + m*(v[k]-in[k])
			}
			if !(v[k] > 0) {
				v[k] = 0
			}
			v[k] = min(v[k], math.MaxFloat32/4)
		}
	}
}
