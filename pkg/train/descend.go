package train

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/internal/run/curves"
	"github.com/clipenv/toolkit/internal/run/events"
	"github.com/clipenv/toolkit/pkg/dataset"
	"github.com/clipenv/toolkit/pkg/dist"
	"github.com/clipenv/toolkit/pkg/nn"
	"github.com/clipenv/toolkit/pkg/optim"
	"github.com/clipenv/toolkit/pkg/torch"
)

// objective is what a loop trains.
type objective interface {
	params() *nn.Params
	groups() []optim.Group
	// sampler makes the batches.
	sampler() *dataset.Sampler
	// begin sets the weights of a new run, before its first step.
	begin(ctx context.Context, s *torch.Session) error
	// parts cuts a batch into those that the networks see at a time. The mean
	// of their losses is the batch's.
	parts(b batch) []batch
	// inputs are what the forward pass of a batch reads, as tensors: all that differs
	// from step to step. Random numbers of s are to be drawn for all maps of the step,
	// and each part takes its own.
	inputs(s *torch.Session, b batch) []torch.Tensor
	// loss is the forward pass of a batch, up to the terms of its loss.
	loss(s *torch.Session, b batch, inputs []torch.Tensor) outcome
	// evaluate returns figures on the held-out maps and the one that decides,
	// the larger the better. It may leave pictures in dir.
	evaluate(s *torch.Session, dir *run.Dir) (figures map[string]float64, score float64, err error)
	// offers names all that evaluate returns.
	offers() []string
	// doubts says what those figures show to have gone wrong.
	doubts(figures map[string]float64) []string
	// heldOut names some of those figures, for the curves.
	heldOut() curves.HeldOut
	// save writes the model, as others load it.
	save(path string, notes map[string]string) error
}

// descent is a training under way.
type descent struct {
	Loop
	objective
	dir    *run.Dir
	recipe run.Recipe
	bar    *run.Bar
	next   func() dataset.Batch
	adam   *optim.AdamW
	mean   *nn.EMA // of the weights; nil: none is kept
	at     progress
	ticked time.Time      // when the clock was last looked at
	events *events.Writer // of the figures; nil: none are written
	peers  *dist.Group
	pace   pace
	told   bool    // some process was told to stop
	said   float64 // the loss, when it was last read
	recorded
}

// run does the steps that are left, and returns the figures of the best model.
func (d *descent) run(ctx context.Context, resumeHint string) (map[string]float64, error) {
	d.bar.StartAt(d.at.Step)
	d.clock()
	for d.ends() == "" {
		if stopped := d.interrupted(ctx, resumeHint); stopped != nil {
			if err := d.first(d.saveCheckpoint); err != nil { // how to go on would not be true
				return d.at.Figures, fmt.Errorf("train: interrupted after %d steps, and what came after the last checkpoint is lost: %w", d.at.Step, err)
			}
			return d.at.Figures, stopped
		}
		figures, err := d.step(ctx)
		if err != nil {
			return d.at.Figures, err
		}
		if err := d.note(figures); err != nil {
			return d.at.Figures, err
		}
	}
	d.sayEnd()
	return d.at.Figures, nil
}

// step descends once, and returns the figures of the step: all where they are
// read, else the rate alone. The gradients of the parts add up, and the optimiser
// takes their mean over all processes.
func (d *descent) step(ctx context.Context) (map[string]float64, error) {
	number := d.at.Step + 1
	began := time.Now()
	figures := map[string]float64{"rate": d.rate(d.at.Step)}
	err := torch.Do(d.params().Device(), func(s *torch.Session) {
		from, _ := d.share()
		parts := d.parts(batch{Batch: d.next(), step: d.at.Step, first: from, of: d.Batch})
		var seen reading
		if d.records {
			seen = d.stepRecorded(s, parts, figures["rate"])
		} else {
			seen = d.stepPlain(s, parts, figures["rate"])
		}
		s.Check(d.meet(ctx))
		d.at.Step++
		if d.reads() {
			seen.into(figures)
			s.Check(d.average(figures))
			d.said = figures["loss"]
		}
	})
	if err != nil {
		return nil, fmt.Errorf("train: step %d: %w", number, err)
	}
	d.pace.maps += d.Batch
	d.pace.spent += time.Since(began)
	if loss := d.said; math.IsNaN(loss) || math.IsInf(loss, 0) {
		return nil, fmt.Errorf("train: the loss of step %d is %v: lower learning_rate (%v), and begin again from the last checkpoint with --resume", number, loss, d.LearningRate)
	}
	return figures, nil
}

