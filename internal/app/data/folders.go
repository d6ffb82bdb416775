// Package data is what is done to folders of maps: they are downloaded, drawn,
// imported, kept at the size of training, counted and shown.
package data

import (
	"context"

	"github.com/clipenv/toolkit/internal/app"
	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/dataset"
)

// Folders are folders of maps that are looked at as one data set.
type Folders struct {
	Paths     []string
	Size      dataset.Size // that the maps are kept at
	Val, Test float64      // parts of the scenes, as an experiment's data.val and data.test
}

// load returns the maps at their size.
func (f Folders) load(ctx context.Context, s app.Session) ([]dataset.Map, error) {
	entries, err := dataset.Folders(ctx, f.Paths, nil, s.Talk)
	if err != nil {
		return nil, err
	}
	set, _, err := dataset.Loader{Size: f.Size, Cache: dataset.UserCache(), Log: s.Talk}.Load(ctx, entries)
	return set, err
}

// Summary counts the maps of a data set, and finds duplicates.
func (f Folders) Summary(ctx context.Context, s app.Session) (dataset.Summary, error) {
	set, err := f.load(ctx, s)
	if err != nil {
		return dataset.Summary{}, err
	}
	return run.Until(ctx, func() (dataset.Summary, error) { return dataset.Summarise(set, f.Val, f.Test), nil })
}
