package dataset

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"sync/atomic"

	"github.com/clipenv/toolkit/internal/parallel"
	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/dataset/store"
)

// rewriting is a cache on its way to being up to date. kept.lines are nil for
// the sources that must be looked at.
type rewriting struct {
	*kept
	ctx     context.Context
	sources []source
	size    Size
	before  map[string]place
	bar     *run.Bar
	failed  error // of a source, not of the file
}

func (w *rewriting) intoFile(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	room := 16
	for _, s := range w.sources {
		names, err := json.Marshal([]string{s.Key, s.Folder})
		if err != nil {
			return err
		}
		room += len(names) + roomForLine
	}
	lines := make([]*line, len(w.sources))
	err := store.Write(path, w.size.W, w.size.H, len(w.sources), room, func(put func(int, []byte) error) ([]byte, error) {
		var unwritten atomic.Pointer[error]
		w.failed = parallel.Each(w.ctx, len(w.sources), func(i int) error {
			codes, l, err := w.one(i)
			if err != nil {
				return err
			}
			if err := put(i, codes); err != nil {
				unwritten.Store(&err)
				return err
			}
			lines[i] = l
			return nil
		})
		if err := unwritten.Load(); err != nil {
			w.failed = nil
			return nil, *err
		}
		if stopped := w.bar.Interrupted(w.ctx, "the same command goes on from there"); stopped != nil {
			w.failed = stopped
		}
		return json.Marshal(lines)
	})
	if err != nil || w.failed != nil {
		return err
	}
	if w.file, err = store.Open(path); err != nil {
		return err
	}
	w.finish(lines)
	for i := range w.at {
		w.at[i] = i
	}
	return nil
}

func (w *rewriting) intoMemory() error {
	w.codes = make([][]byte, len(w.sources))
	lines := make([]*line, len(w.sources))
	w.failed = parallel.Each(w.ctx, len(w.sources), func(i int) (err error) {
		w.codes[i], lines[i], err = w.one(i)
		return err
	})
	if w.failed == nil {
		w.finish(lines)
	}
	return w.failed
}

// one returns the codes and the line of source i: the old ones where they
// hold, else new ones.
func (w *rewriting) one(i int) ([]byte, *line, error) {
	if l := w.lines[i]; l != nil {
		return w.before[l.Key].codes(), l, nil
	}
	s := w.sources[i]
	l := s.line
	if s.hash != nil {
		var err error
		if l.SHA256, err = run.Until(w.ctx, s.hash); err != nil {
			return nil, nil, err
		}
		if was, ok := w.before[s.Key]; ok && was.SHA256 == l.SHA256 {
			l.Seen = was.Seen
			w.bar.Add(1, "")
			return was.codes(), &l, nil
		}
	}
	type look struct {
		codes []byte
		seen  Seen
	}
	got, err := run.Until(w.ctx, func() (look, error) {
		radiance, seen, err := s.read()
		if err != nil {
			return look{}, err
		}
		return look{store.Encode(make([]byte, 0, 2*len(radiance)), radiance), seen}, nil
	})
	if err != nil {
		return nil, nil, err
	}
	l.Seen = got.seen
	w.bar.Add(1, "")
	return got.codes, &l, nil
}

// finish counts what was done.
func (w *rewriting) finish(lines []*line) {
	w.did = Refreshed{}
	keys := map[string]bool{}
	for i, l := range lines {
		keys[l.Key] = true
		if was, ok := w.before[l.Key]; ok && (was.line == w.lines[i] || was.SHA256 == l.SHA256 && l.SHA256 != "") {
			w.did.Kept++
		} else {
			w.did.Read++
		}
	}
	for key := range w.before {
		if !keys[key] {
			w.did.Dropped++
		}
	}
	w.lines = lines
}