// stepPlain descends once, op by op.
func (d *descent) stepPlain(s *torch.Session, parts []batch, rate float64) (seen reading) {
	for i, part := range parts {
		var row torch.Tensor
		func() {
			defer s.Tidy(&row)()
			s.Seed(d.stepSeed(d.at.Step))
			out := d.loss(s, part, d.inputs(s, part))
			if i == len(parts)-1 && d.atOnce(part) {
				s.Check(d.peers.SendGradients(d.adam.Weights()))
			}
			loss := out.backward()
			seen.terms = out.terms
			seen.names, row = out.row(loss)
		}()
		seen.rows = append(seen.rows, row)
	}
	if d.peers.Size() > 1 {
		s.Check(d.peers.AverageGradients(d.adam.Weights()))
	}
	seen.norm = d.adam.Step(s, rate, len(parts))
	if d.mean != nil {
		d.mean.Update()
	}
	return seen
}

// note looks at what a step has left, and saves, where one of them is due, or
// the run has come to its end.
func (d *descent) note(figures map[string]float64) error {
	do := func() error {
		if err := d.look(figures); err != nil {
			return err
		}
		if d.saves(d.at.Step) || d.ends() != "" {
			return d.saveCheckpoint()
		}
		return nil
	}
	others := d.peers.Rank() > 0
	if others {
		d.bar.Add(1, "") // what it says when it is told to stop
	}
	if d.looks(d.at.Step) || d.saves(d.at.Step) || d.ends() != "" {
		return d.lookFirst(do)
	}
	if others {
		return nil
	}
	return do()
}

// look says how the step went and, when it is time, looks at the held-out maps.
func (d *descent) look(figures map[string]float64) error {
	note := fmt.Sprintf("loss %.4f", d.said)
	looks := d.looks(d.at.Step) || d.ends() != ""
	if looks {
		if err := d.averaged(func() error { return d.evaluateAndKeep(figures) }); err != nil {
			return err
		}
		note += fmt.Sprintf(", held out %.3f (best %.3f)", d.at.Score, d.at.Best)
	}
	d.bar.Add(1, "%s", note)
	if d.writes() {
		if err := d.log(figures); err != nil {
			return err
		}
	}
	if looks {
		return curves.Write(d.dir, d.heldOut())
	}
	return nil
}

// averaged runs f with the average of the weights in their place, where one is
// kept.
func (d *descent) averaged(f func() error) error {
	if d.mean == nil {
		return f()
	}
	swap := func() error { return torch.Do(d.params().Device(), d.mean.Swap) }
	if err := swap(); err != nil {
		return fmt.Errorf("train: average of the weights: %w", err)
	}
	return errors.Join(f(), swap())
}

// evaluateAndKeep adds the figures on the held-out maps, and keeps the model
// where it is the best so far or the last.
func (d *descent) evaluateAndKeep(figures map[string]float64) error {
	var held map[string]float64
	err := torch.Do(d.params().Device(), func(s *torch.Session) {
		s.NoGrad(func() {
			var err error
			held, d.at.Score, err = d.evaluate(s, d.dir)
			s.Check(err)
		})
	})
	if err != nil {
		return fmt.Errorf("train: evaluation after step %d: %w", d.at.Step, err)
	}
	for name, v := range held {
		figures[name] = v
	}
	if len(d.Select) > 0 {
		d.at.Score = d.chosen(held)
	}
	figures["score"] = d.at.Score
	for _, doubt := range d.doubts(held) {
		if d.at.Step > d.Warmup { // before it nothing is learnt yet
			fmt.Fprintf(d.bar, "%s: step %d: %s\n", d.recipe.Command, d.at.Step, doubt)
		}
	}
	if err := d.keepSteps(notes(d.recipe, held)); err != nil {
		return err
	}
	d.at.Since++
	if d.at.Figures == nil || d.at.Score > d.at.Best {
		d.at.Best, d.at.Figures, d.at.Since = d.at.Score, held, 0
		if err := d.save(d.dir.Path(bestName), notes(d.recipe, held)); err != nil {
			return err
		}
	}
	if d.ends() != "" {
		return d.save(d.dir.Path(lastName), notes(d.recipe, held))
	}
	return nil
}
