package torch_test

import (
	"errors"
	"runtime"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/shortage"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
)

func TestTidyFreesAllButTheResult(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		x := s.Ones(2, 3)
		before := torch.LiveTensors()
		y := func() (y torch.Tensor) {
			defer x.Tidy(&y)()
			z := x.AddScalar(1)
			for range 10 {
				z = z.MulScalar(2)
			}
			return z.Sum()
		}()
		if got := torch.LiveTensors() - before; got != 1 {
			t.Errorf("got %d tensors left by the function, want 1", got)
		}
		if got := y.Item(); got != 6*2*1024 {
			t.Errorf("got %v, want %v", got, 6*2*1024)
		}
	})
}

func TestTidyKeepsSeveralAndNests(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		split := func(x torch.Tensor) (lo, hi torch.Tensor) {
			defer x.Tidy(&lo, &hi)()
			double := func() (y torch.Tensor) {
				defer x.Tidy(&y)()
				return x.AddScalar(1).MulScalar(2)
			}()
			return double.Min(), double.Max()
		}
		lo, hi := split(s.FromFloats([]float32{1, 2, 3}, 3))
		if lo.Item() != 4 || hi.Item() != 8 {
			t.Errorf("got %v and %v, want 4 and 8", lo.Item(), hi.Item())
		}
	})
}

// A function that returns its argument must not make it immortal.
func TestTidyOfAnOperandThatIsTheResult(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		before := torch.LiveTensors()
		s.Scope(func() {
			x := s.Ones(1)
			same := func() (y torch.Tensor) {
				defer x.Tidy(&y)()
				_ = x.Neg()
				return x
			}()
			_ = same
		})
		if got := torch.LiveTensors() - before; got != 0 {
			t.Errorf("got %d tensors left by the scope, want 0", got)
		}
	})
}

func TestGradientFlowsThroughFreedTensors(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		x := s.FromFloats([]float32{1, 2, 3}, 3).SetRequiresGrad(true)
		loss := func() (y torch.Tensor) {
			defer x.Tidy(&y)()
			return x.Square().Square().Sum()
		}()
		got := torch.Grad(loss, x)[0].Floats()
		for i, want := range []float32{4, 32, 108} {
			if got[i] != want {
				t.Errorf("gradient %d: got %v, want %v", i, got[i], want)
			}
		}
	})
}

func TestMisuseComesOutAsAnError(t *testing.T) {
	for _, c := range []struct {
		name, want string
		f          func(s *torch.Session)
	}{
		{"freed", "freed", func(s *torch.Session) { x := s.Ones(2); x.Free(); x.Neg() }},
		{"zero", "zero Tensor", func(*torch.Session) { torch.Tensor{}.Neg() }},
		{"foreign", "two sessions", func(s *torch.Session) {
			x := s.Ones(2)
			s.Check(torch.Do(torch.CPU, func(inner *torch.Session) { inner.Ones(2).Add(x) }))
		}},
		{"homeless", "no operand belongs to a session", func(s *torch.Session) {
			w := s.Ones(2).Own()
			defer w.Free()
			w.Neg()
		}},
		{"shapes", "matmul([2 3] f32, [2 3] f32): mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)", func(s *torch.Session) {
			s.Ones(2, 3).MatMul(s.Ones(2, 3))
		}},
		{"shim", "mse", func(s *torch.Session) { s.Ones(2, 3).MSE(s.Ones(5)) }},
		{"view", "reshape([6] f32)", func(s *torch.Session) { s.Ones(6).Reshape(4) }},
		{"length", "5 values for [2 3], want 6", func(s *torch.Session) { s.FromFloats(make([]float32, 5), 2, 3) }},
		{"memory", "out of memory on the cpu: 16777216.00 GiB wanted", func(s *torch.Session) { s.Ones(1<<40, 1<<12) }},
		{"item", "item([2] f32)", func(s *torch.Session) { s.Ones(2).Item() }},
	} {
		t.Run(c.name, func(t *testing.T) {
			torchtest.NoLeaks(t)
			err := torch.Do(torch.CPU, c.f)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got error %v, want one with %q", err, c.want)
			}
			for _, bad := range []string{"\n", "Exception raised", ".cpp", "goroutine"} {
				if strings.Contains(err.Error(), bad) {
					t.Errorf("got a stack in the message: %v", err)
				}
			}
		})
	}
}

