package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/app"
	"github.com/clipenv/toolkit/internal/app/editing"
	"github.com/clipenv/toolkit/internal/config"
	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/pkg/edit"
)

func editVerb() *cli.Command {
	return &cli.Command{
		Name:  "edit",
		Usage: "give back an environment map in the light that a sentence says",
		Description: "Reads an HDR map, writes one of the same size: the same place in that light.\n" +
			"A picture of both lies beside it. The output carries its recipe; the same\n" +
			"seed and the same threads give the same bytes. Parts of a prompt may be weighed: \"a sunset:1|clouds:-0.5\".",
		Flags: []cli.Flag{
			&cli.GenericFlag{Name: "input", Value: &once{}, Aliases: []string{"i"}, Usage: "edit the map in `FILE` (.hdr, .exr; .png, .jpg and .webp lack light above white)"},
			&cli.GenericFlag{Name: "prompt", Value: &once{}, Aliases: []string{"p"}, Usage: "make it look like `SENTENCE`"},
			&cli.GenericFlag{Name: "output", Value: &once{}, Aliases: []string{"o"}, Usage: "write the map to `FILE` (.hdr or .exr)"},
			&cli.StringFlag{Name: "config", Aliases: []string{"c"}, Usage: "read the settings from `FILE` (YAML); flags come before it"},
			&cli.StringFlag{Name: "models", Usage: "use the models in `DIR`: vae, clip, judge and bank.safetensors", DefaultText: "those inside the program"},
			clipFlag(),
			&cli.StringFlag{Name: "generator", Usage: "go through `WHAT`: sky (the numbers of the light), vae, or auto (sky where the map shows one)", DefaultText: edit.AutoGenerator},
			&cli.Float64Flag{Name: "strength", Usage: "go `X` of the way to the light: 0 is the input, up to 1.5", DefaultText: fmt.Sprint(edit.DefaultSky.Strength)},
			&cli.Float64Flag{Name: "sun-elevation", Usage: "stand the sun `DEGREES` over the horizon", DefaultText: "by the words"},
			&cli.Float64Flag{Name: "sun-azimuth", Usage: "stand the sun `DEGREES` to the right of the map's centre", DefaultText: "by the words"},
			&cli.Float64Flag{Name: "sun-stops", Usage: "make the sun's beam brighter by `STOPS`", DefaultText: "by the words"},
			&cli.Float64Flag{Name: "kelvin", Usage: "colour the sun's beam as a glow of `K` kelvin, 1000 to 40000", DefaultText: "by the sun's height"},
			&cli.Float64Flag{Name: "cover", Usage: "hide the `SHARE` 0 to 1 of the sky behind cloud", DefaultText: "by the words"},
			&cli.Float64Flag{Name: "haze", Usage: "make the air hazy by `X`, 0 clearest to 1", DefaultText: "by the words"},
			&cli.Float64Flag{Name: "fog", Usage: "fill the air with fog of extinction `X` per metre: .0003 hazy, .03 thick", DefaultText: "by the words"},
			&cli.Float64Flag{Name: "exposure", Usage: "make the whole map brighter by `STOPS`", DefaultText: "by the words"},
			&cli.BoolFlag{Name: "keep-energy", Usage: "level ground gets as much light as before"},
			&cli.StringFlag{Name: "mask", Usage: "edit the `PART`: sky, ground, or where the picture in a file is white", DefaultText: edit.WholeMap},
			&cli.StringFlag{Name: "mode", Usage: "`MODE` guided or paper", DefaultText: edit.Guided},
			&cli.StringFlag{Name: "variable", Usage: "optimise `WHAT`: fc, mulogvar or pixels", DefaultText: byMode(func(c edit.Config) any { return c.Variable })},
			&cli.StringFlag{Name: "regulariser", Usage: "add `WHAT` to the loss: none, tv or kl", DefaultText: byMode(func(c edit.Config) any { return c.Regulariser })},
			&cli.StringFlag{Name: "output-mode", Usage: "`MODE` transfer (the input relit) or decoded (the VAE's own map)", DefaultText: byMode(func(c edit.Config) any { return c.OutputMode })},
			&cli.IntFlag{Name: "steps", Usage: "optimise for `N` steps", DefaultText: fmt.Sprintf("%v through a sky; else %s", edit.DefaultSky.Steps, byMode(func(c edit.Config) any { return c.Steps }))},
			&cli.Int64Flag{Name: "seed", Usage: "draw everything from seed `N`", DefaultText: byMode(func(c edit.Config) any { return c.Seed })},
			&cli.StringFlag{Name: "preview", Usage: "write the picture of before and after to `FILE` (.png)", DefaultText: "the output's name with .png"},
			&cli.StringFlag{Name: "log", Usage: "keep the loss of each step, its terms and their curves in `DIR`"},
			&cli.BoolFlag{Name: "no-preview", Usage: "write no picture"},
			&cli.BoolFlag{Name: "force", Usage: "edit a map that is not twice as wide as high; cut light that the output cannot hold"},
			layerFlag(),
			deviceFlag(),
			tf32Flag(),
			threadsFlag(),
			&cli.BoolFlag{Name: "json", Usage: "print the figures as JSON"},
		},
		Before: withTorch,
		Action: runEdit,
	}
}

