package train

import (
	"errors"

	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/shortage"
)

// RecordOnCPU has steps recorded on the CPU too, until restore is called.
func RecordOnCPU() (restore func()) {
	recordOnCPU = true
	return func() { recordOnCPU = false }
}

// KeepTapes has so many lengths of captions recorded at most, until restore is called.
func KeepTapes(most int) (restore func()) {
	was := mostTapes
	mostTapes = most
	return func() { mostTapes = was }
}

// FailToRecord is RecordOnCPU with recordings that break off after the backward pass,
// which leave gradients of no step.
func FailToRecord() (restore func()) {
	again, was := RecordOnCPU(), record
	record = func(d *descent, _ func()) (*torch.Graph, error) {
		for _, w := range d.adam.Weights() {
			d.session.Scope(func() { d.session.Use(w).Sum().Backward() })
		}
		return nil, errors.New("operation not permitted when stream is capturing")
	}
	return func() { again(); record = was }
}

// FindNoRoom is RecordOnCPU where the first plain step after a recording finds no room,
// after its backward pass.
func FindNoRoom() (restore func()) {
	again, was := RecordOnCPU(), plain
	found := false
	plain = func(d *descent, step func()) {
		if !found && d.beside() != nil {
			found = true
			for _, w := range d.adam.Weights() {
				d.session.Scope(func() { d.session.Use(w).Sum().Backward() })
			}
			d.session.Check(shortage.Shortage{Device: "cuda:0", Wanted: 2 << 30, Free: 1 << 30, Total: 80 << 30})
		}
		was(d, step)
	}
	return func() { again(); plain = was }
}
