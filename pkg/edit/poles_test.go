package edit_test

import (
	"math"
	"testing"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
)

// A change of light that is smooth on the sphere is smooth over its poles: the
// rows next to a pole bend no more across it, to the same row half a turn away,
// than rows do elsewhere.
func TestRelightingCrossesThePoles(t *testing.T) {
	side := func(w, h int, tilt float64) *hdr.Image {
		im := hdr.New(w, h)
		for y := range h {
			for x := range w {
				d := envmap.Direction(float64(x)+.5, float64(y)+.5, w, h)
				for c := range 3 {
					im.Pix[3*(y*w+x)+c] = float32(.4 * math.Exp(tilt*d.X))
				}
			}
		}
		return im
	}
	even := side(256, 128, 0)
	out := relight(t, even, side(32, 16, 0), side(32, 16, .8))
	at := func(x, y int) float64 {
		row := envmap.PanoramaRow(out, y)
		return math.Log(float64(row[3*((x+out.W)%out.W)]))
	}
	bend := func(x, y int) float64 { return math.Abs(2*at(x, y) - at(x, y-1) - at(x, y+1)) }
	var inside, pole float64
	for x := range out.W {
		for y := 1; y < out.H-1; y++ {
			inside = max(inside, bend(x, y))
		}
		pole = max(pole, bend(x, 0), bend(x, out.H-1))
	}
	if pole > inside*1.05+1e-6 {
		t.Errorf("the light bends by %v at the poles and by at most %v elsewhere", pole, inside)
	}
}
