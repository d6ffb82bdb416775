package main

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/config"
	"github.com/clipenv/toolkit/internal/files"
	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	_ "github.com/clipenv/toolkit/pkg/hdr/exr" // .exr in and out
)

func editVerb() *cli.Command {
	return &cli.Command{
		Name:  "edit",
		Usage: "give back an environment map in the light that a sentence says",
		Description: "Reads an HDR map, writes one of the same size: the same place in that light.\n" +
			"A picture of both lies beside it. The output carries its recipe; the same\n" +
			"seed and the same threads give the same bytes. Parts of a prompt may be weighed: \"a sunset:1|clouds:-0.5\".",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "input", Aliases: []string{"i"}, Usage: "edit the map in `FILE` (.hdr, .exr; .png, .jpg and .webp lack light above white)"},
			&cli.StringFlag{Name: "prompt", Aliases: []string{"p"}, Usage: "make it look like `SENTENCE`"},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "write the map to `FILE` (.hdr or .exr)"},
			&cli.StringFlag{Name: "config", Aliases: []string{"c"}, Usage: "read the settings from `FILE` (YAML); flags come before it"},
			&cli.StringFlag{Name: "models", Usage: "use the models in `DIR`: vae, clip, judge and bank.safetensors", DefaultText: "those inside the program"},
			&cli.StringFlag{Name: "mode", Usage: "`MODE` guided or paper", DefaultText: edit.Guided},
			&cli.StringFlag{Name: "variable", Usage: "optimise `WHAT`: fc, mulogvar or pixels", DefaultText: byMode(func(c edit.Config) any { return c.Variable })},
			&cli.StringFlag{Name: "regulariser", Usage: "add `WHAT` to the loss: none, tv or kl", DefaultText: byMode(func(c edit.Config) any { return c.Regulariser })},
			&cli.StringFlag{Name: "output-mode", Usage: "`MODE` transfer (the input relit) or decoded (the VAE's own map)", DefaultText: byMode(func(c edit.Config) any { return c.OutputMode })},
			&cli.Float64Flag{Name: "strength", Usage: "guided mode: move by `X` along the words' mean latent; 0 stays", DefaultText: fmt.Sprint(edit.Defaults(edit.Guided).Strength)},
			&cli.IntFlag{Name: "steps", Usage: "optimise for `N` steps", DefaultText: byMode(func(c edit.Config) any { return c.Steps })},
			&cli.Int64Flag{Name: "seed", Usage: "draw everything from seed `N`", DefaultText: byMode(func(c edit.Config) any { return c.Seed })},
			&cli.StringFlag{Name: "preview", Usage: "write the picture of before and after to `FILE` (.png)", DefaultText: "the output's name with .png"},
			&cli.BoolFlag{Name: "no-preview", Usage: "write no picture"},
			&cli.BoolFlag{Name: "force", Usage: "edit a map that is not twice as wide as high; cut light that the output cannot hold"},
			layerFlag(),
			deviceFlag(),
			threadsFlag(),
			&cli.BoolFlag{Name: "json", Usage: "print the figures as JSON"},
		},
		Before: withTorch,
		Action: runEdit,
	}
}

// byMode is a setting's default as the help shows it.
func byMode(of func(edit.Config) any) string {
	guided, paper := of(edit.Defaults(edit.Guided)), of(edit.Defaults(edit.Paper))
	if guided == paper {
		return fmt.Sprint(guided)
	}
	return fmt.Sprintf("%v; in paper mode %v", guided, paper)
}

func runEdit(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	if err := needFlags(c, "input", "prompt", "output"); err != nil {
		return err
	}
	settings, err := editSettings(c)
	if err != nil {
		return err
	}
	phrases, err := edit.ParsePrompt(c.String("prompt"))
	if err != nil {
		return err
	}
	if err := checkEditPaths(c); err != nil {
		return err
	}
	device, err := useDevice(c)
	if err != nil {
		return err
	}
	input, err := readMap(c, c.String("input"))
	if err != nil {
		return err
	}
	models, err := openModels(c.String("models"), device)
	if err != nil {
		return err
	}
	defer models.Close()
	suitThreads(c, models)

	recipe, err := editRecipe(c, settings, input, models.files)
	if err != nil {
		return err
	}
	noteMachine(&recipe, device)
	bar := run.Progress(c.App.ErrWriter, settings.Steps, "edit")
	result, err := edit.Run(c.Context, device, models.Models, input, c.String("prompt"), settings, func(s edit.Step) {
		bar.Add(1, "similarity %.3f", s.Similarity[0])
	})
	if stopped := bar.Interrupted(c.Context, "nothing was written"); stopped != nil {
		return stopped
	}
	bar.Close()
	if err != nil {
		return err
	}
	if err := writeMap(c, c.App.ErrWriter, c.String("output"), result.Output, hdr.WriteOptions{Recipe: recipe.String()}); err != nil {
		return err
	}
	if err := writePreview(c, input, result.Output, recipe); err != nil {
		return err
	}
	report := editReport{Output: c.String("output"), Result: result}
	if err := report.doubt(models.CLIP, phrases); err != nil {
		return err
	}
	return report.print(c)
}

