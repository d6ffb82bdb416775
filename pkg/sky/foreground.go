package sky

import (
	"math"
	"slices"

	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/water"
)

// ground paints what stands before the sky of a row, and what is laid upon it. open
// tells whether a sky is joined to the row.
func (c *compositor) ground(y int, open bool, pix, out []float32) {
	if c.sky == nil || slices.ContainsFunc(c.alpha, func(a float32) bool { return a < 1 }) {
		c.relight(y, pix, out)
		if c.p.snow != nil {
			c.snow(y, out)
		}
	}
	if c.pure.Some() {
		c.reflection(y, out)
	}
	if c.p.fog != nil {
		c.veil(y, open, out)
	}
}

// relight puts a row of the foreground into the new light: what the mask holds of the sky
// goes, then what an old sun did, and the rest changes as the light on it does.
func (c *compositor) relight(y int, pix, out []float32) {
	p, sc, r := c.p, c.p.sc, c.readForeground(y, pix)
	for x, a := range c.alpha {
		if c.sky == nil { // too little of one to be drawn anew: it is lit as all else
			a = 0
		}
		if a >= 1 {
			continue
		}
		v := [3]float32(pix[3*x : 3*x+3])
		lum := rgb.Luminance(v[0], v[1], v[2])
		wet, gleam := float32(0), float32(0)
		if r.water {
			wet, gleam = c.wetAt(x)
		}
		if r.covered {
			c.uncover(x, a, (1-wet)*max(num.Step(coveredFrom, coveredSure, a), r.far*edgeGoes(c.edge.At[x])), r.far, &v)
		}
		if r.sunlit {
			sc.sunlit.takeOff(&v, float32(p.unlit)*c.sunlit.At[x])
		}
		if p.glare.cap > 0 && p.discFar > 0 {
			p.unglare(&v, rgb.Luminance(v[0], v[1], v[2]), c.s.Towards(x, y, sc.Sun.Direction), y*sc.s.H/c.s.H, wet, gleam)
		}
		c.multiply(&r, x, lum, c.lampAt(&r, x, a, lum), &v)
		if p.blue.gone > 0 {
			p.blue.take(&v, 1-wet)
		}
		if r.guarded {
			c.dim(x, r.elevation, lum, r.far*(1-wet), &v)
		}
		*(*[3]float32)(out[3*x:]) = v
	}
}

// foregroundRow is what a row of the foreground is relit by that its texels share.
type foregroundRow struct {
	elevation float64
	far       float32
	water     bool // there may be some
	guarded   bool // what outshines the ground is dimmed as the sky is
	covered   bool // the mask hides or touches some of it
	sunlit    bool // there may be some of a hidden sun's light
	shadows   bool // they change

	lampGain, shine, paper float32
	raised                 float32 // what lift multiplies it by
	soft                   float32 // how far the new light is less hard
	softer, ratio          float32 // share of a shadow's stops that goes, and the stops of one
}

// readForeground reads what a row of the foreground is relit by.
func (c *compositor) readForeground(y int, pix []float32) (r foregroundRow) {
	p, sc, el := c.p, c.p.sc, c.s.Elevation[y]
	r = foregroundRow{elevation: el, far: float32(p.far), paper: sc.paper(), raised: num.Exp2(float32(p.t.Lift)),
		soft: float32(1 - p.relit.keep), softer: float32(p.softer), ratio: float32(max(sc.shadow.ratio, .5))}
	r.lampGain, r.shine = p.lampGain()
	r.water = c.wet.Some() && el < water.Brim
	r.guarded = r.far > 0 && p.guards(el)
	r.covered = c.readGround(y, r.water, r.guarded)
	r.sunlit, r.shadows = c.readStops(y, pix)
	return r
}

// wetAt is how far a texel is water, and the light of the water about it.
func (c *compositor) wetAt(x int) (wet, gleam float32) {
	if c.gleam.Some() {
		gleam = c.gleam.At[x]
	}
	return c.wet.At[x], gleam
}

// lampAt is how far a texel, of which a is sky, is a lamp that shines on.
func (c *compositor) lampAt(r *foregroundRow, x int, a, lum float32) (lamp float32) {
	if c.p.lamps {
		lamp = isLamp(lum, r.paper) * (1 - a) * r.shine
	}
	return lamp
}

// uncover takes a texel, of which a is sky, as far as mix for what stands behind the edge of
// the sky, where that is darker, and puts out a far lamp. What stands there has the colour of
// what is beside it, and of its light what the sky's share leaves.
func (c *compositor) uncover(x int, a, mix, far float32, v *[3]float32) {
	if mix > 0 {
		var b [3]float32
		for k := range b {
			b[k] = num.Exp2(c.behind[k].At[x])
		}
		if c.oldSky.Some() {
			sky := rgb.Luminance(c.oldSky[0].At[x], c.oldSky[1].At[x], c.oldSky[2].At[x])
			beside := max(rgb.Luminance(b[0], b[1], b[2]), 1e-30)
			left := (rgb.Luminance(v[0], v[1], v[2]) - a*sky) / (1 - a)
			by := min(max(left/beside, leftLeast), leftMost)
			for k := range b {
				b[k] *= by
			}
		}
		for k := range v {
			v[k] += mix * (min(v[k], b[k]) - v[k])
		}
	}
	if c.off.Some() && c.off.At[x] > 0 {
		c.putOut(x, far, v)
	}
}

