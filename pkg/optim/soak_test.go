package optim_test

import (
	"fmt"
	"runtime/debug"
	"testing"

	"github.com/clipenv/toolkit/pkg/nn"
	"github.com/clipenv/toolkit/pkg/optim"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
)

// Training is the longest that a process lives: its memory must not grow.
// `make soak` takes 100,000 steps.
func TestMemoryStaysFlatWhileTraining(t *testing.T) {
	steps := torchtest.SoakSteps(t, 1000)
	defer torch.SetThreads(torch.Threads())
	torch.SetThreads(1) // a tiny net gains nothing from more
	for _, gc := range []int{100, 1} {
		t.Run(fmt.Sprintf("GOGC=%d", gc), func(t *testing.T) {
			defer debug.SetGCPercent(debug.SetGCPercent(gc))
			soak(t, steps)
		})
	}
}

func soak(t *testing.T, steps int) {
	var hidden, out nn.Linear
	var norm nn.LayerNorm
	p := build(t, func(p nn.Scope) {
		hidden, norm, out = nn.NewLinear(p.Sub("hidden"), 8, 16), nn.NewLayerNorm(p.Sub("norm"), 16), nn.NewLinear(p.Sub("out"), 16, 1)
	})
	a := newAdamW(t, p.Each, optim.Config{ClipNorm: 1})
	torchtest.Do(t, func(s *torch.Session) {
		s.Seed(1)
		var first, last float64
		var before torchtest.Memory
		for step := range steps {
			s.Scope(func() {
				x := s.Randn(32, 8)
				y := out.Forward(norm.Forward(hidden.Forward(x)).GELU())
				loss := y.MSE(x.Square().MeanKeep(1))
				loss.Backward()
				a.Step(s, 1e-2, 1)
				if step == 0 {
					first = loss.Item()
				}
				last = loss.Item()
			})
			if step == steps/10 {
				before = torchtest.HeldMemory(t)
			}
		}
		if last > first/4 {
			t.Errorf("got loss %v from %v, want the net to learn", last, first)
		}
		before.Flat(t, torchtest.HeldMemory(t))
	})
}