// editSettings are those of the file, or the mode's own, under the flags.
func editSettings(c *cli.Context) (edit.Config, error) {
	settings, keys := edit.Defaults(c.String("mode")), config.Keys{}
	place := "edit"
	if path := c.String("config"); path != "" {
		var err error
		if settings, keys, err = readEditConfig(path, c.String("mode")); err != nil {
			return settings, err
		}
		place = fmt.Sprintf("edit: %s and the flags", path)
	}
	for _, name := range []string{"mode", "variable", "regulariser", "output-mode", "strength", "steps", "seed"} {
		if c.IsSet(name) {
			keys[strings.ReplaceAll(name, "-", "_")] = 0
		}
	}
	for name, field := range map[string]*string{
		"mode": &settings.Mode, "variable": &settings.Variable, "regulariser": &settings.Regulariser, "output-mode": &settings.OutputMode,
	} {
		if c.IsSet(name) {
			*field = c.String(name)
		}
	}
	if c.IsSet("strength") {
		settings.Strength = c.Float64("strength")
	}
	if c.IsSet("steps") {
		settings.Steps = c.Int("steps")
	}
	if c.IsSet("seed") {
		settings.Seed = c.Int64("seed")
	}
	settings, err := settled(settings, keys)
	if err != nil {
		return settings, fmt.Errorf("%s: %w", place, err)
	}
	return settings, nil
}

// settled finds what is wrong with settings, or would do nothing.
func settled(settings edit.Config, keys config.Keys) (edit.Config, error) {
	_, namesAim := keys["aim"]
	settings = settings.Settled(namesAim)
	if err := settings.Validate(); err != nil {
		return settings, err
	}
	return settings, config.Idle(keys, settings.Idle)
}

// readEditConfig reads settings that are still to be settled, and the keys that
// the file gives. The mode, the file's own unless one is given, decides what the
// file need not say.
func readEditConfig(path, mode string) (edit.Config, config.Keys, error) {
	later := func(edit.Config) error { return nil }
	if mode == "" {
		named, err := config.Read(path, edit.Defaults(edit.Guided), later)
		if err != nil {
			return named, nil, err
		}
		mode = named.Mode
	}
	return config.ReadKeys(path, edit.Defaults(mode), later)
}

// checkEditPaths refuses before the work what could not be written after it,
// or would be written over what is read.
func checkEditPaths(c *cli.Context) error {
	out, preview := c.String("output"), previewPath(c)
	switch ext := strings.ToLower(filepath.Ext(out)); ext {
	case ".hdr", ".exr":
	default:
		return usage("edit: --output %s: an environment map is written as .hdr or .exr, not %q", out, ext)
	}
	if ext := strings.ToLower(filepath.Ext(preview)); preview != "" && ext != ".png" {
		return usage("edit: --preview %s: the picture is written as .png, not %q", preview, ext)
	}
	paths := files.NewPlan("edit")
	paths.ReadsAgain("the input", c.String("input"))
	paths.Reads("the configuration", c.String("config"))
	paths.Reads("the model", modelFiles(c.String("models"))...)
	paths.Writes("--output", out)
	// The picture has its name from the output's where none is given.
	what := "--preview"
	if !c.IsSet("preview") {
		what = "--preview (the output's name with .png)"
	}
	paths.Writes(what, preview)
	return paths.Check()
}

func editRecipe(c *cli.Context, settings edit.Config, input *hdr.Image, models []run.File) (run.Recipe, error) {
	recipe, err := mapRecipe("edit", settings, c.String("input"), input)
	recipe.Prompt, recipe.Seed, recipe.Models = c.String("prompt"), settings.Seed, models
	return recipe, err
}

// previewPath is where the picture goes, "" for none.
func previewPath(c *cli.Context) string {
	if c.Bool("no-preview") {
		return ""
	}
	if path := c.String("preview"); path != "" {
		return path
	}
	out := c.String("output")
	return strings.TrimSuffix(out, filepath.Ext(out)) + ".png"
}

// writePreview draws both maps at the exposure that suits the input.
func writePreview(c *cli.Context, before, after *hdr.Image, recipe run.Recipe) error {
	path := previewPath(c)
	if path == "" {
		return nil
	}
	picture, err := envmap.BeforeAfter(before, after, envmap.AutoExposure(before), c.String("prompt"))
	if err != nil {
		return err
	}
	return run.WriteFile(path, func(w io.Writer) error { return hdr.EncodePNG(w, picture, recipe.String()) })
}
