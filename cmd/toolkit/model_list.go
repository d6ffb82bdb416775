package main

import (
	"cmp"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/hub"
	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/internal/run"
)

func modelListVerb() *cli.Command {
	return &cli.Command{
		Name:  "list",
		Usage: "show the models in the cache",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "json", Usage: "print them as JSON"},
		},
		Action: runModelList,
	}
}

func runModelList(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	cache, err := hub.UserCache()
	if err != nil {
		return err
	}
	models, err := cache.Models()
	if err != nil {
		return err
	}
	if c.Bool("json") {
		return printJSON(c, models)
	}
	if len(models) == 0 {
		fmt.Fprintf(c.App.ErrWriter, "no model is in %s; 'toolkit model pull NAME' brings one\n", quote.Text(cache.Path))
		return nil
	}
	t := tabwriter.NewWriter(c.App.Writer, 0, 0, 2, ' ', 0)
	for _, m := range models {
		for _, r := range m.Revisions {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", m.Name, cmp.Or(strings.Join(r.Refs, ","), "-"), r.Commit[:12], run.Bytes(r.Bytes), cmp.Or(quote.Text(r.Weights), "no weights for the toolkit"))
		}
		if m.Incomplete > 0 || len(m.Revisions) == 0 {
			fmt.Fprintf(t, "%s\t-\t-\t%s\tin part: 'toolkit model pull %s' goes on\n", m.Name, run.Bytes(m.Incomplete), m.Name)
		}
	}
	return t.Flush()
}
