package main

import (
	"encoding/json"
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/app/data"
	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/pkg/dataset"
)

func datasetSynthVerb() *cli.Command {
	return &cli.Command{
		Name:  "synth",
		Usage: "draw maps with captions: skies, nights, clouds, grounds, rooms",
		Description: "Leaves the maps and their captions.jsonl in a folder, as training reads them.\n" +
			"Map number i of a seed is the same whatever else is drawn. A run that was\n" +
			"stopped, or a larger --count, draws what is missing.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "leave the maps in `DIR`"},
			&cli.IntFlag{Name: "count", Aliases: []string{"n"}, Usage: "draw `N` maps", Value: 100},
			&cli.Uint64Flag{Name: "first", Usage: "begin with map number `I`"},
			&cli.Uint64Flag{Name: "seed", Usage: "draw everything from seed `N`", Value: 1},
			&cli.StringFlag{Name: "size", Usage: "make them `WIDTHxHEIGHT` texels", Value: "512x256"},
			&cli.StringFlag{Name: "format", Usage: "write `FORMAT`: hdr or exr", Value: "hdr"},
			shardFlag("'toolkit dataset merge' joins the parts"),
			&cli.BoolFlag{Name: "json", Usage: "print what was done as JSON"},
		},
		Action: runDatasetSynth,
	}
}

func runDatasetSynth(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	if err := needFlags(c, "output"); err != nil {
		return err
	}
	if n := c.Int("count"); n < 1 || n > 1_000_000 {
		return usage("dataset synth: --count is %d, want 1 to 1000000", n)
	}
	size, err := mapSize(c)
	if err != nil {
		return err
	}
	format, err := mapFormat(c)
	if err != nil {
		return err
	}
	part, err := shard(c)
	if err != nil {
		return err
	}
	from, to := part.Part(c.Int("count"))
	job := data.Drawing{
		Drawing: dataset.Drawing{Seed: c.Uint64("seed"), Size: size, Format: format},
		Folder:  part.Folder(c.String("output")), First: c.Uint64("first") + uint64(from), Count: to - from,
	}
	done, err := job.Run(c.Context, talking(c.App.ErrWriter))
	if err != nil {
		return err
	}
	if c.Bool("json") {
		return json.NewEncoder(c.App.Writer).Encode(done)
	}
	_, err = fmt.Fprintf(c.App.Writer, "%s: %s drawn, %d there already\n", quote.Text(done.Folder), quote.Plural(done.Drawn, "map"), done.Kept)
	return err
}
