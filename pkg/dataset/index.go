package dataset

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	"github.com/clipenv/toolkit/internal/nearest"
	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/label"
)

// Entry is one map file and what is known of it before it is read.
type Entry struct {
	Name   string // of the map: the file's, without directory, size and extension
	Path   string
	Folder string // as it was indexed
	label.Words
	HeldOut bool // never trained on

	bytes int64
}

func (e Entry) entry() Entry { return e }

// Index lists the .hdr and .exr maps of a folder, sorted by name, with what
// the files beside them say:
//
//	NAME.txt                 captions of one map, one a line; NAME with or without a size
//	captions.csv, .jsonl     captions of many (ParseCSV, ReadCaptions)
//	metadata.json            Poly Haven's list (polyhaven.ParseAssets)
//	held_out.txt             names that are never trained on, one a line
//
// More of such files, from elsewhere, are given by extra; see Beside.
// Attributes come from the words of all of them unless a caption line gives
// them. Of several files of one map the largest is taken.
//
// A caption or a held-out name that no map has is an error: a misspelt one
// would train on what it should not. Metadata may list more maps than there
// are. What is passed over, and text that is no UTF-8, is told on log.
func Index(ctx context.Context, dir string, log io.Writer, extra ...Beside) ([]Entry, error) {
	g, err := run.Until(ctx, func() (gathered, error) { return gather(dir, extra) })
	for _, note := range g.notes {
		fmt.Fprintln(log, note)
	}
	return g.entries, err
}

// gathered is what a folder holds, and what is to be told of it.
type gathered struct {
	entries []Entry
	notes   []string
}

func gather(dir string, extra []Beside) (g gathered, err error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return g, fmt.Errorf("dataset: %w", err)
	}
	said := newSayings()
	defer func() { g.notes = append(said.notes, g.notes...) }()
	if err := said.readFolder(dir); err != nil {
		return g, err
	}
	for _, b := range extra {
		if err := said.read(b.Kind, b.Path); err != nil {
			return g, err
		}
	}
	f, entries, err := mapFiles(dir, files, said)
	odd := f.odd
	if err == nil {
		var unread []string
		unread, err = said.readTexts(dir, files, entries)
		odd = append(odd, unread...)
	}
	if len(odd) > 0 {
		g.notes = []string{fmt.Sprintf("dataset: %s: passed over: %s", quote.Text(dir), some(odd))}
	}
	if err != nil {
		return g, err
	}
	for i := range entries {
		said.fill(&entries[i])
	}
	g.entries = entries
	return g, said.unknown(f, entries)
}

// Folders indexes several folders, one after the other. The maps and scenes
// called as in heldOut are held out too.
func Folders(ctx context.Context, dirs, heldOut []string, log io.Writer) ([]Entry, error) {
	var all []Entry
	for _, dir := range dirs {
		entries, err := Index(ctx, dir, log)
		if err != nil {
			return nil, err
		}
		all = append(all, entries...)
	}
	for _, name := range heldOut {
		found := false
		for i := range all {
			if e := &all[i]; e.Name == NameOf(name) || e.Scene == composed(name) {
				e.HeldOut, found = true, true
			}
		}
		if !found {
			return nil, noneCalled(name, dirs, all)
		}
	}
	return all, nil
}

// noneCalled is the error of a held-out name that is in none of the folders.
func noneCalled(name string, dirs []string, entries []Entry) error {
	if len(dirs) == 0 {
		return fmt.Errorf("dataset: held_out names %s, but there is no folder of real maps that it could be in", quote.Text(name))
	}
	called := map[string]bool{}
	for _, e := range entries {
		called[e.Name], called[e.Scene] = true, true
	}
	return fmt.Errorf("dataset: held_out names %s, but no map or scene of %s is called so%s", quote.Text(name), quote.List(dirs), meant(name, called))
}

// meant asks whether the nearest of the names that are there was meant, ""
// where none is near.
func meant(name string, there map[string]bool) string {
	near, ok := nearest.Of(NameOf(name), slices.Sorted(maps.Keys(there)))
	if !ok {
		return ""
	}
	return fmt.Sprintf("; did you mean %s?", quote.Text(near))
}
