package envmap

import (
	"fmt"
	"math"

	"github.com/clipenv/toolkit/pkg/hdr"
)

// Discontinuity returns the Discontinuity Score DS of a map where its left and
// right edges meet: Christensen et al. 2024, "Geometry Fidelity for Spherical
// Images", arXiv:2407.18207. Low is seamless.
//
// Grey values of Picture are convolved with the horizontal Scharr kernel
// (3, 10, 3); over the rows, the mean response on the two columns that touch
// the seam is compared with that on the columns next to them,
//
//	DS = 1/2L Σ_y |â(2,y)|/(|â(1,y)|+c) + |â(3,y)|/(|â(4,y)|+c)
//
// with c = .1 for grey in [0,1] and the first and last row left out. Scores
// depend on c and on the rule that makes the picture: compare only scores
// that this function made. Beside an error stands NaN.
func Discontinuity(im *hdr.Image) (float64, error) { return DiscontinuityAt(im, 0) }

// DiscontinuityAt is Discontinuity between columns x-1 and x. That of a map
// rolled by n, at x+n, is that of the map at x.
func DiscontinuityAt(im *hdr.Image, x int) (float64, error) {
	if im.W < 6 || im.H < 3 {
		return math.NaN(), fmt.Errorf("envmap: discontinuity of a map of %d×%d, want at least 6×3", im.W, im.H)
	}
	const c = .1
	grey := func(column, y int) float64 {
		p := texel(im, Periodic(x+column, im.W), y)
		return .2989*float64(Picture(p[0])) + .5870*float64(Picture(p[1])) + .1140*float64(Picture(p[2]))
	}
	// strip is the three columns on each side of the seam, row by row.
	strip := make([][6]float64, im.H)
	for y := range strip {
		for i := range strip[y] {
			strip[y][i] = grey(i-3, y)
		}
	}
	scharr := func(i, y int) float64 {
		at := func(row int) float64 { return strip[row][i+1] - strip[row][i-1] }
		return math.Abs(3*at(y-1) + 10*at(y) + 3*at(y+1))
	}
	sum := 0.
	for y := 1; y < im.H-1; y++ {
		sum += scharr(2, y)/(scharr(1, y)+c) + scharr(3, y)/(scharr(4, y)+c)
	}
	return sum / float64(2*(im.H-2)), nil
}

// Variation is the mean absolute difference of a map's neighbouring texels,
// across and down, over its channels; longitude closes on itself.
func Variation(im *hdr.Image) float64 {
	var sum float64
	n := 0
	at := func(x, y int) []float32 { return im.Pix[3*(y*im.W+x):][:3] }
	for y := range im.H {
		for x := range im.W {
			here := at(x, y)
			for c, v := range at((x+1)%im.W, y) {
				sum += math.Abs(float64(v - here[c]))
			}
			n += 3
			if y+1 == im.H {
				continue
			}
			for c, v := range at(x, y+1) {
				sum += math.Abs(float64(v - here[c]))
			}
			n += 3
		}
	}
	return sum / float64(n)
}
