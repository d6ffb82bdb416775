package main

import (
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/torch"
)

// A GPU that is there and cannot be used is an error to who asked for it, with the
// reason, and a word to who did not say what computes. Who asked for the CPU hears
// nothing.
func TestAGPUThatCannotBeUsedIsSaid(t *testing.T) {
	if torch.CUDADevices() > 0 {
		t.Skip("this machine has a GPU that can be used")
	}
	const old = "the driver 550.54.14 is too old"
	for _, c := range []struct {
		name, why     string
		fails, speaks bool
	}{
		{"auto", old, false, true}, {"auto", "", false, false}, {"cpu", old, false, false},
		{"cuda", old, true, false}, {"cuda:3", "", true, false}, {"gpu", "", true, false},
	} {
		said := ""
		d, err := deviceNamed(c.name, func() string { return c.why }, func(why string) { said = why })
		if d != torch.CPU || (err != nil) != c.fails || (said != "") != c.speaks {
			t.Errorf("%s, %q: got %v, error %v, said %q", c.name, c.why, d, err, said)
		}
		if c.fails && !strings.Contains(err.Error(), c.why) {
			t.Errorf("%s: got error %v, want it to say %q", c.name, err, c.why)
		}
	}
}
