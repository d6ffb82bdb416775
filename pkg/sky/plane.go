package sky

import (
	"cmp"
	"math"
	"slices"

	"github.com/clipenv/toolkit/internal/parallel"
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
)

// plane is one value for each texel of a map whose width is even.
type plane struct {
	w, h int
	v    []float32
}

func newPlane(w, h int) plane { return plane{w, h, make([]float32, w*h)} }

func (p plane) row(y int) []float32 { return p.v[y*p.w : (y+1)*p.w] }

// fill sets every texel to what f says of it.
func (p plane) fill(f func(x, y int) float32) plane {
	parallel.Rows(p.h, func(from, to int) {
		for y := from; y < to; y++ {
			row := p.row(y)
			for x := range row {
				row[x] = f(x, y)
			}
		}
	})
	return p
}

// each sets every texel to what f says of its place in v.
func (p plane) each(f func(i int) float32) plane {
	parallel.Rows(p.h, func(from, to int) {
		for i := from * p.w; i < to*p.w; i++ {
			p.v[i] = f(i)
		}
	})
	return p
}

func (p plane) like() plane { return newPlane(p.w, p.h) }

// across gives row y with what lies beyond the poles: the row on the other
// side, of which half has to come first.
func (p plane) across(y int) (first, second []float32) {
	switch {
	case y < 0:
		y = min(-1-y, p.h-1)
	case y >= p.h:
		y = max(2*p.h-1-y, 0)
	default:
		return p.row(y), nil
	}
	row := p.row(y)
	return row[p.w/2:], row[:p.w/2]
}

// whole is across in one piece, in a row that is kept for it.
func (p plane) whole(y int, kept *[]float32) []float32 {
	first, second := p.across(y)
	if second == nil {
		return first
	}
	*kept = append(append((*kept)[:0], first...), second...)
	return *kept
}

// box is a running mean over 2r+1 texels and a part of the next on both
// sides: the extended box of Gwosdek et al. 2011, "Theoretical Foundations of
// Gaussian Convolution by Extended Box Filtering".
type box struct {
	r    int
	part float64
}

// gaussian is the box that three times over is close to a Gaussian of a
// standard deviation in texels: equations 9 and 10 of that paper.
func gaussian(sigma float64) box {
	v := sigma * sigma / 3
	r := math.Floor((math.Sqrt(12*v+1) - 1) / 2)
	part := (2*r + 1) * (r*(r+1) - 3*v) / (6 * (v - (r+1)*(r+1)))
	return box{int(r), part}
}

func (b box) width() float64 { return float64(2*b.r+1) + 2*b.part }

// limit keeps the box inside n texels, and its ends apart.
func (b box) limit(n int) box {
	if b.r > n/2-2 {
		return box{max(n/2-2, 0), 0}
	}
	return b
}

