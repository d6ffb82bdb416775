package envmap

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/clipenv/toolkit/internal/parallel"
	"github.com/clipenv/toolkit/pkg/hdr"
)

// basis evaluates the nine harmonics in a unit direction.
func basis(d Vec) [9]float64 {
	return [9]float64{
		y00,
		y1 * d.Y, y1 * d.Z, y1 * d.X,
		y2 * d.X * d.Y, y2 * d.Y * d.Z, y20 * (3*d.Z*d.Z - 1), y2 * d.X * d.Z, y22 * (d.X*d.X - d.Y*d.Y),
	}
}

// Radiance returns the map that the nine coefficients stand for, in a
// direction. It can be negative.
func (s SH9) Radiance(direction Vec) (rgb [3]float64) {
	for k, y := range basis(direction.Unit()) {
		addRGB(&rgb, scale(s[k], y))
	}
	return rgb
}

// Irradiance returns the light that falls on a surface with a normal, E(n) of
// equation 7: π times the radiance under a uniform sky. They find an
// error of 1 % on average and 9 % at worst.
func (s SH9) Irradiance(normal Vec) (rgb [3]float64) {
	for k, y := range basis(normal.Unit()) {
		addRGB(&rgb, scale(s[k], cosineLobe[k]*y))
	}
	return rgb
}

// Irradiance returns the light that falls on a surface with a normal, by
// summing L·max(0, n·d) over all texels: π times the radiance under a uniform
// sky.
func Irradiance(im *hdr.Image, normal Vec) [3]float64 {
	n := normal.Unit()
	g := newGrid(im.W, im.H)
	return parallel.Sum(im.H, func(y int) (sum [3]float64) {
		row := im.Row(y)
		for x := range im.W {
			cosine := n.Y*g.cosPolar[y] + g.sinPolar[y]*(n.X*g.sinLon[x]+n.Z*g.cosLon[x])
			if cosine <= 0 {
				continue
			}
			for i := range sum {
				sum[i] += cosine * float64(row[3*x+i])
			}
		}
		return scale(sum, g.solid[y])
	}, addRGB)
}

// directions are unit vectors spread at random over the sphere.
func directions(n int) []Vec {
	rng := rand.New(rand.NewPCG(3, 4))
	ds := make([]Vec, n)
	for i := range ds {
		ds[i] = Vec{rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64()}.Unit()
	}
	return ds
}

func TestUniformSkyGivesPi(t *testing.T) {
	im := constant(128, 64, 1, 2, .5)
	sh := ProjectSH(im)
	above := IrradianceFromAbove(im)
	for i, l := range []float64{1, 2, .5} {
		near(t, "irradiance from above", above[i], math.Pi*l, 1e-12)
		for _, n := range directions(20) {
			near(t, "irradiance by harmonics", sh.Irradiance(n)[i], math.Pi*l, 2e-3*l)
			near(t, "irradiance by summation", Irradiance(im, n)[i], math.Pi*l, 2e-3*l)
		}
	}
}

func TestBasisIsOrthonormal(t *testing.T) {
	const w, h = 256, 128
	g := newGrid(w, h)
	var gram [9][9]float64
	for y := range h {
		for x := range w {
			b := basis(g.direction(x, y))
			for i := range b {
				for j := range b {
					gram[i][j] += g.solid[y] * b[i] * b[j]
				}
			}
		}
	}
	for i := range gram {
		for j, got := range gram[i] {
			want := 0.
			if i == j {
				want = 1
			}
			near(t, "inner product", got, want, 1e-3)
		}
	}
}

func TestHarmonicsGiveBackADegreeTwoMap(t *testing.T) {
	im := smooth(256, 128)
	sh := ProjectSH(im)
	for _, d := range directions(50) {
		got, want := sh.Radiance(d), Sample(im, d)
		for i := range got {
			near(t, "radiance", got[i], float64(want[i]), 2e-3)
		}
		// For light of degree two or less, nine coefficients are exact.
		e, sum := sh.Irradiance(d), Irradiance(im, d)
		for i := range e {
			near(t, "irradiance", e[i], sum[i], 3e-3*sum[i])
		}
	}
}

