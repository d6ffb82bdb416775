package main

import (
	"cmp"
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/app"
	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/internal/run"
)

func modelImportVerb() *cli.Command {
	return &cli.Command{
		Name:      "import",
		Usage:     "make a folder of files a model of the cache",
		ArgsUsage: "DIR",
		Description: "Copies the files of a model that the toolkit reads, as transformers or open_clip\n" +
			"save them. From then on the model has a name, here and in transformers.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "name", Usage: "call it `OWNER/NAME`", DefaultText: "local/ and the folder's name"},
			&cli.BoolFlag{Name: "json", Usage: "print what was done as JSON"},
		},
		Action: runModelImport,
	}
}

func runModelImport(c *cli.Context) error {
	if err := oneArgument(c, "a folder"); err != nil {
		return err
	}
	bar := &progress{w: c.App.ErrWriter, label: "model import"}
	defer bar.close()
	done, err := app.ImportModel(c.Context, app.Session{Talk: bar, Watch: bar}, c.Args().First(), c.String("name"))
	if err != nil {
		return cmp.Or(bar.interrupted(c.Context, "the same command begins anew"), err)
	}
	bar.close()
	if c.Bool("json") {
		return printJSON(c, done)
	}
	_, err = fmt.Fprintf(c.App.Writer, "%s at %.12s: %s, %s, in %s\n", done.Name, done.Commit, quote.Plural(len(done.Files), "file"), run.Bytes(done.Bytes), quote.Text(done.Folder))
	return err
}
