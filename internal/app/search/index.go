package search

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/clipenv/toolkit/internal/app"
	"github.com/clipenv/toolkit/internal/cachedir"
	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/internal/shelf"
	"github.com/clipenv/toolkit/pkg/dataset"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/torch"
)

// opened is an index and where it is kept.
type opened struct {
	*shelf.Index
	path  string          // "" where there is no cache
	told  map[string]bool // files whose fault was told
	whole *shelf.Index    // that a shard's is a part of; nil for the whole itself

	shards string   // folder of what shards have read
	parts  []string // files in it that the whole has taken over
}

// openShelf opens the index of what a CLIP saw: the whole, with what shards have
// read, or a shard's part.
func openShelf(s app.Session, clip string, part dataset.Shard) (*opened, error) {
	o := &opened{Index: shelf.New(clip), told: map[string]bool{}}
	cache := cachedir.Path()
	switch {
	case cache == "" && part.Of > 0:
		return nil, errors.New("search: a shard leaves what it read in the cache, but the environment names no cache directory; set TOOLKIT_CACHE")
	case cache == "":
		s.Tell("search: no index is kept, the next search reads all maps again: the environment names no cache directory; set TOOLKIT_CACHE")
		return o, nil
	}
	open := func(path string) *shelf.Index {
		index, damaged := shelf.Open(path, clip)
		if damaged != nil {
			s.Tell("search: %s; it is made anew", quote.Text(damaged.Error()))
		}
		return index
	}
	o.path = shelf.Path(cache, clip)
	o.Index = open(o.path)
	shards := strings.TrimSuffix(o.path, filepath.Ext(o.path))
	if part.Of > 0 {
		o.whole = o.Index
		o.path = part.Folder(shards) + shelf.Suffix
		o.Index = open(o.path)
		return o, nil
	}
	o.parts, o.shards = dataset.Parts(shards, "*"+shelf.Suffix), shards
	for _, p := range o.parts {
		o.Join(open(p))
	}
	return o, nil
}

// stale are those of the maps that are to be read: new ones, and changed ones.
func (o *opened) stale(folders []string, maps []shelf.File) ([]shelf.File, error) {
	stale, _, err := o.Refresh(folders, maps)
	if o.whole != nil {
		stale = slices.DeleteFunc(stale, o.whole.Has)
	}
	return stale, err
}

// save keeps the index, where that can be. A shard's that is not kept is an
// error: it is all that the shard leaves.
func (o *opened) save(s app.Session) error {
	if o.path == "" {
		return nil
	}
	err := o.Save(o.path)
	switch {
	case err != nil && o.whole != nil:
		return fmt.Errorf("search: the shard's index is not kept: %w", err)
	case err != nil:
		s.Tell("search: no index is kept, the next search reads all maps again: %s", quote.Text(err.Error()))
	case o.whole == nil:
		dataset.DropParts(o.shards, o.parts, shelf.Sweep)
	}
	return nil
}

// saveEvery is how much work a killed search loses at most.
const saveEvery = 30 * time.Second

// errKnown is of a file whose content was seen before.
var errKnown = errors.New("known")

// read looks at the maps that are new or changed.
func (o *opened) read(ctx context.Context, ts *torch.Session, clip seer, stale []shelf.File, skip func(file, why string), count *int, done func()) error {
	hashes := make([]string, len(stale))
	read := func(i int) (*hdr.Image, error) {
		file, err := run.HashFile(stale[i].Path)
		if err != nil {
			return nil, err
		}
		hashes[i] = file.SHA256
		if o.Known(stale[i], file.SHA256) {
			return nil, errKnown
		}
		im, err := hdr.Read(stale[i].Path)
		if err != nil {
			return nil, err
		}
		return im, im.CheckEquirect()
	}
	saved := time.Now()
	return look(ctx, ts, clip, len(stale), read, func(i int, unit []float32, err error) error {
		f := stale[i]
		switch {
		case err == errKnown:
		case err != nil:
			why := strings.TrimPrefix(err.Error(), f.Path+": ")
			skip(f.Shown, why)
			o.told[f.Path] = true
			if hashes[i] != "" { // else the disk is at fault, and may be well the next time
				o.Keep(f, hashes[i], nil, why)
			}
		default:
			o.Keep(f, hashes[i], unit, "")
			*count++
		}
		if done != nil {
			done()
		}
		if o.path != "" && time.Since(saved) > saveEvery {
			saved = time.Now()
			return o.Save(o.path)
		}
		return nil
	})
}
