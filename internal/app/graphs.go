package app

import (
	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/torch"
)

// TellOfGraphs says once why the steps of a work start kernel by kernel, where a GPU
// could have them recorded. wanted is the key graphs; several processes meet within a
// step, which no recording may.
func (s Session) TellOfGraphs(verb, wanted string, processes int) {
	if s.Device == torch.CPU || wanted == edit.GraphsOff {
		return
	}
	if processes > 1 {
		s.Tell("%s: the steps start kernel by kernel, without CUDA graphs: the %d processes meet within a step", verb, processes)
		return
	}
	if err := torch.CanRecord(s.Device); err != nil {
		s.Tell("%s: the steps start kernel by kernel, without CUDA graphs: %v", verb, err)
	}
}
