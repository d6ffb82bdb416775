package sky

import (
	"math"

	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// The disc and its glare are cut down to the sky around within discInner
// degrees, and left alone from discOuter on.
const discInner, discOuter = 2.2, 3.4

var cosOuter = math.Cos(num.Radians(discOuter))

// capAt is the most that is not the disc's, at a cosine to the disc.
func (sc *Scene) capAt(cosine float64, c int) float32 {
	if cosine < cosOuter {
		return math.MaxFloat32
	}
	open := 20 * num.Step(discInner, discOuter, num.Degrees(num.Acos(cosine)))
	return float32(sc.around[c] * math.Exp2(open))
}

// CutSun cuts the disc of the map itself down to the sky around it: what is left
// when a lamp of Sun.Beam stands in for it. Without a disc the map stays as it was.
// The scene tells of its sun still, and renders no more.
func (sc *Scene) CutSun() {
	if !sc.Sun.Found {
		return
	}
	s := raster.NewSphere(sc.full.W, sc.full.H)
	s.Around(sc.Sun.Direction, discOuter, func(x, y int) {
		cosine := s.Towards(x, y, sc.Sun.Direction)
		for c, v := range sc.full.Row(y)[3*x : 3*x+3] {
			sc.full.Row(y)[3*x+c] = min(v, sc.capAt(cosine, c))
		}
	})
}
