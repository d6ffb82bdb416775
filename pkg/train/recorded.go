package train

import (
	"errors"
	"fmt"

	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/shortage"
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

// Where figures_every is 0.
const (
	mostRows   = 1000 // on a CPU, that the metrics of a run have
	everyOnGPU = 20   // steps: each reading keeps the device waiting
)

// every is how many steps lie between figures.
func (d *descent) every() int {
	switch {
	case d.FiguresEvery > 0:
		return d.FiguresEvery
	case d.params().Device() != torch.CPU:
		return everyOnGPU
	}
	return (d.Steps + mostRows - 1) / mostRows
}

// writes tells whether the figures of the step that was done are written down:
// every so many steps, and where the held-out maps are looked at.
func (d *descent) writes() bool {
	n := d.at.Step
	return n%d.every() == 0 || d.looks(n) || d.ends() != ""
}

// reads tells whether those figures are read: where they are written down, and
// before weights are saved, so that no checkpoint holds what is no number.
func (d *descent) reads() bool { return d.writes() || d.saves(d.at.Step) }

// recorded is what a step that is recorded reads and leaves, and how.
type recorded struct {
	records bool             // inputs, kept and the optimiser's rate are on the device
	tapes   map[string]*tape // by the shapes of what is read
	kept    torch.Tensor     // owned: the rows of all parts, and the gradient's norm
	seen    reading          // names and terms of a row
	session *torch.Session   // of the step
	leave   func()           // the lane
	failed  bool             // a step could not be recorded: none is
}

// tape is the steps whose inputs have the same shapes.
type tape struct {
	read  [][]torch.Tensor // owned: the inputs of each part
	made  int              // steps since the run was opened
	graph *torch.Graph     // the step; nil: it is not recorded yet
}

// mostTapes are kept: a recording takes time, as the steps before it do. Steps of
// further shapes, which are then the rare ones, are not recorded.
var mostTapes = 4

// recordOnCPU has a CPU record too, for tests; record is how, and plain is how a step is
// made that is not recorded.
var (
	recordOnCPU = false
	record      = func(d *descent, step func()) (*torch.Graph, error) { return d.session.Record(step, d.beside()) }
	plain       = func(d *descent, step func()) { d.session.Scope(step) }
)

// prepare finds out whether the steps are recorded: on a GPU, where there is one
// process: several meet within a step.
func (d *descent) prepare() error {
	device := d.params().Device()
	if d.Graphs == GraphsOff || device == torch.CPU && !recordOnCPU || d.peers.Size() > 1 || torch.CanRecord(device) != nil {
		return nil
	}
	return torch.Do(device, func(s *torch.Session) {
		var err error
		d.leave, err = torch.Lane(device)
		s.Check(err)
		d.records = true
		d.tapes = make(map[string]*tape)
		d.adam.Recordable(s)
	})
}

// stepRecorded is stepPlain, as it was recorded where it was. What cannot be recorded
// is said, and goes on op by op.
func (d *descent) stepRecorded(s *torch.Session, parts []batch, rate float64) reading {
	d.session = s
	for i := range parts {
		parts[i].alike = true
	}
	s.Scope(func() {
		inputs := make([][]torch.Tensor, len(parts))
		for i, part := range parts {
			s.Seed(d.stepSeed(d.at.Step))
			inputs[i] = d.inputs(s, part)
		}
		d.adam.SetRate(s, rate)
		t := d.tape(inputs)
		if t == nil {
			d.plainly(func() { d.descend(s, parts, inputs) })
			return
		}
		for i := range inputs {
			for j, x := range inputs[i] {
				t.read[i][j].CopyFrom(x)
			}
		}
		d.play(t, parts)
	})
	seen, n := d.seen, int64(len(d.seen.names))
	kept := s.Use(d.kept)
	for i := range parts {
		seen.rows = append(seen.rows, kept.Narrow(0, int64(i)*n, n))
	}
	if all := int64(len(parts)) * n; kept.Size(0) > all {
		seen.norm = kept.Narrow(0, all, 1)
	}
	return seen
}

// tape finds the steps of inputs of such shapes, nil where there are too many others.
func (d *descent) tape(inputs [][]torch.Tensor) *tape {
	shapes := ""
	for _, part := range inputs {
		for _, x := range part {
			shapes += fmt.Sprint(x.Shape())
		}
	}
	if t := d.tapes[shapes]; t != nil || len(d.tapes) == mostTapes {
		return t
	}
	t := &tape{}
	for _, part := range inputs {
		var read []torch.Tensor
		for _, x := range part {
			read = append(read, x.ZerosLike().Contiguous().Own())
		}
		t.read = append(t.read, read)
	}
	d.tapes[shapes] = t
	return t
}

// beside is a recording in whose memory another can be made, nil where there is none.
func (d *descent) beside() *torch.Graph {
	for _, t := range d.tapes {
		if t.graph != nil {
			return t.graph
		}
	}
	return nil
}

// play descends once from what lies in the inputs of a tape.
func (d *descent) play(t *tape, parts []batch) {
	step := func() {
		inputs := make([][]torch.Tensor, len(t.read))
		for i, part := range t.read {
			for _, x := range part {
				inputs[i] = append(inputs[i], d.session.Use(x))
			}
		}
		d.descend(d.session, parts, inputs)
	}
	if t.made == torch.StepsBefore && !d.failed {
		var err error
		if t.graph, err = record(d, step); err != nil {
			d.failed = true
			torch.ZeroGrad(d.adam.Weights()) // a recording that broke off leaves gradients that were never computed
			fmt.Fprintf(d.bar, "%s: the steps go on kernel by kernel: they could not be recorded: %v\n", d.recipe.Command, err)
		}
	}
	t.made++
	if t.graph != nil {
		t.graph.Replay()
		return
	}
	d.plainly(step)
}

// plainly makes a step op by op. Where the device has no room for it beside the
// recordings, these are given up, and it is made again in their place.
func (d *descent) plainly(step func()) {
	err := torch.Do(d.session.Device(), func(*torch.Session) { plain(d, step) })
	var short shortage.Shortage
	if d.beside() != nil && errors.As(err, &short) {
		for _, t := range d.tapes {
			t.graph.Free()
			t.graph = nil
		}
		d.failed = true
		torch.ZeroGrad(d.adam.Weights()) // those of a part of the step
		fmt.Fprintf(d.bar, "%s: the steps go on kernel by kernel: there is no room for others beside those that were recorded: %v\n", d.recipe.Command, short)
		plain(d, step)
		return
	}
	d.session.Check(err)
}

// descend descends once, at the rate that was set, and leaves the figures in kept.
func (d *descent) descend(s *torch.Session, parts []batch, inputs [][]torch.Tensor) {
	var rows []torch.Tensor
	var terms []term
	for i, part := range parts {
		var row torch.Tensor
		func() {
			defer s.Tidy(&row)()
			out := d.loss(s, part, inputs[i])
			loss := out.backward()
			terms = out.terms
			d.seen.names, row = out.row(loss)
		}()
		rows = append(rows, row)
	}
	if norm := d.adam.StepAtRate(s, len(parts)); !norm.IsZero() {
		rows = append(rows, norm.Reshape(1))
	}
	if d.mean != nil {
		d.mean.Update()
	}
	all := torch.Cat(0, rows...)
	if d.kept.IsZero() {
		d.kept = all.ZerosLike().Own()
		for _, t := range terms {
			d.seen.terms = append(d.seen.terms, term{name: t.name, weight: t.weight})
		}
	}
	d.kept.CopyFrom(all)
}

func (r *recorded) close(device torch.Device) {
	r.kept.Free()
	for _, t := range r.tapes {
		t.graph.Free()
		for _, part := range t.read {
			for _, x := range part {
				x.Free()
			}
		}
	}
	if r.leave != nil {
		// What fails here has failed before, and was said.
		_ = torch.Do(device, func(*torch.Session) { r.leave() })
	}
}
