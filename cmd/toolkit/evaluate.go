package main

import (
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

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
			&cli.StringFlag{Name: "models", Usage: "use the models in `DIR` (default: those inside the program)"},
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
	device, err := useDevice(c)
	if err != nil {
		return err
	}
	e := evaluation{c: c, device: device, grid: evaluate.Grid{Prompts: c.StringSlice("prompt")}}
	if err := e.read(); err != nil {
		return err
	}
	models, err := openModels(c.String("models"), device)
	if err != nil {
		return err
	}
	defer models.Close()
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
	return e.report()
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
	figures  []evaluate.Figures
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
		e.grid.Settings = append(e.grid.Settings, stem(path))
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
		e.grid.Maps = append(e.grid.Maps, stem(path))
	}
	return nil
}

// stem is a file's name without its folder and extension.
func stem(path string) string {
	return strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
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
		e.figures, err = doneCells(e.dir)
	}
	if err != nil {
		e.dir.Close()
	}
	return err
}

// doneCells returns the figures of the cells that an earlier run did.
func doneCells(dir *run.Dir) ([]evaluate.Figures, error) {
	rows, err := dir.History()
	if err != nil {
		return nil, err
	}
	done := make([]evaluate.Figures, len(rows))
	for i, row := range rows {
		if row.Step != i+1 {
			return nil, fmt.Errorf("evaluate: metrics.jsonl: line %d is of edit %d, want them in order: name another directory", i+1, row.Step)
		}
		done[i] = row.Figures
	}
	return done, nil
}

// run makes the edits that are still to be made.
func (e *evaluation) run(models edit.Models) error {
	cells := e.grid.Cells()
	bar := run.Progress(e.c.App.ErrWriter, len(cells), "evaluate")
	defer bar.Close()
	bar.StartAt(len(e.figures))
	for i := len(e.figures); i < len(cells); i++ {
		at := cells[i]
		result, err := edit.Run(e.c.Context, e.device, models, e.maps[at.Map], e.grid.Prompts[at.Prompt], e.settings[at.Setting], nil)
		if stopped := bar.Interrupted(e.c.Context, fmt.Sprintf("the same command with --resume goes on in %s", e.c.String("output"))); stopped != nil {
			return stopped
		}
		if err != nil {
			return fmt.Errorf("evaluate: %s, %q by %s: %w", e.grid.Maps[at.Map], e.grid.Prompts[at.Prompt], e.grid.Settings[at.Setting], err)
		}
		picture, err := thumbnail(result.Output, e.exposure[at.Map])
		if err != nil {
			return err
		}
		if err := e.write(cellName(i), picture); err != nil {
			return err
		}
		figures := figuresOf(result)
		if err := e.dir.Metrics(i+1, figures); err != nil {
			return err
		}
		e.figures = append(e.figures, figures)
		bar.Add(1, "%s", e.grid.Maps[at.Map])
	}
	return nil
}

func cellName(i int) string { return fmt.Sprintf("cell-%04d.png", i+1) }

func (e *evaluation) write(name string, picture image.Image) error {
	return run.WriteFile(e.dir.Path(name), func(w io.Writer) error { return hdr.EncodePNG(w, picture, e.recipe.String()) })
}

func figuresOf(r *edit.Result) evaluate.Figures {
	f := evaluate.Figures{
		evaluate.CLIPBefore: r.CLIP.Before, evaluate.CLIPAfter: r.CLIP.After, evaluate.AboveStops: r.AboveStops,
		evaluate.HorizonRedBefore: r.HorizonRedBefore, evaluate.HorizonRedAfter: r.HorizonRed,
		evaluate.SeamBefore: r.SeamBefore, evaluate.SeamAfter: r.SeamAfter,
	}
	if j := r.Judge; j != nil {
		f[evaluate.JudgeBefore], f[evaluate.JudgeAfter] = j.Before, j.After
		f[evaluate.JudgeDecodedBefore], f[evaluate.JudgeDecodedAfter] = j.DecodedBefore, j.DecodedAfter
	}
	return f
}

// thumbnailWidth is the width of the pictures of a sheet.
const thumbnailWidth = 320

func thumbnail(im *hdr.Image, exposure float64) (image.Image, error) {
	small, err := envmap.Resize(im, thumbnailWidth, thumbnailWidth/2)
	if err != nil {
		return nil, err
	}
	return envmap.AgX.Render(small, exposure), nil
}

// report writes the table and the sheets, and prints.
func (e *evaluation) report() error {
	table, err := e.grid.Table(e.figures)
	if err != nil {
		return err
	}
	if err := run.WriteFile(e.dir.Path("table.md"), func(w io.Writer) error { _, err := io.WriteString(w, table); return err }); err != nil {
		return err
	}
	if err := e.sheets(); err != nil {
		return err
	}
	if !e.c.Bool("json") {
		_, err = io.WriteString(e.c.App.Writer, table)
		return err
	}
	out := json.NewEncoder(e.c.App.Writer)
	for i, at := range e.grid.Cells() {
		if err := out.Encode(struct {
			Settings string           `json:"settings"`
			Map      string           `json:"map"`
			Prompt   string           `json:"prompt"`
			Figures  evaluate.Figures `json:"figures"`
		}{e.grid.Settings[at.Setting], e.grid.Maps[at.Map], e.grid.Prompts[at.Prompt], e.figures[i]}); err != nil {
			return err
		}
	}
	return nil
}

// sheets draws a picture of all edits for each setting.
func (e *evaluation) sheets() error {
	var inputs, edits []image.Image
	for i, im := range e.maps {
		picture, err := thumbnail(im, e.exposure[i])
		if err != nil {
			return err
		}
		inputs = append(inputs, picture)
	}
	for i := range e.grid.Cells() {
		f, err := os.Open(e.dir.Path(cellName(i)))
		if err != nil {
			return fmt.Errorf("evaluate: the picture of an earlier edit: %w", err)
		}
		picture, err := png.Decode(f)
		f.Close()
		if err != nil {
			return fmt.Errorf("evaluate: the picture of an earlier edit: %s: %w", f.Name(), err)
		}
		edits = append(edits, picture)
	}
	for i, name := range e.grid.Settings {
		sheet, err := e.grid.Sheet(i, inputs, edits)
		if err != nil {
			return err
		}
		if err := e.write(fmt.Sprintf("sheet-%02d-%s.png", i+1, name), sheet); err != nil {
			return err
		}
	}
	return nil
}
