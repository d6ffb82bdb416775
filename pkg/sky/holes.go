package sky

import (
	"slices"

	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// Round a disc of some ten thousand times the sky, codecs and filters ring: the
// texels beside it fall to 0 or below, which readers set to 0. Next to a sun these
// black marks drown; where it goes they stay, and so they are filled.
const (
	holesWithin = 16.  // degrees of the disc
	holeUnder   = 2e-3 // of the luminance of the sky round the disc
	holeReach   = 4    // texels around that one is filled from, at most
)

// fillHoles sets what is black, or has a channel that is, near the input's disc
// to the median of what the output has around it, where that is more.
func (sc *Scene) fillHoles(out *hdr.Image) {
	if !sc.Sun.Found {
		return
	}
	s := raster.NewSphere(out.W, out.H)
	lacks := func(x, y int) bool {
		p := sc.full.Row(y)[3*x : 3*x+3]
		return min(p[0], p[1], p[2]) <= 0 || float64(max(p[0], p[1], p[2])) <= holeUnder*rgb.Lum(sc.around)
	}
	type hole struct {
		x, y int
		fill [3]float32
	}
	var holes []hole
	s.Around(sc.Sun.Direction, holesWithin, func(x, y int) {
		if !lacks(x, y) {
			return
		}
		var near [3][]float32
		for r := 2; r <= holeReach && len(near[0]) < 8; r++ {
			near = [3][]float32{}
			for v := max(y-r, 0); v <= min(y+r, out.H-1); v++ {
				for u := x - r; u <= x+r; u++ {
					if u := (u%out.W + out.W) % out.W; !lacks(u, v) {
						for c, value := range out.Row(v)[3*u : 3*u+3] {
							near[c] = append(near[c], value)
						}
					}
				}
			}
		}
		if h := (hole{x: x, y: y}); len(near[0]) >= 8 {
			for c := range near {
				slices.Sort(near[c])
				h.fill[c] = near[c][len(near[c])/2]
			}
			holes = append(holes, h)
		}
	})
	for _, h := range holes {
		for c, v := range h.fill {
			p := &out.Row(h.y)[3*h.x+c]
			*p = max(*p, v)
		}
	}
}
