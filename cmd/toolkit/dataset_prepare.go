package main

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/app/data"
	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/dataset"
)

func datasetPrepareVerb() *cli.Command {
	return &cli.Command{
		Name:      "prepare",
		Usage:     "keep maps at the training size, ready to be mapped into memory",
		ArgsUsage: "DIR...",
		Description: "Training does the same by itself where it is needed. One file for each folder\n" +
			"and size lies in the cache ($TOOLKIT_CACHE/maps, else the user's cache\n" +
			"directory); only maps that are new or changed are read again. With --prune the\n" +
			"caches go whose folders are gone; DIR may then be left out.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "size", Usage: "keep them at `WIDTHxHEIGHT` texels: the VAE's 2 × model.height by model.height", Value: "128x64"},
			shardFlag("'toolkit dataset prepare' without it, or a training, joins the parts"),
			&cli.BoolFlag{Name: "verify", Usage: "look into every file, even one whose size and date are unchanged"},
			&cli.BoolFlag{Name: "prune", Usage: "remove the caches that no run would read again, as of folders that are gone"},
			&cli.BoolFlag{Name: "json", Usage: "print what was done as JSON"},
		},
		Action: runDatasetPrepare,
	}
}

func runDatasetPrepare(c *cli.Context) error {
	if !c.Bool("prune") {
		if err := someFolders(c); err != nil {
			return err
		}
	}
	size, err := mapSize(c)
	if err != nil {
		return err
	}
	part, err := shard(c)
	if err != nil {
		return err
	}
	cache, err := data.MapCache()
	if err != nil {
		return err
	}
	if c.Bool("prune") {
		if err := prune(c, cache); err != nil {
			return err
		}
	}
	job := data.Prepare{Folders: c.Args().Slice(), Size: size, Shard: part, Verify: c.Bool("verify")}
	return job.Run(c.Context, talking(c.App.ErrWriter), func(p data.Prepared) error { return printPrepared(c, p) })
}

// prune removes what is left over in the cache, and says what that was.
func prune(c *cli.Context, cache dataset.Cache) error {
	removed, err := cache.Prune(c.Context)
	if c.Bool("json") {
		return errors.Join(err, json.NewEncoder(c.App.Writer).Encode(struct {
			Pruned []dataset.Leftover `json:"pruned"`
		}{removed}))
	}
	for _, l := range removed {
		_, unsaid := fmt.Fprintf(c.App.Writer, "%s: removed, %s: %s\n", quote.Text(l.File), run.Bytes(l.Bytes), quote.Text(l.Why))
		err = errors.Join(err, unsaid)
	}
	if len(removed) == 0 && err == nil {
		_, err = fmt.Fprintf(c.App.Writer, "%s: nothing to remove\n", quote.Text(string(cache)))
	}
	return err
}

func printPrepared(c *cli.Context, p data.Prepared) error {
	if c.Bool("json") {
		return json.NewEncoder(c.App.Writer).Encode(p)
	}
	_, err := fmt.Fprintf(c.App.Writer, "%s: %s in %s: %d read, %d kept, %d dropped\n",
		quote.Text(p.Folder), quote.Plural(p.Maps, "map"), quote.Text(p.Cache), p.Read, p.Kept, p.Dropped)
	return err
}
