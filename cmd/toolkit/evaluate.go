package main

import (
	"cmp"
	"errors"
	"fmt"
	"image"
	"io"
	"math"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/files"
	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/evaluate"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/torch"
)

func evaluateVerb() *cli.Command {
	return &cli.Command{
		Name:  "evaluate",
		Usage: "measure edits of many maps with many sentences",
		Description: "Edits every map with every prompt by every configuration, and prints a table\n" +
			"of means. Leaves in the output directory table.md, metrics.jsonl with a line\n" +
			"for each edit, its picture (cell-0001.png …), a sheet of all for each\n" +
			"configuration, and recipe.json.",
		Flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "config", Aliases: []string{"c"}, Usage: "edit by the settings in `FILE` (edit's YAML); may be repeated"},
			&cli.StringSliceFlag{Name: "map", Aliases: []string{"m"}, Usage: "edit the map in `FILE`; may be repeated"},
			&cli.StringSliceFlag{Name: "prompt", Aliases: []string{"p"}, Usage: "edit with `SENTENCE`; may be repeated"},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "keep the run in `DIR`"},
			&cli.BoolFlag{Name: "resume", Usage: "go on after the last edit in the output directory"},
			&cli.StringFlag{Name: "models", Usage: "use the models in `DIR`", DefaultText: "those inside the program"},
			&cli.BoolFlag{Name: "force", Usage: "edit maps that are not twice as wide as high"},
			deviceFlag(),
			threadsFlag(),
			&cli.BoolFlag{Name: "json", Usage: "print the figures of every edit as JSON, a line each"},
		},
		Before: withTorch,
		Action: runEvaluate,
	}
}

func runEvaluate(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	if err := needFlags(c, "config", "map", "prompt", "output"); err != nil {
		return err
	}
	e := evaluation{c: c, grid: evaluate.Grid{Prompts: c.StringSlice("prompt")}}
	if err := e.name(); err != nil {
		return err
	}
	var err error
	if e.device, err = useDevice(c); err != nil {
		return err
	}
	if err := e.read(); err != nil {
		return err
	}
	models, err := openModels(c.String("models"), e.device)
	if err != nil {
		return err
	}
	defer models.Close()
	suitThreads(c, models)
	if c.Bool("resume") {
		keepThreads(c, c.String("output"))
	}
	if err := e.open(models.files); err != nil {
		return err
	}
	defer e.dir.Close()
	if err := e.run(models.Models); err != nil {
		return err
	}
	return errors.Join(e.report(), e.failure())
}

// evaluation is one run of the verb.
type evaluation struct {
	c        *cli.Context
	device   torch.Device
	grid     evaluate.Grid
	settings []edit.Config
	maps     []*hdr.Image
	exposure []float64 // that suits each map, in stops
	dir      *run.Dir
	recipe   run.Recipe
	cells    []evaluate.Result
}

// name gives each setting and each map a name of its own, and holds the files
// that are read against those that will be written.
func (e *evaluation) name() error {
	var err error
	configs, maps := e.c.StringSlice("config"), e.c.StringSlice("map")
	if e.grid.Settings, err = names(configs); err != nil {
		return usage("evaluate: --config: %v", err)
	}
	if e.grid.Maps, err = names(maps); err != nil {
		return usage("evaluate: --map: %v", err)
	}
	written := []string{"recipe.json", "metrics.jsonl", tableName}
	for i := range e.grid.Cells() {
		written = append(written, cellName(i))
	}
	for i, name := range e.grid.Settings {
		written = append(written, sheetName(i, name))
	}
	paths := files.NewPlan("evaluate")
	paths.Reads("the configuration", configs...)
	paths.ReadsAgain("the map", maps...)
	paths.Reads("the model", modelFiles(e.c.String("models"))...)
	paths.WritesInto("--output", e.c.String("output"), written...)
	return paths.Check()
}

// read reads the settings and the maps, and finds faults before the work.
func (e *evaluation) read() error {
	for _, path := range e.c.StringSlice("config") {
		settings, keys, err := readEditConfig(path, "")
		if err == nil {
			settings, err = settled(settings, keys)
		}
		if err != nil {
			return fmt.Errorf("evaluate: %s: %w", path, err)
		}
		e.settings = append(e.settings, settings)
	}
	for _, prompt := range e.grid.Prompts {
		if _, err := edit.ParsePrompt(prompt); err != nil {
			return err
		}
	}
	for _, path := range e.c.StringSlice("map") {
		im, err := readMap(e.c, path)
		if err != nil {
			return err
		}
		e.maps, e.exposure = append(e.maps, im), append(e.exposure, envmap.AutoExposure(im))
	}
	return nil
}

