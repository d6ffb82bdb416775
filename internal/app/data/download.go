package data

import (
	"context"
	"errors"
	"fmt"

	"github.com/clipenv/toolkit/internal/app"
	"github.com/clipenv/toolkit/pkg/polyhaven"
)

// Download is the bringing of Poly Haven's maps into a folder.
type Download struct {
	Folder string // "" where nothing is fetched
	Filter polyhaven.Filter
	Choice polyhaven.Choice
	Limit  int // at most so many maps, the first by their names; 0: all
	Jobs   int // files at a time
	Verify bool
	List   bool // plan, and fetch nothing
	Server string
	Rate   float64 // requests a second, at most
}

// Downloading is told how a download goes on.
type Downloading struct {
	Asking   func(maps int)             // the files of so many maps are asked for; 0: not known
	Asked    func()                     // those of one are known
	Planned  func(polyhaven.Plan) error // before the first file is fetched
	Fetching func(files int, bytes, have int64)
	polyhaven.Progress
}

// Check finds what is wrong with the job: a wrong command line.
func (d Download) Check() error {
	if err := errors.Join(d.Filter.Check(), d.Choice.Check()); err != nil {
		return err
	}
	switch {
	case d.Jobs < 1 || d.Jobs > 16:
		return fmt.Errorf("--jobs is %d, want 1 to 16: Poly Haven serves others too", d.Jobs)
	case d.Limit < 0:
		return fmt.Errorf("--limit is %d, want 1 or more", d.Limit)
	}
	_, err := d.client(app.Session{})
	return err
}

func (d Download) client(s app.Session) (*polyhaven.Client, error) {
	return polyhaven.New(polyhaven.Settings{
		Base: d.Server, Version: s.Versions.Toolkit, Rate: d.Rate,
		Log: func(format string, args ...any) { s.Tell("dataset download: "+format, args...) },
	})
}

// Run finds what is wanted and not there, and fetches it. The report is right
// even where there is an error.
func (d Download) Run(ctx context.Context, s app.Session, on Downloading) (report polyhaven.Report, err error) {
	client, err := d.client(s)
	if err != nil {
		return report, err
	}
	folder, err := client.Open(d.Folder)
	if err != nil {
		return report, err
	}
	folder.Verify = d.Verify
	plan, err := d.plan(ctx, client, folder, on)
	if err != nil {
		return report, err
	}
	if err := on.Planned(plan); err != nil || d.List {
		return polyhaven.Report{Failed: plan.Failed}, err
	}
	if files, size, have := plan.ToFetch(); files > 0 {
		on.Fetching(files, size, have)
	}
	return folder.Fetch(ctx, plan, d.Jobs, on.Progress)
}

// plan asks what there is, and what of it is wanted.
func (d Download) plan(ctx context.Context, client *polyhaven.Client, folder *polyhaven.Folder, on Downloading) (polyhaven.Plan, error) {
	all, odd, err := client.Assets(ctx)
	if err != nil {
		return polyhaven.Plan{}, err
	}
	wanted, err := d.Filter.Select(all)
	if err != nil {
		return polyhaven.Plan{}, err
	}
	total := len(wanted)
	if d.Limit > 0 {
		total = 0 // how many have what is wanted is what is asked
	}
	on.Asking(total)
	plan, err := folder.Plan(ctx, wanted, d.Choice, d.Limit, on.Asked)
	plan.Skipped = append(plan.Skipped, odd...)
	return plan, err
}
