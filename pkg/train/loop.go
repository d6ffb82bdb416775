// Package train holds the two training loops, of the VAE and of CLIP, and what
// they share: steps, schedule, checkpoints, evaluation, resuming.
//
// A run lives in a directory (package run):
//
//	recipe.json             how it began
//	metrics.jsonl           figures of each logged step
//	curves.png              the loss and the held-out figures over steps
//	checkpoint.safetensors  weights, optimiser and step: where to resume
//	best.safetensors        the weights that were best on the held-out maps
//	last.safetensors        the weights of the last step, which nothing chose
//
// Every draw of a step is a function of the seed and the step, so that a run
// resumed anywhere goes on as if it had never stopped, to the bit on the CPU
// with as many threads.
package train

import (
	"context"
	"fmt"
	"math"

	"github.com/clipenv/toolkit/internal/faults"
	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/internal/run/curves"
	"github.com/clipenv/toolkit/pkg/nn"
	"github.com/clipenv/toolkit/pkg/optim"
	"github.com/clipenv/toolkit/pkg/torch"
)

// Loop says how a training run descends.
type Loop struct {
	Steps         int     `yaml:"steps" json:"steps"`
	Batch         int     `yaml:"batch" json:"batch"` // maps a step
	LearningRate  float64 `yaml:"learning_rate" json:"learning_rate"`
	FinalRate     float64 `yaml:"final_rate" json:"final_rate"` // the rate at the end, as a share of learning_rate
	Warmup        int     `yaml:"warmup" json:"warmup"`         // steps to reach learning_rate
	Hold          float64 `yaml:"hold" json:"hold"`             // share of the steps before the rate begins to fall
	Beta2         float64 `yaml:"beta2" json:"beta2"`           // of AdamW
	WeightDecay   float64 `yaml:"weight_decay" json:"weight_decay"`
	ClipNorm      float64 `yaml:"clip_norm" json:"clip_norm"`           // greatest norm of the gradient; 0: any
	EvaluateEvery int     `yaml:"evaluate_every" json:"evaluate_every"` // steps between looks at the held-out maps; 0: at the end only
	SaveEvery     int     `yaml:"save_every" json:"save_every"`         // steps between checkpoints, beside that of the first step; 0: at the end only
	Seed          int64   `yaml:"seed" json:"seed"`
}

// Validate reports every field that is wrong.
func (l Loop) Validate() error {
	var found faults.List
	check := found.Check
	check(l.Steps >= 1, "steps is %d, want 1 or more", l.Steps)
	check(l.Batch >= 1 && l.Batch <= 4096, "batch is %d, want 1 to 4096", l.Batch)
	check(l.LearningRate > 0 && l.LearningRate < 10, "learning_rate is %v, want more than 0, less than 10", l.LearningRate)
	check(l.FinalRate >= 0 && l.FinalRate <= 1, "final_rate is %v, want 0 to 1", l.FinalRate)
	check(l.Warmup >= 0, "warmup is %d, want 0 or more", l.Warmup)
	check(l.Hold >= 0 && l.Hold <= 1, "hold is %v, want 0 to 1", l.Hold)
	check(l.Beta2 > 0 && l.Beta2 < 1, "beta2 is %v, want between 0 and 1", l.Beta2)
	check(l.WeightDecay >= 0, "weight_decay is %v, want 0 or more", l.WeightDecay)
	check(l.ClipNorm >= 0, "clip_norm is %v, want 0 (none) or more", l.ClipNorm)
	check(l.EvaluateEvery >= 0, "evaluate_every is %d, want 0 or more", l.EvaluateEvery)
	check(l.SaveEvery >= 0, "save_every is %d, want 0 or more", l.SaveEvery)
	return found.Err()
}

// rate is the learning rate of a step: up in a line, level, down half a cosine.
func (l Loop) rate(step int) float64 {
	rate := optim.HoldCosine(l.LearningRate, l.FinalRate*l.LearningRate, int(l.Hold*float64(l.Steps)), l.Steps)(step)
	return rate * math.Min(1, float64(step+1)/float64(max(l.Warmup, 1)))
}

// stepSeed is the seed of all that is drawn in a step.
func (l Loop) stepSeed(step int) int64 { return l.Seed<<32 ^ int64(step) }

