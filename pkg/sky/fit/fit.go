// Package fit finds the smooth sky behind clouds and things: log radiance as a sum of
// fifteen functions of direction, fitted to what is seen.
package fit

import (
	"math"
	"slices"

	"github.com/clipenv/toolkit/internal/parallel"
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
	"github.com/clipenv/toolkit/pkg/sky/sun"
)

// fitCount is how many functions of direction the smooth sky is a sum of.
const fitCount = 15

const (
	fitRounds  = 6
	fitRidge   = 1e-3
	fitLeast   = 60  // texels
	fitNearest = 1.5 // degrees from the disc
	fitWidth   = 256 // texels across, of those that are looked at
)

// Fitted is a smooth sky in stops, complete behind what stands before it:
// clear air or haze, with the glow around the sun, and no disc.
type Fitted struct {
	to     envmap.Vec // the sun, or the glow
	side   envmap.Vec // level, a quarter turn from it
	level  [3]float64
	sum    [fitCount][3]float64
	bounds [2]float64
}

// Sky fits log radiance where the mask is sky, by least squares whose
// weights fall with the residual as Cauchy's do (Holland and Welsch 1977), so
// that clouds count little. It returns false where there is too little sky.
func Sky(im *hdr.Image, s *raster.Sphere, alpha raster.Plane, sun sun.Sun) (f Fitted, ok bool) {
	f.to = sun.Direction
	if !sun.Found || f.to.Y < 0 {
		f.to = envmap.Vec{X: f.to.X, Y: 0, Z: f.to.Z}.Unit()
		if !sun.Found {
			f.to = f.to.Add(envmap.Vec{Y: .1}).Unit()
		}
	}
	f.side = envmap.Vec{X: -f.to.Z, Z: f.to.X}.Unit()
	if math.Hypot(f.to.X, f.to.Z) < 1e-6 {
		f.side = envmap.Vec{X: 1}
	}
	var xs [][fitCount]float64
	var ys [][3]float64
	var base []float64
	nearest := 2.
	if sun.Found {
		nearest = math.Cos(num.Radians(fitNearest))
	}
	stride := max(1, s.W/fitWidth)
	for y := stride / 2; y < s.H/2; y += stride {
		for x := stride / 2; x < s.W; x += stride {
			i := y*s.W + x
			d := s.Direction(x, y)
			if alpha.V[i] <= .9 || d.Dot(f.to) > nearest {
				continue
			}
			var v [3]float64
			for c, stops := range Stops(im.Pix[3*i:3*i+3], 1e-12) {
				v[c] = float64(stops)
			}
			xs, ys, base = append(xs, f.at(d)), append(ys, v), append(base, s.CosEl[y])
		}
	}
	if len(xs) < fitLeast {
		return f, false
	}
	f.solve(xs, ys, base)
	return f, true
}

// Stops are the stops of a sky's radiance, and at least those of a floor. A channel
// that has less than channelLeast of the luminance was cut off, by a gamut or a codec:
// no sky is so much of one colour, and a new light on it would be of another.
func Stops(v []float32, floor float32) (stops [3]float32) {
	least := channelLeast * rgb.Luminance(v[0], v[1], v[2])
	for c := range stops {
		stops[c] = num.Log2(max(v[c], least, 0) + floor)
	}
	return stops
}

// channelLeast is the least share of its luminance that a sky has of a channel.
const channelLeast = 1. / 24

// at are the functions: powers of the sine of elevation, two falls from the
// horizon, harmonics of azimuth, and three glows around the sun.
func (f *Fitted) at(d envmap.Vec) [fitCount]float64 {
	el := min(max(d.Y, 0), 1)
	level := envmap.Vec{X: -f.side.Z, Z: f.side.X}
	ca, sa := -d.Dot(level), d.Dot(f.side)
	c := min(max(d.Dot(f.to), -1), 1)
	angle := math.Acos(c)
	low, lower := math.Exp(-el/.25), math.Exp(-el/.06)
	return [fitCount]float64{
		1, el, el * el, lower, low,
		ca, sa, ca * el, ca * ca, sa * el, ca * low,
		math.Exp(-angle / .05), math.Exp(-angle / .15), math.Exp(-angle / .5), c * c,
	}
}

