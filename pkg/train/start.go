package train

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"

	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/optim"
)

// start opens the run's directory, new or to be resumed, and descends. begin
// is called once the directory is held, with the step that comes next.
func start(ctx context.Context, o objective, l Loop, out string, resume bool, begin func(*run.Dir, int) (func(), error), recipe run.Recipe, log io.Writer, verb string) (map[string]float64, error) {
	opt, err := optim.NewAdamW(o.params().Trainable, optim.Config{
		Beta2: l.Beta2, WeightDecay: l.WeightDecay, ClipNorm: l.ClipNorm, Groups: o.groups(),
	})
	if err != nil {
		return nil, err
	}
	defer opt.Close()

	var at progress
	var dir *run.Dir
	if resume {
		at, err = loadCheckpoint(filepath.Join(out, checkpointName), o.params(), opt)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%w; begin without --resume, in a directory of no other run", err)
		}
		if err != nil {
			return nil, err
		}
		dir, _, err = run.Resume(out, at.Step+1)
	} else {
		dir, err = run.Create(out, recipe)
	}
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	stop, err := begin(dir, at.Step)
	if stop != nil {
		defer stop()
	}
	if err != nil {
		return nil, err
	}
	bar := run.Progress(log, l.Steps, verb)
	defer bar.Close()
	hint := fmt.Sprintf("toolkit %s --resume with the same -c and -o %s goes on from there", verb, out)
	return descend(ctx, o, l, dir, opt, at, bar, hint)
}