// once is the value of a flag that counts once: of two maps or sentences the last
// would be taken, and the first passed over in silence.
type once struct{ value string }

func (o *once) String() string { return o.value }

func (o *once) Set(value string) error {
	if o.value != "" && o.value != value { // a flag and its alias are set to the same
		return fmt.Errorf("%q was given before, and an edit takes one; 'toolkit evaluate' edits many maps by many sentences", o.value)
	}
	o.value = value
	return nil
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
	if c.Args().Present() && !c.IsSet("input") {
		return usage("edit: %q stands by itself: name the map by --input, the sentence by --prompt; 'toolkit edit --help' shows its use", c.Args().First())
	}
	if err := noArguments(c); err != nil {
		return err
	}
	if err := needFlags(c, "input", "output"); err != nil {
		return err
	}
	settings, err := editSettings(c)
	if err != nil {
		return err
	}
	byHand := settings.Sky.Given() && !c.IsSet("prompt")
	if !byHand {
		if err := needFlags(c, "prompt"); err != nil {
			return err
		}
		if _, err := edit.ParsePrompt(c.String("prompt")); err != nil {
			return err
		}
	}
	if byHand && c.IsSet("log") {
		return usage("edit: --log keeps the steps of an optimisation, and an edit without --prompt takes none")
	}
	job := editing.Edit{
		Input: c.String("input"), Output: c.String("output"), Preview: previewPath(c), Log: c.String("log"), Prompt: c.String("prompt"),
		Settings: settings, SettingsFile: c.String("config"), Models: c.String("models"), CLIP: c.String("clip"),
		Layer: c.String("layer"), Force: c.Bool("force"), Spheres: c.Bool("json"),
	}
	if err := checkExtensions(job); err != nil {
		return err
	}
	if err := job.Check(); err != nil {
		return err
	}
	bar := &progress{w: c.App.ErrWriter, label: "edit", total: settings.Steps}
	defer bar.close()
	s, err := session(c, bar)
	if err != nil {
		return err
	}
	done, err := job.Run(c.Context, s, func(step edit.Step) {
		bar.total = step.Of
		bar.add("similarity %.3f", step.Similarity[0])
	})
	if err != nil {
		written := "nothing was written"
		if job.Log != "" && bar.bar != nil {
			written = "no map was written; " + quote.Text(job.Log) + " has the steps"
		}
		return cmp.Or(bar.interrupted(c.Context, written), err)
	}
	bar.close()
	for _, w := range done.Warnings {
		fmt.Fprintf(c.App.ErrWriter, "edit: %s\n", w)
	}
	if c.Bool("json") {
		return json.NewEncoder(c.App.Writer).Encode(done)
	}
	return printEdit(c.App.Writer, done)
}

