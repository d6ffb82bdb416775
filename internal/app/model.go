package app

import (
	"cmp"
	"context"
	"path/filepath"
	"strings"

	"github.com/clipenv/toolkit/internal/hub"
	"github.com/clipenv/toolkit/internal/quote"
)

// Pull is the bringing of a model from the Hugging Face hub into its cache.
type Pull struct {
	Name     string
	Revision string // "" for main
	Endpoint string // "" for the environment's
	Verify   bool   // read what is there already
	NoBank   bool   // leave the bank to the first edit that needs it
}

// Run brings what is missing, and then makes the bank that edits with this model
// and those inside the program look words up in. A model that is no CLIP which
// the toolkit reads is pulled all the same, and said to be none.
func (p Pull) Run(ctx context.Context, s Session) (hub.Pulled, error) {
	settings, err := hub.Environment()
	if err != nil {
		return hub.Pulled{}, err
	}
	settings.Endpoint = cmp.Or(p.Endpoint, settings.Endpoint)
	h, err := hub.New(settings, hub.Options{
		Version: s.Versions.Toolkit,
		Log:     func(format string, args ...any) { s.Tell("model pull: "+format, args...) },
	})
	if err != nil {
		return hub.Pulled{}, err
	}
	plan, err := h.Plan(ctx, p.Name, p.Revision, p.Verify)
	if err != nil {
		return hub.Pulled{}, err
	}
	files, size, have := plan.ToFetch()
	if files > 0 {
		s.watch().Begin("fetching "+quote.Plural(files, "file"), have, size, true)
	}
	done, err := h.Fetch(ctx, plan, hub.Progress{
		Grown: func(n int64) { s.watch().Add(n, "") },
		Done:  func(file string) { s.watch().Add(0, file) },
	})
	if err != nil {
		return done, err
	}
	s.watch().End()
	if p.NoBank {
		return done, nil
	}
	err = s.Worker.Do(ctx, func() error { return s.prepare(ctx, done.Folder, done.Name) })
	return done, err
}

// prepare makes the bank of a pulled model.
func (s Session) prepare(ctx context.Context, folder, name string) error {
	models, err := s.OpenModels(ctx, ModelSet{CLIP: folder, called: name}, func() (bool, error) { return true, nil })
	switch {
	case err == nil:
		models.Close()
	case ctx.Err() != nil:
		return context.Cause(ctx)
	default:
		s.Tell("model pull: %s is in the cache, but edits cannot use it: %s", quote.Text(name), quote.Text(strings.TrimPrefix(err.Error(), "--clip: ")))
	}
	return nil
}

// ImportModel makes a folder of files a model of the cache. The name "" is
// local/ and the folder's.
func ImportModel(ctx context.Context, s Session, folder, name string) (hub.Pulled, error) {
	cache, err := hub.UserCache()
	if err != nil {
		return hub.Pulled{}, err
	}
	if name == "" {
		whole, err := filepath.Abs(folder)
		if err != nil {
			return hub.Pulled{}, err
		}
		name = "local/" + filepath.Base(whole)
	}
	plan, err := cache.PlanImport(folder, name)
	if err != nil {
		return hub.Pulled{}, err
	}
	s.watch().Begin("importing "+quote.Plural(len(plan.Files), "file"), 0, 2*plan.Size(), true) // read, and copied
	done, err := plan.Run(ctx, hub.Progress{
		Grown: func(n int64) { s.watch().Add(n, "") },
		Done:  func(file string) { s.watch().Add(0, file) },
	})
	if err == nil {
		s.watch().End()
	}
	return done, err
}

// VerifyModels reads the files of models in the cache, of all where none is
// named.
func VerifyModels(ctx context.Context, s Session, names []string) (all []hub.Verified, err error) {
	cache, err := hub.UserCache()
	if err != nil {
		return nil, err
	}
	models, err := cache.Select(names)
	if err != nil {
		return nil, err
	}
	var total int64
	for _, m := range models {
		total += m.Bytes
	}
	s.watch().Begin("reading "+quote.Plural(len(models), "model"), 0, total, true)
	all = []hub.Verified{}
	for _, m := range models {
		v, err := cache.Verify(ctx, m, func(n int64) { s.watch().Add(n, "") })
		if err != nil {
			return all, err
		}
		all = append(all, v)
		s.watch().Add(0, m.Name)
	}
	s.watch().End()
	return all, nil
}
