package edit

import (
	"github.com/clipenv/toolkit/pkg/latent"
	"github.com/clipenv/toolkit/pkg/torch"
)

// Generator makes maps of latents, with gradients: what an edit optimises
// through. Its weights are frozen, its maps twice as wide as high. Package
// edittest holds the laws that every generator keeps.
type Generator interface {
	// Size returns the size of its maps, in texels.
	Size() (w, h int)
	// Start returns the latents of maps, radiance [N,3,H,W] of that size.
	Start(radiance torch.Tensor) latent.Latent
	// Prior returns n latents to begin with where there is no map.
	Prior(s *torch.Session, n int64) latent.Latent
	// Decode returns the maps of latents: radiance [N,3,H,W].
	Decode(z latent.Latent) torch.Tensor
	// Spread returns how much one unit of each dimension changes a map, in
	// the shape of one latent, without N: steps are larger where it is large. A
	// dimension where it is 0 is held, and need have no gradient.
	Spread(s *torch.Session) latent.Latent
	// Hash identifies the generator by what it computes.
	Hash() string
	// Name is what reports call it: "vae".
	Name() string
}

// sampler is a generator whose latent is a distribution of what Decode takes.
type sampler interface {
	Generator
	// Mean returns where the distribution is most likely.
	Mean(z latent.Latent) latent.Latent
	// Sample draws from it.
	Sample(z latent.Latent) latent.Latent
}

// layered is a sampler whose latent comes of a hidden vector [N,D] with the
// dimensions of its first part: fc in D'Orazio, "CLIP-guided Editing of
// Environment Maps using Inversion Techniques".
type layered interface {
	sampler
	Hidden(radiance torch.Tensor) torch.Tensor
	Heads(hidden torch.Tensor) latent.Latent
}

// point returns what stands for a latent in a bank and on the screen: a
// distribution's mean, else the latent itself.
func point(g Generator, z latent.Latent) latent.Latent {
	if d, ok := g.(sampler); ok {
		return d.Mean(z)
	}
	return z
}

// reconstruct returns the generator's maps of maps, radiance [N,3,H,W].
func reconstruct(g Generator, radiance torch.Tensor) (again torch.Tensor) {
	defer radiance.Tidy(&again)()

	return g.Decode(point(g, g.Start(radiance)))
}
