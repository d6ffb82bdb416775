package raster

import (
	"github.com/clipenv/toolkit/internal/parallel"
	"github.com/clipenv/toolkit/pkg/sky/num"
)

// Guided is the colour guided filter of He, Sun and Tang 2010, "Guided Image
// Filtering": around every texel a linear function of the guide's three
// values. Found at the working size, it is read at the full size with the
// full-size guide, as in He and Sun 2015, "Fast Guided Filter",
// arXiv:1505.00996, so that its edges are the full-size picture's.
type Guided struct {
	Slope  [3]Plane
	Offset Plane
}

// NewGuided fits p by the guide within boxes of 2r+1 texels. eps is the
// variance of the guide that counts as none.
func NewGuided(guide [3]Plane, p Plane, r int, eps float64) Guided {
	product := func(a, b Plane) Plane {
		return p.Like().Each(func(i int) float32 { return a.V[i] * b.V[i] }).Mean(r)
	}
	var m [3]Plane
	for c := range m {
		m[c] = guide[c].Mean(r)
	}
	mp := p.Mean(r)
	var cov [3]Plane
	for c := range cov {
		cov[c] = product(guide[c], p)
	}
	xx, xy, xz := product(guide[0], guide[0]), product(guide[0], guide[1]), product(guide[0], guide[2])
	yy, yz, zz := product(guide[1], guide[1]), product(guide[1], guide[2]), product(guide[2], guide[2])
	g := Guided{Offset: p.Like()}
	for c := range g.Slope {
		g.Slope[c] = p.Like()
	}
	g.Offset.Each(func(i int) float32 {
		x, y, z, q := float64(m[0].V[i]), float64(m[1].V[i]), float64(m[2].V[i]), float64(mp.V[i])
		s := solveSymmetric(
			float64(xx.V[i])-x*x+eps, float64(xy.V[i])-x*y, float64(xz.V[i])-x*z,
			float64(yy.V[i])-y*y+eps, float64(yz.V[i])-y*z, float64(zz.V[i])-z*z+eps,
			[3]float64{float64(cov[0].V[i]) - x*q, float64(cov[1].V[i]) - y*q, float64(cov[2].V[i]) - z*q})
		for c := range s {
			g.Slope[c].V[i] = float32(s[c])
		}
		return float32(q - s[0]*x - s[1]*y - s[2]*z)
	})
	for c := range g.Slope {
		g.Slope[c] = g.Slope[c].Mean(r)
	}
	g.Offset = g.Offset.Mean(r)
	return g
}

// solveSymmetric solves a 3×3 system with the upper triangle a b c, d e, f by
// cofactors. The matrix is a covariance with something added to its diagonal.
func solveSymmetric(a, b, c, d, e, f float64, y [3]float64) [3]float64 {
	A, B, C := d*f-e*e, c*e-b*f, b*e-c*d
	D, E, F := a*f-c*c, b*c-a*e, a*d-b*b
	det := a*A + b*B + c*C
	return [3]float64{
		(A*y[0] + B*y[1] + C*y[2]) / det,
		(B*y[0] + D*y[1] + E*y[2]) / det,
		(C*y[0] + E*y[1] + F*y[2]) / det,
	}
}

// AtLeast tells of each row whether no guide whose values lie within most makes anything
// of it that is less.
func (g Guided) AtLeast(least, most float32) []bool {
	rows := make([]bool, g.Offset.H)
	for y := range rows {
		rows[y] = true
		a, b, c := g.Slope[0].Row(y), g.Slope[1].Row(y), g.Slope[2].Row(y)
		for x, v := range g.Offset.Row(y) {
			if v-most*(num.Abs(a[x])+num.Abs(b[x])+num.Abs(c[x])) < least {
				rows[y] = false
				break
			}
		}
	}
	return rows
}

// GuidedReader reads a guided filter row by row at any size.
type GuidedReader struct {
	slope  [3]*Reader
	offset *Reader
	line   [4][]float32
}

// Reader reads the filter row by row at a size. One goroutine uses it.
func (g Guided) Reader(w, h int) *GuidedReader {
	r := &GuidedReader{offset: g.Offset.Reader(w, h)}
	for c := range r.slope {
		r.slope[c] = g.Slope[c].Reader(w, h)
	}
	for i := range r.line {
		r.line[i] = make([]float32, w)
	}
	return r
}

// Row is the filter's value on row y, given the guide's three rows.
func (r *GuidedReader) Row(y int, guide [3][]float32, out []float32) {
	for c := range r.slope {
		r.slope[c].Row(y, r.line[c])
	}
	r.offset.Row(y, r.line[3])
	for x := range out {
		out[x] = r.line[0][x]*guide[0][x] + r.line[1][x]*guide[1][x] + r.line[2][x]*guide[2][x] + r.line[3][x]
	}
}

// Read is the filter's value everywhere at the size of the guide.
func (g Guided) Read(guide [3]Plane) Plane {
	out := guide[0].Like()
	parallel.Rows(out.H, func(from, to int) {
		r := g.Reader(out.W, out.H)
		for y := from; y < to; y++ {
			r.Row(y, [3][]float32{guide[0].Row(y), guide[1].Row(y), guide[2].Row(y)}, out.Row(y))
		}
	})
	return out
}
