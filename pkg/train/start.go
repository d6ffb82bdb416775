package train

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/nn"
	"github.com/clipenv/toolkit/pkg/optim"
	"github.com/clipenv/toolkit/pkg/torch"
)

// beginning is what a training begins with, or goes on, and what it is.
type beginning struct {
	Run
	recipe run.Recipe // in force: with what was changed since the run began
}

func (x beginning) verb() string { return x.recipe.Command }

// start opens the run's directory, new or to be resumed, and descends.
func start(ctx context.Context, o objective, l Loop, x beginning) (figures map[string]float64, err error) {
	defer func() { err = l.withRoom(x.verb(), err) }()
	d := &descent{Loop: l, objective: o, peers: x.Peers}
	if err := l.checkChoice(o.offers()); err != nil {
		return nil, err
	}
	if d.adam, err = optim.NewAdamW(o.params().Trainable, l.optimiser(o.groups())); err != nil {
		return nil, err
	}
	defer d.close()
	if err := x.agree(x.recipe); err != nil {
		return nil, err
	}
	if err := d.together(ctx, func() error { return x.open(ctx, d) }); err != nil {
		return nil, err
	}
	from, to := d.share()
	next, stop := o.sampler().Parts(d.at.Step, l.Batch, from, to)
	defer stop()
	d.next, d.recipe = next, x.recipe
	d.bar = run.Progress(x.Log, l.Steps, x.verb())
	defer d.bar.Close()
	if err := d.prepare(); err != nil {
		return nil, err
	}
	defer sayWhatIsFinished(ctx, d.bar, x.verb())()
	return d.run(ctx, x.hint())
}

// open opens the run's directory and brings weights, optimiser and average to
// where the run begins or goes on.
func (x *beginning) open(ctx context.Context, d *descent) (err error) {
	if x.Resume {
		err = x.reopen(d)
	} else {
		d.dir, err = run.Create(x.Output, x.recipe)
	}
	if err == nil && d.at.Step == 0 {
		err = torch.Do(x.Device, func(s *torch.Session) { s.Check(d.begin(ctx, s)) })
		if err == nil {
			err = d.keepMean()
		}
	}
	if err != nil {
		return err
	}
	return d.openEvents()
}

// keepMean begins the average of the weights, where one is wanted, with the
// weights as they are.
func (d *descent) keepMean() (err error) {
	if d.EMA > 0 {
		d.mean, err = nn.NewEMA(d.params(), d.EMA)
	}
	return err
}

func (d *descent) close() {
	d.adam.Close()
	d.recorded.close(d.params().Device())
	if d.mean != nil {
		d.mean.Close()
	}
	if d.events != nil {
		d.events.Close()
	}
	if d.dir != nil {
		d.dir.Close()
	}
}

func (x beginning) hint() string {
	if x.Peers.Size() > 1 {
		return "the same job with --resume, or with --resume-if-begun, goes on from there"
	}
	if x.Again != "" {
		return "this goes on from there:\n" + x.Again
	}
	return fmt.Sprintf("toolkit %s --resume with the same -c and -o %s goes on from there", x.verb(), x.Output)
}

// reopen goes on in the directory of an earlier run, from its checkpoint or,
// where the run did not come that far, from the beginning. The recipe in force
// tells from then on what was changed.
func (x *beginning) reopen(d *descent) error {
	dir, began, err := run.Reopen(x.Output)
	if err != nil {
		return fmt.Errorf("%w; without --resume a run begins, in a directory of no other", err)
	}
	d.dir = dir
	changes, err := x.recipe.Differences(began)
	if err != nil {
		return err
	}
	changes = slices.DeleteFunc(changes, unsaid)
	if err := refuse(changes, x.Output); err != nil {
		return err
	}
	switch err := d.loadCheckpoint(); {
	case errors.Is(err, fs.ErrNotExist):
		fmt.Fprintf(x.Log, "%s: %s has no checkpoint yet: the run begins\n", x.verb(), x.Output)
	case err != nil:
		return err
	case d.at.Step > d.Steps:
		return fmt.Errorf("train: resume: %s has done %d steps, more than train.steps (%d): want as many or more", x.Output, d.at.Step, d.Steps)
	}
	x.recipe.Changes = began.Changes
	for _, c := range changes {
		c.Step = d.at.Step
		fmt.Fprintf(x.Log, "%s: from step %d on %v; the recipe says so\n", x.verb(), d.at.Step+1, c)
		x.recipe.Changes = append(x.recipe.Changes, c)
	}
	if len(changes) > 0 {
		if err := dir.SetRecipe(x.recipe); err != nil {
			return err
		}
	}
	return dir.Continue(d.at.Step + 1)
}

// unsaid tells whether a change is none: the run was begun before the key was
// there, and its value is the one at which nothing differs.
func unsaid(c run.Change) bool {
	value, known := unlessSaid[c.Key]
	return known && string(c.From) == "null" && string(c.To) == value
}

// harmless tells whether a run may go on under another value of a recipe's
// key: what was learnt so far stays what the recipe says.
func harmless(key string) bool {
	switch key {
	case "config.train.steps", "config.train.save_every", "config.train.patience", "config.train.max_time", "config.train.keep", "config.train.tensorboard", "config.train.graphs", "config.train.figures_every", "device", "tf32", "processes":
		return true
	}
	return strings.HasPrefix(key, "versions.")
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
	return fmt.Errorf("train: resume: %s was begun with other settings: give the same (only steps, save_every, patience, max_time, keep, tensorboard, graphs and figures_every of train may change), or name another directory\n%s", out, strings.Join(lines, "\n"))
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