// What the device had no room for can be told from every other failure.
func TestAnOpWithoutMemoryIsAShortage(t *testing.T) {
	err := torch.Do(torch.CPU, func(s *torch.Session) { s.Ones(1<<40, 1<<12) })
	var short shortage.Shortage
	if !errors.As(err, &short) || short.Device != "cpu" || short.Wanted != 1<<54 {
		t.Errorf("got %v, with %+v in it, want a shortage of %d bytes on the cpu", err, short, 1<<54)
	}
	if err := torch.Do(torch.CPU, func(s *torch.Session) { s.Ones(6).Reshape(4) }); errors.As(err, &short) {
		t.Errorf("got a shortage in %v, want none", err)
	}
}

func TestGradModeNestsAndSurvivesAFailure(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		x := s.Ones(1).SetRequiresGrad(true)
		recorded := func() bool { return x.MulScalar(2).RequiresGrad() }
		s.NoGrad(func() {
			s.NoGrad(func() {})
			if recorded() {
				t.Error("got a graph inside NoGrad, want none")
			}
		})
		err := torch.Do(torch.CPU, func(inner *torch.Session) {
			inner.NoGrad(func() { inner.Ones(2).Reshape(3) })
		})
		if err == nil {
			t.Error("got no error from a bad reshape")
		}
		if !recorded() {
			t.Error("got no graph after NoGrad and after a failure inside one, want one")
		}
	})
}

func TestOwnedTensorOutlivesItsSession(t *testing.T) {
	torchtest.NoLeaks(t)
	var w torch.Tensor
	if err := torch.Do(torchtest.Device(t), func(s *torch.Session) { w = s.Full(3, torch.Float32, 2).Own() }); err != nil {
		t.Fatal(err)
	}
	defer w.Free()
	torchtest.Do(t, func(s *torch.Session) {
		if got := s.Ones(2).Mul(w).Sum().Item(); got != 6 {
			t.Errorf("got %v, want 6", got)
		}
		if got := s.Use(w).Sum().Item(); got != 6 {
			t.Errorf("got %v, want 6", got)
		}
	})
}

func TestOtherPanicsPassThrough(t *testing.T) {
	torchtest.NoLeaks(t)
	defer func() {
		if r := recover(); r != "mine" {
			t.Errorf("got panic %v, want mine", r)
		}
	}()
	_ = torch.Do(torch.CPU, func(s *torch.Session) { s.Ones(3); panic("mine") })
}

// The collector owns nothing: running it all the time changes nothing.
func TestCollectorPressure(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		x := s.Ones(64, 64)
		for range 200 {
			s.Scope(func() {
				y := x.MatMul(x).Tanh()
				runtime.GC()
				if got := y.Max().Item(); got != 1 {
					t.Fatalf("got %v, want 1", got)
				}
			})
		}
	})
}

func BenchmarkReLU(b *testing.B) {
	err := torch.Do(torch.CPU, func(s *torch.Session) {
		x := s.Ones(4)
		for b.Loop() {
			s.Scope(func() {
				for range 100 {
					x.ReLU()
				}
			})
		}
	})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/100, "ns/relu")
}

func BenchmarkAddScalar(b *testing.B) {
	err := torch.Do(torch.CPU, func(s *torch.Session) {
		x := s.Ones(4)
		for b.Loop() {
			s.Scope(func() {
				for range 100 {
					x.AddScalar(1)
				}
			})
		}
	})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/100, "ns/add")
}
