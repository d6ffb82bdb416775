package main

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/app"
	"github.com/clipenv/toolkit/internal/app/search"
	"github.com/clipenv/toolkit/internal/quote"
)

func searchVerb() *cli.Command {
	return &cli.Command{
		Name:      "search",
		Usage:     "find the maps that a sentence describes",
		ArgsUsage: "SENTENCE DIR...",
		Description: "Looks through folders of maps (.hdr, .exr), and the folders in them. What CLIP\n" +
			"saw of each map is kept in the cache: only new and changed maps are read\n" +
			"again. Parts of a sentence may be weighed: \"a harbour:1|people:-0.5\".\n" +
			"With --shard the arguments are folders alone: their maps are read, none is\n" +
			"searched for.",
		Flags: []cli.Flag{
			&cli.IntFlag{Name: "count", Usage: "find at most `N` maps", Value: 10},
			shardFlag("the next search without it joins the parts"),
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "write a picture of those found to `FILE` (.png or .jpg)"},
			modelsFlag(),
			clipFlag(),
			deviceFlag(),
			tf32Flag(),
			threadsFlag(),
			&cli.BoolFlag{Name: "json", Usage: "print JSON"},
		},
		Before: withTorch,
		Action: runSearch,
	}
}

func runSearch(c *cli.Context) error {
	part, err := shard(c)
	if err != nil {
		return err
	}
	prompt, folders := "", c.Args().Slice()
	switch {
	case part.Of > 0 && len(folders) == 0:
		return usage("search: got no arguments, want folders; 'toolkit search --help' shows its use")
	case part.Of > 0:
	case c.NArg() < 2:
		return usage("search: got %d arguments, want a sentence and folders; 'toolkit search --help' shows its use", c.NArg())
	default:
		prompt, folders = folders[0], folders[1:]
	}
	if n := c.Int("count"); n < 1 {
		return usage("search: --count is %d, want 1 or more", n)
	}
	job := search.Search{Prompt: prompt, Folders: folders, Shard: part, Count: c.Int("count"), Output: c.String("output"), Models: c.String("models"), CLIP: c.String("clip")}
	if job.Output != "" && part.Of > 0 {
		return usage("search: --output is given with --shard, which finds nothing to show")
	}
	if job.Output != "" && !app.IsPicture(job.Output) {
		return usage("search: --output is %s, want a .png or .jpg file", job.Output)
	}
	if err := job.Check(); err != nil {
		return err
	}
	bar := &progress{w: c.App.ErrWriter, label: "search: reading maps"}
	defer bar.close()
	s, err := session(c, bar)
	if err != nil {
		return err
	}
	found, err := job.Run(c.Context, s, func(maps int) { bar.begin(0, maps) }, func() { bar.add("") })
	if err != nil {
		return cmp.Or(bar.interrupted(c.Context, "those that were read need not be read again"), err)
	}
	bar.close()
	for _, w := range found.Warnings {
		fmt.Fprintf(c.App.ErrWriter, "search: %s\n", w)
	}
	if c.Bool("json") {
		return printJSON(c, found)
	}
	var text strings.Builder
	for _, m := range found.Found {
		fmt.Fprintf(&text, "%.3f  %s\n", m.Cosine, quote.Text(m.File))
	}
	_, err = fmt.Fprint(c.App.Writer, text.String())
	return err
}
