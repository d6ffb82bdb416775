package dataset

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/dataset/store"
)

// Leftover is a cache that no run would read again.
type Leftover struct {
	File  string `json:"file"`
	Bytes int64  `json:"bytes"`
	Why   string `json:"why"`
}

// Prune removes the caches that no run would read again: those of folders that
// are gone, of maps as an earlier version drew them, and what is no cache of
// this version or damaged; and, untold, what killed runs did not finish. What it
// removed before an error is told with it.
func (c Cache) Prune(ctx context.Context) ([]Leftover, error) {
	removed := []Leftover{}
	store.Sweep(string(c))
	DropParts(string(c), nil, store.Sweep)
	files, err := os.ReadDir(string(c))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return removed, fmt.Errorf("dataset: %w", err)
	}
	paths := c.shards("*")
	for _, file := range files {
		paths = append(paths, filepath.Join(string(c), file.Name()))
	}
	for _, path := range paths {
		info, err := os.Lstat(path)
		if err != nil || !info.Mode().IsRegular() || filepath.Ext(path) != cacheSuffix {
			continue
		}
		why, err := run.Until(ctx, func() (string, error) { return c.leftover(path), nil })
		if err != nil {
			return removed, err
		}
		if why == "" {
			continue
		}
		if err := os.Remove(path); err != nil {
			return removed, fmt.Errorf("dataset: %w", err)
		}
		removed = append(removed, Leftover{path, info.Size(), why})
	}
	return removed, nil
}

// leftover says why no run would read a cache again, and nothing where one
// might.
func (c Cache) leftover(path string) string {
	opened, err := readCache(path)
	if err != nil {
		return "it is damaged, or of another version"
	}
	f, places := opened.file, opened.places
	why := "it holds no map"
	for _, p := range places {
		var seed, number uint64
		if n, _ := fmt.Sscanf(p.Key, drawnKey, &seed, &number); n == 2 && p.SHA256 == "" {
			w, h := f.Size()
			if path == c.drawnPath(seed, number-uint64(p.at), Size{w, h}) {
				return ""
			}
			return "its maps are drawn otherwise by now"
		}
		folder := p.Folder
		if folder == "" {
			folder = filepath.Dir(p.Key) // as far as caches tell that do not name it
		}
		if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) {
			return ""
		}
		why = folder + " is gone"
	}
	return why
}
