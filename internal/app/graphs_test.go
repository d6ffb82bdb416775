package app

import (
	"bytes"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/torch"
)

// A GPU without the library of CUDA graphs is said in one line, and how to come by
// it; of several processes that they record nothing, with it or without. A CPU, and
// whoever wants none, hears nothing.
func TestAGPUWithoutGraphsIsSaid(t *testing.T) {
	for _, c := range []struct {
		device    torch.Device
		wanted    string
		processes int
		said      string // beside what is said of all; empty: nothing is
	}{
		{0, edit.GraphsAuto, 1, "scripts/plugins.sh"}, {0, edit.GraphsOff, 1, ""}, {torch.CPU, edit.GraphsAuto, 1, ""},
		{0, edit.GraphsAuto, 4, "the 4 processes meet within a step"}, {0, edit.GraphsOff, 4, ""}, {torch.CPU, edit.GraphsAuto, 4, ""},
	} {
		var talk bytes.Buffer
		Session{Device: c.device, Talk: &talk}.TellOfGraphs("edit", c.wanted, c.processes)
		lines := strings.Count(talk.String(), "\n")
		if c.said != "" && (lines != 1 || !strings.HasPrefix(talk.String(), "edit: the steps start kernel by kernel") || !strings.Contains(talk.String(), c.said)) {
			t.Errorf("on %v by %d: got %q, want one line with %q", c.device, c.processes, talk.String(), c.said)
		}
		if c.said == "" && lines != 0 {
			t.Errorf("on %v with graphs %s: got %q, want nothing", c.device, c.wanted, talk.String())
		}
	}
}
