package raster

import (
	"math"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/sky/num"
)

// Sphere holds the angles of a map's texel centres and their solid angles.
type Sphere struct {
	W, H           int
	Elevation      []float64 // of each row, degrees
	SinEl, CosEl   []float64
	SinLon, CosLon []float64 // of each column: +x and +z parts of its direction
	Solid          []float64 // of one texel of each row, steradians
}

// NewSphere is that of a map of w by h texels.
func NewSphere(w, h int) *Sphere {
	s := &Sphere{W: w, H: h,
		Elevation: make([]float64, h), SinEl: make([]float64, h), CosEl: make([]float64, h),
		SinLon: make([]float64, w), CosLon: make([]float64, w), Solid: make([]float64, h)}
	for y := range h {
		e := math.Pi * (.5 - (float64(y)+.5)/float64(h))
		s.Elevation[y] = num.Degrees(e)
		s.SinEl[y], s.CosEl[y] = math.Sincos(e)
		s.Solid[y] = envmap.SolidAngle(y, w, h)
	}
	for x := range w {
		s.SinLon[x], s.CosLon[x] = math.Sincos(math.Pi * (1 - 2*(float64(x)+.5)/float64(w)))
	}
	return s
}

// Direction is that of a texel's centre.
func (s *Sphere) Direction(x, y int) envmap.Vec {
	return envmap.Vec{X: s.CosEl[y] * s.SinLon[x], Y: s.SinEl[y], Z: s.CosEl[y] * s.CosLon[x]}
}

// Towards is the cosine of the angle between a texel and a unit vector.
func (s *Sphere) Towards(x, y int, d envmap.Vec) float64 {
	return s.SinEl[y]*d.Y + s.CosEl[y]*(s.SinLon[x]*d.X+s.CosLon[x]*d.Z)
}

// Texel is where a direction lies.
func (s *Sphere) Texel(d envmap.Vec) (x, y int) { return TexelAt(d, s.W, s.H) }

// TexelAt is where a direction lies in a map of a size.
func TexelAt(d envmap.Vec, w, h int) (x, y int) {
	x = int((1 - math.Atan2(d.X, d.Z)/math.Pi) / 2 * float64(w))
	y = int((.5 - math.Asin(min(max(d.Y, -1), 1))/math.Pi) * float64(h))
	return (x + w) % w, min(max(y, 0), h-1)
}

// Row is the first row whose centre lies below an elevation in degrees.
func (s *Sphere) Row(elevation float64) int {
	return min(max(int(math.Ceil((90-elevation)/180*float64(s.H)-.5)), 0), s.H)
}

// Around calls f for a superset of the texels within an angle, in degrees, of
// a direction.
func (s *Sphere) Around(d envmap.Vec, angle float64, f func(x, y int)) {
	el := d.Elevation()
	cx, _ := envmap.Position(d, s.W, s.H)
	for y := s.Row(el + angle); y < s.Row(el-angle); y++ {
		half := s.W / 2
		if c := s.CosEl[y]; math.Abs(s.Elevation[y])+angle < 89 {
			half = min(half, int(angle/c*1.3/360*float64(s.W))+2)
		}
		if 2*half >= s.W {
			for x := range s.W {
				f(x, y)
			}
			continue
		}
		for dx := -half; dx <= half; dx++ {
			f((int(cx)+dx+s.W)%s.W, y)
		}
	}
}
