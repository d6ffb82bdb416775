package envmap

import (
	"math"

	"github.com/clipenv/toolkit/internal/parallel"
	"github.com/clipenv/toolkit/pkg/hdr"
)

// SH9 holds the projection of a map's radiance on the nine real spherical
// harmonics of degree 0 to 2, red, green and blue, in the order L00, L1-1,
// L10, L11, L2-2, L2-1, L20, L21, L22 of Ramamoorthi and Hanrahan 2001, "An
// Efficient Representation for Irradiance Environment Maps", with this
// package's x, y (up) and z for their x, y and z.
type SH9 [9][3]float64

// ProjectSH returns L_lm, the integral of radiance times Y_lm over the sphere:
// equation 10 of Ramamoorthi and Hanrahan.
func ProjectSH(im *hdr.Image) SH9 {
	g := newGrid(im.W, im.H)
	return parallel.Sum(im.H, func(y int) (sum SH9) {
		row := im.Row(y)
		// Along a row the basis only needs three moments of longitude and two
		// of twice the longitude.
		var m [6][3]float64 // 1, sin, cos, sin², sin·cos, cos²
		for x := range im.W {
			s, c := g.sinLon[x], g.cosLon[x]
			for i := range 3 {
				v := float64(row[3*x+i])
				m[0][i] += v
				m[1][i] += v * s
				m[2][i] += v * c
				m[3][i] += v * s * s
				m[4][i] += v * s * c
				m[5][i] += v * c * c
			}
		}
		sp, cp, w := g.sinPolar[y], g.cosPolar[y], g.solid[y]
		for i := range 3 {
			xx, zz, one := m[3][i]*sp*sp, m[5][i]*sp*sp, m[0][i]
			sum[0][i] = w * y00 * one
			sum[1][i] = w * y1 * cp * one
			sum[2][i] = w * y1 * sp * m[2][i]
			sum[3][i] = w * y1 * sp * m[1][i]
			sum[4][i] = w * y2 * sp * cp * m[1][i]
			sum[5][i] = w * y2 * sp * cp * m[2][i]
			sum[6][i] = w * y20 * (3*zz - one)
			sum[7][i] = w * y2 * sp * sp * m[4][i]
			sum[8][i] = w * y22 * (xx - cp*cp*one)
		}
		return sum
	}, func(sum *SH9, row SH9) {
		for k := range sum {
			addRGB(&sum[k], row[k])
		}
	})
}

// Constants of the harmonics, equation 3 of Ramamoorthi and Hanrahan.
const (
	y00 = .28209479177387814 // 1/2 sqrt(1/π)
	y1  = .4886025119029199  // 1/2 sqrt(3/π)
	y2  = 1.0925484305920792 // 1/2 sqrt(15/π)
	y20 = .31539156525252005 // 1/4 sqrt(5/π)
	y22 = .5462742152960396  // 1/4 sqrt(15/π)
)

// cosineLobe holds the A_l of equation 8 for each of the nine harmonics.
var cosineLobe = [9]float64{math.Pi,
	2 * math.Pi / 3, 2 * math.Pi / 3, 2 * math.Pi / 3,
	math.Pi / 4, math.Pi / 4, math.Pi / 4, math.Pi / 4, math.Pi / 4}

// IrradianceDrift returns how far the light that falls on matte things has
// moved from one map to another: the root mean square, over all normals, of
// the difference of irradiances, as a share of that of the first. 0 is
// unchanged, 1 is as far as to black. It is taken from the coefficients
// directly, since the harmonics are orthonormal.
func (s SH9) IrradianceDrift(to SH9) float64 {
	var moved, size float64
	for k := range s {
		for i := range 3 {
			a := cosineLobe[k] * s[k][i]
			d := cosineLobe[k]*to[k][i] - a
			moved += d * d
			size += a * a
		}
	}
	if moved == 0 {
		return 0
	}
	return math.Sqrt(moved / size)
}

// IrradianceFromAbove returns the light that falls on level ground: π times the
// radiance under a uniform sky. The cosine is integrated over each row rather
// than taken at its middle.
func IrradianceFromAbove(im *hdr.Image) [3]float64 {
	return parallel.Sum(im.H, func(y int) (sum [3]float64) {
		a, b := math.Pi*float64(y)/float64(im.H), math.Pi*float64(y+1)/float64(im.H)
		a, b = min(a, math.Pi/2), min(b, math.Pi/2)
		if a == b {
			return sum
		}
		row := im.Row(y)
		for x := range im.W {
			for i := range sum {
				sum[i] += float64(row[3*x+i])
			}
		}
		// ∫ cos θ sin θ dθ = ½ sin² θ
		return scale(sum, math.Pi/float64(im.W)*(math.Sin(b)*math.Sin(b)-math.Sin(a)*math.Sin(a)))
	}, addRGB)
}
