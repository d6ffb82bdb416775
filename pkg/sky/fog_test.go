package sky

import (
	"math"
	"slices"
	"testing"

	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// Fog thickens towards the horizon from either side, and has no step there,
// whatever stands on the ground.
func TestFogHasNoStepAtTheHorizon(t *testing.T) {
	for _, extinction := range []float64{.0012, .006, .028, .05} {
		for _, away := range []float32{nearest, 25, 90, farthest} {
			column := []float32{num.Log2(away)}
			g := fog{extinction: extinction, over: thingHeight, away: column, around: column}
			through := func(el float64) float64 {
				out := make([]float32, 1)
				g.through(el, out)
				return float64(out[0])
			}
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

// A foggy morning is bright and as good as grey, and no row of it steps from the
// one above: distant ground, what stands there and the low sky are one.
func TestFoggyMorningIsOneGrey(t *testing.T) {
	t.Parallel()
	for i, l := range daylights {
		for _, trees := range []bool{false, true} {
			sc := analysed(t, field(l, 512, trees), Day)
			target, _ := sc.Preset("foggy morning")
			out := rendered(t, sc, target)
			lum := raster.Luminances(out)
			level := func(y int) float64 {
				return math.Log2(float64(raster.Quantile(slices.Clone(lum.Row(y)), .5)))
			}
			for y := sc.s.Row(10); y < sc.s.Row(-12); y++ {
				if step := math.Abs(level(y) - level(y-1)); step > .07 {
					t.Errorf("light %d, trees %v: at %.1f° the row steps by %.3f stops, want .07 at most", i, trees, sc.s.Elevation[y], step)
				}
			}
			least, most := math.Inf(1), math.Inf(-1)
			for y := sc.s.Row(6); y < sc.s.Row(0); y++ {
				least, most = min(least, level(y)), max(most, level(y))
			}
			if most-least > .015 {
				t.Errorf("light %d, trees %v: the sky over the horizon goes over %.3f stops, want it even", i, trees, most-least)
			}
			var low [3]float64
			for y := sc.s.Row(8); y < sc.s.Row(0); y++ {
				for x := range out.W {
					for c := range low {
						low[c] += float64(out.Row(y)[3*x+c])
					}
				}
			}
			if cast := math.Log2(low[0] / low[2]); cast > .12 || cast < -.35 {
				t.Errorf("light %d: fog has %.2f stops of red over blue, want -.35 to .12", i, cast)
			}
		}
	}
}
