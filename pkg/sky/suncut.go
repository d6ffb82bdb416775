package sky

import (
	"math"
	"slices"

	"github.com/clipenv/toolkit/pkg/hdr"
)

// The disc and its glare are cut down to the sky around within discInner
// degrees, and left alone from discOuter on.
const discInner, discOuter = 2.2, 3.4

var cosOuter = math.Cos(radians(discOuter))

// capAt is the most that is not the disc's, at a cosine to the disc.
func (sc *Scene) capAt(cosine float64, c int) float32 {
	if cosine < cosOuter {
		return math.MaxFloat32
	}
	open := 20 * step(discInner, discOuter, degrees(math.Acos(min(cosine, 1))))
	return float32(sc.around[c] * math.Exp2(open))
}

// WithoutSun is the map with its disc cut down to the sky around it: what is
// left when a lamp of Sun.Beam stands in for it. Without a disc it is the map
// as it was.
func (sc *Scene) WithoutSun() *hdr.Image {
	out := &hdr.Image{W: sc.full.W, H: sc.full.H, Meta: sc.full.Meta, Pix: slices.Clone(sc.full.Pix)}
	sc.cutSun(out)
	return out
}

// CutSun makes the map itself what WithoutSun gives, for maps of which memory
// has no room for two. The scene tells of its sun still, and renders no more.
func (sc *Scene) CutSun() { sc.cutSun(sc.full) }

func (sc *Scene) cutSun(out *hdr.Image) {
	if !sc.Sun.Found {
		return
	}
	s := newSphere(out.W, out.H)
	s.around(sc.Sun.Direction, discOuter, func(x, y int) {
		cosine := s.towards(x, y, sc.Sun.Direction)
		for c, v := range out.Row(y)[3*x : 3*x+3] {
			out.Row(y)[3*x+c] = min(v, sc.capAt(cosine, c))
		}
	})
}
