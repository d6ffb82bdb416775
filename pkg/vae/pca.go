package vae

import (
	"fmt"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/torch"
)

// LinearInput returns what the linear path sees of maps: code [N,3,H,W] to
// [N, 3·h·w], h = H/Linear.
func (m *Model) LinearInput(code torch.Tensor) (x torch.Tensor) {
	defer code.Tidy(&x)()

	return shrink(code, m.Config.Linear).Flatten(1)
}

// pcaMemory is the most bytes of samples that PCA is taken of.
const pcaMemory = 1 << 30

// NewPCA returns a model of c's maps, latent and coding that has a linear path
// alone: after StartFromPCA it is the principal components of the samples, and
// what a VAE of that latent is to be held against. The path sees maps at their
// own size, or as many times smaller as samples many of them fit into memory
// (Config.Linear of the model).
func NewPCA(c Config, device torch.Device, samples int) (*Model, error) {
	bytes := int64(samples) * 3 * c.Height * c.Width() * 4
	linear := int64(1)
	for linear < 4 && bytes/(linear*linear) > pcaMemory {
		linear *= 2
	}
	m, err := New(Config{Height: c.Height, Latent: c.Latent, Channels: []int64{1, 1}, Bottleneck: 1, Linear: linear, Coding: c.Coding}, device, 0)
	if err != nil {
		return nil, err
	}
	err = torch.Do(device, func(s *torch.Session) {
		s.NoGrad(func() { m.encoder.fc.Weight.CopyFrom(s.Use(m.encoder.fc.Weight).ZerosLike()) }) // the convolutions say nothing
	})
	if err != nil {
		m.Close()
		return nil, err
	}
	return m, nil
}

// StartFromPCA sets the linear path to the principal components of samples,
// [M, 3·h·w] as LinearInput makes them, taken over the sphere (each texel
// weighs as much as its solid angle). The latent's dimensions are then
// uncorrelated over the samples, of variance 1, the largest component first,
// and the model reconstructs as PCA of the latent's size does.
//
// The components come from a randomised SVD (Halko, Martinsson & Tropp,
// arXiv:0909.4061, algorithms 4.4 and 5.1) with three power iterations.
func (m *Model) StartFromPCA(samples torch.Tensor) error {
	if m.Config.Linear == 0 {
		return fmt.Errorf("vae: start from PCA: the model has no linear path (linear is 0)")
	}
	h, w := m.Config.linearSize()
	d := m.Config.Latent
	shape := samples.Shape()
	if len(shape) != 2 || shape[1] != 3*h*w || shape[0] < d || 3*h*w < d {
		return fmt.Errorf("vae: start from PCA: samples are %v, want [M %d] with M of %d or more", shape, 3*h*w, d)
	}
	samples.Session().NoGrad(func() { m.startFromPCA(samples, h, w, d) })
	return nil
}

func (m *Model) startFromPCA(samples torch.Tensor, h, w, d int64) {
	defer samples.Tidy()()
	s := samples.Session()

	root := s.FromFloats(envmap.RowWeights(int(h)), 1, 1, h, 1).Sqrt().Expand(1, 3, h, w).Reshape(1, 3*h*w)
	mean := samples.MeanKeep(0)
	centred := samples.Sub(mean).Mul(root)
	components := principal(centred, d)                                    // [3hw,D], orthonormal
	sd := centred.MatMul(components).Square().MeanKeep(0).Sqrt()           // [1,D]
	sd = sd.ClampMin(1e-6)                                                 // fewer directions in the samples than D
	analysis := components.Transpose(0, 1).Mul(root).Div(sd.Reshape(d, 1)) // [D,3hw]
	synthesis := components.Div(root.Reshape(3*h*w, 1)).Mul(sd)            // [3hw,D]

	m.encoder.analysis.Weight.CopyFrom(analysis)
	m.encoder.analysis.Bias.CopyFrom(mean.Linear(analysis, torch.Tensor{}).Neg().Reshape(d))
	m.decoder.synthesis.Weight.CopyFrom(synthesis)
	m.decoder.synthesis.Bias.CopyFrom(mean.Reshape(3 * h * w))
}

// principal returns the d right singular vectors of x [M,P] with the largest
// singular values: [P,d].
func principal(x torch.Tensor, d int64) (v torch.Tensor) {
	defer x.Tidy(&v)()

	shape := x.Shape()
	k := min(d+40, shape[0], shape[1])
	basis, _ := x.MatMul(x.Session().Randn(shape[1], k)).QR() // [M,k]
	for range 3 {
		across, _ := x.Transpose(0, 1).MatMul(basis).QR()
		basis, _ = x.MatMul(across).QR()
	}
	_, _, vh := basis.Transpose(0, 1).MatMul(x).SVD() // [k,P]
	return vh.Narrow(0, 0, d).Transpose(0, 1).Contiguous()
}
