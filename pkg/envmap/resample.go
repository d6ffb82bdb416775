package envmap

import (
	"fmt"
	"math"

	"github.com/clipenv/toolkit/internal/parallel"
	"github.com/clipenv/toolkit/pkg/hdr"
)

// Filter says how values between texel centres are found.
type Filter int

const (
	// Bilinear is linear in both directions; it makes no value beyond its
	// neighbours.
	Bilinear Filter = iota
	// Bicubic is the cubic convolution of Keys 1981 with a = -½
	// (Catmull-Rom). It is sharper, and overshoots at edges: use it on smooth
	// quantities such as log gains, since light must not turn negative.
	Bicubic
)

// Resize returns the map w texels wide and h high with the same mean radiance
// over the sphere, to the rounding of float32; a constant map stays constant.
//
// Each direction goes its own way. Where there are fewer texels than before,
// each is the mean of what it covers, weighted by solid angle. Where there are
// more, each is the mean, over what it covers, of lines between the texels
// there were; see spreading.
func Resize(im *hdr.Image, w, h int) (*hdr.Image, error) {
	if err := checkResize(im, w, h); err != nil {
		return nil, err
	}
	if w == im.W && h == im.H {
		out := like(im)
		copy(out.Pix, im.Pix)
		return out, nil
	}
	across, down := covering(im.W, w, longitudes), covering(im.H, h, latitudes)
	if w > im.W {
		across = spreadingLongitudes(im.W, w)
	}
	if h > im.H {
		down = spreadingLatitudes(im.H, h)
	}
	return apply(im, w, h, across, down), nil
}

// Interpolate returns the map w texels wide and h high, each texel the value
// that the filter gives at its centre, round the seam and over the poles. It
// is meant for enlarging; Resize keeps a map's energy.
func Interpolate(im *hdr.Image, w, h int, f Filter) (*hdr.Image, error) {
	if err := checkResize(im, w, h); err != nil {
		return nil, err
	}
	return apply(im, w, h, interpolating(im.W, w, f), interpolating(im.H, h, f)), nil
}

func checkResize(im *hdr.Image, w, h int) error {
	if w < 1 || h < 1 {
		return fmt.Errorf("envmap: resize to %d×%d, want at least 1×1", w, h)
	}
	if im.W < 1 || im.H < 1 {
		return fmt.Errorf("envmap: resize an image of %d×%d, want at least 1×1", im.W, im.H)
	}
	return nil
}

// taps are the weights by which one output position draws on input positions
// first, first+1, ... of one axis; positions beyond the ends are panorama
// padding. The weights sum to 1.
type taps struct {
	first   int
	weights []float64
}

// A measure tells how large the stretch from a to b is, in texels of an axis
// of n, up to a factor.
type measure func(a, b float64, n int) float64

func longitudes(a, b float64, n int) float64 { return (b - a) / float64(n) }
func latitudes(a, b float64, n int) float64  { return zone(a, b, n) }

// covering weighs input positions by how much of the output position they
// cover.
func covering(in, out int, m measure) []taps {
	t := make([]taps, out)
	ratio := float64(in) / float64(out)
	for o := range t {
		a, b := float64(o)*ratio, float64(o+1)*ratio
		first, last := int(a+1e-9), int(math.Ceil(b-1e-9))
		last = min(last, in)
		total := 0.
		weights := make([]float64, last-first)
		for i := range weights {
			from, to := max(a, float64(first+i)), min(b, float64(first+i+1))
			weights[i] = m(from, to, in)
			total += weights[i]
		}
		for i := range weights {
			weights[i] /= total
		}
		t[o] = taps{first, weights}
	}
	return t
}

// interpolating weighs the input positions around each output centre.
func interpolating(in, out int, f Filter) []taps {
	t := make([]taps, out)
	for o := range t {
		centre := (float64(o)+.5)*float64(in)/float64(out) - .5
		floor := math.Floor(centre)
		x := centre - floor
		if f == Bicubic {
			t[o] = taps{int(floor) - 1, []float64{
				x * (-.5 + x*(1-.5*x)),
				1 + x*x*(-2.5+1.5*x),
				x * (.5 + x*(2-1.5*x)),
				x * x * (-.5 + .5*x),
			}}
			continue
		}
		t[o] = taps{int(floor), []float64{1 - x, x}}
	}
	return t
}

// Periodic brings a column back into a map n wide: longitude closes on itself.
func Periodic(i, n int) int { return ((i % n) + n) % n }

func reflected(i, n int) int {
	switch {
	case i < 0:
		return min(n-1, -1-i)
	case i >= n:
		return max(0, 2*n-1-i)
	}
	return i
}

// apply runs both passes, the vertical one first, one output row at a time.
func apply(im *hdr.Image, w, h int, across, down []taps) *hdr.Image {
	out := hdr.New(w, h)
	out.Meta = im.Meta
	columns := unroll(across, im.W)
	parallel.Rows(h, func(from, to int) {
		column := make([]float32, 3*im.W)
		for y := from; y < to; y++ {
			clear(column)
			addRows(column, im, down[y])
			dst := out.Row(y)
			for x, c := range columns {
				var r, g, b float64 // a mean of thousands in float32 would stray
				for k, i := range c.at {
					v, weight := column[i:i+3:i+3], float64(c.weights[k])
					r += weight * float64(v[0])
					g += weight * float64(v[1])
					b += weight * float64(v[2])
				}
				dst[3*x], dst[3*x+1], dst[3*x+2] = float32(r), float32(g), float32(b)
			}
		}
	})
	return out
}

// addRows adds the rows that a tap draws on, times their weights. Four at once
// take the sum through memory once instead of four times; each value is the
// same as if they were added in turn.
func addRows(sum []float32, im *hdr.Image, t taps) {
	k := 0
	for ; k+4 <= len(t.weights) && t.first+k >= 0 && t.first+k+4 <= im.H; k += 4 {
		y, w := t.first+k, t.weights[k:k+4]
		w0, w1, w2, w3 := float32(w[0]), float32(w[1]), float32(w[2]), float32(w[3])
		a, b, c, d := im.Row(y)[:len(sum)], im.Row(y + 1)[:len(sum)], im.Row(y + 2)[:len(sum)], im.Row(y + 3)[:len(sum)]
		for i, s := range sum {
			s += w0 * a[i]
			s += w1 * b[i]
			s += w2 * c[i]
			sum[i] = s + w3*d[i]
		}
	}
	for ; k < len(t.weights); k++ {
		addRow(sum, im, t.first+k, float32(t.weights[k]))
	}
}

// addRow adds weight times row y of a map to sum; rows beyond a pole come
// from the other side, half a turn away.
func addRow(sum []float32, im *hdr.Image, y int, weight float32) {
	inside := reflected(y, im.H)
	row, turn := im.Row(inside), 0
	if inside != y {
		turn = 3 * (im.W / 2)
	}
	for half, part := range [2][]float32{row[turn:], row[:turn]} {
		to := sum
		if half == 1 {
			to = sum[len(row)-turn:]
		}
		for i, v := range part {
			to[i] += weight * v
		}
	}
}

// unrolled are taps as offsets into a row of RGB.
type unrolled struct {
	at      []int
	weights []float32
}

func unroll(t []taps, w int) []unrolled {
	u := make([]unrolled, len(t))
	for o, tap := range t {
		u[o] = unrolled{make([]int, len(tap.weights)), make([]float32, len(tap.weights))}
		for k, weight := range tap.weights {
			u[o].at[k], u[o].weights[k] = 3*Periodic(tap.first+k, w), float32(weight)
		}
	}
	return u
}
