package train

import (
	"fmt"

	"github.com/clipenv/toolkit/pkg/torch"
)

// reading is what there is to know of a step, on the device still.
type reading struct {
	terms []term
	names []string       // of a row: the loss, its terms, what stands beside them
	rows  []torch.Tensor // [n], one for each part of the batch
	norm  torch.Tensor   // of the gradient; none: it was not measured
}

// into adds the figures of a step to those that are known. All of it leaves the
// device in one copy, the only time that the processor waits for it.
func (r reading) into(figures map[string]float64) {
	all := append([]torch.Tensor{}, r.rows...)
	if !r.norm.IsZero() {
		all = append(all, r.norm.Reshape(1))
	}
	values := torch.Cat(0, all...).Floats()
	for part := range r.rows {
		for i, name := range r.names {
			figures[name] += 1 / float64(len(r.rows)) * float64(values[part*len(r.names)+i])
		}
	}
	for _, t := range r.terms {
		figures[t.name+"_weight"] = t.weight
	}
	figures["gradient"] = 0
	if !r.norm.IsZero() {
		figures["gradient"] = float64(values[len(values)-1])
	}
}

// reads tells whether the figures are read after the step that was done: every so
// many steps, and where they are written down, looked at or saved.
func (d *descent) reads() bool {
	every := d.FiguresEvery
	if every == 0 {
		every = 1
		if d.params().Device() != torch.CPU {
			every = logEach
		}
	}
	n := d.at.Step
	return n%every == 0 || n%logEach == 0 || d.looks(n) || d.saves(n) || d.ends() != ""
}

// recorded is what a step that is recorded reads and leaves, and how.
type recorded struct {
	records bool           // inputs, kept and the optimiser's rate are on the device
	read    []torch.Tensor // owned: the inputs
	kept    torch.Tensor   // owned: a row and the gradient's norm
	seen    reading        // names and terms of the row
	made    int            // steps since the run was opened
	graph   *torch.Graph   // the step; nil: it is not recorded yet
	session *torch.Session // of the step
	leave   func()         // the lane
}

// recordOnCPU has a CPU record too, for tests.
var recordOnCPU = false

// prepare finds out whether the steps are recorded: on a GPU, where one process
// shows the networks the whole batch, and each step reads tensors of the same
// shapes.
func (d *descent) prepare() error {
	device := d.params().Device()
	if d.Graphs == GraphsOff || !d.recordable() || device == torch.CPU && !recordOnCPU || d.peers.Size() > 1 ||
		d.MicroBatch > 0 && d.MicroBatch < d.Batch || torch.CanRecord(device) != nil {
		return nil
	}
	return torch.Do(device, func(s *torch.Session) {
		var err error
		d.leave, err = torch.Lane(device)
		s.Check(err)
		d.records = true
		d.adam.Recordable(s)
	})
}

// stepRecorded is stepPlain of the whole batch at once, as it was recorded where it
// was. What cannot be recorded is said, and goes on op by op.
func (d *descent) stepRecorded(s *torch.Session, b batch, rate float64) reading {
	d.session = s
	s.Seed(d.stepSeed(d.at.Step))
	s.Scope(func() {
		for i, x := range d.inputs(s, b) {
			if i == len(d.read) {
				d.read = append(d.read, x.ZerosLike().Contiguous().Own())
			}
			d.read[i].CopyFrom(x)
		}
	})
	d.adam.SetRate(s, rate)
	if d.made == torch.StepsBefore {
		var err error
		if d.graph, err = s.Record(func() { d.descend(d.session, b) }); err != nil {
			fmt.Fprintf(d.bar, "%s: the steps go on kernel by kernel: they could not be recorded: %v\n", d.recipe.Command, err)
		}
	}
	d.made++
	if d.graph != nil {
		d.graph.Replay()
	} else {
		s.Scope(func() { d.descend(s, b) })
	}
	seen, n := d.seen, int64(len(d.seen.names))
	kept := s.Use(d.kept)
	seen.rows = []torch.Tensor{kept.Narrow(0, 0, n)}
	if kept.Size(0) > n {
		seen.norm = kept.Narrow(0, n, 1)
	}
	return seen
}

// descend descends once, from what lies in the inputs, at the rate that was set.
func (d *descent) descend(s *torch.Session, b batch) {
	inputs := make([]torch.Tensor, len(d.read))
	for i, x := range d.read {
		inputs[i] = s.Use(x)
	}
	out := d.loss(s, b, inputs)
	loss := out.backward()
	names, row := out.row(loss)
	if norm := d.adam.StepAtRate(s, 1); !norm.IsZero() {
		row = torch.Cat(0, row, norm.Reshape(1))
	}
	if d.mean != nil {
		d.mean.Update()
	}
	if d.kept.IsZero() {
		d.kept, d.seen.names = row.ZerosLike().Own(), names
		for _, t := range out.terms {
			d.seen.terms = append(d.seen.terms, term{name: t.name, weight: t.weight})
		}
	}
	d.kept.CopyFrom(row)
}

func (r *recorded) close(device torch.Device) {
	r.graph.Free()
	r.kept.Free()
	for _, x := range r.read {
		x.Free()
	}
	if r.leave != nil {
		// What fails here has failed before, and was said.
		_ = torch.Do(device, func(*torch.Session) { r.leave() })
	}
}
