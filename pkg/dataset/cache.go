package dataset

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/clipenv/toolkit/internal/cachedir"
	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/dataset/store"
	"github.com/clipenv/toolkit/pkg/synth"
)

// Cache is the folder where maps are kept at the training size, one file for
// each folder of maps, or set of drawn ones, and size. "" keeps none: maps are
// then read again by every run, into memory.
type Cache string

// UserCache is maps in the toolkit's cache directory (cachedir.Path), since the
// maps' own folder may be read-only or shared.
func UserCache() Cache {
	if dir := cachedir.Path(); dir != "" {
		return Cache(filepath.Join(dir, "maps"))
	}
	return ""
}

// path is the file of what is called name and told apart by key, at a size.
func (c Cache) path(name, key string, size Size) string {
	sum := sha256.Sum256([]byte(key))
	name = name[:min(len(name), longestName)]
	return filepath.Join(string(c), fmt.Sprintf("%s-%x-%dx%d"+cacheSuffix, name, sum[:4], size.W, size.H))
}

// longestName is how many letters of a folder's name its cache's begins with:
// the whole name is to fit wherever the folder's own does.
const longestName = 60

const cacheSuffix = store.Suffix

// shards are the files that shards have left for the one called name; all of
// them for "*".
func (c Cache) shards(name string) []string { return Parts(string(c), "*/"+name) }

// drawnPath is the file of the maps that are drawn from a seed, from one on.
func (c Cache) drawnPath(seed, first uint64, size Size) string {
	return c.path("drawn", fmt.Sprintf("drawn %d, seed %d from %d", synth.Version, seed, first), size)
}

// drawnKey is the key of a drawn map: its seed and number.
const drawnKey = "synth %d/%d"

// line is one map of a cache's index. Key, Bytes and Modified say cheaply that
// it is still what it was; where one of the latter differs, SHA256 decides.
type line struct {
	Key      string `json:"key"`
	Bytes    int64  `json:"bytes,omitempty"`
	Modified int64  `json:"modified,omitempty"` // nanoseconds since 1970
	SHA256   string `json:"sha256,omitempty"`   // of the file; none for a drawn map
	Folder   string `json:"folder,omitempty"`   // whose cache it is; none for a drawn map
	Seen     Seen   `json:"seen"`
}

// roomForLine is the most bytes that a line takes beside its key and folder.
const roomForLine = 1024

// source is a map that can be kept.
type source struct {
	line // as it is now, without SHA256 and Seen

	hash func() (string, error) // nil for what its key says all of
	read func() (radiance []float32, seen Seen, err error)
}

// Refreshed counts what was done to bring a cache up to date.
type Refreshed struct {
	Read    int `json:"read"`    // new or changed
	Kept    int `json:"kept"`    // as they were
	Dropped int `json:"dropped"` // no longer there
}

// kept is a cache that is up to date: map i is that of source i.
type kept struct {
	file  *store.File
	at    []int // the map's place in the file
	codes [][]byte
	lines []*line
	did   Refreshed
}

// pixels of map i.
func (k *kept) pixels(i int) pixels {
	if k.file == nil {
		return pixels{codes: k.codes[i]}
	}
	return pixels{file: k.file, at: k.at[i]}
}

// pixels are a map's radiance, in a file of maps or in memory.
type pixels struct {
	file  *store.File
	at    int
	codes []byte
}

func (p pixels) decode(dst []float32) {
	if p.file == nil {
		store.Decode(dst, p.codes)
		return
	}
	p.file.Radiance(dst, p.at)
}

// refreshing says how.
type refreshing struct {
	what string // for the display
	all  bool   // look into files that seem unchanged
	more bool   // the file may hold more than the sources

	parts []string // files of which maps are taken over that the file lacks

	strict bool // a file that cannot be written is an error
}

