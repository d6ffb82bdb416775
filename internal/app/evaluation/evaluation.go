// Package evaluation makes many edits and says what they came to, in a folder that
// a run can go on in: a grid of settings, maps and sentences, or a study, which a
// file describes.
package evaluation

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/clipenv/toolkit/internal/app"
	"github.com/clipenv/toolkit/internal/files"
	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/evaluate"
	"github.com/clipenv/toolkit/pkg/hdr"
)

// Evaluation is a grid of edits, kept in a folder.
type Evaluation struct {
	Settings []string // files of an edit's settings
	Maps     []string // files
	Prompts  []string
	Output   string // the run's folder
	Models   string // folder; "" for those inside the program
	CLIP     string // in place of the folder's (see ModelSet)
	Force    bool
	Resume   bool // go on after the last edit in Output
	IfBegun  bool // Resume where Output holds a run
	KeepMaps bool // keep the edited maps beside their pictures

	grid     evaluate.Grid
	settings []edit.Config
	maps     []*hdr.Image
	exposure []float64 // that suits each map, in stops
	dir      *run.Dir
	recipe   run.Recipe
	cells    []evaluate.Result
}

// Name gives each setting and each map a name of its own, and refuses a grid
// that names one file twice: a wrong command line, as an error of Check is not.
func (e *Evaluation) Name() error {
	var err error
	if e.grid.Settings, err = files.ShortNames(e.Settings); err != nil {
		return fmt.Errorf("evaluate: --config: %w", err)
	}
	if e.grid.Maps, err = files.ShortNames(e.Maps); err != nil {
		return fmt.Errorf("evaluate: --map: %w", err)
	}
	e.grid.Prompts = e.Prompts
	return nil
}

// Check holds the files that are read against those that will be written.
func (e *Evaluation) Check() error {
	written := []string{"recipe.json", "metrics.jsonl", tableName}
	for i := range e.grid.Cells() {
		written = append(written, cellName(i))
		if e.KeepMaps {
			written = append(written, cellMapName(i))
		}
	}
	for i, name := range e.grid.Settings {
		written = append(written, sheetName(i, name))
	}
	paths := files.NewPlan("evaluate")
	paths.Reads("the configuration", e.Settings...)
	paths.ReadsAgain("the map", e.Maps...)
	paths.Reads("the model", app.ModelFiles(e.Models)...)
	paths.WritesInto("--output", e.Output, written...)
	return paths.Check()
}

// Cells is how many edits the grid has.
func (e *Evaluation) Cells() int { return len(e.Settings) * len(e.Maps) * len(e.Prompts) }

// Run makes the edits that are still to be made, and leaves their table and
// sheets. before is told how many are there already, done of each that is made;
// either may be nil. An edit that fails is in the report, and in the error that
// comes with it.
func (e *Evaluation) Run(ctx context.Context, s app.Session, done func(note string), before func(cells int)) (r *Report, err error) {
	err = s.Worker.Do(ctx, func() error {
		r, err = e.run(ctx, s, done, before)
		return err
	})
	return r, err
}

func (e *Evaluation) run(ctx context.Context, s app.Session, done func(note string), before func(cells int)) (*Report, error) {
	e.Resume = e.Resume || e.IfBegun && run.Begun(e.Output)
	if err := e.read(s); err != nil {
		return nil, err
	}
	models, err := s.OpenModels(ctx, app.ModelSet{Folder: e.Models, CLIP: e.CLIP}, e.looksUp)
	if err != nil {
		return nil, err
	}
	defer models.Close()
	if e.Resume {
		s.KeepThreads(e.Output)
	}
	if err := e.open(s, models.Files); err != nil {
		return nil, err
	}
	defer e.dir.Close()
	if err := e.edits(ctx, s, models.Models, done, before); err != nil {
		return nil, err
	}
	report, err := e.report()
	return report, errors.Join(err, e.failure())
}

// read reads the settings and the maps, and finds faults before the work.
func (e *Evaluation) read(s app.Session) error {
	for _, path := range e.Settings {
		settings, keys, err := app.ReadSettings(path, "")
		if err == nil {
			settings, err = app.Settle(settings, keys)
		}
		if err != nil {
			return fmt.Errorf("evaluate: %s: %w", path, err)
		}
		e.settings = append(e.settings, settings)
	}
	for _, prompt := range e.Prompts {
		if _, err := edit.ParsePrompt(prompt); err != nil {
			return err
		}
	}
	maps := app.Maps{Verb: "evaluate", Force: e.Force, Talk: s.Talk}
	for _, path := range e.Maps {
		im, err := maps.Read(path)
		if err != nil {
			return err
		}
		e.maps, e.exposure = append(e.maps, im), append(e.exposure, envmap.AutoExposure(im))
	}
	return nil
}

// looksUp tells whether an edit of the grid looks words up in a bank.
func (e *Evaluation) looksUp() (bool, error) {
	for _, settings := range e.settings {
		for _, im := range e.maps {
			if needs, err := edit.NeedsBank(im, settings); needs || err != nil {
				return needs, err
			}
		}
	}
	return false, nil
}

