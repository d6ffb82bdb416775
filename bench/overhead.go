package main

import "github.com/clipenv/toolkit/pkg/torch"

// opsPerStep makes a step long enough to count in; Tidy then frees as many
// tensors at once as a model's function has temporaries, or some more.
const opsPerStep = 100

// overhead is an op on 4 elements, where the way to the kernel is all there is.
func overhead(s *torch.Session, sp spec) work {
	x := s.Randn(4)
	op := map[string]func(){
		"relu": func() { x.ReLU() },
		"add":  func() { x.AddScalar(1) },
	}[sp.Op]
	return work{
		step: func() {
			defer s.Tidy()()
			for range opsPerStep {
				op()
			}
		},
		check: func() float64 { return x.Sum().Item() },
	}
}