// multiply multiplies a texel by what the light on it changes by. lum is what it had in
// the map, and lamp how far it is one.
func (c *compositor) multiply(r *foregroundRow, x int, lum, lamp float32, v *[3]float32) {
	p := c.p
	shade, tint := c.unshade(r, x)
	if c.facing.Some() {
		c.even(x, &tint)
	}
	var lamps lampseen
	if p.lamplit != nil {
		lamps = p.lamplit.seen(*v, p.sc.f.Floor, c.lamps.At[x])
	}
	if c.lay.Some() {
		// Its shade was blue with the light of the sky, not by itself.
		by := r.soft * c.lay.At[x]
		grey, even := rgb.Luminance(v[0], v[1], v[2]), rgb.Luminance(tint[0], tint[1], tint[2])
		for k := range v {
			v[k] += by * (grey*c.white[k] - v[k])
			tint[k] += by * (even - tint[k])
		}
	}
	for k := range v {
		stops := c.gain[k].At[x]
		if p.lamplit != nil {
			stops -= r.far * (lamps.over + c.tint[k].At[x])
		}
		g := num.Exp2(stops) * r.raised
		if lamp > 0 && g > r.lampGain && p.night {
			g = besideLamp(g, r.lampGain, lum, lampUnlit*r.paper)
		} else {
			g += lamp * (r.lampGain - g)
		}
		v[k] *= g * shade * tint[k]
	}
	if p.lamplit != nil {
		p.lamplit.plainly(v, c.greyAt(x), lamps, r.far)
	}
}

// unshade is what a texel that lay in a shadow is multiplied by as the shadow goes, and
// each channel beside that.
func (c *compositor) unshade(r *foregroundRow, x int) (shade float32, tint [3]float32) {
	shade, tint = 1, [3]float32{1, 1, 1}
	if !r.shadows {
		return shade, tint
	}
	stops := c.shadow.At[x]
	part := -r.softer * colourGoes * min(stops/r.ratio, 1)
	if part != 0 {
		for k, hue := range c.p.sc.shadow.hue {
			tint[k] = num.Exp2(part * hue)
		}
	}
	return num.Exp2(r.softer * stops), tint
}

// colourGoes is the share of a shade's colour that goes with it.
const colourGoes = .7

// edgeGoes is how far a texel with so much of the sky beside it is taken for what stands
// behind the edge.
func edgeGoes(edge float32) float32 {
	return edgeShare*num.Step(edgeFrom, edgeSure, edge) + (1-edgeShare)*num.Step(1, edgeThin, edge)
}

const (
	// coveredFrom and coveredSure are how much of the mask a texel has that may be,
	// and surely is, as bright as the sky and not by itself.
	coveredFrom, coveredSure = .04, .12

	// leftLeast and leftMost are how bright a thing may be that holds some of the sky, over
	// what is beside it.
	leftLeast, leftMost = .5, 2

	// edgeFrom and edgeSure are that of the most of the mask beside it, edgeShare how far
	// it is then taken for what stands behind, and edgeThin the edge of what the sky
	// shines through, which is taken for it altogether.
	edgeFrom, edgeSure, edgeShare, edgeThin = .3, .7, .8, 2
)

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
	c.gain.Read(y)
	c.edge.Read(y)
	c.off.Read(y)
	c.lay.Read(y)
	if c.edge.Some() {
		over := func(least float32) func(v float32) bool { return func(v float32) bool { return v > least } }
		covered = slices.ContainsFunc(c.alpha, over(coveredFrom)) || c.p.far > 0 && slices.ContainsFunc(c.edge.At, over(edgeFrom)) ||
			c.off.Some() && slices.ContainsFunc(c.off.At, over(0))
	}
	if covered {
		c.behind.Read(y)
		c.oldSky.Read(y)
	}
	if guarded {
		c.fit.Read(y)
		c.horizon.Read(y)
	}
	if water {
		c.reflect(y)
		c.gleam.Read(y)
	}
	return covered
}

// readStops reads what an old beam, lamps and shadows did to a row: whether there is
// any of a hidden sun's light, and whether shadows change.
func (c *compositor) readStops(y int, pix []float32) (sunlit, shadows bool) {
	if sunlit = c.sunlit.Some() && math.Abs(c.s.Elevation[y]) < sunlitHigh+sunlitMargin; sunlit {
		c.sunlit.Read(y, c.guide.Row(y, pix))
	}
	if c.lamps.Some() {
		c.readLamplit(y, pix)
	}
	if c.facing.Some() {
		c.guide.Row(y, pix)
		c.facing.Read(y)
	}
	if shadows = c.shadow.Some(); shadows {
		c.shadow.Read(y, c.guide.Row(y, pix))
		u := &c.p.sc.shadow
		for x, v := range c.shadow.At {
			c.shadow.At[x] = min(max(v, u.least), u.most)
		}
	}
	return sunlit, shadows
}
