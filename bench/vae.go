package main

import (
	"github.com/clipenv/toolkit/pkg/loss"
	"github.com/clipenv/toolkit/pkg/optim"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/safetensors"
	"github.com/clipenv/toolkit/pkg/vae"
	"github.com/clipenv/toolkit/pkg/view"
)

// vaeStep is a training step of the shipped VAE's architecture: maps [N,3,64,128]
// that are at hand, forward, backward, the gradient clipped, AdamW.
func vaeStep(s *torch.Session, sp spec) work {
	f, err := safetensors.Open(sp.File)
	s.Check(err)
	m, err := vae.Load(f, s.Device())
	s.Check(err)
	s.Check(f.Close())
	var weights []torch.Tensor
	for _, w := range m.Params.Each {
		weights = append(weights, w)
	}
	adam, err := optim.NewAdamW(m.Params.Each, optim.Config{Beta2: .98, ClipNorm: 1})
	s.Check(err)
	c := m.Config
	s.Seed(1)
	code := s.Rand(sp.Batch, 3, c.Height, c.Width())
	noise := s.Randn(sp.Batch, c.Latent)
	picture := func(code torch.Tensor) torch.Tensor { return view.Picture(view.Radiance(code, c.Coding)) }
	backward := func() {
		var mean, logvar, again torch.Tensor
		forward := func() {
			mean, logvar = m.Heads(m.Encode(code))
			mean, logvar = mean.To(torch.Float32), logvar.To(torch.Float32)
			again = m.Decode(vae.Sample(mean, logvar, noise)).To(torch.Float32)
		}
		sp.forward(s, forward)
		loss.Reconstruction(picture(again), picture(code), again, code, loss.Latitude(s, c.Height)).
			AddScaled(loss.KL(mean, logvar).Mean(), 2e-6).Backward()
	}
	work := trainingStep(s, weights, adam, backward)
	work.close = func() { adam.Close(); m.Close() }
	return work
}

// writeVAE leaves the model that both sides train, drawn from seed 1: its last
// layers, which begin at zero, too.
func writeVAE(path string) error {
	m, err := vae.New(vae.Default, torch.CPU, 1)
	if err != nil {
		return err
	}
	defer m.Close()
	if err := torch.Do(torch.CPU, func(s *torch.Session) { shake(s, m.Params) }); err != nil {
		return err
	}
	return m.Save(path, torch.Float32, nil)
}
