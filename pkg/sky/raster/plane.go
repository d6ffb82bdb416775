// Package raster has the planes of one value a texel that a map is taken apart into, and
// knows nothing of light.
//
// Plane is one; Sphere says where its texels lie and how large they are. Planes are blurred
// (plane), read row by row at any size (lines), continued where they have nothing (fill),
// and fitted to a picture's edges (guided); sets of their texels are grown and parted
// (parts). All is exact round the seam, and what lies beyond a pole is the other side's.
// Angles are those of package envmap.
package raster

import (
	"cmp"
	"math"
	"slices"

	"github.com/clipenv/toolkit/internal/parallel"
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
)

// Plane is one value for each texel of a map whose width is even.
type Plane struct {
	W, H int
	V    []float32
}

// NewPlane is a plane of zeros.
func NewPlane(w, h int) Plane { return Plane{w, h, make([]float32, w*h)} }

// Row holds the values of row y; who sets them sets the plane's.
func (p Plane) Row(y int) []float32 { return p.V[y*p.W : (y+1)*p.W] }

// Fill sets every texel to what f says of it.
func (p Plane) Fill(f func(x, y int) float32) Plane {
	parallel.Rows(p.H, func(from, to int) {
		for y := from; y < to; y++ {
			row := p.Row(y)
			for x := range row {
				row[x] = f(x, y)
			}
		}
	})
	return p
}

// Each sets every texel to what f says of its place in V.
func (p Plane) Each(f func(i int) float32) Plane {
	parallel.Rows(p.H, func(from, to int) {
		for i := from * p.W; i < to*p.W; i++ {
			p.V[i] = f(i)
		}
	})
	return p
}

// Like is a plane of zeros of the same size.
func (p Plane) Like() Plane { return NewPlane(p.W, p.H) }

// across gives row y with what lies beyond the poles: the row on the other
// side, of which half has to come first.
func (p Plane) across(y int) (first, second []float32) {
	switch {
	case y < 0:
		y = min(-1-y, p.H-1)
	case y >= p.H:
		y = max(2*p.H-1-y, 0)
	default:
		return p.Row(y), nil
	}
	row := p.Row(y)
	return row[p.W/2:], row[:p.W/2]
}

// whole is across in one piece, in a row that is kept for it.
func (p Plane) whole(y int, kept *[]float32) []float32 {
	first, second := p.across(y)
	if second == nil {
		return first
	}
	*kept = append(append((*kept)[:0], first...), second...)
	return *kept
}

// Box is a running mean over 2r+1 texels and a part of the next on both
// sides: the extended box of Gwosdek et al. 2011, "Theoretical Foundations of
// Gaussian Convolution by Extended Box Filtering".
type Box struct {
	R    int
	part float64
}

// Gaussian is the box that three times over is close to a Gaussian of a
// standard deviation in texels: equations 9 and 10 of that paper.
func Gaussian(sigma float64) Box {
	v := sigma * sigma / 3
	r := math.Floor((math.Sqrt(12*v+1) - 1) / 2)
	part := (2*r + 1) * (r*(r+1) - 3*v) / (6 * (v - (r+1)*(r+1)))
	return Box{int(r), part}
}

func (b Box) width() float64 { return float64(2*b.R+1) + 2*b.part }

// limit keeps the box inside n texels, and its ends apart.
func (b Box) limit(n int) Box {
	if b.R > n/2-2 {
		return Box{max(n/2-2, 0), 0}
	}
	return b
}

// Along is the running mean over each row, round the seam.
func (p Plane) Along(b Box) {
	if b = b.limit(p.W); b.R == 0 && b.part == 0 {
		return
	}
	scale, n := 1/b.width(), p.W
	parallel.Rows(p.H, func(from, to int) {
		pad, reach := b.R+1, 2*b.R+1
		padded := func(src []float32, y int) {
			row := p.Row(y)
			copy(src[pad:], row)
			copy(src, row[n-pad:])
			copy(src[n+pad:], row[:pad])
		}
		src, other := make([]float32, n+2*pad), make([]float32, n+2*pad)
		// Two rows at once, since each sum waits for the one before.
		for y := from; y < to; y += 2 {
			next := min(y+1, to-1)
			padded(src, y)
			padded(other, next)
			var sum, second float64
			for i := 1; i < reach; i++ {
				sum += float64(src[i])
				second += float64(other[i])
			}
			row, below := p.Row(y), p.Row(next)
			for x := range row {
				sum += float64(src[x+reach])
				second += float64(other[x+reach])
				row[x] = float32(scale * (sum + b.part*float64(src[x]+src[x+reach+1])))
				below[x] = float32(scale * (second + b.part*float64(other[x]+other[x+reach+1])))
				sum -= float64(src[x+1])
				second -= float64(other[x+1])
			}
		}
	})
}

// down is the running mean over each column, over the poles.
func (p Plane) down(b Box) Plane {
	if b = b.limit(p.H); b.R == 0 && b.part == 0 {
		return p
	}
	out, scale := p.Like(), 1/b.width()
	// Shared out by columns, no sum depends on where a band begins.
	parallel.Rows(p.W, func(from, to int) {
		sum := make([]float64, to-from)
		var beyond [4][]float32
		row := func(y, k int) []float32 { return p.whole(y, &beyond[k])[from:to] }
		for y := -b.R; y < b.R; y++ {
			for x, v := range row(y, 0) {
				sum[x] += float64(v)
			}
		}
		for y := range p.H {
			last, first, mean := row(y+b.R, 0), row(y-b.R, 1), out.Row(y)[from:to]
			if b.part == 0 {
				for x, v := range last {
					all := sum[x] + float64(v)
					mean[x] = float32(scale * all)
					sum[x] = all - float64(first[x])
				}
				continue
			}
			above, below := row(y-b.R-1, 2), row(y+b.R+1, 3)
			for x, v := range last {
				all := sum[x] + float64(v)
				mean[x] = float32(scale * (all + (b.part*float64(above[x]) + b.part*float64(below[x]))))
				sum[x] = all - float64(first[x])
			}
		}
	})
	return out
}

