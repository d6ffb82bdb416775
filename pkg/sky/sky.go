// Package sky takes an outdoor environment map apart into sun, sky and
// foreground, and puts it into another light.
//
//	Analyse: hdr.Image [H,W,3] -> Scene (sun, soft sky mask, old sky, light on the ground)
//	Scene.Render: Target (a dozen numbers) -> hdr.Image of the same size
//
// A room is taken apart into windows, lamps and walls instead. Maps are of finite
// values of which none is negative, as package hdr reads them.
//
// Nothing in it is trained. The new sky is package atmosphere's; here stand
// the finding of what is old, the ratio of new light to old that the
// foreground is multiplied by, and the composite of both, in this order:
//
//   - Scene (scene.go) is what a map shows. Of the sky: kind, sun, glow, mask (features,
//     maskfill, matte, maskread), fit, detail (specks). Of what stands before it: canopy, shadow, facing,
//     spots, sunlit, lamplit, halo, lampsoff, glare, behind, twigs, water (waterbed,
//     waterfill, watershore), snowy, standing. Of the light: oldlight, irradiance, estimate.
//     Of a room: openings, windows, room (roomparts), roomview (sky seen in windows),
//     roomcurtain. pure.go has maps of skies alone. What not every plan asks for is found
//     when one does (once).
//   - plan (plan.go) is what a Target asks of a Scene, at small sizes: where its sun
//     stands (place), its sky (newsky, lift) and clouds (borrow, tone, cloudlight), how bright all is (night,
//     camera), what the foreground is multiplied by (relight, lamps, byday, skyblue), and
//     what is laid over it (fog, snow, mirror). roomlight (roomoutside) and enclosed plan
//     what shows no sky.
//   - compositor (compositor.go) paints the plan at full size, row by row: composite
//     joins the row of sky (skyrow) and that of the foreground (foreground, dim, lay), as
//     the eye sees it (rods). roompaint does so for rooms.
//
// They stand on planes of one value a texel (plane, lines), sets of texels (parts), a
// filter that follows edges (guided, guide), means of what is around (local), filling
// (pullpush), and powers and angles by tables (fast).
//
// A map is analysed at 1024×512 texels or its own size if that is smaller.
// What is found there is smooth, or follows the full-size picture through a
// guided filter, so that a map of any size is edited row by row. Everything
// is exact round the seam, and rows beyond a pole are those of the other side.
//
// Radiance is linear; "stops" are its base-2 logarithm. Angles are radians,
// directions package envmap's.
package sky

import (
	"math"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/rgb"
)

// sphere holds the angles of a map's texel centres and their solid angles.
type sphere struct {
	w, h           int
	elevation      []float64 // of each row, degrees
	sinEl, cosEl   []float64
	sinLon, cosLon []float64 // of each column: +x and +z parts of its direction
	solid          []float64 // of one texel of each row, steradians
}

func newSphere(w, h int) *sphere {
	s := &sphere{w: w, h: h,
		elevation: make([]float64, h), sinEl: make([]float64, h), cosEl: make([]float64, h),
		sinLon: make([]float64, w), cosLon: make([]float64, w), solid: make([]float64, h)}
	for y := range h {
		e := math.Pi * (.5 - (float64(y)+.5)/float64(h))
		s.elevation[y] = degrees(e)
		s.sinEl[y], s.cosEl[y] = math.Sincos(e)
		s.solid[y] = envmap.SolidAngle(y, w, h)
	}
	for x := range w {
		s.sinLon[x], s.cosLon[x] = math.Sincos(math.Pi * (1 - 2*(float64(x)+.5)/float64(w)))
	}
	return s
}

// direction is that of a texel's centre.
func (s *sphere) direction(x, y int) envmap.Vec {
	return envmap.Vec{X: s.cosEl[y] * s.sinLon[x], Y: s.sinEl[y], Z: s.cosEl[y] * s.cosLon[x]}
}

// towards is the cosine of the angle between a texel and a unit vector.
func (s *sphere) towards(x, y int, d envmap.Vec) float64 {
	return s.sinEl[y]*d.Y + s.cosEl[y]*(s.sinLon[x]*d.X+s.cosLon[x]*d.Z)
}

// texel is where a direction lies.
func (s *sphere) texel(d envmap.Vec) (x, y int) { return texelAt(d, s.w, s.h) }

// texelAt is where a direction lies in a map of a size.
func texelAt(d envmap.Vec, w, h int) (x, y int) {
	x = int((1 - math.Atan2(d.X, d.Z)/math.Pi) / 2 * float64(w))
	y = int((.5 - math.Asin(min(max(d.Y, -1), 1))/math.Pi) * float64(h))
	return (x + w) % w, min(max(y, 0), h-1)
}

// row is the first row whose centre lies below an elevation in degrees.
func (s *sphere) row(elevation float64) int {
	return min(max(int(math.Ceil((90-elevation)/180*float64(s.h)-.5)), 0), s.h)
}

func degrees(radians float64) float64 { return radians * 180 / math.Pi }
func radians(degrees float64) float64 { return degrees * math.Pi / 180 }

// step rises smoothly from 0 at a to 1 at b; b may lie below a.
func step[F float32 | float64](a, b, x F) F {
	t := min(max((x-a)/(b-a), 0), 1)
	return t * t * (3 - 2*t)
}

// luma is the luminance of linear RGB with Rec. 709 primaries.
func luma(c [3]float64) float64 { return rgb.Luminance(c[0], c[1], c[2]) }

func times(c [3]float64, s float64) [3]float64 { return [3]float64{s * c[0], s * c[1], s * c[2]} }

func plus(a, b [3]float64) [3]float64 { return [3]float64{a[0] + b[0], a[1] + b[1], a[2] + b[2]} }

// vec is a direction of package atmosphere.
func vec(d [3]float64) envmap.Vec { return envmap.Vec{X: d[0], Y: d[1], Z: d[2]} }
