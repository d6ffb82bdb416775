package main

import (
	"cmp"
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/app"
	"github.com/clipenv/toolkit/internal/hub"
	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/internal/run"
)

func modelPullVerb() *cli.Command {
	return &cli.Command{
		Name:      "pull",
		Usage:     "bring a model from the Hugging Face hub",
		ArgsUsage: "NAME",
		Description: "Brings the files of a model that the toolkit reads, each held against the size\n" +
			"and the digest that the hub names. The same command, run again, goes on where it\n" +
			"was stopped, and fetches only what is missing. Then the bank is made that edits\n" +
			"with this CLIP look words up in.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "revision", Usage: "bring the branch, the tag or the commit `R`", DefaultText: hub.DefaultRevision},
			&cli.StringFlag{Name: "endpoint", Usage: "ask at `URL`, as of a mirror", DefaultText: "HF_ENDPOINT, else " + hub.DefaultEndpoint},
			&cli.BoolFlag{Name: "verify", Usage: "read the files that are there, and fetch those anew that are damaged"},
			&cli.BoolFlag{Name: "no-bank", Usage: "leave the bank to the first edit that needs it"},
			deviceFlag(),
			tf32Flag(),
			threadsFlag(),
			&cli.BoolFlag{Name: "json", Usage: "print what was done as JSON"},
		},
		Before:       withTorch,
		BashComplete: completeModels,
		Action:       runModelPull,
	}
}

func runModelPull(c *cli.Context) error {
	if err := oneArgument(c, "the name of a model, as in openai/clip-vit-base-patch32"); err != nil {
		return err
	}
	name, revision := hub.SplitName(c.Args().First())
	job := app.Pull{
		Name: name, Revision: cmp.Or(c.String("revision"), revision), Endpoint: c.String("endpoint"),
		Verify: c.Bool("verify"), NoBank: c.Bool("no-bank"),
	}
	bar := &progress{w: c.App.ErrWriter, label: "model pull"}
	defer bar.close()
	s, err := session(c, bar)
	if err != nil {
		return err
	}
	done, err := job.Run(c.Context, s)
	if err != nil {
		return cmp.Or(bar.interrupted(c.Context, "run the same command again to go on"), err)
	}
	bar.close()
	if c.Bool("json") {
		return printJSON(c, done)
	}
	there := quote.Plural(len(done.Fetched), "file") + " fetched"
	if len(done.Fetched) == 0 {
		there = "there already"
	}
	_, err = fmt.Fprintf(c.App.Writer, "%s at %.12s (%s): %s, %s, in %s\n", done.Name, done.Commit, quote.Text(done.Revision), there, run.Bytes(done.Bytes), quote.Text(done.Folder))
	return err
}
