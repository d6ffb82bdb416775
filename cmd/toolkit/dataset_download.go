package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/app/data"
	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/polyhaven"
)

func datasetDownloadVerb() *cli.Command {
	return &cli.Command{
		Name:  "download",
		Usage: "bring Poly Haven's maps, with what is known of them",
		Description: "Leaves the maps in a folder, with metadata.json, from which captions are made,\n" +
			"and provenance.json. Every file is held against the size and the MD5 that Poly\n" +
			"Haven names. The same command, run again, goes on where it was stopped, and\n" +
			"fetches only what is missing or changed.\n\n" + polyhaven.Credit + ".",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "leave the maps in `DIR`"},
			&cli.StringSliceFlag{Name: "name", Usage: "only the map `SLUG`, or those that a pattern like 'abandoned_*' fits; may be repeated, for more"},
			&cli.StringSliceFlag{Name: "category", Usage: "only maps of `CATEGORY`: outdoor, 'Coast & Water/Beaches'; may be repeated, for fewer"},
			&cli.StringSliceFlag{Name: "tag", Usage: "only maps with the tag `WORD`; may be repeated, for fewer"},
			&cli.StringSliceFlag{Name: "attribute", Usage: "only maps with `KEY=VALUE`: weather=clear,overcast (either), pure_sky=true; may be repeated, for fewer"},
			&cli.StringFlag{Name: "resolution", Usage: "`SIZE` of the maps: 1k, 2k, 4k, 8k, 16k", Value: "1k"},
			&cli.BoolFlag{Name: "nearest", Usage: "where a map has not that resolution, take the nearest it has"},
			&cli.StringFlag{Name: "format", Usage: "`FORMAT` of the maps: hdr or exr", Value: "hdr"},
			&cli.IntFlag{Name: "limit", Usage: "at most `N` maps, the first by their names", DefaultText: "all"},
			&cli.BoolFlag{Name: "list", Aliases: []string{"dry-run"}, Usage: "print what would be fetched, and fetch nothing"},
			&cli.BoolFlag{Name: "verify", Usage: "read all files that are there, even those that look unchanged"},
			&cli.IntFlag{Name: "jobs", Usage: "fetch `N` files at a time", Value: 3},
			&cli.Float64Flag{Name: "rate", Usage: "send at most `N` requests a second", Value: 5},
			&cli.StringFlag{Name: "api", Usage: "ask at `URL`, as of a mirror", Value: polyhaven.DefaultBase, EnvVars: []string{"TOOLKIT_POLYHAVEN"}},
			&cli.BoolFlag{Name: "json", Usage: "print what was done, or would be, as JSON"},
		},
		Action: runDatasetDownload,
	}
}

// readDownload reads the flags.
func readDownload(c *cli.Context) (data.Download, error) {
	d := data.Download{
		Folder: c.String("output"),
		Filter: polyhaven.Filter{Names: c.StringSlice("name"), Categories: c.StringSlice("category"), Tags: c.StringSlice("tag")},
		Choice: polyhaven.Choice{Resolution: c.String("resolution"), Format: c.String("format"), Nearest: c.Bool("nearest")},
		Limit:  c.Int("limit"), Jobs: c.Int("jobs"), Verify: c.Bool("verify"), List: c.Bool("list"),
		Server: c.String("api"), Rate: c.Float64("rate"),
	}
	wrong := func(err error) (data.Download, error) { return d, usage("dataset download: %v", err) }
	if !d.List {
		if err := needFlags(c, "output"); err != nil {
			return d, err
		}
	}
	var err error
	if d.Filter.Attributes, err = polyhaven.ParseAttributes(c.StringSlice("attribute")); err != nil {
		return wrong(err)
	}
	if err := d.Check(); err != nil {
		return wrong(err)
	}
	if c.IsSet("limit") && d.Limit == 0 {
		return wrong(errors.New("--limit is 0, want 1 or more"))
	}
	return d, nil
}

func runDatasetDownload(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	job, err := readDownload(c)
	if err != nil {
		return err
	}
	bar := &progress{w: c.App.ErrWriter}
	defer bar.close()
	planned := false
	report, err := job.Run(c.Context, talking(bar), data.Downloading{
		Asking: func(maps int) {
			bar.label, bar.total = "asking for files", maps
			bar.shown()
		},
		Asked: func() { bar.add("") },
		Planned: func(plan polyhaven.Plan) error {
			bar.close()
			planned = true
			tellSkipped(c.App.ErrWriter, "left out", plan.Skipped)
			if job.List {
				return printPlan(c, plan)
			}
			return nil
		},
		Fetching: func(files int, bytes, have int64) {
			bar.label, bar.total, bar.bytes = "fetching "+quote.Plural(files, "map"), int(bytes), true
			bar.shown().StartAt(int(have))
		},
		Progress: polyhaven.Progress{
			Grown: func(n int64) { bar.shown().Add(int(n), "") },
			Done:  func(file string) { bar.shown().Add(0, "%s", file) },
		},
	})
	if bar.bar != nil {
		err = cmp.Or(bar.interrupted(c.Context, "run the same command again to go on"), err)
		bar.close()
	}
	if !planned {
		return err
	}
	if !job.List {
		err = errors.Join(err, printDownload(c, report, err))
	}
	tellSkipped(c.App.ErrWriter, "could not be had", report.Failed)
	fmt.Fprintln(c.App.ErrWriter, polyhaven.Credit)
	if err == nil && len(report.Failed) > 0 {
		err = fmt.Errorf("dataset download: %s could not be had; the same command tries again", quote.Plural(len(report.Failed), "map"))
	}
	return err
}

// tellSkipped says of some maps why they are not there; --json says it of all.
func tellSkipped(w io.Writer, what string, list []polyhaven.Skipped) {
	const most = 10
	for i, s := range list {
		if i == most {
			fmt.Fprintf(w, "%s: %d more; --json has them all\n", what, len(list)-most)
			return
		}
		fmt.Fprintf(w, "%s: %s: %s\n", what, quote.Text(s.Slug), quote.Text(s.Reason))
	}
}

func printPlan(c *cli.Context, plan polyhaven.Plan) error {
	if c.Bool("json") {
		return json.NewEncoder(c.App.Writer).Encode(plan)
	}
	t := tabwriter.NewWriter(c.App.Writer, 0, 0, 2, ' ', 0)
	for _, it := range plan.Items {
		fmt.Fprintf(t, "%s\t%s\t%s\n", it.File, run.Bytes(it.Want.Size), it.State)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	files, size, have := plan.ToFetch()
	_, err := fmt.Fprintf(c.App.Writer, "%s to fetch, %s\n", quote.Plural(files, "map"), run.Bytes(size-have))
	return err
}

// printDownload says what was done even where err ended it: a script that
// reads JSON learns what is there.
func printDownload(c *cli.Context, report polyhaven.Report, err error) error {
	if c.Bool("json") {
		return json.NewEncoder(c.App.Writer).Encode(report)
	}
	if err != nil {
		return nil // the error has the word
	}
	_, err = fmt.Fprintf(c.App.Writer, "%s: %s fetched (%s), %d there already\n",
		quote.Text(report.Folder), quote.Plural(len(report.Fetched), "map"), run.Bytes(report.Bytes), len(report.Present))
	return err
}
