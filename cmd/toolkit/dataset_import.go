package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/app/data"
	"github.com/clipenv/toolkit/internal/quote"
)

func datasetImportVerb() *cli.Command {
	return &cli.Command{
		Name:      "import",
		Usage:     "make a data set of a folder of one's own maps",
		ArgsUsage: "DIR",
		Description: "Gathers what is said of the maps, beside them and in the files named here,\n" +
			"reads every map, and leaves out the words that its light denies. The maps stay\n" +
			"where they are and are named from the new folder, or copied.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "leave the data set in `FOLDER`"},
			&cli.StringSliceFlag{Name: "captions", Usage: "read captions from `FILE` too (.csv or .jsonl); may be repeated"},
			&cli.StringSliceFlag{Name: "metadata", Usage: "read Poly Haven's list in `FILE` too (JSON); may be repeated"},
			&cli.StringSliceFlag{Name: "held-out", Usage: "never train on the maps named in `FILE`, one a line; may be repeated"},
			&cli.BoolFlag{Name: "copy", Usage: "copy the maps into the new folder"},
			&cli.StringFlag{Name: "size", Usage: "keep them at `WIDTHxHEIGHT` texels, as prepare does", Value: "128x64"},
			&cli.BoolFlag{Name: "json", Usage: "print what was done as JSON"},
		},
		Action: runDatasetImport,
	}
}

func runDatasetImport(c *cli.Context) error {
	if c.NArg() != 1 {
		return usage("dataset import: got %d arguments, want one folder of maps; 'toolkit dataset import --help' shows its use", c.NArg())
	}
	if err := needFlags(c, "output"); err != nil {
		return err
	}
	size, err := mapSize(c)
	if err != nil {
		return err
	}
	job := data.Import{
		Maps: c.Args().First(), Output: c.String("output"), Copy: c.Bool("copy"), Size: size,
		Captions: c.StringSlice("captions"), Metadata: c.StringSlice("metadata"), HeldOut: c.StringSlice("held-out"),
	}
	if err := job.Check(); err != nil {
		return err
	}
	done, err := job.Run(c.Context, talking(c.App.ErrWriter))
	if err != nil {
		return err
	}
	if c.Bool("json") {
		return json.NewEncoder(c.App.Writer).Encode(done)
	}
	for _, name := range slices.Sorted(maps.Keys(done.Struck)) {
		fmt.Fprintf(c.App.ErrWriter, "%s: its light is no %s: the words are left out\n", quote.Text(name), strings.Join(done.Struck[name], ", "))
	}
	for _, names := range done.Alike {
		fmt.Fprintf(c.App.ErrWriter, "%s look like one map: give them one scene, or they may be trained on and tested with\n", quote.Text(strings.Join(names, ", ")))
	}
	if len(done.NoWords) > 0 {
		fmt.Fprintf(c.App.ErrWriter, "nothing is said of %s\n", quote.Text(strings.Join(done.NoWords, ", ")))
	}
	_, err = fmt.Fprintf(c.App.Writer, "%s: %s, %d held out\n", quote.Text(done.Folder), quote.Plural(done.Maps, "map"), done.HeldOut)
	return err
}
