package main

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/config"
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
			"seed gives the same bytes. Parts of a prompt may be weighed: \"a sunset:1|clouds:-0.5\".",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "input", Aliases: []string{"i"}, Usage: "edit the map in `FILE` (.hdr, .exr; .png, .jpg and .webp lack light above white)"},
			&cli.StringFlag{Name: "prompt", Aliases: []string{"p"}, Usage: "make it look like `SENTENCE`"},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "write the map to `FILE` (.hdr or .exr)"},
			&cli.StringFlag{Name: "config", Aliases: []string{"c"}, Usage: "read the settings from `FILE` (YAML); flags come before it"},
			&cli.StringFlag{Name: "models", Usage: "use the models in `DIR`: vae, clip, judge and bank.safetensors (default: those inside the program)"},
			&cli.StringFlag{Name: "mode", Usage: "`MODE` guided or paper"},
			&cli.StringFlag{Name: "variable", Usage: "optimise `WHAT`: fc, mulogvar or pixels"},
			&cli.StringFlag{Name: "regulariser", Usage: "add `WHAT` to the loss: none, tv or kl"},
			&cli.StringFlag{Name: "output-mode", Usage: "`MODE` transfer (the input relit) or decoded (the VAE's own map)"},
			&cli.Float64Flag{Name: "strength", Usage: "move by `X` along the words' mean latent; 0 stays"},
			&cli.IntFlag{Name: "steps", Usage: "optimise for `N` steps"},
			&cli.Int64Flag{Name: "seed", Usage: "draw everything from seed `N`"},
			&cli.StringFlag{Name: "preview", Usage: "write the picture of before and after to `FILE` (default: the output's name with .png)"},
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
	if _, err := edit.ParsePrompt(c.String("prompt")); err != nil {
		return err
	}
	if err := checkOutput(c.String("output")); err != nil {
		return err
	}
	if sameFile(c.String("input"), c.String("output")) {
		return fmt.Errorf("edit: --output %s is the input: name another file, so that the map stays as it was", c.String("output"))
	}
	if path := previewPath(c); path != "" {
		if err := checkWritable("edit", path); err != nil {
			return err
		}
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

	recipe, err := editRecipe(c, settings, input, models.files)
	if err != nil {
		return err
	}
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
	return printEdit(c, result)
}

// editSettings are those of the file, or the mode's own, under the flags.
func editSettings(c *cli.Context) (edit.Config, error) {
	settings := edit.Defaults(c.String("mode"))
	if path := c.String("config"); path != "" {
		var err error
		if settings, err = readEditConfig(path, c.String("mode")); err != nil {
			return settings, err
		}
	}
	for name, field := range map[string]*string{
		"mode": &settings.Mode, "variable": &settings.Variable, "regulariser": &settings.Regulariser, "output-mode": &settings.Output,
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
	if err := settings.Validate(); err != nil {
		if path := c.String("config"); path != "" {
			return settings, fmt.Errorf("edit: %s and the flags: %w", path, err)
		}
		return settings, fmt.Errorf("edit: %w", err)
	}
	return settings, nil
}

// readEditConfig reads settings that are still to be validated. The mode, the
// file's own unless one is given, decides what the file need not say.
func readEditConfig(path, mode string) (edit.Config, error) {
	later := func(edit.Config) error { return nil }
	if mode == "" {
		named, err := config.Read(path, edit.Defaults(edit.Guided), later)
		if err != nil {
			return named, err
		}
		mode = named.Mode
	}
	return config.Read(path, edit.Defaults(mode), later)
}

// checkOutput refuses before the work what could not be written after it.
func checkOutput(path string) error {
	switch ext := strings.ToLower(filepath.Ext(path)); ext {
	case ".hdr", ".exr":
	default:
		return usage("edit: --output %s: an environment map is written as .hdr or .exr, not %q", path, ext)
	}
	return checkWritable("edit", path)
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

func printEdit(c *cli.Context, r *edit.Result) error {
	if c.Bool("json") {
		return json.NewEncoder(c.App.Writer).Encode(struct {
			Output string `json:"output"`
			*edit.Result
		}{c.String("output"), r})
	}
	w := c.App.Writer
	fmt.Fprintf(w, "%s: similarity %.3f to %.3f", c.String("output"), r.CLIP.Before, r.CLIP.After)
	if r.Judge != nil {
		fmt.Fprintf(w, ", judge %.3f to %.3f", r.Judge.Before, r.Judge.After)
	}
	fmt.Fprintf(w, ", light from above %+.1f stops, seam %.2f to %.2f\n", r.AboveStops, r.SeamBefore, r.SeamAfter)
	return nil
}
