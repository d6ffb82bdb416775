package sky

import "github.com/clipenv/toolkit/internal/parallel"

// guided is the colour guided filter of He, Sun and Tang 2010, "Guided Image
// Filtering": around every texel a linear function of the guide's three
// values. Found at the working size, it is read at the full size with the
// full-size guide, as in He and Sun 2015, "Fast Guided Filter",
// arXiv:1505.00996, so that its edges are the full-size picture's.
type guided struct {
	slope  [3]plane
	offset plane
}

// newGuided fits p by the guide within boxes of 2r+1 texels. eps is the
// variance of the guide that counts as none.
func newGuided(guide [3]plane, p plane, r int, eps float64) guided {
	product := func(a, b plane) plane {
		return p.like().each(func(i int) float32 { return a.v[i] * b.v[i] }).mean(r)
	}
	var m [3]plane
	for c := range m {
		m[c] = guide[c].mean(r)
	}
	mp := p.mean(r)
	var cov [3]plane
	for c := range cov {
		cov[c] = product(guide[c], p)
	}
	xx, xy, xz := product(guide[0], guide[0]), product(guide[0], guide[1]), product(guide[0], guide[2])
	yy, yz, zz := product(guide[1], guide[1]), product(guide[1], guide[2]), product(guide[2], guide[2])
	g := guided{offset: p.like()}
	for c := range g.slope {
		g.slope[c] = p.like()
	}
	g.offset.each(func(i int) float32 {
		x, y, z, q := float64(m[0].v[i]), float64(m[1].v[i]), float64(m[2].v[i]), float64(mp.v[i])
		s := solveSymmetric(
			float64(xx.v[i])-x*x+eps, float64(xy.v[i])-x*y, float64(xz.v[i])-x*z,
			float64(yy.v[i])-y*y+eps, float64(yz.v[i])-y*z, float64(zz.v[i])-z*z+eps,
			[3]float64{float64(cov[0].v[i]) - x*q, float64(cov[1].v[i]) - y*q, float64(cov[2].v[i]) - z*q})
		for c := range s {
			g.slope[c].v[i] = float32(s[c])
		}
		return float32(q - s[0]*x - s[1]*y - s[2]*z)
	})
	for c := range g.slope {
		g.slope[c] = g.slope[c].mean(r)
	}
	g.offset = g.offset.mean(r)
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

// atLeast tells of each row whether no guide makes anything of it that is less.
func (g guided) atLeast(least float32) []bool {
	rows := make([]bool, g.offset.h)
	for y := range rows {
		rows[y] = true
		a, b, c := g.slope[0].row(y), g.slope[1].row(y), g.slope[2].row(y)
		for x, v := range g.offset.row(y) {
			if v-guideMost*(abs(a[x])+abs(b[x])+abs(c[x])) < least {
				rows[y] = false
				break
			}
		}
	}
	return rows
}

// guidedReader reads a guided filter row by row at any size.
type guidedReader struct {
	slope  [3]*reader
	offset *reader
	line   [4][]float32
}

func (g guided) reader(w, h int) *guidedReader {
	r := &guidedReader{offset: g.offset.reader(w, h)}
	for c := range r.slope {
		r.slope[c] = g.slope[c].reader(w, h)
	}
	for i := range r.line {
		r.line[i] = make([]float32, w)
	}
	return r
}

// row is the filter's value on row y, given the guide's three rows.
func (r *guidedReader) row(y int, guide [3][]float32, out []float32) {
	for c := range r.slope {
		r.slope[c].row(y, r.line[c])
	}
	r.offset.row(y, r.line[3])
	for x := range out {
		out[x] = r.line[0][x]*guide[0][x] + r.line[1][x]*guide[1][x] + r.line[2][x]*guide[2][x] + r.line[3][x]
	}
}

// read is the filter's value everywhere at the size of the guide.
func (g guided) read(guide [3]plane) plane {
	out := guide[0].like()
	parallel.Rows(out.h, func(from, to int) {
		r := g.reader(out.w, out.h)
		for y := from; y < to; y++ {
			r.row(y, [3][]float32{guide[0].row(y), guide[1].row(y), guide[2].row(y)}, out.row(y))
		}
	})
	return out
}
