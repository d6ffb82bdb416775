package polyhaven

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"

	"golang.org/x/sync/errgroup"

	"github.com/clipenv/toolkit/internal/fetch"
	"github.com/clipenv/toolkit/internal/run"
)

// Report is what a run did.
type Report struct {
	Folder  string    `json:"folder"`
	Fetched []string  `json:"fetched"` // names of files
	Present []string  `json:"present"`
	Skipped []Skipped `json:"skipped"`
	Failed  []Skipped `json:"failed"`
	Bytes   int64     `json:"bytes"` // of the files that were fetched
}

// Progress is told how a run goes on, from several goroutines. Either may be
// nil where nothing is to fetch.
type Progress struct {
	Grown func(n int64)     // so many bytes came; below 0: were of no use
	Done  func(file string) // it is whole
}

// hopeless is how many files in a row may fail before the rest is not tried.
const hopeless = 5

// Fetch brings what is missing, jobs files at a time. A file that cannot be had
// is reported and does not stop the others; what stops all is an error: ctx
// ending, a disk that is full, a server that sends nothing. The report is
// right even then.
func (f *Folder) Fetch(ctx context.Context, plan Plan, jobs int, progress Progress) (report Report, err error) {
	report = Report{Folder: f.Path, Fetched: []string{}, Present: []string{}, Skipped: plan.Skipped, Failed: slices.Clone(plan.Failed)}
	if err := os.MkdirAll(f.Path, 0o755); err != nil {
		return report, fmt.Errorf("polyhaven: %w", err)
	}
	unlock, err := run.LockFolder(f.Path, "download")
	if err != nil {
		return report, fmt.Errorf("polyhaven: %w", err)
	}
	defer unlock()
	run.Sweep(f.Path, f.writes(plan))
	if f.ledger, err = openLedger(f.Path, f.client.base.Redacted()); err != nil { // another run may have written since
		return report, err
	}
	defer func() {
		if fault := f.ledger.close(); fault != nil && err == nil {
			err = fmt.Errorf("polyhaven: %w", fault)
		}
	}()
	if err := f.enoughRoom(plan); err != nil {
		return report, err
	}
	for _, it := range plan.Items {
		if it.State == Present {
			if err := f.ledger.note(it); err != nil {
				return report, fmt.Errorf("polyhaven: %w", err)
			}
			report.Present = append(report.Present, it.File)
		}
	}
	err = f.fetchMissing(ctx, plan, max(jobs, 1), progress, &report)
	slices.Sort(report.Fetched) // jobs end in any order
	return report, err
}

func (f *Folder) fetchMissing(ctx context.Context, plan Plan, jobs int, progress Progress, report *Report) error {
	var mu sync.Mutex // of the report and of failures
	failures := 0     // in a row
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(jobs)
	for _, it := range plan.Items {
		if it.State == Present {
			continue
		}
		group.Go(func() error {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			err := f.client.download(ctx, it.Want, filepath.Join(f.Path, it.File), progress.Grown)
			if err == nil {
				err = f.ledger.note(it)
			}
			mu.Lock()
			defer mu.Unlock()
			var local fetch.Local
			switch {
			case err == nil:
				failures = 0
				report.Fetched = append(report.Fetched, it.File)
				report.Bytes += it.Want.Size
				progress.Done(it.File)
			case errors.As(err, &local):
				return fmt.Errorf("polyhaven: %w", local)
			case ctx.Err() != nil:
				return context.Cause(ctx)
			default:
				report.Failed = append(report.Failed, Skipped{it.Slug, err.Error()})
				if failures++; failures == hopeless {
					return fmt.Errorf("%d files in a row could not be had, the last: %w", failures, err)
				}
			}
			return nil
		})
	}
	return group.Wait()
}

// enoughRoom refuses to begin what the disk cannot hold.
func (f *Folder) enoughRoom(plan Plan) error {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(f.Path, &disk); err != nil {
		return nil // not told: writing will show
	}
	files, size, have := plan.ToFetch()
	if need, free := size-have, int64(disk.Bavail)*disk.Bsize; need > free {
		return fmt.Errorf("polyhaven: %s: %d files need %s, but the disk has %s free; free some room, or ask for fewer maps or smaller ones", f.Path, files, run.Bytes(need), run.Bytes(free))
	}
	return nil
}

// writes tells of a file's name whether it is of those that runs write beside
// their target first.
func (f *Folder) writes(plan Plan) func(name string) bool {
	names := map[string]bool{metadataName: true, provenanceName: true}
	for _, it := range plan.Items {
		names[markName(it.File)] = true
	}
	return func(name string) bool { return names[name] }
}
