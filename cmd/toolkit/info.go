package main

import (
	"cmp"
	"io"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/app/mapfile"
	"github.com/clipenv/toolkit/internal/run"
)

func infoVerb() *cli.Command {
	return &cli.Command{
		Name:      "info",
		Usage:     "say what is in a map: format, light, recipe",
		ArgsUsage: "FILE",
		Description: "Reads a map whole and measures its light over the sphere. A map that is not\n" +
			"twice as wide as high is described without its light, or with it by --force.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "preview", Usage: "write a picture to `FILE` (.png): the map, its peak, and three balls in its light"},
			layerFlag(),
			&cli.BoolFlag{Name: "force", Usage: "measure a map that is not twice as wide as high as though it were a panorama"},
			&cli.BoolFlag{Name: "json", Usage: "print the report as JSON"},
		},
		Action: runInfo,
	}
}

func runInfo(c *cli.Context) error {
	if c.Args().Len() != 1 {
		return usage("info: got %d arguments, want one: FILE; 'toolkit info --help' shows its use", c.Args().Len())
	}
	job := mapfile.Info{File: c.Args().First(), Layer: c.String("layer"), Preview: c.String("preview"), Force: c.Bool("force")}
	if ext := strings.ToLower(filepath.Ext(job.Preview)); job.Preview != "" && ext != ".png" {
		return usage("info: --preview %s: the picture is written as .png, not %q", job.Preview, ext)
	}
	if err := job.Check(); err != nil {
		return err
	}
	bar := run.Progress(io.Discard, 2, "info")
	report, err := job.Run(c.Context, talking(c.App.ErrWriter), func(stage string) { bar.Add(1, "%s", stage) })
	if err != nil {
		return cmp.Or(bar.Interrupted(c.Context, "nothing was written"), err)
	}
	if c.Bool("json") {
		return printJSON(c, report)
	}
	return writeInfo(c.App.Writer, report)
}
