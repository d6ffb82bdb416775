package edit

import (
	"fmt"
	"math"

	"github.com/clipenv/toolkit/internal/parallel"
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/torch"
)

// guide is the mean log radiance of a texel.
func (t Transfer) guide(p []float32) float64 {
	// One logarithm of the product for three of the factors.
	f := t.Floor
	return math.Log((max(float64(p[0]), 0)+f)*(max(float64(p[1]), 0)+f)*(max(float64(p[2]), 0)+f)) / 3
}

// logs are the log radiances of a texel; their mean is the guide.
func (t Transfer) logs(p []float32) (channels [3]float64) {
	for c := range channels {
		channels[c] = math.Log(max(float64(p[c]), 0) + t.Floor)
	}
	return channels
}

// smallGuide returns the guide at the small size: the mean of the guides of
// the texels that a small one covers.
func (t Transfer) smallGuide(input *hdr.Image, w, h int) ([]float32, error) {
	if input.W < w || input.H < h {
		enlarged, err := envmap.Interpolate(input, max(w, input.W), max(h, input.H), envmap.Bilinear)
		if err != nil {
			return nil, err
		}
		input = enlarged
	}
	guide := make([]float32, w*h)
	parallel.Rows(h, func(from, to int) {
		for row := from; row < to; row++ {
			t.guideRow(guide[row*w:(row+1)*w], input, row*input.H/h, (row+1)*input.H/h)
		}
	})
	return guide, nil
}

// guideRow fills a row of the small guide, which covers the input's rows from
// top to bottom.
func (t Transfer) guideRow(guide []float32, input *hdr.Image, top, bottom int) {
	w := len(guide)
	for col := range w {
		left, right := col*input.W/w, (col+1)*input.W/w
		var sum float64
		for y := top; y < bottom; y++ {
			src := input.Row(y)
			for x := left; x < right; x++ {
				sum += t.guide(src[3*x : 3*x+3])
			}
		}
		guide[col] = float32(sum / float64((bottom-top)*(right-left)))
	}
}

// guides returns the small guide as a tensor [1,1,h,w].
func (t Transfer) guides(s *torch.Session, input *hdr.Image, w, h int) (torch.Tensor, error) {
	guide, err := t.smallGuide(input, w, h)
	if err != nil {
		return torch.Tensor{}, fmt.Errorf("edit: relight: %w", err)
	}
	return s.FromFloats(guide, 1, 1, int64(h), int64(w)), nil
}
