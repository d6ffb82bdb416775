package torch_test

import (
	"bytes"
	"os"
	"os/exec"
	"runtime/pprof"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/torch"
)

const tracedChild = "TORCH_TEST_TRACED"

// The switch is read when the process starts, so the test runs in a process of
// its own.
func TestTraceShowsWhoHoldsTensors(t *testing.T) {
	if os.Getenv(tracedChild) == "" {
		child := exec.Command(os.Args[0], "-test.run=^TestTraceShowsWhoHoldsTensors$", "-test.v")
		child.Env = append(os.Environ(), tracedChild+"=1", "TOOLKIT_TRACE_TENSORS=1")
		if out, err := child.CombinedOutput(); err != nil {
			t.Errorf("in the traced process: %v\n%s", err, out)
		}
		return
	}
	profile := func() (count int, text string) {
		p := pprof.Lookup("torch.tensors")
		if p == nil {
			return 0, ""
		}
		var b bytes.Buffer
		if err := p.WriteTo(&b, 1); err != nil {
			t.Fatal(err)
		}
		return p.Count(), b.String()
	}
	err := torch.Do(torch.CPU, func(s *torch.Session) {
		own := holdsOne(s)
		if n, text := profile(); n != 3 || strings.Count(text, "torch_test.holdsOne") != 3 {
			t.Errorf("got %d tensors, want 3, each with its maker in its stack:\n%s", n, text)
		}
		s.Scope(func() { s.Ones(3).Neg() })
		own.Free()
		if n, text := profile(); n != 2 {
			t.Errorf("after a scope and a free: got %d tensors, want 2:\n%s", n, text)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if n, text := profile(); n != 0 {
		t.Errorf("after the session: got %d tensors, want 0:\n%s", n, text)
	}
}

//go:noinline
func holdsOne(s *torch.Session) torch.Tensor {
	x := s.Ones(2)
	y := x.Abs()
	return y.Own()
}