// objective is what a loop trains.
type objective interface {
	params() *nn.Params
	groups() []optim.Group
	// loss returns the loss of a step, with figures for the log.
	loss(ctx context.Context, s *torch.Session, step int) (torch.Tensor, map[string]float64, error)
	// evaluate returns figures on the held-out maps and the one that decides,
	// the larger the better.
	evaluate(s *torch.Session) (figures map[string]float64, score float64, err error)
	// heldOut names those figures, for the curves.
	heldOut() curves.HeldOut
	// save writes the model, as others load it.
	save(path string, figures map[string]float64) error
}

// descend runs the loop in dir from the given step on, 0 for a new run.
func descend(ctx context.Context, o objective, l Loop, dir *run.Dir, opt *optim.AdamW, from progress, bar *run.Bar, resumeHint string) (map[string]float64, error) {
	bar.StartAt(from.Step)
	at := from
	save := func() error { return saveCheckpoint(dir.Path(checkpointName), o.params(), opt, at) }
	for at.Step < l.Steps {
		if stopped := bar.Interrupted(ctx, resumeHint); stopped != nil {
			if err := save(); err != nil { // how to go on would not be true
				return at.Figures, fmt.Errorf("train: interrupted after %d steps, and what came after the last checkpoint is lost: %w", at.Step, err)
			}
			return at.Figures, stopped
		}
		if err := at.advance(ctx, o, l, dir, opt, bar); err != nil {
			return at.Figures, err
		}
		if l.saves(at.Step) {
			if err := save(); err != nil {
				return at.Figures, err
			}
		}
	}
	return at.Figures, nil
}

// saves tells whether a checkpoint is due after so many steps. The first step
// leaves one, so that what came before it, as the start from principal
// components, is not lost.
func (l Loop) saves(steps int) bool {
	return steps == l.Steps || l.SaveEvery > 0 && (steps == 1 || steps%l.SaveEvery == 0)
}

// advance does one step, and looks at the held-out maps when it is time.
func (at *progress) advance(ctx context.Context, o objective, l Loop, dir *run.Dir, opt *optim.AdamW, bar *run.Bar) error {
	var figures map[string]float64
	err := torch.Do(o.params().Device(), func(s *torch.Session) {
		s.Seed(l.stepSeed(at.Step))
		loss, f, err := o.loss(ctx, s, at.Step)
		s.Check(err)
		loss.Backward()
		f["gradient"] = opt.Step(l.rate(at.Step), 1)
		f["loss"] = loss.Item()
		f["rate"] = l.rate(at.Step)
		figures = f
	})
	if err != nil {
		return fmt.Errorf("train: step %d: %w", at.Step+1, err)
	}
	if math.IsNaN(figures["loss"]) || math.IsInf(figures["loss"], 0) {
		return fmt.Errorf("train: the loss of step %d is %v: lower learning_rate (%v), and begin again from the last checkpoint with --resume", at.Step+1, figures["loss"], l.LearningRate)
	}
	at.Step++
	note := fmt.Sprintf("loss %.4f", figures["loss"])
	last := at.Step == l.Steps
	looks := last || l.EvaluateEvery > 0 && at.Step%l.EvaluateEvery == 0
	if looks {
		if err := at.evaluate(o, dir, figures, last); err != nil {
			return err
		}
		note += fmt.Sprintf(", held out %.3f (best %.3f)", at.Score, at.Best)
	}
	bar.Add(1, "%s", note)
	if looks || at.Step%logEach == 0 {
		if err := dir.Metrics(at.Step, figures); err != nil {
			return err
		}
	}
	if looks {
		return curves.Write(dir, o.heldOut())
	}
	return nil
}

// logEach is how many steps lie between lines of metrics.
const logEach = 20

// evaluate adds the figures on the held-out maps, and keeps the model where it
// is the best so far or the last.
func (at *progress) evaluate(o objective, dir *run.Dir, figures map[string]float64, last bool) error {
	var held map[string]float64
	err := torch.Do(o.params().Device(), func(s *torch.Session) {
		s.NoGrad(func() {
			var err error
			held, at.Score, err = o.evaluate(s)
			s.Check(err)
		})
	})
	if err != nil {
		return fmt.Errorf("train: evaluation after step %d: %w", at.Step, err)
	}
	for name, v := range held {
		figures[name] = v
	}
	figures["score"] = at.Score
	if at.Figures == nil || at.Score > at.Best {
		at.Best, at.Figures = at.Score, held
		if err := o.save(dir.Path(bestName), held); err != nil {
			return err
		}
	}
	if last {
		return o.save(dir.Path(lastName), held)
	}
	return nil
}