func TestHarmonicIrradianceIsWithinThePapersBound(t *testing.T) {
	im := noise(128, 64, 9)
	sh := ProjectSH(im)
	var most float64
	for _, n := range directions(50) {
		most = max(most, Irradiance(im, n)[1])
	}
	for _, n := range directions(50) {
		near(t, "irradiance", sh.Irradiance(n)[1], Irradiance(im, n)[1], .09*most)
	}
}

func TestIrradianceTurnsWithTheMap(t *testing.T) {
	im := noise(64, 32, 10)
	turned := Roll(im, 9)
	sin, cos := math.Sincos(-2 * math.Pi * 9 / 64) // +x is left of the centre
	turn := func(v Vec) Vec { return Vec{cos*v.X + sin*v.Z, v.Y, cos*v.Z - sin*v.X} }
	a, b := ProjectSH(im), ProjectSH(turned)
	for _, n := range directions(10) {
		for i, want := range Irradiance(im, n) {
			near(t, "by summation", Irradiance(turned, turn(n))[i], want, 1e-9*want)
		}
		for i, want := range a.Irradiance(n) {
			near(t, "by harmonics", b.Irradiance(turn(n))[i], want, 1e-9*math.Abs(want)+1e-9)
		}
	}
	level, direct := IrradianceFromAbove(im), Irradiance(im, Up)
	for i := range level {
		near(t, "from above", level[i], direct[i], 1e-2*direct[i])
	}
}

func TestDriftIsARelativeDistance(t *testing.T) {
	a, b := ProjectSH(noise(64, 32, 1)), ProjectSH(noise(64, 32, 2))
	near(t, "to itself", a.IrradianceDrift(a), 0, 0)
	near(t, "to black", a.IrradianceDrift(SH9{}), 1, 1e-12)
	near(t, "to its double", a.IrradianceDrift(ProjectSH(scaled(noise(64, 32, 1), 2))), 1, 1e-6)
	turnedA := ProjectSH(Roll(noise(64, 32, 1), 5))
	turnedB := ProjectSH(Roll(noise(64, 32, 2), 5))
	near(t, "of maps turned together", turnedA.IrradianceDrift(turnedB), a.IrradianceDrift(b), 1e-9)

	// Monte Carlo over normals agrees with the closed form.
	var moved, size float64
	for _, n := range directions(4000) {
		p, q := a.Irradiance(n), b.Irradiance(n)
		for i := range p {
			moved += (p[i] - q[i]) * (p[i] - q[i])
			size += p[i] * p[i]
		}
	}
	want := math.Sqrt(moved / size)
	near(t, "against random normals", a.IrradianceDrift(b), want, .05*want)
}

func scaled(im *hdr.Image, gain float32) *hdr.Image {
	for i := range im.Pix {
		im.Pix[i] *= gain
	}
	return im
}

func TestMeasureFindsTheSun(t *testing.T) {
	im := constant(64, 32, .5, .5, .5)
	i := 3 * (6*64 + 50)
	im.Pix[i], im.Pix[i+1], im.Pix[i+2] = 1024, 1024, 1024
	l := Measure(im)
	near(t, "peak in stops", l.PeakStops, 10, 1e-6)
	near(t, "angle to the sun", AngleBetween(l.PeakDirection, Direction(50.5, 6.5, 64, 32)), 0, 1e-6)
	near(t, "range in stops", l.RangeStops, 11, 1./50)

	turned := Measure(Roll(im, 7))
	near(t, "turned range", turned.RangeStops, l.RangeStops, 0)
	near(t, "turned elevation", turned.PeakDirection.Elevation(), l.PeakDirection.Elevation(), 1e-9)
	near(t, "turned azimuth", turned.PeakDirection.Azimuth(), l.PeakDirection.Azimuth()+360*7./64, 1e-9)
	near(t, "above in stops", Stops(l.Above, turned.Above), 0, 1e-9)

	black := Measure(hdr.New(8, 4))
	if !math.IsInf(black.PeakStops, -1) || black.RangeStops != 0 {
		t.Errorf("black map: got peak %v and range %v stops, want -Inf and 0", black.PeakStops, black.RangeStops)
	}
}

func BenchmarkMeasure4K(b *testing.B) {
	im := constant(4096, 2048, 1, 2, 3)
	for b.Loop() {
		Measure(im)
	}
}

func BenchmarkProjectSH4K(b *testing.B) {
	im := constant(4096, 2048, 1, 2, 3)
	for b.Loop() {
		ProjectSH(im)
	}
}
