package torch_test

import (
	"runtime/debug"
	"testing"

	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
)

// Training holds on to nothing from step to step: memory after the first fifth
// of the steps is what it is after the last. `make soak` takes 100,000 steps.
func TestMemoryIsFlatOverTraining(t *testing.T) {
	trainFlat(t, torchtest.SoakSteps(t, 20_000))
}

// With the collector always at work, too: it owns nothing of libtorch's.
func TestMemoryIsFlatUnderTheCollector(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(1))
	trainFlat(t, torchtest.SoakSteps(t, 5_000))
}

func trainFlat(t *testing.T, steps int) {
	torchtest.NoLeaks(t)
	defer torch.SetThreads(torch.Threads())
	torch.SetThreads(1)
	err := torch.Do(torchtest.Device(t), func(s *torch.Session) {
		s.Seed(1)
		params := []torch.Tensor{s.Randn(2, 4).SetRequiresGrad(true), s.Zeros(2).SetRequiresGrad(true)}
		var state []torch.AdamWState
		for _, p := range params {
			state = append(state, torch.AdamWState{M: p.ZerosLike(), V: p.ZerosLike(), Step: s.Scalar(0)})
		}
		x := s.Randn(16, 4)
		want := x.Narrow(1, 0, 2).Tanh()
		step := func() (loss float64) {
			s.Scope(func() {
				l := x.Linear(params[0], params[1]).Tanh().MSE(want)
				torch.ZeroGrad(params)
				l.Backward()
				torch.AdamWStep(params, state, torch.AdamWRule{Rate: 1e-3, Beta1: 0.9, Beta2: 0.999, Eps: 1e-8})
				loss = l.Item()
			})
			return loss
		}
		first := step()
		for range steps / 5 {
			step()
		}
		before := torchtest.HeldMemory(t)
		var last float64
		for range steps - steps/5 {
			last = step()
		}
		before.Flat(t, torchtest.HeldMemory(t))
		if !(last < first/2) {
			t.Errorf("got a loss of %v after %v, want it to fall: nothing was trained", last, first)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}
