package train

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/optim"
)

// launch is what a training begins with, or goes on.
type launch struct {
	verb   string
	out    string // the run's directory
	resume bool
	recipe run.Recipe
	log    io.Writer
}

// start opens the run's directory, new or to be resumed, and descends. begin
// is called once the directory is held, with the recipe in force and the step
// that comes next.
func start(ctx context.Context, o objective, l Loop, x launch, begin func(context.Context, *run.Dir, run.Recipe, int) (func(), error)) (map[string]float64, error) {
	opt, err := optim.NewAdamW(o.params().Trainable, optim.Config{
		Beta2: l.Beta2, WeightDecay: l.WeightDecay, ClipNorm: l.ClipNorm, Groups: o.groups(),
	})
	if err != nil {
		return nil, err
	}
	defer opt.Close()

	var at progress
	var dir *run.Dir
	if x.resume {
		dir, at, err = x.reopen(o, opt, l)
	} else {
		dir, err = run.Create(x.out, x.recipe)
	}
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	stop, err := begin(ctx, dir, x.recipe, at.Step)
	if stop != nil {
		defer stop()
	}
	if err != nil {
		return nil, err
	}
	bar := run.Progress(x.log, l.Steps, x.verb)
	defer bar.Close()
	defer sayWhatIsFinished(ctx, bar, x.verb)()
	return descend(ctx, o, l, dir, opt, at, bar, x.hint())
}

func (x launch) hint() string {
	return fmt.Sprintf("toolkit %s --resume with the same -c and -o %s goes on from there", x.verb, x.out)
}

// reopen goes on in the directory of an earlier run, from its checkpoint or,
// where the run did not come that far, from the beginning. The recipe in force
// tells from then on what was changed.
func (x *launch) reopen(o objective, opt *optim.AdamW, l Loop) (dir *run.Dir, at progress, err error) {
	dir, began, err := run.Reopen(x.out)
	if err != nil {
		return nil, at, fmt.Errorf("%w; without --resume a run begins, in a directory of no other", err)
	}
	defer func() {
		if err != nil {
			dir.Close()
			dir = nil
		}
	}()
	changes, err := x.recipe.Differences(began)
	if err != nil {
		return dir, at, err
	}
	if err := refuse(changes, x.out); err != nil {
		return dir, at, err
	}
	at, err = loadCheckpoint(dir.Path(checkpointName), o.params(), opt)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		fmt.Fprintf(x.log, "%s: %s has no checkpoint yet: the run begins\n", x.verb, x.out)
		at = progress{}
	case err != nil:
		return dir, at, err
	case at.Step > l.Steps:
		return dir, at, fmt.Errorf("train: resume: %s has done %d steps, more than train.steps (%d): want as many or more", x.out, at.Step, l.Steps)
	}
	x.recipe.Changes = began.Changes
	for _, c := range changes {
		c.Step = at.Step
		fmt.Fprintf(x.log, "%s: from step %d on %v; the recipe says so\n", x.verb, at.Step+1, c)
		x.recipe.Changes = append(x.recipe.Changes, c)
	}
	if len(changes) > 0 {
		if err := dir.SetRecipe(x.recipe); err != nil {
			return dir, at, err
		}
	}
	return dir, at, dir.Continue(at.Step + 1)
}

// harmless tells whether a run may go on under another value of a recipe's
// key: what was learnt so far stays what the recipe says.
func harmless(key string) bool {
	return key == "config.train.steps" || key == "config.train.save_every" || key == "device" || strings.HasPrefix(key, "versions.")
}

// refuse lists the changes under which a run does not go on.
func refuse(changes []run.Change, out string) error {
	const most = 20
	var lines []string
	for _, c := range changes {
		if !harmless(c.Key) {
			lines = append(lines, c.String())
		}
	}
	if len(lines) == 0 {
		return nil
	}
	if more := len(lines) - most; more > 0 {
		lines = append(lines[:most], fmt.Sprintf("and %d more", more))
	}
	return fmt.Errorf("train: resume: %s was begun with other settings: give the same (only train.steps and train.save_every may change), or name another directory\n%s", out, strings.Join(lines, "\n"))
}

// patience is how long a run that was told to stop says nothing.
const patience = 500 * time.Millisecond

// sayWhatIsFinished tells, where an interruption takes its time, what it waits
// for. end ends the watch.
func sayWhatIsFinished(ctx context.Context, bar *run.Bar, verb string) (end func()) {
	ended := make(chan struct{})
	go func() {
		select {
		case <-ctx.Done():
		case <-ended:
			return
		}
		select {
		case <-time.After(patience):
			fmt.Fprintf(bar, "%s: told to stop: finishing the step, with its look at the held-out maps where one is due, and saving; a second time ends at once\n", verb)
		case <-ended:
		}
	}()
	return func() { close(ended) }
}
