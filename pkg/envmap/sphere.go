package envmap

import (
	"math"

	"github.com/clipenv/toolkit/internal/parallel"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/rgb"
)

// Vec is a direction or a point: x to the left of the map's centre, y up,
// z through the map's centre.
type Vec struct{ X, Y, Z float64 }

// Up is the zenith.
var Up = Vec{Y: 1}

// Dot is the scalar product.
func (a Vec) Dot(b Vec) float64 { return a.X*b.X + a.Y*b.Y + a.Z*b.Z }

// Scale returns s times a.
func (a Vec) Scale(s float64) Vec { return Vec{s * a.X, s * a.Y, s * a.Z} }

// Add returns a + b.
func (a Vec) Add(b Vec) Vec { return Vec{a.X + b.X, a.Y + b.Y, a.Z + b.Z} }

// Cross is the vector product.
func (a Vec) Cross(b Vec) Vec {
	return Vec{a.Y*b.Z - a.Z*b.Y, a.Z*b.X - a.X*b.Z, a.X*b.Y - a.Y*b.X}
}

// Unit returns a at length 1, and straight up for a vector without length.
func (a Vec) Unit() Vec {
	n := math.Sqrt(a.Dot(a))
	if n == 0 {
		return Up
	}
	return a.Scale(1 / n)
}

// Direction returns the unit vector towards the point (x, y) of a map w texels
// wide and h high. The centre of the texel in column i and row j is at
// (i+½, j+½).
func Direction(x, y float64, w, h int) Vec {
	sinLon, cosLon := math.Sincos(math.Pi * (1 - 2*x/float64(w)))
	sinPolar, cosPolar := math.Sincos(math.Pi * y / float64(h))
	return Vec{sinPolar * sinLon, cosPolar, sinPolar * cosLon}
}

// Position is the inverse of Direction: the point of a map w texels wide and
// h high that lies in direction d, of any length. 0 <= x < w, 0 <= y <= h.
func Position(d Vec, w, h int) (x, y float64) {
	// The arctangent keeps its digits near the poles, where the arccosine
	// loses half of them.
	polar := math.Atan2(math.Hypot(d.X, d.Z), d.Y)
	x = float64(w) / 2 * (1 - math.Atan2(d.X, d.Z)/math.Pi)
	if x >= float64(w) {
		x = 0
	}
	return x, float64(h) * polar / math.Pi
}

// Azimuth returns how far direction d lies to the right of the map's centre,
// in degrees from -180 to 180, and Elevation how far above the horizon, from
// -90 to 90.
func (a Vec) Azimuth() float64 { return -math.Atan2(a.X, a.Z) * 180 / math.Pi }

// Elevation is described at Azimuth.
func (a Vec) Elevation() float64 { return math.Atan2(a.Y, math.Hypot(a.X, a.Z)) * 180 / math.Pi }

// LatitudeWeights returns the cosine of the latitude of each row of a map h high.
// The solid angles of the rows' texels are in the same proportion, exactly, so
// that they weigh texels by the sphere, and are those of WS-PSNR.
func LatitudeWeights(h int) []float64 {
	w := make([]float64, h)
	for y := range w {
		w[y] = math.Sin(math.Pi * (float64(y) + .5) / float64(h))
	}
	return w
}

// RowWeights are the latitude weights with mean 1: by them a mean over texels
// becomes one over the sphere.
func RowWeights(h int) []float32 {
	w := make([]float32, h)
	for y, cosine := range LatitudeWeights(h) {
		w[y] = float32(cosine * float64(h) * math.Sin(math.Pi/float64(2*h))) // they sum to 1/sin(π/2h)
	}
	return w
}

// SolidAngle returns the solid angle, in steradians, of one texel in row y
// of an equirectangular map w texels wide and h high. Over a whole map the
// texels sum to 4π.
func SolidAngle(y, w, h int) float64 {
	return 2 * math.Pi / float64(w) * zone(float64(y), float64(y+1), h)
}

// zone is the share of the sphere's height, out of 2, between two row
// boundaries: cos(top) - cos(bottom), written so that thin zones at the poles
// keep their digits.
func zone(top, bottom float64, h int) float64 {
	a, b := math.Pi*top/float64(h), math.Pi*bottom/float64(h)
	return 2 * math.Sin((a+b)/2) * math.Sin((b-a)/2)
}

// grid holds the sines and cosines of the texel centres' angles, so that a
// loop over texels needs no trigonometry: the direction of texel (x, y) is
// (sinPolar[y]*sinLon[x], cosPolar[y], sinPolar[y]*cosLon[x]).
type grid struct {
	sinLon, cosLon     []float64
	sinPolar, cosPolar []float64
	solid              []float64 // of one texel in each row
}

func newGrid(w, h int) grid {
	g := grid{make([]float64, w), make([]float64, w), make([]float64, h), make([]float64, h), make([]float64, h)}
	for x := range w {
		g.sinLon[x], g.cosLon[x] = math.Sincos(math.Pi * (1 - 2*(float64(x)+.5)/float64(w)))
	}
	for y := range h {
		g.sinPolar[y], g.cosPolar[y] = math.Sincos(math.Pi * (float64(y) + .5) / float64(h))
		g.solid[y] = SolidAngle(y, w, h)
	}
	return g
}

func (g grid) direction(x, y int) Vec {
	return Vec{g.sinPolar[y] * g.sinLon[x], g.cosPolar[y], g.sinPolar[y] * g.cosLon[x]}
}

// Mean returns the mean radiance over the sphere: red, green and blue, each
// texel weighted by its solid angle.
func Mean(im *hdr.Image) [3]float64 {
	total := parallel.Sum(im.H, func(y int) (sum [3]float64) {
		row := im.Row(y)
		for i := 0; i < len(row); i += 3 {
			sum[0] += float64(row[i])
			sum[1] += float64(row[i+1])
			sum[2] += float64(row[i+2])
		}
		return scale(sum, SolidAngle(y, im.W, im.H)/(4*math.Pi))
	}, addRGB)
	return total
}

func addRGB(sum *[3]float64, c [3]float64) {
	for i := range sum {
		sum[i] += c[i]
	}
}

func scale(c [3]float64, s float64) [3]float64 { return [3]float64{s * c[0], s * c[1], s * c[2]} }

// luma is Luminance of a sum kept in double precision.
func luma(c [3]float64) float64 { return rgb.Luminance(c[0], c[1], c[2]) }
