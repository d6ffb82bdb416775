package main

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/app/search"
	"github.com/clipenv/toolkit/internal/quote"
)

func captionVerb() *cli.Command {
	return &cli.Command{
		Name:      "caption",
		Usage:     "describe maps in sentences",
		ArgsUsage: "FILE...",
		Description: "CLIP ranks what a map may show, the warmth and the contrast of the light are\n" +
			"measured, and a sentence says what is likely. With --output it writes a\n" +
			"captions.jsonl, from which finetune-clip learns.",
		Flags: []cli.Flag{
			&cli.IntFlag{Name: "count", Usage: "give at most `N` sentences for each map, the best first", Value: 1},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "write the captions to `FILE` (.jsonl), to train on"},
			modelsFlag(),
			clipFlag(),
			deviceFlag(),
			tf32Flag(),
			threadsFlag(),
			&cli.BoolFlag{Name: "json", Usage: "print the sentences and their phrases as JSON"},
		},
		Before: withTorch,
		Action: runCaption,
	}
}

// mostCaptions are of one map.
const mostCaptions = 20

func runCaption(c *cli.Context) error {
	if err := needFiles(c, "map"); err != nil {
		return err
	}
	if n := c.Int("count"); n < 1 || n > mostCaptions {
		return usage("caption: --count is %d, want 1 to %d", n, mostCaptions)
	}
	job := search.Captions{Files: c.Args().Slice(), Count: c.Int("count"), Output: c.String("output"), Models: c.String("models"), CLIP: c.String("clip")}
	if err := job.Check(); err != nil {
		return err
	}
	bar := &progress{w: c.App.ErrWriter, label: "caption", total: len(job.Files)}
	defer bar.close()
	s, err := session(c, bar)
	if err != nil {
		return err
	}
	all, err := job.Run(c.Context, s, func() { bar.add("") })
	if all == nil {
		return cmp.Or(bar.interrupted(c.Context, "nothing was written"), err)
	}
	bar.close()
	return errors.Join(printCaptions(c, all), err)
}

func printCaptions(c *cli.Context, all []search.MapCaption) error {
	if c.Bool("json") {
		return printJSON(c, all)
	}
	for _, m := range all {
		for _, text := range append([]string{m.Caption}, m.Captions...) {
			if _, err := fmt.Fprintf(c.App.Writer, "%s: %s\n", quote.Text(m.File), text); err != nil {
				return err
			}
		}
	}
	return nil
}
