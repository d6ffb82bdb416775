package optim_test

import (
	"bytes"
	"fmt"
	"os"
	"runtime/debug"
	"strconv"
	"testing"

	"github.com/clipenv/toolkit/pkg/nn"
	"github.com/clipenv/toolkit/pkg/optim"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
)

// Training is the longest that a process lives: its memory must not grow.
// TOOLKIT_SOAK_STEPS asks for more steps than a quick test does.
func TestMemoryStaysFlatWhileTraining(t *testing.T) {
	steps := 1000
	if n, err := strconv.Atoi(os.Getenv("TOOLKIT_SOAK_STEPS")); err == nil {
		steps = n
	}
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
		var before int64
		for step := range steps {
			s.Scope(func() {
				x := s.Randn(32, 8)
				y := out.Forward(norm.Forward(hidden.Forward(x)).GELU())
				loss := y.MSE(x.Square().MeanKeep(1))
				loss.Backward()
				a.Step(1e-2, 1)
				if step == 0 {
					first = loss.Item()
				}
				last = loss.Item()
			})
			if step == steps/10 {
				before = resident(t)
			}
		}
		if last > first/4 {
			t.Errorf("got loss %v from %v, want the net to learn", last, first)
		}
		if after := resident(t); after > before+before/20 {
			t.Errorf("got %d bytes resident after %d steps, want at most 5 %% above the %d after a tenth", after, steps, before)
		}
	})
}

// resident returns the bytes of the process that are in memory, which Linux
// tells.
func resident(t *testing.T) int64 {
	t.Helper()
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Skip("no /proc/self/statm here")
	}
	pages, err := strconv.ParseInt(string(bytes.Fields(text)[1]), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return pages * int64(os.Getpagesize())
}
