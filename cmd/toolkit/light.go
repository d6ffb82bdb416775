package main

import (
	"cmp"
	"io"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/app/mapfile"
	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/internal/run"
)

// forBlender is what --for may say.
const forBlender = "blender"

func lightVerb() *cli.Command {
	return &cli.Command{
		Name:      "light",
		Usage:     "say where a map's sun is and what it gives; write it as a lamp",
		ArgsUsage: "FILE",
		Description: "Finds the sun of a map, and measures it and the sky. An azimuth is in degrees\n" +
			"to the right of the map's middle column. The lamps light from where the sun\n" +
			"stands beside the map, in Blender's world and in three.js's environment.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "usd", Usage: "write the sun to `FILE` (.usda), a distant light; with --without-sun, beside a dome of that map"},
			&cli.StringFlag{Name: "gltf", Usage: "write the sun to `FILE` (.gltf), a directional light"},
			&cli.StringFlag{Name: "for", Usage: "--usd, --gltf: write numbers as `PROGRAM` takes them: blender; else as the formats say, for three.js and others"},
			&cli.BoolFlag{Name: "brightest", Usage: "--usd, --gltf: where there is no sun, write the brightest spot above the horizon"},
			&cli.StringFlag{Name: "without-sun", Usage: "write the map to `FILE` (.exr) with the sky around in the sun's place"},
			layerFlag(),
			&cli.BoolFlag{Name: "json", Usage: "print the report as JSON"},
		},
		Action: runLight,
	}
}

func runLight(c *cli.Context) error {
	if c.Args().Len() != 1 {
		return usage("light: got %d arguments, want one: FILE; 'toolkit light --help' shows its use", c.Args().Len())
	}
	if err := checkLight(c); err != nil {
		return err
	}
	job := mapfile.Light{
		File: c.Args().First(), Layer: c.String("layer"), USD: c.String("usd"), GLTF: c.String("gltf"),
		ForBlender: c.IsSet("for"), Brightest: c.Bool("brightest"), WithoutSun: c.String("without-sun"),
	}
	if err := job.Check(); err != nil {
		return err
	}
	bar := run.Progress(io.Discard, 2, "light")
	report, err := job.Run(c.Context, talking(c.App.ErrWriter), func(stage string) { bar.Add(1, "%s", stage) })
	if err != nil {
		return cmp.Or(bar.Interrupted(c.Context, "nothing was written"), err)
	}
	if c.Bool("json") {
		return printJSON(c, report)
	}
	return writeLight(c.App.Writer, report)
}

// checkLight refuses names by which no lamp, or no map, is written, and flags
// that have nothing to say.
func checkLight(c *cli.Context) error {
	for _, f := range []struct{ flag, ext, what string }{
		{"usd", ".usda", "OpenUSD as text"}, {"gltf", ".gltf", "glTF as text"}, {"without-sun", ".exr", "OpenEXR, which holds any light"},
	} {
		out := c.String(f.flag)
		if ext := filepath.Ext(out); c.IsSet(f.flag) && strings.ToLower(ext) != f.ext {
			return usage("light: --%s %s: it is written as %s, %s, not %q", f.flag, quote.Text(out), f.ext, f.what, ext)
		}
	}
	lamps := c.IsSet("usd") || c.IsSet("gltf")
	switch {
	case c.IsSet("for") && c.String("for") != forBlender:
		return usage("light: --for is %q, want %s; without it the numbers are as the formats say", c.String("for"), forBlender)
	case c.IsSet("for") && !lamps:
		return usage("light: --for is of --usd and --gltf, and neither is given; 'toolkit light --help' lists the flags")
	case c.Bool("brightest") && !lamps:
		return usage("light: --brightest is of --usd and --gltf, and neither is given; 'toolkit light --help' lists the flags")
	case c.Bool("brightest") && c.IsSet("without-sun"):
		return usage("light: --brightest and --without-sun: a spot that is no sun stays in the map, and would light twice; leave one out")
	}
	return nil
}
