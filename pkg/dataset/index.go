package dataset

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/clipenv/toolkit/pkg/dataset/label"
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

// sizeSuffix is what a download adds to a map's name: _1k, _16k, _512.
var sizeSuffix = regexp.MustCompile(`_(\d{1,2}k|256|512|1024|2048|4096|8192|16384)$`)

// NameOf is a file's name as captions and metadata call it.
func NameOf(path string) string {
	base := filepath.Base(path)
	if isMap(base) || strings.EqualFold(filepath.Ext(base), ".txt") {
		base = strings.TrimSuffix(base, filepath.Ext(base))
	}
	return sizeSuffix.ReplaceAllString(base, "")
}

// SceneOf is the scene of a map of which nothing else is known: its name, since
// Poly Haven publishes the sky of a map again as NAME_puresky.
func SceneOf(name string) string { return strings.TrimSuffix(name, "_puresky") }

func isMap(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".hdr", ".exr", ".pic":
		return true
	}
	return false
}

// Index lists the .hdr and .exr maps of a folder, sorted by name, with what
// the files beside them say:
//
//	NAME.txt                 captions of one map, one a line
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
// are.
func Index(dir string, extra ...Beside) ([]Entry, error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	said := newSayings()
	if err := said.readFolder(dir); err != nil {
		return nil, err
	}
	for _, b := range extra {
		if err := said.read(b.Kind, b.Path); err != nil {
			return nil, err
		}
	}
	entries, err := mapFiles(dir, files, said)
	if err != nil {
		return nil, err
	}
	for i := range entries {
		if err := said.readText(entries[i]); err != nil {
			return nil, err
		}
		said.fill(&entries[i])
	}
	return entries, said.unknown(dir, entries)
}

// Folders indexes several folders, one after the other. The maps and scenes
// called as in heldOut are held out too.
func Folders(dirs, heldOut []string) ([]Entry, error) {
	var all []Entry
	for _, dir := range dirs {
		entries, err := Index(dir)
		if err != nil {
			return nil, err
		}
		all = append(all, entries...)
	}
	for _, name := range heldOut {
		found := false
		for i := range all {
			if e := &all[i]; e.Name == NameOf(name) || e.Scene == name {
				e.HeldOut, found = true, true
			}
		}
		if !found {
			return nil, fmt.Errorf("dataset: held_out names %s, but no map or scene is called so", name)
		}
	}
	return all, nil
}

// mapFiles lists the maps of a folder and those elsewhere that captions name,
// each once, by name.
func mapFiles(dir string, files []os.DirEntry, said *sayings) ([]Entry, error) {
	found := map[string]Entry{}
	add := func(name, path string) error {
		info, err := os.Stat(path)
		if err != nil {
			return fmt.Errorf("dataset: %w", err)
		}
		was, again := found[name]
		if info.Mode().IsRegular() && (!again || info.Size() > was.bytes) {
			found[name] = Entry{Name: name, Path: path, Folder: dir, bytes: info.Size()}
		}
		return nil
	}
	for _, f := range files {
		if isMap(f.Name()) {
			if err := add(NameOf(f.Name()), filepath.Join(dir, f.Name())); err != nil {
				return nil, err
			}
		}
	}
	for name, path := range said.files {
		if err := add(name, path); err != nil {
			return nil, err
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("dataset: %s: no .hdr or .exr file, want a folder of maps", dir)
	}
	entries := make([]Entry, 0, len(found))
	for _, e := range found {
		entries = append(entries, e)
	}
	slices.SortFunc(entries, func(p, q Entry) int { return cmp.Compare(p.Name, q.Name) })
	return entries, nil
}
