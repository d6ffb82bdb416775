package sky

import (
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/sky/mask"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
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
	// How even a mixture of sky and leaves overhead is, where none are a canopy, and
	// where they surely are; 1 is half of each within every gap. Woods have .43
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
	clear := sc.Sun.Open()
	if sc.Kind != Day || clear || sc.Pure || !sc.fits {
		return 0
	}
	return num.Step(canopyFrom, canopySure, mask.Porosity(sc.Mask.Alpha))
}

// dappled is how surely the sun shines through leaves: it makes spots on the ground
// that are brighter than any two things beside each other in one light.
func (sc *Scene) dappled() float64 {
	if sc.canopy.leaves == 0 {
		return 0
	}
	ground := sc.lum.Where(func(_, y int) bool { return sc.s.Elevation[y] < -15 })
	spots, most := raster.Quantile(ground, .99), raster.Quantile(ground, .5)
	return sc.canopy.leaves * num.Step(spotsFrom, spotsSure, float64(spots)/max(float64(most), 1e-30))
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
	over := c.leaves * canopyBeam * rgb.Lum(sc.old.sky) / max(rgb.Lum(sky.Horizontal()), 1e-30)
	for k, v := range balanced(sky.Beam()) {
		c.beam[k] = max(over*v-sc.Sun.Disc()[k], 0)
	}
	sc.old.add(c.beam, c.to)
}

// below is the share of the light over the leaves that falls on what lies under them:
// what the gaps let through, and a little through the leaves themselves.
func (sc *Scene) below() float64 {
	through := sc.Mask.Share + leafThrough*(1-sc.Mask.Share)
	return 1 - sc.canopy.leaves*(1-through)
}
