package sky

import (
	"math"

	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
	"github.com/clipenv/toolkit/pkg/sky/sun"
)

// Size is SizeOf the scene's own sun.
func (sc *Scene) Size() float64 { return sc.SizeOf(sc.Sun) }

// SizeOf is how large a disc is seen in the map, in radians across: the round
// patch of sky as large as the texels that have half the luminance of the
// brightest or more. It is never less than a texel's. The true sun is .0093
// across; a map that is small or clipped shows a larger one.
func (sc *Scene) SizeOf(u sun.Sun) float64 {
	s := raster.NewSphere(sc.full.W, sc.full.H)
	lum := func(x, y int) float64 {
		p := sc.full.Row(y)[3*x : 3*x+3]
		return rgb.Lum([3]float64{float64(p[0]), float64(p[1]), float64(p[2])})
	}
	near := math.Cos(num.Radians(max(sun.Radius, 1.5*180/float64(s.H))))
	var peak float64
	s.Around(u.Direction, sun.Radius+1, func(x, y int) {
		if s.Towards(x, y, u.Direction) > near {
			peak = max(peak, lum(x, y))
		}
	})
	var solid float64
	s.Around(u.Direction, sun.Radius+1, func(x, y int) {
		if peak > 0 && s.Towards(x, y, u.Direction) > near && lum(x, y) >= peak/2 {
			solid += s.Solid[y]
		}
	})
	// A cap of half-angle a has the solid angle 2π(1-cos a) = 4π sin²(a/2).
	return 4 * math.Asin(math.Sqrt(min(solid/(4*math.Pi), 1)))
}

// Brightest is the brightest spot above the horizon, whether or not it is a
// sun: a lamp, a window. It is not Found, and no more than its texels hold. ok
// is false for a map that is black there.
func (sc *Scene) Brightest() (spot sun.Sun, ok bool) {
	spot = sun.Find(sc.im, sc.s, sc.lum)
	spot.Found = false
	return spot, rgb.Lum(spot.Energy) > 0
}

// Windows is the number of steradians through which the room sees out, 0 out
// of doors and where no window is sure.
func (sc *Scene) Windows() float64 {
	if sc.room == nil {
		return 0
	}
	var sum float64
	for _, e := range sc.room.Panes {
		sum += e.Solid
	}
	return min(sum, 4*math.Pi)
}
