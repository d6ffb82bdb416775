package hub

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Fault is a file of the cache that is not what it was.
type Fault struct {
	Model   string `json:"model"`
	Commit  string `json:"commit"`
	File    string `json:"file"`
	Problem string `json:"problem"`
}

// Verified is what was found in a model's files.
type Verified struct {
	Model  string  `json:"model"`
	Files  int     `json:"files"`  // that are what they are called
	Bytes  int64   `json:"bytes"`  // of them
	Unsure int     `json:"unsure"` // that lie there without a digest
	Faults []Fault `json:"faults"`
}

// Verify reads all files of a model and holds them against the digests that
// they are called by. grown is told of the bytes that were read; each blob is
// read once.
func (c Cache) Verify(ctx context.Context, m Model, grown func(int64)) (v Verified, err error) {
	v = Verified{Model: m.Name, Faults: []Fault{}}
	seen := map[string]string{} // problem by blob, "" for none
	for _, r := range m.Revisions {
		for _, file := range r.Files {
			path := filepath.Join(r.folder, file)
			to, err := os.Readlink(path)
			if err != nil || !digestPattern.MatchString(filepath.Base(to)) {
				v.Unsure++
				continue
			}
			problem, known := seen[to]
			if !known {
				problem, err = c.damage(ctx, path, filepath.Base(to), grown)
				if err != nil {
					return v, fmt.Errorf("hub: %s: %w", m.Name, err)
				}
				if seen[to] = problem; problem == "" {
					info, err := os.Stat(path)
					if err != nil {
						return v, err
					}
					v.Files, v.Bytes = v.Files+1, v.Bytes+info.Size()
				}
			}
			if problem != "" {
				v.Faults = append(v.Faults, Fault{m.Name, r.Commit, file, problem})
			}
		}
	}
	return v, nil
}

// damage says what is wrong with a file, "" for nothing.
func (c Cache) damage(ctx context.Context, path, digest string, grown func(int64)) (string, error) {
	got, err := digestOf(ctx, path, digest, grown)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "its blob is gone", nil
	case err != nil && ctx.Err() != nil:
		return "", context.Cause(ctx)
	case err != nil:
		return strings.TrimPrefix(err.Error(), "open "), nil
	case got != digest:
		return fmt.Sprintf("damaged: its %s is %.12s…, want %.12s…", sumName(digest), got, digest), nil
	}
	return "", nil
}

// Select returns the models of these names, all where there are none.
func (c Cache) Select(names []string) (models []Model, err error) {
	if len(names) == 0 {
		return c.Models()
	}
	for _, name := range names {
		if err := CheckName(name); err != nil {
			return nil, err
		}
		m, err := c.there(name)
		if err != nil {
			return nil, err
		}
		models = append(models, m)
	}
	return models, nil
}

// there is a model that must be in the cache.
func (c Cache) there(name string) (Model, error) {
	if _, err := os.Stat(c.folder(name)); err != nil {
		return Model{}, absent("hub: %s is not in the cache %s; `toolkit model list` shows what is", name, c.Path)
	}
	return c.model(name)
}
