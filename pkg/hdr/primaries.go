package hdr

import (
	"fmt"
	"math"

	"github.com/clipenv/toolkit/pkg/rgb"
)

// Primaries are CIE 1931 xy chromaticities of an RGB space.
type Primaries struct {
	Red, Green, Blue, White [2]float64
}

// Rec709 are the primaries and white of ITU-R BT.709, shared by sRGB.
var Rec709 = Primaries{
	Red:   [2]float64{.640, .330},
	Green: [2]float64{.300, .600},
	Blue:  [2]float64{.150, .060},
	White: [2]float64{.3127, .3290},
}

// String lists the eight numbers in the order of Radiance's PRIMARIES.
func (p Primaries) String() string {
	return fmt.Sprintf("%.4g %.4g %.4g %.4g %.4g %.4g %.4g %.4g", p.Red[0], p.Red[1],
		p.Green[0], p.Green[1], p.Blue[0], p.Blue[1], p.White[0], p.White[1])
}

// near reports whether both describe the same space as well as files that
// round them to three digits can tell.
func (p Primaries) near(q Primaries) bool {
	close := func(a, b [2]float64) bool {
		return math.Abs(a[0]-b[0]) < 1e-3 && math.Abs(a[1]-b[1]) < 1e-3
	}
	return close(p.Red, q.Red) && close(p.Green, q.Green) && close(p.Blue, q.Blue) && close(p.White, q.White)
}

// Valid reports whether the primaries span a colour space: finite, no y of 0
// and not on one line. Some programs write eight zeros for "unknown".
func (p Primaries) Valid() bool {
	for _, c := range [][2]float64{p.Red, p.Green, p.Blue, p.White} {
		if !(math.Abs(c[0]) < 10 && math.Abs(c[1]) < 10) {
			return false
		}
	}
	if p.White[1] <= 0 {
		return false
	}
	area := (p.Green[0]-p.Red[0])*(p.Blue[1]-p.Red[1]) - (p.Blue[0]-p.Red[0])*(p.Green[1]-p.Red[1])
	if math.Abs(area) < 1e-4 {
		return false
	}
	for _, row := range p.toRec709Matrix() {
		for _, v := range row {
			if !(math.Abs(v) < 1e3) {
				return false
			}
		}
	}
	return true
}

// xyz returns a colour's XYZ with Y = 1.
func xyz(c [2]float64) [3]float64 {
	return [3]float64{c[0] / c[1], 1, (1 - c[0] - c[1]) / c[1]}
}

// toXYZ is the matrix from RGB to XYZ at which RGB (1,1,1) is the white with
// Y = 1; SMPTE RP 177-1993.
func (p Primaries) toXYZ() rgb.Matrix {
	var m rgb.Matrix
	for j, c := range [][2]float64{p.Red, p.Green, p.Blue} {
		m[0][j], m[1][j], m[2][j] = c[0], c[1], 1-c[0]-c[1]
	}
	back := m.Inverse()
	return m.Times(rgb.Diagonal(back.Apply(xyz(p.White))))
}

// bradford is the cone response matrix of the linearised Bradford adaptation
// (Lam 1985; ICC.1:2010, annex E).
var bradford = rgb.Matrix{
	{.8951, .2664, -.1614},
	{-.7502, 1.7135, .0367},
	{.0389, -.0685, 1.0296},
}

// toRec709Matrix takes RGB in p to RGB in Rec. 709, white to white.
func (p Primaries) toRec709Matrix() rgb.Matrix {
	from, to := bradford.Apply(xyz(p.White)), bradford.Apply(xyz(Rec709.White))
	adapt := rgb.Diagonal([3]float64{to[0] / from[0], to[1] / from[1], to[2] / from[2]})
	adapt = bradford.Inverse().Times(adapt).Times(bradford)
	return Rec709.toXYZ().Inverse().Times(adapt).Times(p.toXYZ())
}

// toRec709 converts interleaved RGB in place.
func (p Primaries) toRec709(pix []float32) { transform(pix, p.toRec709Matrix()) }

// xyzToRec709 converts interleaved CIE XYZ in place, without adaptation: the
// white of D65 has the X and Z that it has.
func xyzToRec709(pix []float32) { transform(pix, Rec709.toXYZ().Inverse()) }

func transform(pix []float32, a rgb.Matrix) {
	var m [9]float32
	for i := range 9 {
		m[i] = float32(a[i/3][i%3])
	}
	for i := 0; i+3 <= len(pix); i += 3 {
		p := pix[i : i+3 : i+3]
		x, y, z := p[0], p[1], p[2]
		p[0] = m[0]*x + m[1]*y + m[2]*z
		p[1] = m[3]*x + m[4]*y + m[5]*z
		p[2] = m[6]*x + m[7]*y + m[8]*z
	}
}