func (f *Fitted) solve(xs [][fitCount]float64, ys [][3]float64, base []float64) {
	var total float64
	for i, w := range base {
		total += w
		for c := range f.level {
			f.level[c] += w * ys[i][c]
		}
	}
	f.level = rgb.Times(f.level, 1/total)
	weights, residuals := slices.Clone(base), make([]float64, len(base))
	for range fitRounds {
		var a [fitCount][fitCount]float64
		var b [fitCount][3]float64
		sum := 0.
		for i, w := range weights {
			sum += w
			for j, v := range xs[i] {
				for k := range j + 1 {
					a[j][k] += w * v * xs[i][k]
				}
				for c := range 3 {
					b[j][c] += w * v * (ys[i][c] - f.level[c])
				}
			}
		}
		for j := range a {
			if j > 0 {
				a[j][j] += fitRidge * sum
			} else {
				a[j][j] += 1e-9 * sum
			}
		}
		f.sum = cholesky(a, b)
		for i := range residuals {
			v := f.stops(xs[i])
			residuals[i] = max(math.Abs(ys[i][0]-v[0]), math.Abs(ys[i][1]-v[1]), math.Abs(ys[i][2]-v[2]))
		}
		scale := 1.5*raster.Quantile(slices.Clone(residuals), .5) + 1e-3
		for i, r := range residuals {
			weights[i] = base[i] / (1 + r*r/(scale*scale))
		}
	}
	// Where there is no sky to hold it, a sum of functions may run away.
	low, high := math.Inf(1), math.Inf(-1)
	for _, y := range ys {
		low, high = min(low, y[0], y[1], y[2]), max(high, y[0], y[1], y[2])
	}
	f.bounds = [2]float64{low - 1, high + 1}
}

func (f *Fitted) stops(x [fitCount]float64) (v [3]float64) {
	v = f.level
	for j, a := range x {
		for c := range v {
			v[c] += a * f.sum[j][c]
		}
	}
	if f.bounds != [2]float64{} {
		for c := range v {
			v[c] = min(max(v[c], f.bounds[0]), f.bounds[1])
		}
	}
	return v
}

// cholesky solves a symmetric positive system of which the lower triangle is
// given, for three right sides.
func cholesky(a [fitCount][fitCount]float64, b [fitCount][3]float64) [fitCount][3]float64 {
	for i := range fitCount {
		for j := range i + 1 {
			sum := a[i][j]
			for k := range j {
				sum -= a[i][k] * a[j][k]
			}
			if i == j {
				a[i][i] = math.Sqrt(max(sum, 1e-12))
			} else {
				a[i][j] = sum / a[j][j]
			}
		}
	}
	for c := range 3 {
		for i := range fitCount {
			for k := range i {
				b[i][c] -= a[i][k] * b[k][c]
			}
			b[i][c] /= a[i][i]
		}
		for i := fitCount - 1; i >= 0; i-- {
			for k := i + 1; k < fitCount; k++ {
				b[i][c] -= a[k][i] * b[k][c]
			}
			b[i][c] /= a[i][i]
		}
	}
	return b
}

// Planes draws the fit in stops. Below the horizon it is what stands there.
func (f *Fitted) Planes(s *raster.Sphere) (p [3]raster.Plane) {
	for c := range p {
		p[c] = raster.NewPlane(s.W, s.H)
	}
	parallel.Rows(s.H/2, func(from, to int) {
		for y := from; y < to; y++ {
			for x := range s.W {
				v := f.stops(f.at(s.Direction(x, y)))
				for c := range p {
					p[c].Row(y)[x] = float32(v[c])
				}
			}
		}
	})
	for y := s.H / 2; y < s.H; y++ {
		for c := range p {
			copy(p[c].Row(y), p[c].Row(s.H/2-1))
		}
	}
	return p
}
