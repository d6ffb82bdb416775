package main

import (
	"cmp"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/app"
	"github.com/clipenv/toolkit/internal/app/training"
	"github.com/clipenv/toolkit/internal/quote"
)

// vaeVerb is the parent of the verbs about a VAE by itself.
func vaeVerb() *cli.Command {
	return &cli.Command{
		Name:  "vae",
		Usage: "see what a VAE makes of maps, and measure it",
		Description: "Maps come out at the VAE's own size. `toolkit train-vae` trains a VAE, and\n" +
			"--vae takes its best.safetensors.",
		Subcommands: []*cli.Command{
			vaeReconstructVerb(),
			vaeSampleVerb(),
			vaeInterpolateVerb(),
			vaeEvaluateVerb(),
		},
		Action: noSubcommand,
	}
}

// vaeFlags are of every verb that opens a VAE.
func vaeFlags(more ...cli.Flag) []cli.Flag {
	return append(more,
		&cli.StringFlag{Name: "vae", Usage: "use the VAE in `FILE` (.safetensors)", DefaultText: "that of --models"},
		modelsFlag(),
		deviceFlag(),
		tf32Flag(),
		threadsFlag(),
		&cli.BoolFlag{Name: "json", Usage: "print JSON"},
	)
}

// vaeOutputFlags are of those that write maps.
func vaeOutputFlags(more ...cli.Flag) []cli.Flag {
	return vaeFlags(append(more,
		&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "write to `FILE` (.hdr, .exr, .png or .jpg); of several maps, FILE with -1, -2 … before its ending"},
		&cli.StringFlag{Name: "strip", Usage: "write a picture of all beside one another to `FILE` (.png or .jpg)"},
		&cli.BoolFlag{Name: "force", Usage: "take maps that are not twice as wide as high; cut light that the output cannot hold"},
	)...)
}

func vaeReconstructVerb() *cli.Command {
	return &cli.Command{
		Name:        "reconstruct",
		Usage:       "write what a VAE keeps of a map",
		ArgsUsage:   "IN",
		Description: "Encodes the map and decodes the mean of its latent.",
		Flags:       vaeOutputFlags(),
		Before:      withTorch,
		Action:      func(c *cli.Context) error { return runVAE(c, 1) },
	}
}

func vaeSampleVerb() *cli.Command {
	return &cli.Command{
		Name:        "sample",
		Usage:       "write maps that a VAE draws",
		Description: "Draws latents from the normal prior that the VAE is trained towards.",
		Flags: vaeOutputFlags(
			&cli.IntFlag{Name: "count", Usage: "draw `N` maps", Value: 1},
			&cli.Int64Flag{Name: "seed", Usage: "draw from seed `N`", DefaultText: "0: the same maps each time"},
		),
		Before: withTorch,
		Action: func(c *cli.Context) error { return runVAE(c, 0) },
	}
}

func vaeInterpolateVerb() *cli.Command {
	return &cli.Command{
		Name:      "interpolate",
		Usage:     "write maps on the way from one to another",
		ArgsUsage: "FROM TO",
		Description: "The first map is the reconstruction of FROM, the last that of TO. The spherical\n" +
			"way turns from latent to latent; the linear one, in the middle, comes near the\n" +
			"mean of all maps and loses contrast.",
		Flags: vaeOutputFlags(
			&cli.IntFlag{Name: "count", Usage: "write `N` maps", Value: 5},
			&cli.StringFlag{Name: "path", Usage: "go the `WAY` spherical or linear", Value: training.Spherical},
		),
		Before: withTorch,
		Action: func(c *cli.Context) error { return runVAE(c, 2) },
	}
}

// mostMaps are made at once.
const mostMaps = 1000

func runVAE(c *cli.Context, inputs int) error {
	if got := c.NArg(); got != inputs {
		return usage("%s: got %d arguments, want %s; 'toolkit %s --help' shows its use", spoken(c), got, []string{"none", "IN", "FROM and TO"}[inputs], spoken(c))
	}
	if err := needFlags(c, "output"); err != nil {
		return err
	}
	job := training.VAEMaps{
		Inputs: c.Args().Slice(), Output: c.String("output"), Strip: c.String("strip"), Count: c.Int("count"), Path: c.String("path"),
		Seed: c.Int64("seed"), Weights: weights(c), Force: c.Bool("force"),
	}
	if err := checkVAE(c, job); err != nil {
		return err
	}
	if err := job.Check(); err != nil {
		return err
	}
	bar := &progress{w: c.App.ErrWriter, label: spoken(c), total: max(job.Count, 1)}
	defer bar.close()
	s, err := session(c, bar)
	if err != nil {
		return err
	}
	made, err := job.Run(c.Context, s, func() { bar.add("") })
	if err != nil {
		return cmp.Or(bar.interrupted(c.Context, "nothing was written"), err)
	}
	bar.close()
	if c.Bool("json") {
		return printJSON(c, made)
	}
	for _, m := range made {
		if _, err := fmt.Fprintln(c.App.Writer, quote.Text(m.File)); err != nil {
			return err
		}
	}
	return nil
}

func weights(c *cli.Context) training.Weights {
	return training.Weights{VAE: c.String("vae"), Models: c.String("models")}
}

// checkVAE refuses flags that say nothing that can be done.
func checkVAE(c *cli.Context, job training.VAEMaps) error {
	if c.IsSet("vae") && c.IsSet("models") {
		return usage("%s: --vae and --models are given, want one of them", spoken(c))
	}
	switch ext := strings.ToLower(filepath.Ext(job.Output)); ext {
	case ".hdr", ".exr", ".png", ".jpg", ".jpeg":
	default:
		return usage("%s: --output %s: want a .hdr, .exr, .png or .jpg file, not %q", spoken(c), job.Output, ext)
	}
	if job.Strip != "" && !app.IsPicture(job.Strip) {
		return usage("%s: --strip is %s, want a .png or .jpg file", spoken(c), job.Strip)
	}
	if least := len(job.Inputs); least != 1 && (job.Count < max(least, 1) || job.Count > mostMaps) {
		return usage("%s: --count is %d, want %d to %d", spoken(c), job.Count, max(least, 1), mostMaps)
	}
	if len(job.Inputs) == 2 && job.Path != training.Spherical && job.Path != training.Linear {
		return usage("%s: --path is %q, want %s or %s", spoken(c), job.Path, training.Spherical, training.Linear)
	}
	return nil
}
