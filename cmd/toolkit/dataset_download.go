package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

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

// download is what the flags of dataset download say.
type download struct {
	folder string
	filter polyhaven.Filter
	choice polyhaven.Choice
	limit  int
	jobs   int
	verify bool
	client *polyhaven.Client

	talk io.Writer // for lines: standard error, or the bar that is drawn there
}

func readDownload(c *cli.Context) (*download, error) {
	wrong := func(err error) (*download, error) { return nil, usage("dataset download: %v", err) }
	if !c.Bool("list") {
		if err := needFlags(c, "output"); err != nil {
			return nil, err
		}
	}
	d := &download{
		folder: c.String("output"),
		filter: polyhaven.Filter{Names: c.StringSlice("name"), Categories: c.StringSlice("category"), Tags: c.StringSlice("tag")},
		choice: polyhaven.Choice{Resolution: c.String("resolution"), Format: c.String("format"), Nearest: c.Bool("nearest")},
		limit:  c.Int("limit"),
		jobs:   c.Int("jobs"),
		verify: c.Bool("verify"),
		talk:   c.App.ErrWriter,
	}
	var err error
	if d.filter.Attributes, err = polyhaven.ParseAttributes(c.StringSlice("attribute")); err != nil {
		return wrong(err)
	}
	if err := errors.Join(d.filter.Check(), d.choice.Check()); err != nil {
		return wrong(err)
	}
	switch {
	case d.jobs < 1 || d.jobs > 16:
		return wrong(fmt.Errorf("--jobs is %d, want 1 to 16: Poly Haven serves others too", d.jobs))
	case d.limit < 0 || c.IsSet("limit") && d.limit == 0:
		return wrong(fmt.Errorf("--limit is %d, want 1 or more", d.limit))
	}
	d.client, err = polyhaven.New(polyhaven.Settings{
		Base: c.String("api"), Version: versions().Toolkit, Rate: c.Float64("rate"),
		Log: func(format string, args ...any) {
			fmt.Fprintf(d.talk, "dataset download: "+format+"\n", args...)
		},
	})
	if err != nil {
		return wrong(err)
	}
	return d, nil
}

func runDatasetDownload(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	d, err := readDownload(c)
	if err != nil {
		return err
	}
	folder, err := d.client.Open(d.folder)
	if err != nil {
		return err
	}
	folder.Verify = d.verify
	plan, err := d.plan(c.Context, folder)
	if err != nil {
		return err
	}
	tellSkipped(c.App.ErrWriter, "left out", plan.Skipped)
	var report polyhaven.Report
	if c.Bool("list") {
		report.Failed = plan.Failed
		err = printPlan(c, plan)
	} else {
		report, err = d.fetch(c.Context, folder, plan)
		err = errors.Join(err, printDownload(c, report, err))
	}
	tellSkipped(c.App.ErrWriter, "could not be had", report.Failed)
	fmt.Fprintln(c.App.ErrWriter, polyhaven.Credit)
	if err == nil && len(report.Failed) > 0 {
		err = fmt.Errorf("dataset download: %s could not be had; the same command tries again", quote.Plural(len(report.Failed), "map"))
	}
	return err
}

// goOn says how a run that was stopped is gone on with.
const goOn = "run the same command again to go on"

// under has what is said go above the bar until it is closed, by what is
// returned. No request may be on its way meanwhile.
func (d *download) under(bar *run.Bar) (closing func()) {
	before := d.talk
	d.talk = bar
	return func() {
		bar.Close()
		d.talk = before
	}
}

func (d *download) plan(ctx context.Context, folder *polyhaven.Folder) (polyhaven.Plan, error) {
	all, odd, err := d.client.Assets(ctx)
	if err != nil {
		return polyhaven.Plan{}, err
	}
	wanted, err := d.filter.Select(all)
	if err != nil {
		return polyhaven.Plan{}, err
	}
	total := len(wanted)
	if d.limit > 0 {
		total = 0 // not known: how many have what is wanted is what is asked
	}
	bar := run.Progress(d.talk, total, "asking for files")
	defer d.under(bar)()
	plan, err := folder.Plan(ctx, wanted, d.choice, d.limit, func() { bar.Add(1, "") })
	if stopped := bar.Interrupted(ctx, goOn); stopped != nil {
		return polyhaven.Plan{}, stopped
	}
	plan.Skipped = append(plan.Skipped, odd...)
	return plan, err
}

func (d *download) fetch(ctx context.Context, folder *polyhaven.Folder, plan polyhaven.Plan) (polyhaven.Report, error) {
	files, size, have := plan.ToFetch()
	if files == 0 {
		return folder.Fetch(ctx, plan, d.jobs, polyhaven.Progress{})
	}
	bar := run.ProgressBytes(d.talk, size, "fetching "+quote.Plural(files, "map"))
	defer d.under(bar)()
	bar.StartAt(int(have))
	report, err := folder.Fetch(ctx, plan, d.jobs, polyhaven.Progress{
		Grown: func(n int64) { bar.Add(int(n), "") },
		Done:  func(file string) { bar.Add(0, "%s", file) },
	})
	if stopped := bar.Interrupted(ctx, goOn); stopped != nil {
		return report, stopped
	}
	return report, err
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
