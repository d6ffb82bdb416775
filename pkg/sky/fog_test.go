package sky

import (
	"math"
	"testing"
)

// Fog thickens towards the horizon from either side, and has no step there,
// whatever stands on the ground.
func TestFogHasNoStepAtTheHorizon(t *testing.T) {
	for _, extinction := range []float64{.0012, .006, .028, .05} {
		for _, away := range []float32{nearest, 25, 90, farthest} {
			g := fog{extinction: extinction}
			through := func(el float64) float64 { return math.Exp(-extinction * g.distance(el, away)) }
			if step := math.Abs(through(1e-3) - through(-1e-3)); step > .01 {
				t.Errorf("extinction %v, %v m: the horizon's step is %.3f of a thing's light, want none", extinction, away, step)
			}
			for el := -80.; el < 0; el++ {
				if below, above := through(el), through(el+1); above > below+1e-9 {
					t.Errorf("extinction %v, %v m: more of the light is left at %v° than at %v°", extinction, away, el+1, el)
				}
			}
			// As a photograph of a field shows: the fade takes some degrees.
			if open := away == farthest && extinction == .028; open && (through(-4) < .15 || through(-1) > .1) {
				t.Errorf("an open field keeps %.2f of its light at 4° below the horizon and %.2f at 1°, want more than .15 and less than .1", through(-4), through(-1))
			}
		}
	}
}
