package main

import (
	"io"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/app"
	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/hdr"
)

// layerFlag is of every verb that reads one map.
func layerFlag() cli.Flag {
	return &cli.StringFlag{Name: "layer", Usage: "read the layer `NAME` of an .exr that has several; 'toolkit info' lists them"}
}

// mapFiles reads and writes maps as the flags say; talk, standard error or a
// progress bar, is told what was odd.
func mapFiles(c *cli.Context, talk io.Writer) app.Maps {
	return app.Maps{Verb: c.Command.Name, Layer: c.String("layer"), Force: c.Bool("force"), Talk: talk}
}

// mapRecipe is the recipe of what a verb makes of one map without computing by
// libtorch. The config is anything that encodes as JSON.
func mapRecipe(verb string, config any, path string, im *hdr.Image) (run.Recipe, error) {
	recipe, err := run.NewRecipe(versions(), verb, config)
	if err != nil {
		return recipe, err
	}
	return recipe, app.From(&recipe, path, im)
}

// readSize reads the flag --size, as in 4096x2048.
func readSize(c *cli.Context) (w, h int, err error) {
	text := c.String("size")
	before, after, _ := strings.Cut(strings.ReplaceAll(text, "×", "x"), "x")
	w, errW := strconv.Atoi(before)
	h, errH := strconv.Atoi(after)
	switch {
	case errW != nil || errH != nil || w < 1 || h < 1:
		return 0, 0, usage("%s: --size is %q, want WIDTHxHEIGHT, as in 4096x2048", spoken(c), text)
	case w > hdr.MaxPixels || h > hdr.MaxPixels || w*h > hdr.MaxPixels:
		return 0, 0, usage("%s: --size is %s, want at most %d texels: 16384x8192", spoken(c), text, hdr.MaxPixels)
	}
	return w, h, nil
}
