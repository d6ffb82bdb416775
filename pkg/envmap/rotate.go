package envmap

import (
	"math"

	"github.com/clipenv/toolkit/internal/parallel"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/rgb"
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

// Mirror swaps left and right. Twice gives the map back.
func Mirror(im *hdr.Image) *hdr.Image {
	out := like(im)
	parallel.Rows(im.H, func(from, to int) {
		for y := from; y < to; y++ {
			src, dst := im.Row(y), out.Row(y)
			for i := 0; i < len(src); i += 3 {
				copy(dst[len(dst)-3-i:len(dst)-i], src[i:i+3])
			}
		}
	})
	return out
}

// Rotation is a rotation matrix, row by row.
type Rotation [3][3]float64

// YawPitchRoll returns the rotation that first rolls the world about the view
// axis +z (positive: clockwise in the picture), then pitches it (positive: the
// picture's centre moves up), then turns it about the vertical as Yaw does.
// Angles are in radians.
func YawPitchRoll(yaw, pitch, roll float64) Rotation {
	// The centre of a map looks along +z with +x on its left, so turning the
	// picture to the right is a negative angle about +y.
	sy, cy := math.Sincos(-yaw)
	sp, cp := math.Sincos(-pitch)
	sr, cr := math.Sincos(roll)
	aboutY := Rotation{{cy, 0, sy}, {0, 1, 0}, {-sy, 0, cy}}
	aboutX := Rotation{{1, 0, 0}, {0, cp, -sp}, {0, sp, cp}}
	aboutZ := Rotation{{cr, -sr, 0}, {sr, cr, 0}, {0, 0, 1}}
	return aboutY.Times(aboutX).Times(aboutZ)
}

// Times returns the rotation that does b first, then a.
func (a Rotation) Times(b Rotation) Rotation {
	return Rotation(rgb.Matrix(a).Times(rgb.Matrix(b)))
}

// Inverse returns the rotation back, the transpose.
func (a Rotation) Inverse() Rotation { return Rotation(rgb.Matrix(a).Transpose()) }

// Apply returns the rotated vector.
func (a Rotation) Apply(v Vec) Vec {
	return Vec{
		a[0][0]*v.X + a[0][1]*v.Y + a[0][2]*v.Z,
		a[1][0]*v.X + a[1][1]*v.Y + a[1][2]*v.Z,
		a[2][0]*v.X + a[2][1]*v.Y + a[2][2]*v.Z,
	}
}

// Rotate turns a map by any rotation: light from direction d comes to
// direction r.Apply(d). Every texel is interpolated as by Sample. For turns
// about the vertical use Yaw, which is exact where it can be.
func Rotate(im *hdr.Image, r Rotation) *hdr.Image {
	out, back := like(im), r.Inverse()
	g := newGrid(im.W, im.H)
	parallel.Rows(im.H, func(from, to int) {
		for y := from; y < to; y++ {
			dst := out.Row(y)
			for x := range im.W {
				c := Sample(im, back.Apply(g.direction(x, y)))
				copy(dst[3*x:], c[:])
			}
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
