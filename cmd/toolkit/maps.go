package main

import (
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/pkg/hdr"
)

// layerFlag is of every verb that reads one map.
func layerFlag() cli.Flag {
	return &cli.StringFlag{Name: "layer", Usage: "read the layer `NAME` of an .exr that has several; 'toolkit info' lists them"}
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
