package envmap

import (
	"math"

	"github.com/clipenv/toolkit/internal/parallel"
	"github.com/clipenv/toolkit/pkg/hdr"
)

// Roll turns a map about the vertical by whole texels: what was in column x
// comes to column x+n, round the seam. It is exact, and Roll by -n undoes it.
func Roll(im *hdr.Image, n int) *hdr.Image {
	return turned(im, turn{whole: Periodic(n, im.W)})
}

// Yaw turns a map about the vertical: positive angles, in radians, move the
// picture to the right, 2π by its whole width.
//
// A turn that is a whole number of texels to within a millionth of one is
// exact. Any other is the exact turn to the texel below, then linear
// interpolation between neighbouring columns, periodic in longitude: it keeps
// every row's mean and makes no negative light, and softens by at most half a
// texel.
func Yaw(im *hdr.Image, angle float64) *hdr.Image { return turned(im, turnBy(angle, im.W)) }

// YawInPlace is Yaw of the map itself: the largest maps fit into memory once.
func YawInPlace(im *hdr.Image, angle float64) {
	t := turnBy(angle, im.W)
	parallel.Rows(im.H, func(from, to int) {
		before := make([]float32, 3*im.W)
		for y := from; y < to; y++ {
			copy(before, im.Row(y))
			t.row(im.Row(y), before)
		}
	})
}

// turn is a shift to the right in texels: 0 <= whole < W, and 0 <= part < 1.
type turn struct {
	whole int
	part  float32
}

func turnBy(angle float64, w int) turn {
	shift := math.Mod(angle/(2*math.Pi)*float64(w), float64(w))
	if whole := math.Round(shift); math.Abs(shift-whole) < 1e-6 {
		return turn{whole: Periodic(int(whole), w)}
	}
	floor := math.Floor(shift)
	return turn{Periodic(int(floor), w), float32(shift - floor)}
}

// row writes a turned row of RGB to dst.
func (t turn) row(dst, src []float32) {
	n := 3 * t.whole
	copy(dst[n:], src)
	copy(dst, src[len(src)-n:])
	if t.part == 0 {
		return
	}
	left := [3]float32(dst[len(dst)-3:])
	for i := 0; i < len(dst); i += 3 {
		here := [3]float32(dst[i : i+3])
		for c := range here {
			dst[i+c] = here[c] + t.part*(left[c]-here[c])
		}
		left = here
	}
}

func turned(im *hdr.Image, t turn) *hdr.Image {
	out := like(im)
	parallel.Rows(im.H, func(from, to int) {
		for y := from; y < to; y++ {
			t.row(out.Row(y), im.Row(y))
		}
	})
	return out
}

// like returns a black map of the same size that keeps what is known of the
// file.
func like(im *hdr.Image) *hdr.Image {
	out := hdr.New(im.W, im.H)
	out.Meta = im.Meta
	return out
}
