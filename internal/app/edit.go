package app

import (
	"context"
	"io"
	"path/filepath"
	"strings"

	"github.com/clipenv/toolkit/internal/files"
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
	Prompt        string
	Settings      edit.Config
	SettingsFile  string // that the settings came from, "" for none
	Models        string // folder; "" for those inside the program
	Layer         string
	Force         bool
	Spheres       bool // measure the three spheres too
}

// Edited is what came of an edit.
type Edited struct {
	Output       string            `json:"output"`
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
	paths.Reads("the model", ModelFiles(e.Models)...)
	paths.Writes("--output", e.Output)
	what := "--preview"
	if e.Preview == PreviewOf(e.Output) {
		what = "--preview (the output's name with .png)"
	}
	paths.Writes(what, e.Preview)
	return paths.Check()
}

// PreviewOf is where the picture of an edit stands unless another is named.
func PreviewOf(output string) string {
	return strings.TrimSuffix(output, filepath.Ext(output)) + ".png"
}

// Run makes the edit and writes it. observe, if not nil, is told of each step;
// where ctx ends before the last, nothing is written.
func (e Edit) Run(ctx context.Context, s Session, observe func(edit.Step)) (done *Edited, err error) {
	err = s.Worker.Do(ctx, func() error {
		done, err = e.run(ctx, s, observe)
		return err
	})
	return done, err
}

func (e Edit) run(ctx context.Context, s Session, observe func(edit.Step)) (*Edited, error) {
	phrases, err := edit.ParsePrompt(e.Prompt)
	if err != nil {
		return nil, err
	}
	maps := Maps{Verb: "edit", Layer: e.Layer, Force: e.Force, Talk: s.Talk}
	input, err := maps.Read(e.Input)
	if err != nil {
		return nil, err
	}
	models, err := OpenModels(e.Models, s.Device)
	if err != nil {
		return nil, err
	}
	defer models.Close()
	s.suit(models)
	recipe, err := e.recipe(s, input, models)
	if err != nil {
		return nil, err
	}
	settings := e.Settings
	if nothing, err := meansNothing(models.CLIP, phrases); err != nil {
		return nil, err
	} else if nothing {
		settings.Steps, settings.Strength = 0, 0
	}
	result, err := edit.Run(ctx, s.Device, models.Models, input, e.Prompt, settings, observe)
	if err != nil {
		return nil, err
	}
	if err := maps.Write(e.Output, result.Output, hdr.WriteOptions{Recipe: recipe.String()}); err != nil {
		return nil, err
	}
	if err := e.preview(input, result.Output, recipe); err != nil {
		return nil, err
	}
	done := &Edited{Output: e.Output}
	done.Figures = measure(input, result, e.Spheres)
	done.Undefined = metric.Undefined(done.Figures)
	return done, done.doubt(models.CLIP, phrases)
}

func (e Edit) recipe(s Session, input *hdr.Image, m *Models) (run.Recipe, error) {
	recipe, err := s.Recipe("edit", e.Settings)
	if err != nil {
		return recipe, err
	}
	recipe.Prompt, recipe.Seed, recipe.Models = e.Prompt, e.Settings.Seed, m.Files
	return recipe, From(&recipe, e.Input, input)
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

// measure returns the figures of an edit.
func measure(input *hdr.Image, r *edit.Result, spheres bool) metric.Figures {
	clip := metric.Similarities(r.CLIP)
	return metric.Measure(metric.Edit{
		Input: input, Output: r.Output, CLIP: &clip, Judge: (*metric.Similarities)(r.Judge), Spheres: spheres,
	})
}
