package main

import (
	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/pkg/dataset"
)

// datasetVerb is the parent of the verbs about data sets, one a file.
func datasetVerb() *cli.Command {
	return &cli.Command{
		Name:  "dataset",
		Usage: "bring, draw, prepare and look at maps to train on",
		Description: "A data set is a folder of maps with words beside them. Training takes\n" +
			"such folders as its data.real.",
		Subcommands: []*cli.Command{
			datasetDownloadVerb(),
			datasetSynthVerb(),
			datasetMergeVerb(),
			datasetImportVerb(),
			datasetPrepareVerb(),
			datasetStatsVerb(),
			datasetSheetVerb(),
		},
		Action: noSubcommand,
	}
}

// noSubcommand runs where the first argument of a parent is none of its verbs.
func noSubcommand(c *cli.Context) error {
	if c.Args().Present() {
		return unknownCommand(spoken(c), c.Args().First(), c.Command.Subcommands)
	}
	return cli.ShowSubcommandHelp(c)
}

// someFolders wants folders of maps as arguments.
func someFolders(c *cli.Context) error {
	if !c.Args().Present() {
		return usage("%s: no folder of maps is named; 'toolkit %s --help' shows its use", spoken(c), spoken(c))
	}
	return nil
}

// mapSize reads the flag --size of maps in a data set, which are panoramas.
func mapSize(c *cli.Context) (dataset.Size, error) {
	w, h, err := readSize(c)
	if err == nil && w != 2*h {
		err = usage("%s: --size is %s, want it twice as wide as high", spoken(c), c.String("size"))
	}
	return dataset.Size{W: w, H: h}, err
}

// mapFormat reads a flag that says in which format maps are written.
func mapFormat(c *cli.Context) (string, error) {
	switch f := c.String("format"); f {
	case "hdr", "exr":
		return f, nil
	default:
		return "", usage("%s: --format is %q, want hdr or exr", spoken(c), f)
	}
}
