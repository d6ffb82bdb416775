package edit

import (
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/loss"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/view"
)

// Similarity is how well CLIP finds the words in maps: the cosine for each map
// of code [N,3,H,W] with text [N,E] or [1,E].
func Similarity(m ImageEncoder, coding envmap.Coding, code, text torch.Tensor) []float64 {
	s := code.Session()
	var out []float64
	s.NoGrad(func() {
		s.Scope(func() {
			seen := m.EncodeImage(view.Picture(view.Radiance(code, coding)))
			for _, miss := range loss.Cosine(seen, text).Floats() {
				out = append(out, 1-float64(miss))
			}
		})
	})
	return out
}