// refresh brings the file at path up to date with the sources: it reads those
// that are new or changed and takes the others over. What was read before an
// error or an interruption is kept. Where the file cannot be written, a line on
// log says so and the maps stay in memory.
func refresh(ctx context.Context, path string, sources []source, size Size, o refreshing, log io.Writer) (*kept, error) {
	k := &kept{lines: make([]*line, len(sources)), at: make([]int, len(sources))}
	opened, err := run.Until(ctx, func() (cached, error) { return openCache(path, size) })
	switch {
	case ctx.Err() != nil:
		return k, ctx.Err()
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		fmt.Fprintf(log, "a cache of maps is of no use, and is made anew: %v\n", err)
	}
	old, before := opened.file, opened.places
	if before == nil {
		before = map[string]place{}
	}
	wanted := map[string]bool{}
	for _, s := range sources {
		wanted[s.Key] = true
	}
	joined := 0
	for _, part := range o.parts {
		p, err := run.Until(ctx, func() (cached, error) { return openCache(part, size) })
		if ctx.Err() != nil {
			return k, ctx.Err()
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			fmt.Fprintf(log, "another cache of these maps is of no use, and its maps are read again: %v\n", err)
		}
		for key, there := range p.places {
			if _, ok := before[key]; !ok && wanted[key] {
				before[key] = there
				joined++
			}
		}
	}
	stale := 0
	for i, s := range sources {
		was, ok := before[s.Key]
		switch {
		case !ok || (was.Bytes != s.Bytes || was.Modified != s.Modified || o.all) && s.hash != nil:
			stale++
		default:
			k.lines[i], k.at[i] = was.line, was.at
		}
	}
	if stale+joined == 0 && old != nil && (o.more || len(before) == len(sources)) {
		k.file, k.did.Kept = old, len(sources)
		return k, nil
	}
	w := &rewriting{kept: k, ctx: ctx, sources: sources, size: size, before: before}
	if stale == 0 { // maps are only left out: nothing to wait for
		w.bar = run.Progress(io.Discard, stale, o.what)
	} else {
		w.bar = run.Progress(log, stale, o.what)
		log = w.bar
	}
	defer w.bar.Close()
	if path == "" {
		return k, w.intoMemory()
	}
	err = w.intoFile(path)
	if err == nil || w.failed != nil || ctx.Err() != nil || o.strict {
		return k, errors.Join(w.failed, err)
	}
	fmt.Fprintf(log, "no cache of maps is kept, the next run reads them again: %v\n", err)
	return k, w.intoMemory()
}

// place is a line with its map's place in a file.
type place struct {
	*line
	file *store.File
	at   int
}

// codes are the map's, copied.
func (p place) codes() []byte { return p.file.AppendCodes(nil, p.at) }

// cached is an open cache, with the places of its maps by their keys.
type cached struct {
	file   *store.File
	places map[string]place
}

// openCache opens the file of maps at path; one that holds maps of another size
// is as good as empty, as is none.
func openCache(path string, size Size) (cached, error) {
	if path == "" {
		return cached{}, nil
	}
	c, err := readCache(path)
	if err != nil {
		return cached{}, err
	}
	if w, h := c.file.Size(); w != size.W || h != size.H {
		return cached{}, nil
	}
	return c, nil
}

// readCache is openCache for a file of any size of maps.
func readCache(path string) (cached, error) {
	f, err := store.Open(path)
	if err != nil {
		return cached{}, err
	}
	lines, err := parseIndex(f.Index())
	if err == nil && len(lines) != f.Len() {
		err = fmt.Errorf("dataset: index of a cache: has %d lines, want %d", len(lines), f.Len())
	}
	if err != nil {
		return cached{}, fmt.Errorf("%s: %w", path, err)
	}
	places := map[string]place{}
	for i, l := range lines {
		if l != nil {
			places[l.Key] = place{l, f, i}
		}
	}
	return cached{f, places}, nil
}

// parseIndex reads a cache's index: a list of lines, null for a map that is
// not there.
func parseIndex(text []byte) ([]*line, error) {
	var lines []*line
	if err := json.Unmarshal(text, &lines); err != nil {
		return nil, fmt.Errorf("dataset: index of a cache: %w", err)
	}
	return lines, nil
}

// fileName makes a part of a file's name of any text.
func fileName(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
			return r
		}
		return '_'
	}, text)
}
