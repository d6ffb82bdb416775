package dataset

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/clipenv/toolkit/internal/quote"
)

// found gathers the maps of a folder and those elsewhere that captions name,
// each once, by name.
type found struct {
	dir     string
	said    *sayings
	entries map[string]Entry
	claims  map[string][]claim // by the name that the file alone would give
	passed  map[string]string  // why a map was passed over, by name
	odd     []string           // those passed over, with the reason, for people
}

// claim is a file of the folder that captions give a name.
type claim struct {
	name string
	info fs.FileInfo
}

// mapFiles lists the maps, sorted by name.
func mapFiles(dir string, files []os.DirEntry, said *sayings) (*found, []Entry, error) {
	f := &found{dir: dir, said: said, entries: map[string]Entry{}, claims: map[string][]claim{}, passed: map[string]string{}}
	for _, name := range slices.Sorted(maps.Keys(said.files)) {
		for _, path := range said.files[name] {
			if err := f.named(name, locate(path)); err != nil {
				return f, nil, err
			}
		}
	}
	for _, file := range files {
		if isMap(file.Name()) {
			f.listed(file.Name())
		}
	}
	if len(f.entries) == 0 {
		return f, nil, fmt.Errorf("dataset: %s: no .hdr or .exr file, want a folder of maps", quote.Text(dir))
	}
	entries := slices.SortedFunc(maps.Values(f.entries), func(p, q Entry) int { return cmp.Compare(p.Name, q.Name) })
	return f, entries, nil
}

// named adds a file that captions name.
func (f *found) named(name, path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("dataset: %w", err)
	}
	if why := oddFile(info); why != "" {
		f.pass(name, path, why)
		return nil
	}
	f.add(name, path, info)
	if sameFile(filepath.Dir(path), f.dir) {
		own := NameOf(path)
		f.claims[own] = append(f.claims[own], claim{name, info})
	}
	return nil
}

// listed adds a file of the folder under the name that captions give it, or
// another size of it, else its own.
func (f *found) listed(file string) {
	path, name := filepath.Join(f.dir, file), NameOf(file)
	info, err := os.Stat(path)
	why := "a link to nothing"
	if err == nil {
		why = oddFile(info)
	}
	if isHidden(file) {
		why = "hidden"
	}
	if why != "" {
		f.pass(name, file, why)
		return
	}
	claims := f.claims[name]
	if slices.ContainsFunc(claims, func(c claim) bool { return os.SameFile(c.info, info) }) {
		return
	}
	if len(claims) > 0 && (f.said.named[name] == "" || f.said.files[name] != nil) {
		// Captions call this map otherwise. Where they have two names for its
		// sizes, it is neither's.
		if slices.ContainsFunc(claims, func(c claim) bool { return c.name != claims[0].name }) {
			return
		}
		name = claims[0].name
	}
	f.add(name, path, info)
}

// add takes the larger of two files of one map.
func (f *found) add(name, path string, info fs.FileInfo) {
	if was, again := f.entries[name]; !again || info.Size() > was.bytes {
		f.entries[name] = Entry{Name: name, Path: path, Folder: f.dir, bytes: info.Size()}
	}
}

func (f *found) pass(name, file, why string) {
	f.passed[name] = why
	f.odd = append(f.odd, quote.Text(file)+" ("+why+")")
}

// oddFile says of a file that is called as a map why it is none.
func oddFile(info fs.FileInfo) string {
	switch {
	case info.IsDir():
		return "a folder"
	case !info.Mode().IsRegular():
		return "a device or a pipe"
	case info.Size() == 0:
		return "no bytes"
	}
	return ""
}

// locate finds a file that captions name, also where the file system, or a
// copy to another, wrote its name in another of Unicode's forms.
func locate(path string) string {
	if _, err := os.Stat(path); err == nil {
		return path
	}
	files, _ := os.ReadDir(filepath.Dir(path))
	for _, file := range files {
		if composed(file.Name()) == composed(filepath.Base(path)) {
			return filepath.Join(filepath.Dir(path), file.Name())
		}
	}
	return path
}

// sameFile tells whether two paths name one file or folder.
func sameFile(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}