// open makes the run's directory, or goes on in one that was begun with the
// same recipe.
func (e *evaluation) open(models []run.File) error {
	recipe, err := run.NewRecipe(versions(), "evaluate", struct {
		Settings []edit.Config `json:"settings"`
		Prompts  []string      `json:"prompts"`
	}{e.settings, e.grid.Prompts})
	if err != nil {
		return err
	}
	recipe.Models = models
	noteMachine(&recipe, e.device)
	for _, path := range e.c.StringSlice("map") {
		file, err := run.HashFile(path)
		if err != nil {
			return err
		}
		recipe.Inputs = append(recipe.Inputs, file)
	}
	e.recipe = recipe
	out := e.c.String("output")
	e.cells = make([]evaluate.Result, len(e.grid.Cells()))
	if !e.c.Bool("resume") {
		e.dir, err = run.Create(out, recipe)
		return err
	}
	var began run.Recipe
	if e.dir, began, err = run.Resume(out, math.MaxInt); err != nil {
		return err
	}
	if began.String() != recipe.String() {
		err = fmt.Errorf("evaluate: %s was begun with other settings, prompts, maps, models, threads or versions: give the same, or name another directory", out)
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
func (e *evaluation) remember() error {
	rows, err := e.dir.History()
	if err != nil {
		return err
	}
	for i, row := range rows {
		if row.Step < 1 || row.Step > len(e.cells) {
			return fmt.Errorf("evaluate: metrics.jsonl: line %d is of edit %d, want 1 to %d: name another directory", i+1, row.Step, len(e.cells))
		}
		e.cells[row.Step-1] = evaluate.Result{Figures: evaluate.Figures(row.Figures)}
	}
	for i := range e.cells {
		if _, err := e.picture(i); err != nil { // it is made again, with its figures
			e.cells[i] = evaluate.Result{}
		}
	}
	return nil
}

// run makes the edits that are still to be made. One that fails is reported,
// and does not keep the others from being made.
func (e *evaluation) run(models edit.Models) error {
	cells := e.grid.Cells()
	var todo []int
	for i, cell := range e.cells {
		if cell.Figures == nil {
			todo = append(todo, i)
		}
	}
	bar := run.Progress(e.c.App.ErrWriter, len(cells), "evaluate")
	defer bar.Close()
	bar.StartAt(len(cells) - len(todo))
	for _, i := range todo {
		at := cells[i]
		figures, err := e.edit(i, models)
		if stopped := bar.Interrupted(e.c.Context, fmt.Sprintf("the same command with --resume goes on in %s", e.c.String("output"))); stopped != nil {
			return stopped
		}
		if err != nil {
			fmt.Fprintf(bar, "evaluate: %s, “%s” by %s: %s\n",
				quote.Text(e.grid.Maps[at.Map]), quote.Text(e.grid.Prompts[at.Prompt]), quote.Text(e.grid.Settings[at.Setting]), quote.Text(err.Error()))
			e.cells[i].Err = err
			bar.Add(1, "%s failed", quote.Text(e.grid.Maps[at.Map]))
			continue
		}
		if err := e.dir.Metrics(i+1, figures); err != nil {
			return err
		}
		e.cells[i].Figures = figures
		bar.Add(1, "%s", quote.Text(e.grid.Maps[at.Map]))
	}
	return nil
}

// edit makes the edit of one cell and its picture.
func (e *evaluation) edit(i int, models edit.Models) (evaluate.Figures, error) {
	at := e.grid.Cells()[i]
	result, err := edit.Run(e.c.Context, e.device, models, e.maps[at.Map], e.grid.Prompts[at.Prompt], e.settings[at.Setting], nil)
	if err != nil {
		return nil, err
	}
	picture, err := thumbnail(result.Output, e.exposure[at.Map])
	if err != nil {
		return nil, err
	}
	return figuresOf(result), e.write(cellName(i), picture)
}

// failure says how many edits failed, nil for none.
func (e *evaluation) failure() error {
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
	return fmt.Errorf("evaluate: %d of %s failed (%w); the same command with --resume tries again", failed, plural(len(e.cells), "edit"), first)
}

const tableName = "table.md"

func cellName(i int) string { return fmt.Sprintf("cell-%04d.png", i+1) }

// sheetName keeps a setting's name within a file's.
func sheetName(i int, setting string) string {
	letters := []rune(strings.ReplaceAll(setting, string(filepath.Separator), "-"))
	return fmt.Sprintf("sheet-%02d-%s.png", i+1, string(letters[:min(len(letters), 48)]))
}

func (e *evaluation) write(name string, picture image.Image) error {
	return run.WriteFile(e.dir.Path(name), func(w io.Writer) error { return hdr.EncodePNG(w, picture, e.recipe.String()) })
}