// open makes the run's directory, or goes on in one that was begun with the
// same recipe.
func (e *Evaluation) open(s app.Session, models []run.File) error {
	recipe, err := s.Recipe("evaluate", struct {
		Settings []edit.Config `json:"settings"`
		Prompts  []string      `json:"prompts"`
	}{e.settings, e.Prompts})
	if err != nil {
		return err
	}
	recipe.Models = models
	for _, path := range e.Maps {
		file, err := run.HashFile(path)
		if err != nil {
			return err
		}
		recipe.Inputs = append(recipe.Inputs, file)
	}
	e.recipe = recipe
	e.cells = make([]evaluate.Result, len(e.grid.Cells()))
	if !e.Resume {
		e.dir, err = run.Create(e.Output, recipe)
		return err
	}
	var began run.Recipe
	if e.dir, began, err = run.Resume(e.Output, math.MaxInt); err != nil {
		return err
	}
	if began.String() != recipe.String() {
		err = fmt.Errorf("evaluate: %s was begun with other settings, prompts, maps, models, threads or versions: give the same, or name another directory", e.Output)
	} else {
		err = e.remember()
	}
	if err != nil {
		e.dir.Close()
	}
	return err
}

// remember fills in what an earlier process did. A cell that failed has no row;
// of one that was done again the last row counts.
func (e *Evaluation) remember() error {
	rows, err := e.dir.History()
	if err != nil {
		return err
	}
	for i, row := range rows {
		if row.Step < 1 || row.Step > len(e.cells) {
			return fmt.Errorf("evaluate: metrics.jsonl: line %d is of edit %d, want 1 to %d: name another directory", i+1, row.Step, len(e.cells))
		}
		e.cells[row.Step-1] = evaluate.Result{Figures: row.Figures, Generator: row.Notes[generatorNote]}
	}
	for i := range e.cells {
		_, err := e.picture(i)
		if err == nil && e.KeepMaps {
			_, err = os.Stat(e.dir.Path(cellMapName(i)))
		}
		if err != nil { // it is made again, with its figures
			e.cells[i] = evaluate.Result{}
		}
	}
	return nil
}

// edits makes the edits that are still to be made. One that fails is told, and
// does not keep the others from being made.
func (e *Evaluation) edits(ctx context.Context, s app.Session, models edit.Models, done func(note string), before func(cells int)) error {
	var todo []int
	for i, cell := range e.cells {
		if cell.Figures == nil {
			todo = append(todo, i)
		}
	}
	if before != nil {
		before(len(e.cells) - len(todo))
	}
	cells := e.grid.Cells()
	for _, i := range todo {
		at := cells[i]
		name := quote.Text(e.grid.Maps[at.Map])
		cell, err := e.edit(ctx, s, i, models)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			s.Tell("evaluate: %s, “%s” by %s: %s", name, quote.Text(e.Prompts[at.Prompt]), quote.Text(e.grid.Settings[at.Setting]), quote.Text(err.Error()))
			cell = evaluate.Result{Err: err}
			name += " failed"
		} else if err := e.dir.Append(row(i, cell)); err != nil {
			return err
		}
		e.cells[i] = cell
		if done != nil {
			done(name)
		}
	}
	return nil
}

// row is a cell as metrics.jsonl keeps it.
func row(i int, cell evaluate.Result) run.Row {
	return run.Row{Step: i + 1, Figures: cell.Figures, Notes: map[string]string{generatorNote: cell.Generator}}
}

const generatorNote = "generator"

// edit makes the edit of one cell and its picture.
func (e *Evaluation) edit(ctx context.Context, s app.Session, i int, models edit.Models) (cell evaluate.Result, err error) {
	at := e.grid.Cells()[i]
	result, err := edit.Run(ctx, s.Device, models, e.maps[at.Map], e.Prompts[at.Prompt], e.settings[at.Setting], nil)
	if err != nil {
		return cell, err
	}
	picture, err := envmap.Thumbnail(result.Output, e.exposure[at.Map])
	if err != nil {
		return cell, err
	}
	if e.KeepMaps {
		if err := hdr.Write(e.dir.Path(cellMapName(i)), result.Output, hdr.WriteOptions{Recipe: e.recipe.String()}); err != nil {
			return cell, err
		}
	}
	cell = evaluate.Result{Figures: app.Measure(e.maps[at.Map], result, true), Generator: result.Generator}
	return cell, e.write(cellName(i), picture)
}

// failure says how many edits failed, nil for none.
func (e *Evaluation) failure() error {
	var failed int
	var first error
	for _, cell := range e.cells {
		if cell.Err != nil {
			failed++
			first = cmp.Or(first, cell.Err)
		}
	}
	if failed == 0 {
		return nil
	}
	return fmt.Errorf("evaluate: %d of %s failed (%w); the same command with --resume tries again", failed, quote.Plural(len(e.cells), "edit"), first)
}

const tableName = "table.md"

func cellName(i int) string { return fmt.Sprintf("cell-%04d.png", i+1) }

func cellMapName(i int) string { return fmt.Sprintf("cell-%04d.hdr", i+1) }

// sheetName keeps a setting's name within a file's.
func sheetName(i int, setting string) string {
	letters := []rune(strings.ReplaceAll(setting, string(filepath.Separator), "-"))
	return fmt.Sprintf("sheet-%02d-%s.png", i+1, string(letters[:min(len(letters), 48)]))
}

func (e *Evaluation) write(name string, picture image.Image) error {
	return run.WriteFile(e.dir.Path(name), func(w io.Writer) error { return hdr.EncodePNG(w, picture, e.recipe.String()) })
}
