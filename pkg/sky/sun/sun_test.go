package sun

import (
	"math"
	"testing"

	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// A glow is found though trees hide most of it, and the dark side lies open.
func TestGlowBehindTrees(t *testing.T) {
	const w, h = 512, 256
	s := raster.NewSphere(w, h)
	lum, mask := raster.NewPlane(w, h), raster.NewPlane(w, h)
	for y := range h / 2 {
		for x := range w {
			to := s.CosLon[x] // the glow is at the map's centre
			lum.Row(y)[x] = float32(1 + 2*math.Exp(4*(to-1)))
			if s.Elevation[y] > 10+22*num.Step(0, .6, to) {
				mask.Row(y)[x] = 1
			}
		}
	}
	if away := math.Abs(Glow(s, lum, mask).Azimuth()); away > 15 {
		t.Errorf("the glow is found %.0f° from where it is", away)
	}
}
