package generator

import (
	"fmt"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/latent"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/view"
)

// PixelValues is the one part of a latent of Pixels.
const PixelValues = "pixels"

// Pixels edits the map itself, without a network: the baseline that fails in
// D'Orazio, "CLIP-guided Editing of Environment Maps using Inversion Techniques".
// Its latent is the map, logarithmically coded, [N,3,H,W].
type Pixels struct {
	W, H   int
	Coding envmap.Coding
}

// Name is what reports call the generator.
func (Pixels) Name() string { return "pixels" }

// OnDevice says that maps are made without a look of the processor's at numbers.
func (Pixels) OnDevice() bool { return true }

// Hash identifies the generator by what it computes.
func (g Pixels) Hash() string { return fmt.Sprintf("pixels %d×%d %v", g.W, g.H, g.Coding) }

// Size returns the size of the maps, in texels.
func (g Pixels) Size() (w, h int) { return g.W, g.H }

// Start returns the codes of maps, radiance [N,3,H,W].
func (g Pixels) Start(radiance torch.Tensor) latent.Latent {
	return latent.Of(PixelValues, view.Code(radiance, g.Coding))
}

// Prior returns n maps of an even grey, radiance .5.
func (g Pixels) Prior(s *torch.Session, n int64) latent.Latent {
	grey := s.Full(.5, torch.Float32, n, 3, int64(g.H), int64(g.W))
	return g.Start(grey)
}

// Decode returns the radiance [N,3,H,W] of the codes.
func (g Pixels) Decode(z latent.Latent) torch.Tensor {
	return view.Radiance(z.Part(PixelValues), g.Coding)
}

// Spread is one for each pixel: none moves the map more than another.
func (g Pixels) Spread(s *torch.Session) latent.Latent {
	return latent.Of(PixelValues, s.Ones(3, int64(g.H), int64(g.W)))
}
