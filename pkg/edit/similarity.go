package edit

import (
	"github.com/clipenv/toolkit/pkg/loss"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/view"
)

// Similarity returns how well the words fit maps, as CLIP sees them: for each
// map of radiance [N,3,H,W] the cosine with text [N,E] or [1,E].
func Similarity(m ImageEncoder, radiance, text torch.Tensor) []float64 {
	s := radiance.Session()
	var out []float64
	s.NoGrad(func() {
		s.Scope(func() {
			seen := m.EncodeImage(view.Picture(radiance))
			for _, miss := range loss.Cosine(seen, text).Floats() {
				out = append(out, 1-float64(miss))
			}
		})
	})
	return out
}
