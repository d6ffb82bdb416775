// Package vae squeezes an environment map into a vector and back.
//
//	Encode: code [N,3,H,2H] -> Z [N,D]
//	Heads:  Z [N,D]         -> mean, logvar [N,D]
//	Decode: latent [N,D]    -> code [N,3,H,2H]
//
// It is the variational autoencoder of Kingma & Welling (arXiv:1312.6114) with
// one addition: both ways have a linear path beside the convolutions. The path
// starts from the principal components of the maps, so the model has their
// quality at step 0 and training only adds to it. D'Orazio, "CLIP-guided Editing
// of Environment Maps using Inversion Techniques", calls Z fc.
//
// Maps are coded logarithmically (envmap.Coding); nothing here knows what an
// HDR file is.
package vae

import (
	"github.com/clipenv/toolkit/pkg/nn"
	"github.com/clipenv/toolkit/pkg/torch"
)

// Model is a VAE with its weights.
type Model struct {
	Config Config
	Params *nn.Params

	encoder    encoder
	mu, logvar nn.Linear
	decoder    decoder
}

// New makes a model with fresh weights on device, drawn from seed.
func New(c Config, device torch.Device, seed int64) (*Model, error) {
	return build(c, func(f func(nn.Scope)) (*nn.Params, error) { return nn.Build(device, seed, f) })
}

// build makes a model of weights that are drawn, or come from a file.
func build(c Config, weights func(func(nn.Scope)) (*nn.Params, error)) (*Model, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	m := &Model{Config: c}
	var err error
	m.Params, err = weights(func(p nn.Scope) {
		m.encoder = newEncoder(p.Sub("encoder"), c)
		m.mu = nn.NewLinear(p.Sub("mu"), c.Latent, c.Latent)
		m.logvar = nn.NewLinear(p.Sub("logvar"), c.Latent, c.Latent)
		m.decoder = newDecoder(p.Sub("decoder"), c)

		// Z is the mean at first, known to within e⁻³.
		p.Fill("mu.weight", identity)
		p.Fill("mu.bias", nn.Constant(0))
		p.Fill("logvar.weight", nn.Uniform(1e-3))
		p.Fill("logvar.bias", nn.Constant(-6))
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

// Close frees the weights.
func (m *Model) Close() { m.Params.Close() }

// Encode returns D'Orazio's fc: code [N,3,H,W] to Z [N,D].
func (m *Model) Encode(code torch.Tensor) torch.Tensor { return m.encoder.Forward(code) }

// Heads returns the parameters of the latent's normal distribution: Z [N,D] to
// mean and logvar [N,D], logvar in [−9, 3].
func (m *Model) Heads(z torch.Tensor) (mean, logvar torch.Tensor) {
	defer z.Tidy(&mean, &logvar)()

	return m.mu.Forward(z), m.logvar.Forward(z).Clamp(-9, 3)
}

// Sample is mean + e^(logvar/2)·ε, where ε is noise from N(0,1): the
// reparametrisation. All are [N,D].
func Sample(mean, logvar, noise torch.Tensor) (latent torch.Tensor) {
	defer mean.Tidy(&latent)()

	return mean.Add(logvar.MulScalar(.5).Exp().Mul(noise))
}

// Decode returns the map of a latent: [N,D] to code [N,3,H,W].
func (m *Model) Decode(latent torch.Tensor) torch.Tensor { return m.decoder.Forward(latent) }

// Reconstruct is Decode of the mean: code [N,3,H,W] to code of that shape.
func (m *Model) Reconstruct(code torch.Tensor) (again torch.Tensor) {
	defer code.Tidy(&again)()

	mean, _ := m.Heads(m.Encode(code))
	return m.Decode(mean)
}

// Spread returns, for each dimension of the latent, how far the linear path
// moves the map for one unit: the component's standard deviation in code, [D].
// A model without a linear path has ones.
func (m *Model) Spread(s *torch.Session) (spread torch.Tensor) {
	if m.Config.Linear == 0 {
		return s.Ones(m.Config.Latent)
	}
	defer s.Tidy(&spread)()
	return s.Use(m.decoder.synthesis.Weight).Detach().Norm(0)
}

func identity(s *torch.Session, shape []int64) torch.Tensor { return s.Eye(shape[0]) }
