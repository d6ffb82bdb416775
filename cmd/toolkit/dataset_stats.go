package main

import (
	"encoding/json"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/app/data"
)

func datasetStatsVerb() *cli.Command {
	return &cli.Command{
		Name:        "stats",
		Usage:       "count maps by split, size, range and attribute, and find duplicates",
		ArgsUsage:   "DIR...",
		Description: "Several folders count as one data set. Duplicates are found by their files, and\nby their looks: a map that was turned, mirrored or scaled is the same.",
		Flags: append(splitFlags(),
			&cli.StringFlag{Name: "size", Usage: "keep maps at `WIDTHxHEIGHT` texels, as prepare does", Value: "128x64"},
			&cli.BoolFlag{Name: "json", Usage: "print the counts as JSON"},
		),
		Action: runDatasetStats,
	}
}

func runDatasetStats(c *cli.Context) error {
	folders, err := readFolders(c)
	if err != nil {
		return err
	}
	summary, err := folders.Summary(c.Context, talking(c.App.ErrWriter))
	if err != nil {
		return err
	}
	if !c.Bool("json") {
		return summary.WriteText(c.App.Writer)
	}
	enc := json.NewEncoder(c.App.Writer)
	enc.SetIndent("", "  ")
	return enc.Encode(summary)
}

// splitFlags are the parts of a data set that are not trained on.
func splitFlags() []cli.Flag {
	return []cli.Flag{
		&cli.Float64Flag{Name: "val", Usage: "`PART` of the scenes by which the best step is chosen, as data.val", Value: .1},
		&cli.Float64Flag{Name: "test", Usage: "`PART` of the scenes to test with, as data.test", Value: .1},
	}
}

// readFolders reads the folders and the flags of a verb that looks at a data
// set.
func readFolders(c *cli.Context) (data.Folders, error) {
	f := data.Folders{Paths: c.Args().Slice(), Val: c.Float64("val"), Test: c.Float64("test")}
	if err := someFolders(c); err != nil {
		return f, err
	}
	if !(f.Val >= 0 && f.Test >= 0 && f.Val+f.Test <= 1) {
		return f, usage("%s: --val is %v and --test is %v, want 0 or more, together at most 1", spoken(c), f.Val, f.Test)
	}
	var err error
	f.Size, err = mapSize(c)
	return f, err
}
