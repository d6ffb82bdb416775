package main

import (
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/pkg/clip"
)

// clipFlag is of every verb that looks through a CLIP.
func clipFlag() cli.Flag {
	return &cli.StringFlag{
		Name:        "clip",
		Usage:       "look through the CLIP called `NAME`: " + strings.Join(clip.Shipped(), ", ") + ", clip-NAME.safetensors of --models, a file, a folder, or one of 'toolkit model list'",
		DefaultText: clip.Default + ", or clip.safetensors of --models",
	}
}
