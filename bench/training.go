package main

import (
	"github.com/clipenv/toolkit/pkg/optim"
	"github.com/clipenv/toolkit/pkg/torch"
)

// forward runs networks in the precision of the spec.
func (s spec) forward(ts *torch.Session, networks func()) {
	if s.BF16 {
		ts.Autocast(torch.BFloat16, networks)
	} else {
		networks()
	}
}

// trainingStep is backward and then the optimiser, over weights. Its check is the
// length of the first gradient, before any step.
func trainingStep(s *torch.Session, weights []torch.Tensor, adam *optim.AdamW, backward func()) work {
	var first float64
	s.Scope(func() {
		backward()
		first = gradNorm(s, weights)
		torch.ZeroGrad(weights)
	})
	return work{
		step: func() {
			s.Scope(func() {
				backward()
				adam.Step(s, 1e-4, 1)
			})
		},
		check: func() float64 { return first },
	}
}
