package sky

import (
	"math"

	"github.com/clipenv/toolkit/pkg/sky/fit"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// The glow around a sun is told by its angle to it, degree by degree.
const (
	glowInner  = 3  // degrees around the disc that say nothing of the glow
	glowOuter  = 42 // and where the smooth sky alone stands again
	glowSure   = 26 // up to where the glow is taken as it is seen
	glowTexels = 24 // that tell the glow at an angle
	glowEven   = 16 // from where on a lens draws no rings
)

// What a sun behind cloud is told by, which casts no shadow but shows where it
// stands.
const hiddenRatio, hiddenAlone, hiddenLowest = 6., 3.5, 2.

// findGlow says where the light of a sun is, of one behind cloud too. Call it
// before the direction of a sun that was not found is its sky's.
func (sc *Scene) findGlow() {
	u := sc.Sun
	hidden := (sc.Kind == Day || sc.Kind == Dusk) && u.Ratio > hiddenRatio && u.Alone > hiddenAlone && u.Direction.Elevation() > hiddenLowest
	sc.glowAt, sc.glows = u.Direction, u.Found || hidden
}

// fitGlow adds to the smooth sky what lies around its sun in rings, which is
// glare: a cloud lies to one side. No functions chosen beforehand follow every
// lens, and what they leave would stay as a ring where the sun stood.
func (sc *Scene) fitGlow() {
	if !sc.glows {
		return
	}
	var seen [glowOuter][3][]float32
	stride := max(1, sc.s.W/512)
	sc.inGlow(stride, func(i int, angle float64) {
		if sc.Mask.Alpha.V[i] > .9 && angle >= glowInner {
			for c, stops := range fit.Stops(sc.im.Pix[3*i:3*i+3], sc.f.Floor) {
				ring := &seen[int(angle)][c]
				*ring = append(*ring, stops-sc.fit[c].V[i])
			}
		}
	})
	var over [glowOuter + 1][3]float32
	for angle := glowOuter - 1; angle >= 0; angle-- {
		over[angle] = over[angle+1]
		if len(seen[angle][0]) >= glowTexels {
			sure := float32(1 - num.Step(glowSure, glowOuter, float64(angle)))
			for c := range over[angle] {
				over[angle][c] = sure * raster.Quantile(seen[angle][c], .5)
			}
		}
	}
	over = evenGlare(over)
	sc.inGlow(1, func(i int, angle float64) {
		at := max(angle-.5, 0)
		ring := int(at)
		part := float32(at) - float32(ring)
		for c := range sc.fit {
			a, b := over[ring][c], over[ring+1][c]
			sc.fit[c].V[i] += a + part*(b-a)
		}
	})
	sc.fitBelow()
}

// evenGlare takes the mean over the angles around each, more of them the farther out, where
// glare has no edge and a cloud that fills most of a degree would draw a ring.
func evenGlare(over [glowOuter + 1][3]float32) (out [glowOuter + 1][3]float32) {
	for angle := range over {
		r := min(max(angle-glowEven, 0)/2, glowOuter-angle)
		for near := angle - r; near <= angle+r; near++ {
			for c := range out[angle] {
				out[angle][c] += over[near][c] / float32(2*r+1)
			}
		}
	}
	return out
}

// fitBelow has the smooth sky go on below the horizon as it stands there.
func (sc *Scene) fitBelow() {
	for y := sc.s.H / 2; y < sc.s.H; y++ {
		for c := range sc.fit {
			copy(sc.fit[c].Row(y), sc.fit[c].Row(y-1))
		}
	}
}

// inGlow calls f for each texel of the upper half, or one of stride in either
// direction, within glowOuter degrees of the sun.
func (sc *Scene) inGlow(stride int, f func(i int, angle float64)) {
	least := math.Cos(num.Radians(glowOuter))
	sc.s.Around(sc.glowAt, glowOuter, func(x, y int) {
		if y >= sc.s.H/2 || y%stride != 0 || x%stride != 0 {
			return
		}
		if cosine := sc.s.Towards(x, y, sc.glowAt); cosine > least {
			f(y*sc.s.W+x, num.Degrees(math.Acos(min(cosine, 1))))
		}
	})
}