// along is the running mean over each row, round the seam.
func (p plane) along(b box) {
	if b = b.limit(p.w); b.r == 0 && b.part == 0 {
		return
	}
	scale, n := 1/b.width(), p.w
	parallel.Rows(p.h, func(from, to int) {
		pad, reach := b.r+1, 2*b.r+1
		padded := func(src []float32, y int) {
			row := p.row(y)
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
			row, below := p.row(y), p.row(next)
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
func (p plane) down(b box) plane {
	if b = b.limit(p.h); b.r == 0 && b.part == 0 {
		return p
	}
	out, scale := p.like(), 1/b.width()
	// Shared out by columns, no sum depends on where a band begins.
	parallel.Rows(p.w, func(from, to int) {
		sum := make([]float64, to-from)
		var beyond [4][]float32
		row := func(y, k int) []float32 { return p.whole(y, &beyond[k])[from:to] }
		for y := -b.r; y < b.r; y++ {
			for x, v := range row(y, 0) {
				sum[x] += float64(v)
			}
		}
		for y := range p.h {
			last, first, mean := row(y+b.r, 0), row(y-b.r, 1), out.row(y)[from:to]
			if b.part == 0 {
				for x, v := range last {
					all := sum[x] + float64(v)
					mean[x] = float32(scale * all)
					sum[x] = all - float64(first[x])
				}
				continue
			}
			above, below := row(y-b.r-1, 2), row(y+b.r+1, 3)
			for x, v := range last {
				all := sum[x] + float64(v)
				mean[x] = float32(scale * (all + (b.part*float64(above[x]) + b.part*float64(below[x]))))
				sum[x] = all - float64(first[x])
			}
		}
	})
	return out
}

// mean is the mean over boxes of 2r+1 texels in both directions.
func (p plane) mean(r int) plane {
	b := box{r: r}
	out := p.down(b)
	if &out.v[0] == &p.v[0] {
		out.v = slices.Clone(p.v)
	}
	out.along(b)
	return out
}

// blur is a Gaussian of a standard deviation in texels, the same in both
// directions.
func (p plane) blur(sigma float64) plane { return p.blurBy(sigma, sigma) }

func (p plane) blurBy(sigmaX, sigmaY float64) plane {
	out := plane{p.w, p.h, slices.Clone(p.v)}
	bx, by := gaussian(sigmaX), gaussian(sigmaY)
	for range 3 {
		out.along(bx)
		out = out.down(by)
	}
	return out
}

// half is the plane at half the size, each texel the mean of four.
func (p plane) half() plane {
	out := newPlane(p.w/2, p.h/2)
	parallel.Rows(out.h, func(from, to int) {
		for y := from; y < to; y++ {
			a, b := p.row(2*y), p.row(2*y+1)
			for x, row := 0, out.row(y); x < len(row); x++ {
				row[x] = (a[2*x] + a[2*x+1] + b[2*x] + b[2*x+1]) / 4
			}
		}
	})
	return out
}

// smaller halves a plane while it stays wider than limit and even.
func (p plane) smaller(limit int) plane {
	for p.w > limit && p.w%4 == 0 && p.h%2 == 0 && p.h >= 8 {
		p = p.half()
	}
	return p
}

// to is the plane at another size, each texel what stands there by linear
// interpolation.
func (p plane) to(w, h int) plane {
	if p.w == w && p.h == h {
		return p
	}
	out := newPlane(w, h)
	parallel.Rows(h, func(from, to int) {
		line := p.reader(w, h)
		for y := from; y < to; y++ {
			line.row(y, out.row(y))
		}
	})
	return out
}

// reader reads a plane row by row at another size.
type reader struct {
	p    plane
	h    int
	at   []int32 // left column of each output column
	part []float32
	mix  []float32
	kept [2][]float32 // rows beyond a pole
}

func (p plane) reader(w, h int) *reader {
	r := &reader{p: p, h: h, at: make([]int32, w), part: make([]float32, w), mix: make([]float32, p.w+1)}
	for x := range w {
		c := (float64(x)+.5)*float64(p.w)/float64(w) - .5
		f := math.Floor(c)
		r.at[x], r.part[x] = int32((int(f)+p.w)%p.w), float32(c-f)
	}
	return r
}

func (r *reader) row(y int, out []float32) {
	if r.p.h == r.h && len(out) == r.p.w {
		copy(out, r.p.row(y))
		return
	}
	c := (float64(y)+.5)*float64(r.p.h)/float64(r.h) - .5
	f := math.Floor(c)
	part := float32(c - f)
	above, below := r.p.whole(int(f), &r.kept[0]), r.p.whole(int(f)+1, &r.kept[1])
	for i, v := range above {
		r.mix[i] = (1-part)*v + part*below[i]
	}
	r.spread(out)
}

// spread interpolates along the row that mix holds.
func (r *reader) spread(out []float32) {
	r.mix[r.p.w] = r.mix[0]
	at, part := r.at[:len(out)], r.part[:len(out)]
	for x := 0; x < len(at); {
		left := at[x]
		v, rise := r.mix[left], r.mix[left+1]-r.mix[left]
		for ; x < len(at) && at[x] == left; x++ { // all between two columns
			out[x] = v + part[x]*rise
		}
	}
}

// luminances are those of a map.
func luminances(im *hdr.Image) plane {
	return newPlane(im.W, im.H).each(func(i int) float32 {
		p := im.Pix[3*i : 3*i+3]
		return envmap.Luminance(p[0], p[1], p[2])
	})
}

// ofGround is the value that a share of what lies below the horizon is below. What
// lies close to it may be things.
func (s *sphere) ofGround(p plane, share float64) float32 {
	return quantile(p.where(func(_, y int) bool { return s.elevation[y] < -4 }), share)
}

// quantile is the value of which a share of the values lies below, and 0 of
// none. It moves the values about: Hoare's selection (1961).
func quantile[F cmp.Ordered](v []F, share float64) (q F) {
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

// where collects the values of the texels that are asked for.
func (p plane) where(ok func(x, y int) bool) (v []float32) {
	for y := range p.h {
		for x, value := range p.row(y) {
			if ok(x, y) {
				v = append(v, value)
			}
		}
	}
	return v
}
