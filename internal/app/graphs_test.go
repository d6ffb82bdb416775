package app

import (
	"bytes"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/torch"
)

// A GPU without the library of CUDA graphs is said in one line; a CPU, and whoever
// wants none, hears nothing.
func TestAGPUWithoutGraphsIsSaid(t *testing.T) {
	for _, c := range []struct {
		device torch.Device
		wanted string
		said   bool
	}{{0, edit.GraphsAuto, true}, {0, edit.GraphsOff, false}, {torch.CPU, edit.GraphsAuto, false}} {
		var talk bytes.Buffer
		Session{Device: c.device, Talk: &talk}.tellOfGraphs("edit", c.wanted)
		lines := strings.Count(talk.String(), "\n")
		if c.said && (lines != 1 || !strings.Contains(talk.String(), "edit: the steps start kernel by kernel") || !strings.Contains(talk.String(), "scripts/plugins.sh")) {
			t.Errorf("on %v: got %q, want one line on how to come by them", c.device, talk.String())
		}
		if !c.said && lines != 0 {
			t.Errorf("on %v with graphs %s: got %q, want nothing", c.device, c.wanted, talk.String())
		}
	}
}
