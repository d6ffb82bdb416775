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
		step:  repeated(s, adam, 1e-4, backward),
		check: func() float64 { return first },
	}
}

// repeated is backward and then the optimiser, as the toolkit's trainings do it: on
// a GPU recorded, where it can be. What backward reads lies where it lay.
func repeated(s *torch.Session, adam *optim.AdamW, rate float64, backward func()) (step func()) {
	plain := func() {
		s.Scope(func() {
			backward()
			adam.Step(s, rate, 1)
		})
	}
	if s.Device() == torch.CPU || torch.CanRecord(s.Device()) != nil {
		return plain
	}
	_, err := torch.Lane(s.Device()) // for the rest of the process
	s.Check(err)
	adam.Recordable(s)
	adam.SetRate(s, rate)
	recorded := func() {
		backward()
		adam.StepAtRate(s, 1)
	}
	for range 3 { // what is made at first use is to be there
		s.Scope(recorded)
	}
	graph, err := s.Record(recorded, nil)
	s.Check(err)
	return graph.Replay
}
