package evaluation

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/clipenv/toolkit/internal/app"
	"github.com/clipenv/toolkit/internal/config"
	"github.com/clipenv/toolkit/internal/files"
	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/dataset"
	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/evaluate"
)

// Study is an evaluation that a file describes: many combinations, CLIPs
// and prompts over the same maps, kept cell by cell in a folder. A cell is kept
// by a key of all that it depends on, so that what is finished is not made
// again: not after a kill, nor where the file changes, nor on another machine
// whose folder is merged.
type Study struct {
	File    string        // of the experiment, YAML
	Output  string        // the run's folder
	Resume  bool          // go on in Output
	IfBegun bool          // Resume where Output holds a run
	Shard   dataset.Shard // of the cells
	Merge   []string      // folders of other runs, whose finished cells are taken over
	Force   bool

	config   evaluate.Experiment
	settings map[string]edit.Config // by combination
	maps     []studyMap
	models   *app.StudyModels
	clips    []namedEncoder // that are optimised, by name
	dir      *run.Dir
	recipe   run.Recipe
	cells    []evaluate.Tried
	keys     []string
}

// StudyReport is what came of an experiment, or of a shard of it.
type StudyReport struct {
	Markdown string           // the tables; "" while cells are missing
	Cells    []evaluate.Tried // in the order of the trials
	Missing  int              // cells of other shards
	Page     string           // path of report.html; "" while cells are missing
}

// Run makes the cells that are still to be made and writes the report, if none
// is missing then. before is told how many there are and how many are done, done
// of each that is made; either may be nil. A cell that fails is in the report,
// and in the error that comes with it.
func (e *Study) Run(ctx context.Context, s app.Session, done func(note string), before func(done, of int)) (r *StudyReport, err error) {
	if err := e.read(); err != nil {
		return nil, err
	}
	err = s.Worker.Do(ctx, func() error {
		r, err = e.run(ctx, s, done, before)
		return err
	})
	return r, err
}

func (e *Study) run(ctx context.Context, s app.Session, done func(string), before func(done, of int)) (*StudyReport, error) {
	e.Resume = e.Resume || e.IfBegun && run.Begun(e.Output)
	if err := e.readMaps(ctx, s); err != nil {
		return nil, err
	}
	if err := e.openModels(s); err != nil {
		return nil, err
	}
	defer e.models.Close()
	if e.Resume {
		s.KeepThreads(e.Output)
	}
	if err := e.identify(); err != nil {
		return nil, err
	}
	if err := e.begin(s); err != nil {
		return nil, err
	}
	defer e.dir.Close()
	if err := e.collect(ctx, s); err != nil {
		return nil, err
	}
	if err := e.make(ctx, s, done, before); err != nil {
		return nil, err
	}
	report, err := e.report(ctx, s)
	return report, errors.Join(err, e.failure())
}

// read reads the experiment's file and settles the combinations' settings:
// faults are found before the work.
func (e *Study) read() error {
	var err error
	e.config, err = config.Read(e.File, evaluate.DefaultExperiment, evaluate.Experiment.Validate)
	if err != nil {
		return err
	}
	e.settings = map[string]edit.Config{}
	var wrong []error
	for _, way := range e.config.Ways() {
		c, err := e.settle(way)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s: the combination %q: %w", quote.Text(e.File), quote.Text(way.Name), err))
		}
		e.settings[way.Name] = c
	}
	return errors.Join(wrong...)
}

func (e *Study) settle(way evaluate.Combination) (edit.Config, error) {
	if way.Settings != "" {
		c, keys, err := app.ReadSettings(way.Settings, "")
		if err != nil {
			return c, err
		}
		return app.Settle(c, keys)
	}
	c, keys := edit.Defaults(e.config.Mode), config.Keys{}
	for _, assignments := range [][]string{e.config.Set, way.Set} {
		for _, one := range assignments {
			key, err := config.Set(&c, one)
			if err != nil {
				return c, err
			}
			keys[key] = 0
		}
	}
	shared := keys
	if len(e.config.Set) > 0 { // what all share may do nothing in some
		shared = config.Keys{}
		for _, one := range way.Set {
			key, _ := config.Set(new(edit.Config), one)
			shared[key] = 0
		}
	}
	_, namesAim := keys["aim"]
	c = c.Settled(namesAim)
	if err := c.Validate(); err != nil {
		return c, err
	}
	return c, config.Idle(shared, c.Idle)
}

// settingsOf are those of a trial: its combination's, with its own seed.
func (e *Study) settingsOf(t evaluate.Trial) edit.Config {
	c := e.settings[t.Way.Name]
	if t.Seed != nil {
		c.Seed = *t.Seed
	}
	return c
}

// begin makes the run's directory, or goes on in one. That may have been begun
// with another recipe: its cells are known by their keys.
func (e *Study) begin(s app.Session) error {
	recipe, err := s.Recipe("evaluate", e.config)
	if err != nil {
		return err
	}
	recipe.Models = e.models.Files
	for _, m := range e.maps {
		recipe.Inputs = append(recipe.Inputs, m.file)
	}
	e.recipe = recipe
	if e.Resume {
		if e.dir, _, err = run.Resume(e.Output, 0); err != nil {
			return err
		}
		return e.dir.SetRecipe(recipe)
	}
	e.dir, err = run.Create(e.Output, recipe)
	return err
}

// Check holds the files that are read against those that will be written.
func (e *Study) Check() error {
	paths := files.NewPlan("evaluate")
	paths.Reads("the experiment", e.File)
	paths.WritesInto("--output", e.Output, "recipe.json", "metrics.jsonl", tableName, texName, figuresName, reportName)
	return paths.Check()
}

// make makes the cells of the shard that are still to be made. One that fails
// is told, and does not keep the others from being made.
func (e *Study) make(ctx context.Context, s app.Session, done func(string), before func(done, of int)) error {
	var todo []int
	from, to := e.Shard.Part(len(e.cells))
	for i := from; i < to; i++ {
		if e.cells[i].Outcome == nil {
			todo = append(todo, i)
		}
	}
	if before != nil {
		before(to-from-len(todo), to-from)
	}
	for _, i := range todo {
		name := quote.Text(e.cells[i].Name())
		outcome, err := e.cell(ctx, s, i)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			s.Tell("evaluate: %s: %s", name, quote.Text(err.Error()))
			e.cells[i].Err = err.Error()
			name += " failed"
		} else {
			e.cells[i].Outcome = outcome
			if err := e.log(i); err != nil {
				return err
			}
		}
		if done != nil {
			done(name)
		}
	}
	return nil
}

// log writes the means of a cell as a line of metrics.jsonl.
func (e *Study) log(i int) error {
	means := map[string]float64{}
	for _, m := range e.cells[i].Outcome.Maps {
		for name := range m.Figures {
			means[name] = e.cells[i].Mean(name)
		}
	}
	for name, v := range e.cells[i].Outcome.Figures {
		means[name] = v
	}
	for name, v := range means {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			delete(means, name)
		}
	}
	return e.dir.Metrics(i+1, means)
}

// failure says how many cells failed, nil for none.
func (e *Study) failure() error {
	failed, first := 0, ""
	for _, cell := range e.cells {
		if cell.Err == "" {
			continue
		}
		if failed++; first == "" {
			first = cell.Err
		}
	}
	if failed == 0 {
		return nil
	}
	return fmt.Errorf("evaluate: %d of %s failed (%s); the same command with --resume tries again", failed, quote.Plural(len(e.cells), "cell"), first)
}
