// Package editing makes one edit of one file: it reads the map, opens the models
// that the edit needs, writes what comes of it, measures that, and doubts it where
// the words or the map give reason to.
package editing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/clipenv/toolkit/internal/app"
	"github.com/clipenv/toolkit/internal/files"
	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/metric"
)

// Edit is one edit of one file.
type Edit struct {
	Input, Output string // .hdr or .exr, and what else is read
	Preview       string // picture of before and after; "" for none
	Log           string // folder for the loss of each step, its terms and their curves; "" for none
	Prompt        string // "" for none, where the settings give numbers of the light
	Settings      edit.Config
	SettingsFile  string // that the settings came from, "" for none
	Models        string // folder; "" for those inside the program
	CLIP          string // in place of the folder's (see ModelSet)
	Layer         string
	Force         bool
	Spheres       bool // measure the three spheres too
}

// Edited is what came of an edit.
type Edited struct {
	Output       string            `json:"output"`
	Generator    string            `json:"generator"`       // sky or vae: what the edit went through
	Why          string            `json:"generator_why"`   // the rule that took it
	Light        *edit.LightChange `json:"light,omitempty"` // of an edit through a sky
	Figures      metric.Figures    `json:"figures"`
	Undefined    map[string]string `json:"undefined,omitempty"`     // figures that are null, and why
	UnknownWords []string          `json:"unknown_words,omitempty"` // that the model has no meaning for
	PlaceWords   []string          `json:"place_words,omitempty"`   // that name what no light can change
	Warnings     []string          `json:"warnings,omitempty"`      // why the edit may not be what the words say
}

// Check refuses before the work what could not be written after it, or would
// be written over what is read.
func (e Edit) Check() error {
	paths := files.NewPlan("edit")
	paths.ReadsAgain("the input", e.Input)
	paths.Reads("the configuration", e.SettingsFile)
	paths.Reads("the mask", e.Settings.Sky.MaskFile())
	paths.Reads("the model", app.ModelFiles(e.Models)...)
	paths.Writes("--output", e.Output)
	what := "--preview"
	if e.Preview == PreviewOf(e.Output) {
		what = "--preview (the output's name with .png)"
	}
	paths.Writes(what, e.Preview)
	if e.Log != "" {
		paths.WritesInto("--log", e.Log, logged...)
	}
	return paths.Check()
}

// PreviewOf is where the picture of an edit stands unless another is named.
func PreviewOf(output string) string {
	return strings.TrimSuffix(output, filepath.Ext(output)) + ".png"
}

// Run makes the edit and writes it. observe, if not nil, is told of each step;
// where ctx ends before the last, nothing is written but the log's steps.
func (e Edit) Run(ctx context.Context, s app.Session, observe func(edit.Step)) (done *Edited, err error) {
	err = s.Worker.Do(ctx, func() error {
		done, err = e.run(ctx, s, observe)
		return err
	})
	return done, err
}

func (e Edit) run(ctx context.Context, s app.Session, observe func(edit.Step)) (*Edited, error) {
	defer e.Settings.Rounding()()
	maps := app.Maps{Verb: "edit", Layer: e.Layer, Force: e.Force, Talk: s.Talk}
	input, err := maps.Read(e.Input)
	if err != nil {
		return nil, err
	}
	if e.Settings.Sky, err = e.masked(input); err != nil {
		return nil, err
	}
	if e.Prompt == "" {
		return e.byHand(s, maps, input)
	}
	phrases, err := edit.ParsePrompt(e.Prompt)
	if err != nil {
		return nil, err
	}
	looksUp := func() (bool, error) { return edit.NeedsBank(input, e.Settings) }
	models, err := s.OpenModels(ctx, app.ModelSet{Folder: e.Models, CLIP: e.CLIP}, looksUp)
	if err != nil {
		return nil, err
	}
	defer models.Close()
	recipe, err := e.recipe(s, input, models.Files)
	if err != nil {
		return nil, err
	}
	log, err := e.openLog(recipe)
	if err != nil {
		return nil, err
	}
	s.TellOfGraphs("edit", e.Settings.Graphs, 1)
	result, err := edit.Run(ctx, s.Device, models.Models, input, e.Prompt, e.Settings, func(step edit.Step) {
		log.step(step)
		if observe != nil {
			observe(step)
		}
	})
	if err := errors.Join(err, log.close()); err != nil {
		return nil, err
	}
	if result.Unrecorded != nil {
		s.Tell("edit: the steps could not be recorded as CUDA graphs, and went kernel by kernel: %v", result.Unrecorded)
	}
	done, err := e.write(maps, input, result, recipe)
	if err != nil {
		return nil, err
	}
	return done, done.doubt(models.CLIP, phrases, result)
}

