package main

import (
	"cmp"
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/hub"
	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/internal/run"
)

func modelRemoveVerb() *cli.Command {
	return &cli.Command{
		Name:        "rm",
		Usage:       "take a model out of the cache",
		ArgsUsage:   "NAME",
		Description: "Files that other revisions of the model share stay.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "revision", Usage: "only the branch, the tag or the commit `R`", DefaultText: "all"},
			&cli.BoolFlag{Name: "json", Usage: "print what was done as JSON"},
		},
		BashComplete: completeModels,
		Action:       runModelRemove,
	}
}

func runModelRemove(c *cli.Context) error {
	if err := oneArgument(c, "the name of a model; 'toolkit model list' shows them"); err != nil {
		return err
	}
	cache, err := hub.UserCache()
	if err != nil {
		return err
	}
	name, revision := hub.SplitName(c.Args().First())
	done, err := cache.Remove(name, cmp.Or(c.String("revision"), revision))
	if err != nil {
		return err
	}
	if c.Bool("json") {
		return printJSON(c, done)
	}
	line := fmt.Sprintf("%s: %s removed, %s freed", done.Name, quote.Plural(len(done.Commits), "revision"), run.Bytes(done.Freed))
	if done.Kept > 0 {
		line += fmt.Sprintf(", %s kept that other revisions share", run.Bytes(done.Kept))
	}
	_, err = fmt.Fprintln(c.App.Writer, line)
	return err
}
