package edit

import (
	"math"
	"slices"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
)

// guide is the mean log radiance of a texel.
func (t Transfer) guide(p []float32) float64 {
	// One logarithm of the product for three of the factors.
	f := t.Floor
	return math.Log((max(float64(p[0]), 0)+f)*(max(float64(p[1]), 0)+f)*(max(float64(p[2]), 0)+f)) / 3
}

// smallGuide returns the guide at the small size: the mean of the guides of
// the texels that a small one covers.
func (t Transfer) smallGuide(input *hdr.Image, w, h int) ([]float64, error) {
	if input.W < w || input.H < h {
		enlarged, err := envmap.Interpolate(input, max(w, input.W), max(h, input.H), envmap.Bilinear)
		if err != nil {
			return nil, err
		}
		input = enlarged
	}
	guide := make([]float64, w*h)
	eachRow(h, func(row int) {
		from, to := row*input.H/h, (row+1)*input.H/h
		for col := range w {
			left, right := col*input.W/w, (col+1)*input.W/w
			var sum float64
			for y := from; y < to; y++ {
				src := input.Row(y)
				for x := left; x < right; x++ {
					sum += t.guide(src[3*x : 3*x+3])
				}
			}
			guide[row*w+col] = sum / float64((to-from)*(right-left))
		}
	})
	return guide, nil
}

// lines gives log gains from guides: gain = slope·guide + offset, for each
// texel and channel of a small map, over guides from darkest to brightest.
type lines struct {
	slopes, offsets    *hdr.Image
	darkest, brightest float64
}

// fit returns the lines through each texel's neighbourhood.
func (t Transfer) fit(guide []float64, start, end *hdr.Image) lines {
	w, h := start.W, start.H
	l := lines{hdr.New(w, h), hdr.New(w, h), slices.Min(guide), slices.Max(guide)}
	square := make([]float64, w*h)
	for i, g := range guide {
		square[i] = g * g
	}
	meanGuide, meanSquare := box(guide, w, h, t.Radius), box(square, w, h, t.Radius)
	for c := range 3 {
		gain, product := make([]float64, w*h), make([]float64, w*h)
		for i := range gain {
			before, after := max(float64(start.Pix[3*i+c]), 0), max(float64(end.Pix[3*i+c]), 0)
			ratio := math.Log(after+t.Floor) - math.Log(before+t.Floor)
			gain[i] = min(max(ratio, -t.Darken), t.Darken)
			product[i] = gain[i] * guide[i]
		}
		meanGain, meanProduct := box(gain, w, h, t.Radius), box(product, w, h, t.Radius)
		slope, offset := make([]float64, w*h), make([]float64, w*h)
		for i := range slope {
			variance := max(meanSquare[i]-meanGuide[i]*meanGuide[i], 0)
			slope[i] = (meanProduct[i] - meanGuide[i]*meanGain[i]) / (variance + t.Smoothness)
			offset[i] = meanGain[i] - slope[i]*meanGuide[i]
		}
		slope, offset = box(slope, w, h, 1), box(offset, w, h, 1)
		for i := range slope {
			l.slopes.Pix[3*i+c], l.offsets.Pix[3*i+c] = float32(slope[i]), float32(offset[i])
		}
	}
	return l
}

// box is the mean over a square window on the panorama: longitude closes on
// itself, and beyond a pole the map goes on half a turn away.
func box(v []float64, w, h, radius int) []float64 {
	rows := make([]float64, w*h) // means along rows
	for y := range h {
		var sum float64
		for x := -radius; x <= radius; x++ {
			sum += v[y*w+wrap(x, w)]
		}
		for x := range w {
			rows[y*w+x] = sum / float64(2*radius+1)
			sum += v[y*w+wrap(x+radius+1, w)] - v[y*w+wrap(x-radius, w)]
		}
	}
	out := make([]float64, w*h)
	for y := range h {
		for dy := -radius; dy <= radius; dy++ {
			row, turn := overPole(y+dy, w, h)
			for x := range w {
				out[y*w+x] += rows[row*w+wrap(x+turn, w)] / float64(2*radius+1)
			}
		}
	}
	return out
}

// overPole returns the row of the map at y, which may lie beyond a pole, and
// by how many texels it is turned there.
func overPole(y, w, h int) (row, turn int) {
	switch {
	case y < 0:
		return min(-1-y, h-1), w / 2
	case y >= h:
		return max(2*h-1-y, 0), w / 2
	}
	return y, 0
}

// wrap brings a column back into a map n wide.
func wrap(i, n int) int { return ((i % n) + n) % n }
