package main

import "github.com/clipenv/toolkit/pkg/torch"

// conv is a convolution in the middle of a model, forward and backward: 64 to
// 64 channels, 3×3, on [1,64,64,128], with gradients to input, weight and bias.
func conv(s *torch.Session) work {
	x := s.Randn(1, 64, 64, 128).SetRequiresGrad(true)
	w := s.Randn(64, 64, 3, 3).MulScalar(0.05).Detach().SetRequiresGrad(true)
	b := s.Randn(64).SetRequiresGrad(true)
	seed := s.Randn(1, 64, 64, 128)
	leaves := []torch.Tensor{x, w, b}
	return work{
		step: func() {
			defer s.Tidy()()
			torch.ZeroGrad(leaves)
			x.Conv2d(w, b, torch.ConvOptions{Padding: 1}).BackwardWith(seed, false)
		},
		check: func() float64 { return gradNorm(s, leaves) },
	}
}

// gradNorm is the norm over all the leaves' gradients.
func gradNorm(s *torch.Session, leaves []torch.Tensor) float64 {
	defer s.Tidy()()
	return torch.ClipGradNorm(s, leaves, 0).Item()
}
