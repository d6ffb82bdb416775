package edit

import (
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/view"
)

// onDevice is a generator that tells whether its maps are made without a look of
// the processor's at numbers: then a step through it can be recorded.
type onDevice interface{ OnDevice() bool }

// recorded is what a step that may be recorded reads and leaves, and how.
type recorded struct {
	inputs     []*view.Inputs // of the views; nil: they are as drawn
	records    bool           // kept and the optimiser's rate are on the device
	kept       torch.Tensor   // owned: the figures of the step
	graph      *torch.Graph   // the step; nil: it is not recorded yet, or not at all
	unrecorded error          // why it could not be
	leave      func()         // the lane
}

// recordOnCPU has a CPU record too, for tests.
var recordOnCPU = false

// prepare finds out how the steps are made, and makes room for what they read.
func (x *descent) prepare() error {
	s := x.Text.Session()
	gpu := s.Device() != torch.CPU
	x.every = x.config.figuresEvery(s.Device())
	n := x.free.Maps()
	if gpu || recordOnCPU {
		w, h := x.Generator.Size()
		for range x.config.views() {
			x.inputs = append(x.inputs, view.NewInputs(s, n, int64(h), int64(w)))
		}
	}
	g, ok := x.Generator.(onDevice)
	if x.config.Graphs == GraphsOff || !gpu && !recordOnCPU || !ok || !g.OnDevice() || torch.CanRecord(s.Device()) != nil {
		return nil
	}
	var err error
	if x.leave, err = torch.Lane(s.Device()); err != nil {
		return err
	}
	x.records = true
	x.adam.Recordable(s)
	x.kept = s.Zeros(n + 1 + int64(len(x.terms))).Own()
	return nil
}

// figuresEvery is the key, or what is best on a device: a GPU is not to wait at
// every step for the processor to read what it did.
func (c Config) figuresEvery(d torch.Device) int {
	switch {
	case c.FiguresEvery > 0:
		return c.FiguresEvery
	case d == torch.CPU:
		return 1
	}
	return 10
}

// views is how many views CLIP sees a step, 0 for the map as it is.
func (c Config) views() int {
	if c.Mode == Guided {
		return c.Views
	}
	return 0
}

// draw draws the views of a step.
func (x *descent) draw() {
	s := x.Text.Session()
	w, h := x.Generator.Size()
	x.draws = x.draws[:0]
	for i := range x.config.views() {
		d := view.Gentle.Draws(x.free.Maps(), int64(h), int64(w), x.random)
		if x.inputs != nil {
			x.inputs[i].Set(s, d)
		} else {
			x.draws = append(x.draws, d)
		}
	}
}

// step descends once: as it was recorded, where it was.
func (x *descent) step(i int) {
	s := x.Text.Session()
	defer s.Tidy()()

	x.draw()
	x.rate = x.config.LearningRate * rate(i, x.config.Steps)
	if x.records {
		x.adam.SetRate(s, x.rate)
	}
	if x.records && i == torch.StepsBefore {
		if x.graph, x.unrecorded = s.Record(x.descend, nil); x.unrecorded != nil {
			torch.ZeroGrad(x.adam.Weights()) // a recording that broke off leaves gradients that were never computed
		}
	}
	switch {
	case x.graph != nil:
		x.graph.Replay()
	default:
		x.descend()
	}
	if x.records {
		x.unread = append(x.unread, s.Use(x.kept).Clone().Own())
	} else {
		x.unread = append(x.unread, x.figures.Own())
	}
}

func (x *recorded) close() {
	x.graph.Free()
	x.kept.Free()
	for _, in := range x.inputs {
		in.Free()
	}
	if x.leave != nil {
		x.leave()
	}
}
