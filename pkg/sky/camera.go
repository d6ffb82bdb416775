package sky

import (
	"math"

	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/num"
)

// A photographer exposes for fog and for snow, which are most of such a picture:
// bright, and yet not white throughout.
const (
	paperOver  = 5.  // times the map's mean luminance that white paper has then
	openedMost = 1.2 // stops that a camera opens for it at most
	closedMost = 1.6 // and closes
)

// cameraStops is the stops by which a camera opens for a target's fog or snow, given
// the stops of the light that falls. It is as set as it was for anything else, and
// by dusk and night.
func (sc *Scene) cameraStops(t Target, stops float64) float64 {
	fills := num.Step(.2, .9, misty(t.Fog))
	if !sc.Pure {
		fills = max(fills, min(t.Snow, 1)*(1-sc.roofed()))
	}
	fills *= num.Step(2, 12, num.Degrees(t.SunElevation))
	if fills == 0 || t.KeepEnergy {
		return 0
	}
	var sum, all float64
	for y, solid := range sc.s.Solid {
		for _, v := range sc.f.F[0].Row(y) {
			sum += solid * float64(v)
			all += solid
		}
	}
	paper := math.Log2(max(sc.below()*rgb.Lum(sc.old.level())/math.Pi, 1e-30)) + stops - t.ExposureStops
	return fills * min(max(sum/all+math.Log2(paperOver)-paper, -closedMost), openedMost)
}
