package main

import (
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/files"
	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/lamp"
	"github.com/clipenv/toolkit/pkg/sky"
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
	path := c.Args().First()
	if err := checkLight(c, path); err != nil {
		return err
	}
	var report skyReport
	var sun lamp.Lamp
	var im *hdr.Image // without its sun once it is measured
	bar := run.Progress(io.Discard, 2, "light")
	if err := stage(c, bar, "measured", func() (err error) {
		maps := mapFiles(c, c.App.ErrWriter)
		maps.Why = "a sun has no direction in it"
		if im, err = maps.Read(path); err != nil {
			return err
		}
		scene, err := sky.Analyse(im)
		if err != nil {
			return fmt.Errorf("%s: %w", quote.Text(path), err)
		}
		if c.IsSet("usd") || c.IsSet("gltf") {
			if sun, err = lampOf(path, scene, c.Bool("brightest")); err != nil {
				return err
			}
		}
		report = describeLight(path, im, scene)
		return nil
	}); err != nil {
		return err
	}
	if err := writeLight(c, path, im, report, sun); err != nil {
		return err
	}
	if c.Bool("json") {
		return printJSON(c, report)
	}
	return report.writeText(c.App.Writer)
}

// checkLight refuses before the work what cannot be written after it.
func checkLight(c *cli.Context, path string) error {
	paths := files.NewPlan("light")
	paths.ReadsAgain("the map", path)
	for _, f := range []struct{ flag, ext, what string }{
		{"usd", ".usda", "OpenUSD as text"}, {"gltf", ".gltf", "glTF as text"}, {"without-sun", ".exr", "OpenEXR, which holds any light"},
	} {
		out := c.String(f.flag)
		if ext := filepath.Ext(out); c.IsSet(f.flag) && strings.ToLower(ext) != f.ext {
			return usage("light: --%s %s: it is written as %s, %s, not %q", f.flag, quote.Text(out), f.ext, f.what, ext)
		}
		paths.Writes("--"+f.flag, out)
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
	return paths.Check()
}

// lampOf is the sun as a lamp, or the brightest spot where there is none and
// that is wanted instead.
func lampOf(path string, scene *sky.Scene, brightest bool) (lamp.Lamp, error) {
	sun, size := scene.Sun, scene.Size()
	if !sun.Found {
		spot, any := scene.Brightest()
		switch {
		case !any:
			return lamp.Lamp{}, fmt.Errorf("light: %s has no light above the horizon that a lamp could give, no spot brighter than what is around it", quote.Text(path))
		case !brightest:
			return lamp.Lamp{}, fmt.Errorf("light: %s shows no sun to write as a lamp; --brightest writes the brightest spot, %s",
				quote.Text(path), direction(spot.Direction.Azimuth(), spot.Direction.Elevation()))
		}
		sun, size = spot, scene.SizeOf(spot)
	}
	name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	return lamp.Lamp{Name: "sun of " + name, Towards: sun.Direction, Irradiance: sun.Beam, Across: size}, nil
}

// writeLight writes the files that are asked for: the map first, since a
// layer of USD refers to it.
func writeLight(c *cli.Context, path string, rest *hdr.Image, report skyReport, sun lamp.Lamp) error {
	reader := lamp.Standard
	if c.String("for") == forBlender {
		reader = lamp.Blender
	}
	talk, generator := c.App.ErrWriter, "toolkit "+versions().Toolkit
	out := c.String("without-sun")
	if out != "" {
		recipe, err := mapRecipe("light", map[string]bool{"without_sun": true}, path, rest)
		if err != nil {
			return err
		}
		if report.Sun == nil {
			fmt.Fprintf(talk, "light: %s: shows no sun; %s is the map as it is\n", quote.Text(path), quote.Text(out))
		}
		if err := mapFiles(c, talk).Write(out, rest, hdr.WriteOptions{Recipe: recipe.String()}); err != nil {
			return err
		}
	}
	if file := c.String("usd"); file != "" {
		var dome string
		if out != "" {
			dome = pathFrom(file, out)
		}
		text, err := sun.USD(generator, dome, reader)
		if err != nil {
			return err
		}
		if err := writeText(file, text); err != nil {
			return err
		}
	}
	if file := c.String("gltf"); file != "" {
		text, err := sun.GLTF(generator, reader)
		if err != nil {
			return err
		}
		if err := writeText(file, text); err != nil {
			return err
		}
	}
	if reader == lamp.Standard && (c.IsSet("usd") || c.IsSet("gltf")) {
		fmt.Fprintf(talk, "light: the lamp's numbers are as the format says; Blender's importers take them otherwise: --for %s\n", forBlender)
	}
	return nil
}

func writeText(path string, text []byte) error {
	return run.WriteFile(path, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}

// pathFrom is the path to a file from the folder of another, with slashes.
func pathFrom(file, to string) string {
	from, errFrom := filepath.Abs(filepath.Dir(file))
	target, errTo := filepath.Abs(to)
	relative, err := filepath.Rel(from, target)
	if errFrom != nil || errTo != nil || err != nil {
		return filepath.ToSlash(to)
	}
	if relative = filepath.ToSlash(relative); !strings.HasPrefix(relative, "../") {
		relative = "./" + relative
	}
	return relative
}

// stops are log2 of a ratio, held to what JSON can say.
func stops(ratio float64) float64 { return math.Log2(max(ratio, math.SmallestNonzeroFloat64)) }