// Mean is the mean over boxes of 2r+1 texels in both directions.
func (p Plane) Mean(r int) Plane {
	b := Box{R: r}
	out := p.down(b)
	if &out.V[0] == &p.V[0] {
		out.V = slices.Clone(p.V)
	}
	out.Along(b)
	return out
}

// Blur is a Gaussian of a standard deviation in texels, the same in both
// directions.
func (p Plane) Blur(sigma float64) Plane { return p.BlurBy(sigma, sigma) }

// BlurBy is Blur by two deviations, along rows and along columns.
func (p Plane) BlurBy(sigmaX, sigmaY float64) Plane {
	out := Plane{p.W, p.H, slices.Clone(p.V)}
	bx, by := Gaussian(sigmaX), Gaussian(sigmaY)
	for range 3 {
		out.Along(bx)
		out = out.down(by)
	}
	return out
}

// half is the plane at half the size, each texel the mean of four.
func (p Plane) half() Plane {
	out := NewPlane(p.W/2, p.H/2)
	parallel.Rows(out.H, func(from, to int) {
		for y := from; y < to; y++ {
			a, b := p.Row(2*y), p.Row(2*y+1)
			for x, row := 0, out.Row(y); x < len(row); x++ {
				row[x] = (a[2*x] + a[2*x+1] + b[2*x] + b[2*x+1]) / 4
			}
		}
	})
	return out
}

// Smaller halves a plane while it stays wider than limit and even.
func (p Plane) Smaller(limit int) Plane {
	for p.W > limit && p.W%4 == 0 && p.H%2 == 0 && p.H >= 8 {
		p = p.half()
	}
	return p
}

// To is the plane at another size, each texel what stands there by linear
// interpolation.
func (p Plane) To(w, h int) Plane {
	if p.W == w && p.H == h {
		return p
	}
	out := NewPlane(w, h)
	parallel.Rows(h, func(from, to int) {
		line := p.Reader(w, h)
		for y := from; y < to; y++ {
			line.Row(y, out.Row(y))
		}
	})
	return out
}

// Reader reads a plane row by row at another size.
type Reader struct {
	p    Plane
	h    int
	at   []int32 // left column of each output column
	part []float32
	mix  []float32
	kept [2][]float32 // rows beyond a pole
}

// Reader reads the plane row by row at a size. One goroutine uses it.
func (p Plane) Reader(w, h int) *Reader {
	r := &Reader{p: p, h: h, at: make([]int32, w), part: make([]float32, w), mix: make([]float32, p.W+1)}
	for x := range w {
		c := (float64(x)+.5)*float64(p.W)/float64(w) - .5
		f := math.Floor(c)
		r.at[x], r.part[x] = int32((int(f)+p.W)%p.W), float32(c-f)
	}
	return r
}

// Row reads row y of the size that is read at.
func (r *Reader) Row(y int, out []float32) {
	if r.p.H == r.h && len(out) == r.p.W {
		copy(out, r.p.Row(y))
		return
	}
	c := (float64(y)+.5)*float64(r.p.H)/float64(r.h) - .5
	f := math.Floor(c)
	part := float32(c - f)
	above, below := r.p.whole(int(f), &r.kept[0]), r.p.whole(int(f)+1, &r.kept[1])
	for i, v := range above {
		r.mix[i] = (1-part)*v + part*below[i]
	}
	r.spread(out)
}

// spread interpolates along the row that mix holds.
func (r *Reader) spread(out []float32) {
	r.mix[r.p.W] = r.mix[0]
	at, part := r.at[:len(out)], r.part[:len(out)]
	for x := 0; x < len(at); {
		left := at[x]
		v, rise := r.mix[left], r.mix[left+1]-r.mix[left]
		for ; x < len(at) && at[x] == left; x++ { // all between two columns
			out[x] = v + part[x]*rise
		}
	}
}

// Luminances are those of a map.
func Luminances(im *hdr.Image) Plane {
	return NewPlane(im.W, im.H).Each(func(i int) float32 {
		p := im.Pix[3*i : 3*i+3]
		return envmap.Luminance(p[0], p[1], p[2])
	})
}

// OfGround is the value that a share of what lies below the horizon is below. What
// lies close to it may be things.
func (s *Sphere) OfGround(p Plane, share float64) float32 {
	return Quantile(p.Where(func(_, y int) bool { return s.Elevation[y] < -4 }), share)
}

// Quantile is the value of which a share of the values lies below, and 0 of
// none. It moves the values about: Hoare's selection (1961).
func Quantile[F cmp.Ordered](v []F, share float64) (q F) {
	if len(v) == 0 {
		return q
	}
	k := min(int(share*float64(len(v))), len(v)-1)
	for low, high := 0, len(v)-1; low < high; {
		pivot := v[low+(high-low)/2]
		i, j := low, high
		for i <= j {
			for v[i] < pivot {
				i++
			}
			for pivot < v[j] {
				j--
			}
			if i <= j {
				v[i], v[j] = v[j], v[i]
				i, j = i+1, j-1
			}
		}
		switch {
		case k <= j:
			high = j
		case k >= i:
			low = i
		default:
			return v[k]
		}
	}
	return v[k]
}

// Where collects the values of the texels that are asked for.
func (p Plane) Where(ok func(x, y int) bool) (v []float32) {
	for y := range p.H {
		for x, value := range p.Row(y) {
			if ok(x, y) {
				v = append(v, value)
			}
		}
	}
	return v
}
