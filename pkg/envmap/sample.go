package envmap

import (
	"math"

	"github.com/clipenv/toolkit/pkg/hdr"
)

// Sample returns the radiance in direction d, of any length, by bilinear
// interpolation between texel centres: round the seam, and over the poles,
// where the next row is the same row half a turn away.
func Sample(im *hdr.Image, d Vec) [3]float32 {
	x, y := Position(d, im.W, im.H)
	return sampleAt(im, x, y)
}

// sampleAt interpolates at the point (x, y), 0 <= x <= W and 0 <= y <= H.
func sampleAt(im *hdr.Image, x, y float64) [3]float32 {
	x, y = x-.5, y-.5
	x0, y0 := math.Floor(x), math.Floor(y)
	fx, fy := float32(x-x0), float32(y-y0)
	left, top := int(x0), int(y0)
	a, b := texel(im, left, top), texel(im, left+1, top)
	c, d := texel(im, left, top+1), texel(im, left+1, top+1)
	for i := range a {
		upper := a[i] + fx*(b[i]-a[i])
		lower := c[i] + fx*(d[i]-c[i])
		a[i] = upper + fy*(lower-upper)
	}
	return a
}

// texel returns the texel in column x and row y with panorama padding:
// -W <= x < 2W and -H <= y < 2H.
func texel(im *hdr.Image, x, y int) [3]float32 {
	x, y = wrap(x, y, im.W, im.H)
	i := 3 * (y*im.W + x)
	return [3]float32(im.Pix[i : i+3])
}

// wrap brings a texel that lies at most one map beyond the edges back into
// the map. Beyond a pole is the mirrored row, half a turn away; where the
// width is odd that is rounded down.
func wrap(x, y, w, h int) (int, int) {
	switch {
	case y < 0:
		x, y = x+w/2, -1-y
	case y >= h:
		x, y = x+w/2, 2*h-1-y
	}
	return Periodic(x, w), y
}

// PanoramaRow returns row y of a map, -H <= y < 2H: beyond a pole the mirrored
// row, half a turn away. A row inside the map is the map's own.
func PanoramaRow(im *hdr.Image, y int) []float32 {
	turn, inside := wrap(0, y, im.W, im.H)
	row := im.Row(inside)
	if inside == y {
		return row
	}
	return append(append(make([]float32, 0, len(row)), row[3*turn:]...), row[:3*turn]...)
}
