package dataset

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/dataset/store"
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/label"
	"github.com/clipenv/toolkit/pkg/synth"
)

// Loader brings maps to the training size.
type Loader struct {
	Size   Size
	Cache  Cache
	Shard  Shard     // Load reads this part of each folder only, into a cache of its own
	All    bool      // look into every file, even one whose size and date are unchanged
	Strict bool      // a cache that cannot be written is an error, not a note
	Log    io.Writer // progress
}

// Path is the file in which the maps of a folder are kept, or the shard's part
// of them until a loader without one takes it over; "" without a cache.
func (l Loader) Path(folder string) (string, error) {
	if l.Cache == "" {
		return "", nil
	}
	folder, err := filepath.Abs(folder)
	if err != nil {
		return "", fmt.Errorf("dataset: %w", err)
	}
	return Cache(l.Shard.Folder(string(l.Cache))).path(fileName(filepath.Base(folder)), folder, l.Size), nil
}

// Load reads the maps of entries, in their order, through the cache. What is
// said of them is held against their light (Seen.Check). The entries of a
// folder must be all of it: the cache forgets others. What shards have read is
// taken over.
func (l Loader) Load(ctx context.Context, entries []Entry) ([]Map, Refreshed, error) {
	maps := make([]Map, 0, len(entries))
	var did Refreshed
	for from := 0; from < len(entries); {
		to := from
		for to < len(entries) && entries[to].Folder == entries[from].Folder {
			to++
		}
		mine := entries[from:to]
		first, last := l.Shard.Part(len(mine))
		if mine = mine[first:last]; len(mine) == 0 {
			from = to
			continue
		}
		k, err := l.folder(ctx, mine)
		if err != nil {
			return nil, did, err
		}
		for i, e := range mine {
			e.Words = k.lines[i].Seen.Check(e.Words)
			maps = append(maps, Map{e, k.lines[i].Seen, k.lines[i].SHA256, l.Size, k.pixels(i)})
		}
		did = Refreshed{did.Read + k.did.Read, did.Kept + k.did.Kept, did.Dropped + k.did.Dropped}
		from = to
	}
	return maps, did, nil
}

// folder refreshes the cache of one folder.
func (l Loader) folder(ctx context.Context, entries []Entry) (*kept, error) {
	folder, err := filepath.Abs(entries[0].Folder)
	if err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	sources := make([]source, len(entries))
	for i, e := range entries {
		info, err := os.Stat(e.Path)
		if err != nil {
			return nil, fmt.Errorf("dataset: %w", err)
		}
		key, err := filepath.Abs(e.Path)
		if err != nil {
			return nil, fmt.Errorf("dataset: %w", err)
		}
		sources[i] = source{
			line: line{Key: key, Bytes: info.Size(), Modified: info.ModTime().UnixNano(), Folder: folder},
			hash: func() (string, error) {
				f, err := run.HashFile(e.Path)
				if err != nil {
					return "", fmt.Errorf("dataset: %w", err)
				}
				return f.SHA256, nil
			},
			read: func() ([]float32, Seen, error) { return l.read(e.Path) },
		}
	}
	path, err := l.Path(folder)
	if err != nil {
		return nil, err
	}
	how := refreshing{what: "reading maps", all: l.All, strict: l.Strict}
	if how.parts, err = l.parts(folder); err != nil {
		return nil, err
	}
	k, err := refresh(ctx, path, sources, l.Size, how, l.Log)
	if err == nil && k.file != nil && l.Shard.Of == 0 {
		DropParts(string(l.Cache), how.parts, store.Sweep)
	}
	return k, err
}

// parts are the files of which maps of a folder are taken over: those of shards or, for
// a shard that is read once more, that of the whole.
func (l Loader) parts(folder string) ([]string, error) {
	whole := l
	whole.Shard = Shard{}
	path, err := whole.Path(folder)
	switch {
	case err != nil || path == "":
		return nil, err
	case l.Shard.Of > 0:
		return []string{path}, nil
	}
	return l.Cache.shards(filepath.Base(path)), nil
}

// read reads a map and resizes it, keeping its energy.
func (l Loader) read(path string) ([]float32, Seen, error) {
	im, err := hdr.Read(path)
	if err != nil {
		return nil, Seen{}, err
	}
	seen, err := See(im)
	if err != nil {
		return nil, Seen{}, fmt.Errorf("dataset: %s: %w", quote.Text(path), err)
	}
	small, err := envmap.Resize(im, l.Size.W, l.Size.H)
	if err != nil {
		return nil, Seen{}, fmt.Errorf("dataset: %s: %w", quote.Text(path), err)
	}
	return envmap.Planar(small), seen, nil
}

// Draw draws the maps first … first+n−1 of a seed, through the cache.
func (l Loader) Draw(ctx context.Context, seed, first uint64, n int) ([]Map, error) {
	if n == 0 {
		return nil, nil
	}
	sources := make([]source, n)
	maps := make([]Map, n)
	for i := range sources {
		number := first + uint64(i)
		name := fmt.Sprintf(drawnKey, seed, number)
		maps[i] = Map{Entry: Entry{Name: name}, Size: l.Size}
		sources[i] = source{line: line{Key: name}, read: func() ([]float32, Seen, error) {
			scene := synth.New(seed, number)
			// The attributes are those that were drawn: they need no check.
			return envmap.Planar(scene.Draw(l.Size.W, l.Size.H)), Seen{Tone: scene.Attributes}, nil
		}}
	}
	path := ""
	if l.Cache != "" {
		path = l.Cache.drawnPath(seed, first, l.Size)
	}
	k, err := refresh(ctx, path, sources, l.Size, refreshing{what: "drawing maps", more: true, strict: l.Strict}, l.Log)
	if err != nil {
		return nil, err
	}
	for i := range maps {
		maps[i].Words = label.Words{Attributes: k.lines[i].Seen.Tone, Scene: maps[i].Name}
		maps[i].pixels = k.pixels(i)
	}
	return maps, nil
}
