package sky

import "math"

// Size is SizeOf the scene's own sun.
func (sc *Scene) Size() float64 { return sc.SizeOf(sc.Sun) }

// SizeOf is how large a disc is seen in the map, in radians across: the round
// patch of sky as large as the texels that have half the luminance of the
// brightest or more. It is never less than a texel's. The true sun is .0093
// across; a map that is small or clipped shows a larger one.
func (sc *Scene) SizeOf(sun Sun) float64 {
	s := newSphere(sc.full.W, sc.full.H)
	lum := func(x, y int) float64 {
		p := sc.full.Row(y)[3*x : 3*x+3]
		return luma([3]float64{float64(p[0]), float64(p[1]), float64(p[2])})
	}
	near := math.Cos(radians(max(sunRadius, 1.5*180/float64(s.h))))
	var peak float64
	s.around(sun.Direction, sunRadius+1, func(x, y int) {
		if s.towards(x, y, sun.Direction) > near {
			peak = max(peak, lum(x, y))
		}
	})
	var solid float64
	s.around(sun.Direction, sunRadius+1, func(x, y int) {
		if peak > 0 && s.towards(x, y, sun.Direction) > near && lum(x, y) >= peak/2 {
			solid += s.solid[y]
		}
	})
	// A cap of half-angle a has the solid angle 2π(1-cos a) = 4π sin²(a/2).
	return 4 * math.Asin(math.Sqrt(min(solid/(4*math.Pi), 1)))
}

// Brightest is the brightest spot above the horizon, whether or not it is a
// sun: a lamp, a window. It is not Found, and no more than its texels hold. ok
// is false for a map that is black there.
func (sc *Scene) Brightest() (spot Sun, ok bool) {
	spot = findSun(sc.im, sc.s, sc.lum)
	spot.Found = false
	return spot, luma(spot.Energy) > 0
}
