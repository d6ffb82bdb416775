package sky

// compositor paints the output row by row. One goroutine uses it. What a plan does
// not ask for is not there to be read.
type compositor struct {
	p     *plan
	s     *sphere
	mask  *maskReader
	guide *guideReader
	sky   *skyReader // nil without a sky

	alpha []float32 // of the row, how far it is sky
	clear []float32 // and how far nothing hides that; alpha itself where no lamps do
	shown []float32 // and how far it shows the new sky, before which lamps go; alpha itself where none do
	above []float32 // its new sky, RGB
	disc  []float32 // its new disc and stars, RGB

	shining []float32 // of a room's row, how far it is a lamp; nil out of doors

	gain    colourLines // stops of the foreground
	behind  colourLines // of the foreground under the mask
	oldSky  colourLines // radiance of the old sky, complete behind the foreground
	fit     colourLines // old smooth sky
	horizon lines       // luminance of the new sky
	edge    lines

	pure         colourLines // what the lower half of a pure sky shows
	mirror       colourLines // stops of water
	wet, wetSky  lines
	gleam        lines // stops of water about a texel, before a low sun
	cover, shade lines // snow
	lampsOn      lines // and what lamps give it
	lay          lines // that of the map
	white        [3]float32
	halo, part   lines // of lamps
	off          lines // far lamps that go out

	shadow guidedLines // stops under what is lit
	facing colourLines // of relief: slope, luminance and warmth around
	sunlit guidedLines // stops of a hidden sun, or one that grazes the ground
	lamps  guidedLines // stops over grey around, where lamps go off
	tint   colourLines // stops of their colour

	air     [3][]float32 // fog's light
	through lines        // and what it leaves of what it hides
}

func (p *plan) compositor(w, h int) *compositor {
	sc := p.sc
	c := &compositor{p: p, s: newSphere(w, h), guide: sc.f.guideReader(w, h),
		alpha: make([]float32, w), above: make([]float32, 3*w), disc: make([]float32, 3*w)}
	c.mask = sc.Mask.reader(sc.f, c.guide, w, h)
	c.clear, c.shown = c.alpha, c.alpha
	c.gain = linesOf(p.relit.gain, w, h)
	if sc.fits {
		c.behind, c.edge = linesOf(sc.behind, w, h), sc.edge.lines(w, h)
		if sc.Mask.matte.behind[0].v != nil {
			c.oldSky = linesOf(sc.Mask.matte.behind, w, h)
		}
		c.sky = p.skyReader(c.s)
		c.fit, c.horizon = linesOf(sc.fit, w, h), p.relit.horizon.lines(w, h)
	}
	if p.pure[0].v != nil {
		c.pure = linesOf(p.pure, w, h)
	}
	if p.mirror[0].v != nil {
		c.mirror = linesOf(p.mirror, w, h)
		water := sc.wetness()
		c.wet, c.wetSky = water.share.lines(w, h), water.sky.lines(w, h)
		if p.glare.gleam.v != nil {
			c.gleam = p.glare.gleam.lines(w, h)
		}
	}
	if p.snow != nil {
		c.cover, c.shade = p.snow.cover.lines(w, h), p.snow.shade.lines(w, h)
		if p.snow.lamps.v != nil {
			c.lampsOn = p.snow.lamps.lines(w, h)
		}
	}
	if sc.fits && p.relit.keep < 1 {
		if lay := sc.snowy(); lay.some {
			c.lay, c.white = lay.share.lines(w, h), lay.white
		}
	}
	if sc.halo.over.v != nil {
		c.halo, c.part = sc.halo.over.lines(w, h), sc.halo.part.lines(w, h)
		c.clear, c.shown = make([]float32, w), make([]float32, w)
	}
	if c.sky != nil && !sc.Pure { // which shows its sky below the horizon
		c.sky.shown = c.shown
	}
	if sc.off.v != nil && p.far > 0 && !p.night {
		c.off = sc.off.lines(w, h)
	}
	if p.softer > 0 {
		c.shadow = sc.shadow.lift.lines(w, h)
	}
	if p.evens > 0 {
		if f := sc.facing(); f.slope.v != nil {
			c.facing = linesOf([3]plane{f.slope, f.lum, f.warm}, w, h)
		}
	}
	if sc.sunlit.any && p.unlit > 0 {
		c.sunlit = sc.sunlit.stops.lines(w, h)
	}
	if p.lamplit != nil {
		c.lamps, c.tint = p.lamplit.around.lines(w, h), linesOf(p.lamplit.colour, w, h)
	}
	if p.fog != nil {
		for k := range c.air {
			c.air[k] = p.fog.air[k].to(w, 1).v
		}
		c.through = newPlane(sc.s.w, 1).lines(w, h)
	}
	return c
}
