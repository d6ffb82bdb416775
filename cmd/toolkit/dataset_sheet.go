package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/app/data"
	"github.com/clipenv/toolkit/internal/quote"
)

func datasetSheetVerb() *cli.Command {
	return &cli.Command{
		Name:      "sheet",
		Usage:     "show the maps of a data set: a contact sheet, or a page with their words",
		ArgsUsage: "DIR...",
		Description: "The maps are shown at the fixed exposure at which CLIP sees them: a night is\n" +
			"dark. A page (.html) needs no other file.",
		Flags: append(splitFlags(),
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "write `FILE` (.png or .html)"},
			&cli.IntFlag{Name: "limit", Usage: "show at most `N` maps, the first by their names", Value: 200},
			&cli.IntFlag{Name: "columns", Usage: "put `N` maps into a row of a .png", Value: 5},
			&cli.StringFlag{Name: "size", Usage: "show them at `WIDTHxHEIGHT` pixels", Value: "256x128"},
		),
		Action: runDatasetSheet,
	}
}

func runDatasetSheet(c *cli.Context) error {
	if err := needFlags(c, "output"); err != nil {
		return err
	}
	output := c.String("output")
	if kind := strings.ToLower(filepath.Ext(output)); kind != ".png" && kind != ".html" {
		return usage("dataset sheet: --output is %s, want a .png or .html file", output)
	}
	job := data.Contacts{Output: output, Limit: c.Int("limit"), Columns: c.Int("columns")}
	if job.Limit < 1 || job.Columns < 1 {
		return usage("dataset sheet: --limit is %d and --columns is %d, want 1 or more", job.Limit, job.Columns)
	}
	var err error
	if job.Folders, err = readFolders(c); err != nil {
		return err
	}
	if err := job.Check(); err != nil {
		return err
	}
	maps, err := job.Run(c.Context, talking(c.App.ErrWriter))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.App.Writer, "%s: %s\n", quote.Text(output), quote.Plural(maps, "map"))
	return err
}