// editSettings are those of the file, or the mode's own, under the flags.
func editSettings(c *cli.Context) (edit.Config, error) {
	settings, keys := edit.Defaults(c.String("mode")), config.Keys{}
	place := "edit"
	if path := c.String("config"); path != "" {
		var err error
		if settings, keys, err = app.ReadSettings(path, c.String("mode")); err != nil {
			return settings, err
		}
		place = fmt.Sprintf("edit: %s and the flags", path)
	}
	flags := []struct {
		flag, key string
		set       func()
	}{
		{"mode", "mode", func() { settings.Mode = c.String("mode") }},
		{"variable", "variable", func() { settings.Variable = c.String("variable") }},
		{"regulariser", "regulariser", func() { settings.Regulariser = c.String("regulariser") }},
		{"output-mode", "output_mode", func() { settings.OutputMode = c.String("output-mode") }},
		{"seed", "seed", func() { settings.Seed = c.Int64("seed") }},
		{"generator", "sky.generator", func() { settings.Sky.Generator = c.String("generator") }},
		{"keep-energy", "sky.keep_energy", func() { settings.Sky.KeepEnergy = c.Bool("keep-energy") }},
		{"mask", "sky.mask", func() { settings.Sky.Mask = c.String("mask") }},
	}
	for name, to := range skyFlags(&settings.Sky) {
		flags = append(flags, struct {
			flag, key string
			set       func()
		}{name, "sky." + strings.ReplaceAll(name, "-", "_"), func() { v := c.Float64(name); *to = &v }})
	}
	for _, f := range flags {
		if c.IsSet(f.flag) {
			keys[f.key] = 0
			f.set()
		}
	}
	if c.IsSet("steps") {
		settings.Steps, settings.Sky.Steps = c.Int("steps"), c.Int("steps")
		inForce(keys, "steps", settings)
	}
	if c.IsSet("strength") {
		setStrength(&settings, c.Float64("strength"))
		inForce(keys, "strength", settings)
	}
	settings, err := app.Settle(settings, keys)
	if err != nil {
		return settings, fmt.Errorf("%s: %w", place, err)
	}
	return settings, nil
}

// inForce says which key a flag gives that an edit has twice, through a sky and
// through a VAE; none where the map decides.
func inForce(keys config.Keys, key string, settings edit.Config) {
	switch {
	case settings.Mode == edit.Paper || settings.Sky.Generator == edit.VAEGenerator:
		keys[key] = 0
	case settings.Sky.Generator == edit.SkyGenerator:
		keys["sky."+key] = 0
	}
}

// setStrength goes so far as a share of how far an edit goes by default.
func setStrength(settings *edit.Config, by float64) {
	settings.Strength = by * edit.Defaults(edit.Guided).Strength
	if settings.Mode == edit.Guided && settings.Sky.Generator != edit.VAEGenerator {
		settings.Sky.Strength = by
	}
}

// skyFlags are the numbers of a light, by the flags that give them.
func skyFlags(sky *edit.SkyConfig) map[string]**float64 {
	return map[string]**float64{
		"sun-elevation": &sky.SunElevation, "sun-azimuth": &sky.SunAzimuth, "sun-stops": &sky.SunStops, "kelvin": &sky.Kelvin,
		"cover": &sky.Cover, "haze": &sky.Haze, "fog": &sky.Fog, "exposure": &sky.Exposure,
	}
}

// checkExtensions refuses names by which no map, or no picture, is written.
func checkExtensions(job editing.Edit) error {
	switch ext := strings.ToLower(filepath.Ext(job.Output)); ext {
	case ".hdr", ".exr":
	default:
		return usage("edit: --output %s: an environment map is written as .hdr or .exr, not %q", job.Output, ext)
	}
	if ext := strings.ToLower(filepath.Ext(job.Preview)); job.Preview != "" && ext != ".png" {
		return usage("edit: --preview %s: the picture is written as .png, not %q", job.Preview, ext)
	}
	return nil
}

// previewPath is where the picture goes, "" for none.
func previewPath(c *cli.Context) string {
	if c.Bool("no-preview") {
		return ""
	}
	if path := c.String("preview"); path != "" {
		return path
	}
	return editing.PreviewOf(c.String("output"))
}
