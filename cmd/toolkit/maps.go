package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/hdr"
	_ "github.com/clipenv/toolkit/pkg/hdr/exr" // .exr in and out
)

// readMap reads a map that must be a panorama unless --force is given, and
// tells on standard error what was odd about it.
func readMap(c *cli.Context, path string) (*hdr.Image, error) {
	return readMapTelling(c, path, c.App.ErrWriter)
}

// readMapTelling is readMap under a progress bar, which is told.
func readMapTelling(c *cli.Context, path string, talk io.Writer) (*hdr.Image, error) {
	im, err := hdr.Read(path)
	if err != nil {
		return nil, err
	}
	if err := im.CheckEquirect(); err != nil && !c.Bool("force") {
		return nil, fmt.Errorf("%s: %w; --force takes it all the same", path, err)
	}
	if r := im.Meta.Repairs; r.Total() > 0 {
		fmt.Fprintf(talk, "%s: %s: repaired %v\n", c.Command.Name, path, r)
	}
	if im.Meta.LDR {
		fmt.Fprintf(talk, "%s: %s: %s sRGB, made linear; it has no light above white: the sun in it is no brighter than paper\n",
			c.Command.Name, path, im.Meta.Encoding)
	}
	return im, nil
}

// mapRecipe is the recipe of what a verb makes of one map, with the recipe
// that the map carries itself. The config is anything that encodes as JSON.
func mapRecipe(verb string, config any, path string, im *hdr.Image) (run.Recipe, error) {
	recipe, err := run.NewRecipe(versions(), verb, config)
	if err != nil {
		return recipe, err
	}
	source, err := run.HashFile(path)
	if err != nil {
		return recipe, err
	}
	recipe.Inputs = []run.File{source}
	recipe.After(im.Meta.Recipe)
	return recipe, nil
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
