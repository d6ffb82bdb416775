// Package torchtest holds what the tests of every torch package need.
package torchtest

import (
	"testing"

	"github.com/clipenv/toolkit/pkg/torch"
)

// NoLeaks fails the test if it ends with more live tensors than it began with.
func NoLeaks(t testing.TB) {
	t.Helper()
	t.Cleanup(checkLeaks(t))
}

// Do runs f in a session on the tests' device, checks that nothing leaks, and fails the
// test if the session stops.
func Do(t testing.TB, f func(*torch.Session)) {
	t.Helper()
	check := checkLeaks(t)
	if err := torch.Do(Device(t), f); err != nil {
		t.Fatal(err)
	}
	check()
}

func checkLeaks(t testing.TB) func() {
	before := torch.LiveTensors()
	return func() {
		t.Helper()
		if after := torch.LiveTensors(); after != before {
			t.Errorf("got %d live tensors, want %d as at the start (TOOLKIT_TRACE_TENSORS=1 and the pprof profile torch.tensors tell who made them)", after, before)
		}
	}
}
