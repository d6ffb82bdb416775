package main

import (
	"encoding/json"
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/pkg/dataset"
)

func datasetMergeVerb() *cli.Command {
	return &cli.Command{
		Name:      "merge",
		Usage:     "make one data set of the shards that were drawn apart",
		ArgsUsage: "DIR",
		Description: "Takes what dataset synth --shard left in DIR, once all shards are finished, and\n" +
			"leaves what one process would have drawn.",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "json", Usage: "print what was done as JSON"},
		},
		Action: func(c *cli.Context) error {
			if c.NArg() != 1 {
				return usage("dataset merge: got %d folders, want one; 'toolkit dataset merge --help' shows its use", c.NArg())
			}
			done, err := dataset.MergeShards(c.Context, c.Args().First())
			if err != nil {
				return err
			}
			if c.Bool("json") {
				return json.NewEncoder(c.App.Writer).Encode(done)
			}
			_, err = fmt.Fprintf(c.App.Writer, "%s: %s of %s\n", quote.Text(done.Folder), quote.Plural(done.Maps, "map"), quote.Plural(done.Shards, "shard"))
			return err
		},
	}
}

// shardFlag is --shard; joins says what makes one of the parts.
func shardFlag(joins string) cli.Flag {
	return &cli.StringFlag{Name: "shard", Usage: "do part `I/N` of the work, I from 0: " + joins}
}

// shard reads the flag --shard; all of it where there is none.
func shard(c *cli.Context) (dataset.Shard, error) {
	if !c.IsSet("shard") {
		return dataset.Shard{}, nil
	}
	s, err := dataset.ParseShard(c.String("shard"))
	if err != nil {
		return s, usage("%s: --shard: %w", spoken(c), err)
	}
	return s, nil
}
