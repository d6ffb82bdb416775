package main

import (
	"encoding/json"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/dataset"
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
	set, err := loadFolders(c)
	if err != nil {
		return err
	}
	summary, err := run.Until(c.Context, func() (dataset.Summary, error) {
		return dataset.Summarise(set, c.Float64("val"), c.Float64("test")), nil
	})
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

// loadFolders reads the folders that are the arguments.
func loadFolders(c *cli.Context) ([]dataset.Map, error) {
	if err := someFolders(c); err != nil {
		return nil, err
	}
	if val, test := c.Float64("val"), c.Float64("test"); !(val >= 0 && test >= 0 && val+test <= 1) {
		return nil, usage("%s: --val is %v and --test is %v, want 0 or more, together at most 1", spoken(c), val, test)
	}
	size, err := mapSize(c)
	if err != nil {
		return nil, err
	}
	entries, err := dataset.Folders(c.Context, c.Args().Slice(), nil, c.App.ErrWriter)
	if err != nil {
		return nil, err
	}
	set, _, err := dataset.Loader{Size: size, Cache: dataset.UserCache(), Log: c.App.ErrWriter}.Load(c.Context, entries)
	return set, err
}
