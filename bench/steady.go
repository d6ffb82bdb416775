package main

import (
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"github.com/clipenv/toolkit/pkg/torch"
)

// What a step may leave behind is seen after the allocators have settled.
const (
	settleSteps = 10
	steadySteps = 50
)

// checkSteady does each race's work over and over, on the toolkit's side only,
// and fails if tensors or, on a CUDA device, allocated bytes pile up.
func checkSteady(races []race, temp string) error {
	t := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "\tlive tensors\ton device\tafter %d more steps\n", steadySteps)
	leaks := 0
	for _, r := range races {
		if !r.Spec.onTensors() || r.Spec.Compile || r.Spec.Kind == kindInvert { // whose weights PyTorch writes
			continue
		}
		if err := r.Spec.draw(temp); err != nil {
			return err
		}
		ok, err := steady(t, r, settleSteps, steadySteps)
		if err != nil {
			return fmt.Errorf("%s: %w", r.Name, err)
		}
		if !ok {
			leaks++
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if leaks > 0 {
		return fmt.Errorf("%d kinds of work leak", leaks)
	}
	return nil
}

func steady(w io.Writer, r race, settle, steps int) (ok bool, err error) {
	device, err := torch.ParseDevice(r.Spec.Device)
	if err != nil {
		return false, err
	}
	torch.SetThreads(r.Spec.Threads)
	before := torch.LiveTensors()
	err = torch.Do(device, func(s *torch.Session) {
		work := prepare(s, r.Spec)
		held := func(steps int) (tensors, bytes int64) {
			for range steps {
				work.step()
			}
			s.Synchronize()
			if device != torch.CPU {
				bytes, _, err = torch.CUDAMemory(device)
				s.Check(err)
			}
			return torch.LiveTensors(), bytes
		}
		defer work.end()
		tensors, bytes := held(settle)
		tensorsAfter, bytesAfter := held(steps)
		ok = tensors == tensorsAfter && bytes == bytesAfter
		verdict := "same"
		if !ok {
			verdict = fmt.Sprintf("LEAK: %d tensors, %d bytes", tensorsAfter, bytesAfter)
		}
		fmt.Fprintf(w, "%s\t%d\t%d\t%s\n", r.Name, tensors, bytes, verdict)
	})
	if after := torch.LiveTensors(); err == nil && after != before {
		return false, fmt.Errorf("%d tensors outlive their session, want %d", after, before)
	}
	return ok, err
}
