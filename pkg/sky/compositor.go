package sky

import (
	"slices"

	"github.com/clipenv/toolkit/pkg/sky/feature"
	"github.com/clipenv/toolkit/pkg/sky/mask"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// compositor paints the output row by row. One goroutine uses it. What a plan does
// not ask for is not there to be read.
type compositor struct {
	p     *plan
	s     *raster.Sphere
	mask  *mask.Reader
	guide *feature.GuideReader
	sky   *skyReader // nil without a sky

	alpha []float32 // of the row, how far it is sky
	clear []float32 // and how far nothing hides that; alpha itself where no lamps do
	shown []float32 // and how far it shows the new sky, before which lamps go; alpha itself where none do
	above []float32 // its new sky, RGB
	disc  []float32 // its new disc and stars, RGB

	shining []float32 // of a room's row, how far it is a lamp; nil out of doors

	gain    raster.ColourLines // stops of the foreground
	behind  raster.ColourLines // of the foreground under the mask
	oldSky  raster.ColourLines // radiance of the old sky, complete behind the foreground
	fit     raster.ColourLines // old smooth sky
	horizon raster.Lines       // luminance of the new sky
	edge    raster.Lines

	pure         raster.ColourLines // what the lower half of a pure sky shows
	mirror       raster.ColourLines // stops of water
	wet, wetSky  raster.Lines
	gleam        raster.Lines // stops of water about a texel, before a low sun
	beyond       []float32    // of a column, how far water reaches the horizon
	cover, shade raster.Lines // snow
	lampsOn      raster.Lines // and what lamps give it
	lay          raster.Lines // that of the map
	white        [3]float32
	halo, part   raster.Lines // of lamps
	off          raster.Lines // far lamps that go out

	shadow raster.GuidedLines // stops under what is lit
	facing raster.ColourLines // of relief: slope, luminance and warmth around
	sunlit raster.GuidedLines // stops of a hidden sun, or one that grazes the ground
	lamps  raster.GuidedLines // stops over grey around, where lamps go off
	tint   raster.ColourLines // stops of their colour

	air     [3][]float32 // fog's light
	through raster.Lines // and what it leaves of what it hides
}

func (p *plan) compositor(w, h int) *compositor {
	sc := p.sc
	c := &compositor{p: p, s: raster.NewSphere(w, h), guide: sc.f.GuideReader(w, h),
		alpha: make([]float32, w), above: make([]float32, 3*w), disc: make([]float32, 3*w)}
	c.mask = sc.Mask.Reader(sc.f, c.guide, w, h)
	c.clear, c.shown = c.alpha, c.alpha
	c.gain = raster.LinesOf(p.relit.gain, w, h)
	if sc.fits {
		c.behind, c.edge = raster.LinesOf(sc.behind, w, h), sc.edge.Lines(w, h)
		if old := sc.Mask.Behind(); old[0].V != nil {
			c.oldSky = raster.LinesOf(old, w, h)
		}
		c.sky = p.skyReader(c.s)
		c.fit, c.horizon = raster.LinesOf(sc.fit, w, h), p.relit.horizon.Lines(w, h)
	}
	if p.pure[0].V != nil {
		c.pure = raster.LinesOf(p.pure, w, h)
	}
	if p.mirror[0].V != nil {
		c.mirror = raster.LinesOf(p.mirror, w, h)
		water := sc.wetness()
		c.wet, c.wetSky = water.share.Lines(w, h), water.sky.Lines(w, h)
		c.wet.Read(h / 2)
		c.beyond = slices.Clone(c.wet.At)
		if p.glare.gleam.V != nil {
			c.gleam = p.glare.gleam.Lines(w, h)
		}
	}
	if p.snow != nil {
		c.cover, c.shade = p.snow.cover.Lines(w, h), p.snow.shade.Lines(w, h)
		if p.snow.lamps.V != nil {
			c.lampsOn = p.snow.lamps.Lines(w, h)
		}
	}
	if sc.fits && p.relit.keep < 1 {
		if lay := sc.snowy(); lay.some {
			c.lay, c.white = lay.share.Lines(w, h), lay.white
		}
	}
	if sc.halo.over.V != nil {
		c.halo, c.part = sc.halo.over.Lines(w, h), sc.halo.part.Lines(w, h)
		c.clear, c.shown = make([]float32, w), make([]float32, w)
	}
	if c.sky != nil && !sc.Pure { // which shows its sky below the horizon
		c.sky.shown = c.shown
	}
	if sc.off.V != nil && p.far > 0 && !p.night {
		c.off = sc.off.Lines(w, h)
	}
	if p.softer > 0 || p.snow != nil && sc.shadow.hard {
		c.shadow = sc.shadow.lift.Lines(w, h)
	}
	if p.evens > 0 {
		if f := sc.facing(); f.slope.V != nil {
			c.facing = raster.LinesOf([3]raster.Plane{f.slope, f.lum, f.warm}, w, h)
		}
	}
	if sc.sunlit.any && p.unlit > 0 {
		c.sunlit = sc.sunlit.stops.Lines(w, h)
	}
	if p.lamplit != nil {
		c.lamps, c.tint = p.lamplit.around.Lines(w, h), raster.LinesOf(p.lamplit.colour, w, h)
	}
	if p.fog != nil {
		for k := range c.air {
			c.air[k] = p.fog.air[k].To(w, 1).V
		}
		c.through = raster.NewPlane(sc.s.W, 1).Lines(w, h)
	}
	return c
}
