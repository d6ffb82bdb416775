package main

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/app"
	"github.com/clipenv/toolkit/internal/hub"
	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/internal/run"
)

func modelVerifyVerb() *cli.Command {
	return &cli.Command{
		Name:      "verify",
		Usage:     "read the models in the cache, and hold them against their digests",
		ArgsUsage: "[NAME…]",
		Description: "Exit status 1 where a file is damaged or gone; 'toolkit model pull NAME --verify'\n" +
			"brings it anew.",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "json", Usage: "print what was found as JSON"},
		},
		BashComplete: completeModels,
		Action:       runModelVerify,
	}
}

func runModelVerify(c *cli.Context) error {
	bar := &progress{w: c.App.ErrWriter, label: "model verify"}
	defer bar.close()
	all, err := app.VerifyModels(c.Context, app.Session{Talk: bar, Watch: bar}, c.Args().Slice())
	if err != nil {
		return cmp.Or(bar.interrupted(c.Context, "nothing was changed"), err)
	}
	bar.close()
	if c.Bool("json") {
		err = printJSON(c, all)
	} else {
		err = printVerified(c, all)
	}
	damaged, of := 0, ""
	for _, v := range all {
		if damaged += len(v.Faults); len(v.Faults) > 0 {
			of = v.Model
		}
	}
	if damaged > 0 {
		err = errors.Join(err, fmt.Errorf("model verify: %s damaged or gone: `toolkit model pull %s --verify` brings them anew", quote.Plural(damaged, "file"), of))
	}
	return err
}

func printVerified(c *cli.Context, all []hub.Verified) error {
	for _, v := range all {
		for _, f := range v.Faults {
			fmt.Fprintf(c.App.Writer, "%s at %.12s: %s: %s\n", f.Model, f.Commit, quote.Text(f.File), quote.Text(f.Problem))
		}
		line := fmt.Sprintf("%s: %s, %s, as they should be", v.Model, quote.Plural(v.Files, "file"), run.Bytes(v.Bytes))
		if v.Unsure > 0 {
			line += fmt.Sprintf("; %s without a digest", quote.Plural(v.Unsure, "file"))
		}
		if _, err := fmt.Fprintln(c.App.Writer, line); err != nil {
			return err
		}
	}
	return nil
}