// byHand edits by numbers alone, without words and models.
func (e Edit) byHand(s app.Session, maps app.Maps, input *hdr.Image) (*Edited, error) {
	recipe, err := e.recipe(s, input, nil)
	if err != nil {
		return nil, err
	}
	result, err := edit.Relight(input, e.Settings)
	if err != nil {
		return nil, err
	}
	return e.write(maps, input, result, recipe)
}

// write writes the map and the picture, and measures.
func (e Edit) write(maps app.Maps, input *hdr.Image, result *edit.Result, recipe run.Recipe) (*Edited, error) {
	if result.Light != nil {
		light, err := json.Marshal(result.Light)
		if err != nil {
			return nil, fmt.Errorf("edit: the light in the recipe: %w", err)
		}
		recipe.Light = light
	}
	if err := maps.Write(e.Output, result.Output, hdr.WriteOptions{Recipe: recipe.String()}); err != nil {
		return nil, err
	}
	if err := e.preview(input, result.Output, recipe); err != nil {
		return nil, err
	}
	done := &Edited{Output: e.Output, Generator: result.Generator, Why: result.Why, Light: result.Light}
	done.Figures = app.Measure(input, result, e.Spheres)
	done.Undefined = metric.Undefined(done.Figures)
	done.doubtSun(result.Light, e.Settings.Sky)
	return done, nil
}

// masked is the settings of a sky with the mask that they name: the luminance
// of a picture of any size, 0 to 1.
func (e Edit) masked(input *hdr.Image) (edit.SkyConfig, error) {
	c := e.Settings.Sky
	path := c.MaskFile()
	if path == "" {
		return c, nil
	}
	im, err := hdr.Read(path)
	if err != nil {
		return c, fmt.Errorf("edit: the mask: %w; want sky, ground or a picture's file", err)
	}
	if im.W != 2*im.H {
		return c, fmt.Errorf("edit: the mask %s is %d×%d, want one twice as wide as high, as the map is", quote.Text(path), im.W, im.H)
	}
	if im.W > input.W {
		im, err = envmap.Resize(im, input.W, input.H)
	} else if im.W < input.W {
		im, err = envmap.Interpolate(im, input.W, input.H, envmap.Bilinear)
	}
	if err != nil {
		return c, fmt.Errorf("edit: the mask: %w", err)
	}
	texels := make([]float32, im.W*im.H)
	for i := range texels {
		p := im.Pix[3*i : 3*i+3]
		texels[i] = min(max(envmap.Luminance(p[0], p[1], p[2]), 0), 1)
	}
	return c.WithMask(texels), nil
}

func (e Edit) recipe(s app.Session, input *hdr.Image, models []run.File) (run.Recipe, error) {
	recipe, err := s.Recipe("edit", e.Settings)
	if err != nil {
		return recipe, err
	}
	recipe.Prompt, recipe.Seed, recipe.Models = e.Prompt, e.Settings.Seed, models
	return recipe, app.FromMap(&recipe, e.Input, input)
}

// preview draws both maps at the exposure that suits the input.
func (e Edit) preview(before, after *hdr.Image, recipe run.Recipe) error {
	if e.Preview == "" {
		return nil
	}
	picture, err := envmap.BeforeAfter(before, after, envmap.AutoExposure(before), e.Prompt)
	if err != nil {
		return err
	}
	return run.WriteFile(e.Preview, func(w io.Writer) error { return hdr.EncodePNG(w, picture, recipe.String()) })
}
