package atmosphere

import (
	"math"
	"testing"
)

// Of a source that is up few azimuths tell what all do.
func TestFewAzimuthsAreAsGoodAsAll(t *testing.T) {
	for _, haze := range []float64{0, .2, .4, .6, 1} {
		for _, up := range []float64{glowSmooth, .03, .06, .12, .4, 1.2, math.Pi / 2} {
			a := airOf(haze)
			under := func(turns int) *Sky {
				return &Sky{air: a, clear: 1, sources: []*source{newSourceBy(turns, a, up, sunSpectrum)}}
			}
			few, all := under(glowFew), under(glowTurns)
			for elevation := 0.; elevation < math.Pi/2; elevation += .01 + elevation/8 {
				got, want := few.newRow(elevation), all.newRow(elevation)
				for turn := 0.; turn < math.Pi; turn += .05 {
					g, w := got.at(turn), want.at(turn)
					for c := range g {
						if stops := math.Abs(math.Log2(g[c] / w[c])); stops > .003 {
							t.Errorf("haze %v, the sun at %.2f: %.2f up and %.2f from it channel %d is off by %.4f stops, want .003 at most", haze, up, elevation, turn, c, stops)
						}
					}
				}
			}
		}
	}
}
