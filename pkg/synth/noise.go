package synth

import "math"

// noise is gradient noise on a plane, Perlin 1985 with the fade of Perlin 2002;
// its lattice repeats every period cells along x when period is not 0.
type noise struct {
	seed   uint32
	period int32
}

func hash(x, y int32, seed uint32) uint32 {
	h := uint32(x)*0x9e3779b1 ^ uint32(y)*0x85ebca77 ^ seed
	h = (h ^ h>>15) * 0x2c1b3c6d
	h = (h ^ h>>12) * 0x297a2d39
	return h ^ h>>15
}

// fraction is a hash as a number in [0, 1).
func fraction(x, y int32, seed uint32) float64 { return float64(hash(x, y, seed)) / (1 << 32) }

var gradients = func() (g [16][2]float64) {
	for i := range g {
		s, c := math.Sincos(2 * math.Pi * (float64(i) + .5) / 16)
		g[i] = [2]float64{c, s}
	}
	return g
}()

// at is the noise at a point, within about [-1, 1], zero on the average.
func (n noise) at(x, y float64) float64 {
	fx, fy := math.Floor(x), math.Floor(y)
	ix, iy := int32(fx), int32(fy)
	dx, dy := x-fx, y-fy
	jx := ix + 1
	if n.period > 0 {
		ix, jx = mod(ix, n.period), mod(jx, n.period)
	}
	g00 := &gradients[hash(ix, iy, n.seed)>>28]
	g10 := &gradients[hash(jx, iy, n.seed)>>28]
	g01 := &gradients[hash(ix, iy+1, n.seed)>>28]
	g11 := &gradients[hash(jx, iy+1, n.seed)>>28]
	a := g00[0]*dx + g00[1]*dy
	b := g10[0]*(dx-1) + g10[1]*dy
	c := g01[0]*dx + g01[1]*(dy-1)
	d := g11[0]*(dx-1) + g11[1]*(dy-1)
	u := dx * dx * dx * (dx*(dx*6-15) + 10)
	v := dy * dy * dy * (dy*(dy*6-15) + 10)
	ab := a + (b-a)*u
	return 1.5 * (ab + (c+(d-c)*u-ab)*v)
}

func mod(a, n int32) int32 {
	if a %= n; a < 0 {
		a += n
	}
	return a
}

// fractal sums octaves of halving wavelength, the first of wavelength 1, each
// gain times the one before. Octaves finer than footprint, the width of a
// texel in the plane, fade out, so that a small map is a filtered large one.
func (n noise) fractal(x, y, footprint, gain float64, octaves int) float64 {
	sum, amp, freq := 0., 1., 1.
	for range octaves {
		fade := 1 - smooth(.35, 1, footprint*freq)
		if fade == 0 {
			break
		}
		sum += amp * fade * n.at(x*freq, y*freq)
		amp *= gain
		freq *= 2
		n = noise{seed: n.seed*0x9e3779b1 + 0x7f4a7c15, period: 2 * n.period}
		y += 7.3
	}
	return sum
}
