package generator

import (
	"github.com/clipenv/toolkit/pkg/latent"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/vae"
	"github.com/clipenv/toolkit/pkg/view"
)

// The parts of a VAE's latent.
const (
	Mean   = "mean"
	Logvar = "logvar"
)

// VAE edits through a variational autoencoder. Its latent is the distribution
// that the encoder's heads give: mean and logvar, both [N,D].
type VAE struct {
	model *vae.Model
	hash  string
}

// NewVAE takes the model over: its weights are frozen and hashed, once, and
// Close frees them.
func NewVAE(m *vae.Model) (*VAE, error) {
	if err := m.Params.Freeze(); err != nil {
		return nil, err
	}
	hash, err := m.Hash()
	if err != nil {
		return nil, err
	}
	return &VAE{m, hash}, nil
}

// Close frees the weights.
func (g *VAE) Close() { g.model.Close() }

// Weights returns how many numbers the model has.
func (g *VAE) Weights() int64 {
	all, _ := g.model.Params.Count()
	return all
}

// Name is what reports call the generator.
func (*VAE) Name() string { return "vae" }

// OnDevice says that maps are made without a look of the processor's at numbers.
func (*VAE) OnDevice() bool { return true }

// Config is the VAE's architecture.
func (g *VAE) Config() vae.Config { return g.model.Config }

// Hash identifies the model by what it computes.
func (g *VAE) Hash() string { return g.hash }

// Size returns the size of the maps, in texels.
func (g *VAE) Size() (w, h int) { return int(g.model.Config.Width()), int(g.model.Config.Height) }

// Start returns the encodings of maps, radiance [N,3,H,W].
func (g *VAE) Start(radiance torch.Tensor) latent.Latent { return g.Heads(g.Hidden(radiance)) }

// Prior returns n latents of N(0,1), the mean and logvar that the VAE is
// trained towards.
func (g *VAE) Prior(s *torch.Session, n int64) latent.Latent {
	zeros := s.Zeros(n, g.model.Config.Latent)
	return latent.Latent{{Name: Mean, Value: zeros}, {Name: Logvar, Value: zeros.Clone()}}
}

// Hidden returns the vector before the heads, radiance [N,3,H,W] to Z [N,D]: fc
// in D'Orazio, "CLIP-guided Editing of Environment Maps using Inversion
// Techniques".
func (g *VAE) Hidden(radiance torch.Tensor) (z torch.Tensor) {
	defer radiance.Tidy(&z)()

	return g.model.Encode(view.Code(radiance, g.model.Config.Coding))
}

// Heads returns the latent that comes of Z [N,D].
func (g *VAE) Heads(z torch.Tensor) latent.Latent {
	mean, logvar := g.model.Heads(z)
	return latent.Latent{{Name: Mean, Value: mean}, {Name: Logvar, Value: logvar}}
}

// Mean returns the part of a latent that Decode looks at: where the
// distribution is most likely.
func (g *VAE) Mean(z latent.Latent) latent.Latent { return latent.Of(Mean, z.Part(Mean)) }

// Sample draws from the distribution.
func (g *VAE) Sample(z latent.Latent) latent.Latent {
	mean := z.Part(Mean)
	return latent.Of(Mean, vae.Sample(mean, z.Part(Logvar), mean.RandnLike()))
}

// Decode returns the maps of the latents' means: radiance [N,3,H,W].
func (g *VAE) Decode(z latent.Latent) (radiance torch.Tensor) {
	mean := z.Part(Mean)
	defer mean.Tidy(&radiance)()

	return view.Radiance(g.model.Decode(mean), g.model.Config.Coding)
}

// Spread returns how far a map moves for one unit of each dimension: for the
// mean [D] the standard deviation in code that the linear path gives it, for
// logvar ones.
func (g *VAE) Spread(s *torch.Session) latent.Latent {
	return latent.Latent{
		{Name: Mean, Value: g.model.Spread(s)},
		{Name: Logvar, Value: s.Ones(g.model.Config.Latent)},
	}
}
