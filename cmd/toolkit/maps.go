package main

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/hdr"
	_ "github.com/clipenv/toolkit/pkg/hdr/exr" // .exr in and out
)

// layerFlag is of every verb that reads one map.
func layerFlag() cli.Flag {
	return &cli.StringFlag{Name: "layer", Usage: "read the layer `NAME` of an .exr that has several; 'toolkit info' lists them"}
}

// readMap reads a map that must be a panorama unless --force is given, and
// tells on standard error what was odd about it.
func readMap(c *cli.Context, path string) (*hdr.Image, error) {
	return readMapTelling(c, path, c.App.ErrWriter)
}

// readMapTelling is readMap under a progress bar, which is told.
func readMapTelling(c *cli.Context, path string, talk io.Writer) (*hdr.Image, error) {
	im, err := readLayer(c, path)
	if err != nil {
		return nil, err
	}
	tell := func(format string, args ...any) {
		fmt.Fprintf(talk, "%s: %s: %s\n", c.Command.Name, quote.Text(path), fmt.Sprintf(format, args...))
	}
	for _, note := range im.Meta.Notes {
		tell("%s", note)
	}
	if err := im.CheckEquirect(); err != nil && !c.Bool("force") {
		return nil, fmt.Errorf("%s: %w; --force takes it all the same", quote.Text(path), err)
	}
	if r := im.Meta.Repairs; r.Total() > 0 {
		tell("repaired %v", r)
	}
	if im.Meta.LDR {
		tell("%s sRGB, made linear; it has no light above white: the sun in it is no brighter than paper", im.Meta.Encoding)
	}
	return im, nil
}

// readLayer reads the layer that --layer names, where a verb has it.
func readLayer(c *cli.Context, path string) (*hdr.Image, error) {
	im, err := hdr.ReadLayer(path, c.String("layer"))
	if unclear := (*hdr.LayerError)(nil); errors.As(err, &unclear) {
		return nil, fmt.Errorf("%w; --layer NAME chooses", err)
	}
	return im, err
}

// writeMap writes a map. Light that the output cannot hold is cut off if
// --force is given, which is told; else nothing is written.
func writeMap(c *cli.Context, talk io.Writer, path string, im *hdr.Image, o hdr.WriteOptions) error {
	o.Force = c.Bool("force")
	o.Tell = func(l hdr.Loss) { tellLoss(c, talk, path, l) }
	err := hdr.Write(path, im, o)
	if lost := (*hdr.LossError)(nil); errors.As(err, &lost) {
		return fmt.Errorf("%w; --force cuts them off", err)
	}
	return err
}

func tellLoss(c *cli.Context, talk io.Writer, path string, l hdr.Loss) {
	fmt.Fprintf(talk, "%s: %s: %s cut off %v\n", c.Command.Name, quote.Text(path), l.Way, l)
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
