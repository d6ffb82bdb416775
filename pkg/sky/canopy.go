package sky

import (
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
)

// canopy is leaves overhead that hide the sun of a day and let some of it through,
// as they do the sky: what stands below is lit by both, though the map shows but the
// one. The zero value is none.
type canopy struct {
	leaves float64    // how far what hides the sky is leaves, 0 to 1
	spots  float64    // how surely the sun shines through them, 0 to 1
	beam   [3]float64 // what the hidden sun gives a surface that faces it
	to     envmap.Vec // where it stands
}

const (
	canopyLowest = 15. // degrees over which leaves are overhead
	gapWidth     = 3.  // degrees within which leaves leave gaps, and walls none

	// How even a mixture of sky and leaves overhead is, where none are a canopy, and
	// where they surely are; 1 is half of each within every gapWidth. Woods have .43
	// to .64, streets and gardens to .21.
	canopyFrom, canopySure = .22, .42

	// canopyBeam is the share of the beam that leaves let through, over that of the
	// sky's light: a disc that is not seen stands behind where they are thick.
	canopyBeam = .4

	// leafThrough is the share of light that comes through leaves.
	leafThrough = .15

	// By how many times the brightest hundredth of the ground outshines its middle
	// where the sun may make spots, and where it does: without it 4 at most.
	spotsFrom, spotsSure = 3., 9.
)

// leavesOverhead tells how far what hides a day's sun is leaves, by their gaps.
func (sc *Scene) leavesOverhead() float64 {
	clear := sc.Sun.Found && sc.Sun.Ratio > discRatio && sc.Sun.Alone > discAlone
	if sc.Kind != Day || clear || sc.Pure || !sc.fits {
		return 0
	}
	return step(canopyFrom, canopySure, porosity(sc.Mask.alpha))
}

// dappled is how surely the sun shines through leaves: it makes spots on the ground
// that are brighter than any two things beside each other in one light.
func (sc *Scene) dappled() float64 {
	if sc.canopy.leaves == 0 {
		return 0
	}
	ground := sc.lum.where(func(_, y int) bool { return sc.s.elevation[y] < -15 })
	spots, most := quantile(ground, .99), quantile(ground, .5)
	return sc.canopy.leaves * step(spotsFrom, spotsSure, float64(spots)/max(float64(most), 1e-30))
}

// lightCanopy adds the beam of a hidden sun, as the scene's estimate has it, to the
// light that the foreground stands in.
func (sc *Scene) lightCanopy() {
	c, l := &sc.canopy, sc.Light
	if c.leaves == 0 {
		return
	}
	c.to = vec(atmosphere.Toward(l.SunElevation, l.SunAzimuth))
	sky := atmosphere.New(l)
	over := c.leaves * canopyBeam * luma(sc.old.sky) / max(luma(sky.Horizontal()), 1e-30)
	for k, v := range balanced(sky.Beam()) {
		c.beam[k] = max(over*v-sc.Sun.disc()[k], 0)
	}
	sc.old.add(c.beam, c.to)
}

// porosity is how evenly a mask mixes sky and what hides it overhead, 0 to 1.
func porosity(alpha plane) float64 {
	mean := alpha.smaller(lightWidth)
	mean = mean.blur(gapWidth / 360 * float64(mean.w))
	s := newSphere(mean.w, mean.h)
	var mixed, all float64
	for y := range s.row(canopyLowest) {
		for _, v := range mean.row(y) {
			mixed += s.solid[y] * float64(4*v*(1-v))
			all += s.solid[y]
		}
	}
	return mixed / max(all, 1e-12)
}

// below is the share of the light over the leaves that falls on what lies under them:
// what the gaps let through, and a little through the leaves themselves.
func (sc *Scene) below() float64 {
	through := sc.Mask.Share + leafThrough*(1-sc.Mask.Share)
	return 1 - sc.canopy.leaves*(1-through)
}
