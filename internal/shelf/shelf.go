// Package shelf remembers what a CLIP saw of maps, so that a search reads only
// those that are new or changed.
//
//	Open:    a cache's file         -> Index, empty where there is none
//	Refresh: folders, now           -> what is to be read
//	Keep:    a file, its vector     -> into the index
//	Nearest: a unit vector [E]      -> the maps of the folders, best first
//	Save:    Index                  -> the file, whole or not
//
// A file is known by its way, size and date; where one of them differs, its
// content's hash tells whether it was only moved, copied or touched: then what
// was seen of it still holds. Nothing here knows of pictures or tensors.
package shelf

import (
	"cmp"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// Entry is a file as it was when it was read.
type Entry struct {
	Path     string `json:"path"` // absolute
	Bytes    int64  `json:"bytes"`
	Modified int64  `json:"modified"` // nanoseconds since 1970
	SHA256   string `json:"sha256"`
	Fault    string `json:"fault,omitempty"` // why nothing was seen of it

	unit []float32 // [E]; none with a fault
}

// same tells whether a file seems to be what it was.
func (e *Entry) same(f File) bool { return e.Bytes == f.Bytes && e.Modified == f.Modified }

// Index is what one CLIP saw of maps. Its methods may be called from several
// goroutines.
type Index struct {
	mu      sync.Mutex
	clip    string // hash of the CLIP
	size    int    // E, 0 while nothing was seen
	entries map[string]*Entry
	hashes  map[string]*Entry // by content, of those seen
	changed bool
}

// New is an index of what the CLIP with a hash sees.
func New(clip string) *Index {
	return &Index{clip: clip, entries: map[string]*Entry{}, hashes: map[string]*Entry{}}
}

// File is a map on the disk.
type File struct {
	Path     string // absolute
	Shown    string // as the user would name it
	Bytes    int64
	Modified int64
}

// isMap tells whether a file's name is that of a map of radiance. Pictures are
// no maps here: an edit leaves one beside each output.
func isMap(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".hdr", ".exr", ".pic":
		return !strings.HasPrefix(name, ".")
	}
	return false
}

// Walk lists the maps under folders, each once, in the order of their names;
// hidden files and folders are passed over. What cannot be looked into is
// passed to odd, and does not keep the others from being found.
func Walk(folders []string, odd func(path string, err error)) ([]File, error) {
	var found []File
	seen := map[string]bool{}
	for _, folder := range folders {
		root, err := filepath.Abs(folder)
		if err != nil {
			return nil, err
		}
		if info, err := os.Stat(root); err != nil {
			return nil, err
		} else if !info.IsDir() {
			return nil, &fs.PathError{Op: "search", Path: folder, Err: errNoFolder}
		}
		// A folder that is a link itself is walked by its content.
		err = filepath.WalkDir(root+string(filepath.Separator), func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				odd(path, err)
				return nil
			}
			path = filepath.Clean(path)
			if d.IsDir() {
				if path != root && strings.HasPrefix(d.Name(), ".") {
					return fs.SkipDir
				}
				return nil
			}
			if !isMap(d.Name()) || seen[path] {
				return nil
			}
			info, err := os.Stat(path) // a link's target
			if err != nil {
				odd(path, err)
				return nil
			}
			if !info.Mode().IsRegular() {
				return nil
			}
			seen[path] = true
			rel, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			found = append(found, File{path, filepath.Join(folder, rel), info.Size(), info.ModTime().UnixNano()})
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(found, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	return found, nil
}

// Refresh holds the maps that are under the folders against the index: it
// forgets those that are gone, and returns those that are new or changed.
func (x *Index) Refresh(folders []string, files []File) (stale []File, gone int, err error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	here := make(map[string]bool, len(files))
	for _, f := range files {
		here[f.Path] = true
		if e := x.entries[f.Path]; e == nil || !e.same(f) {
			stale = append(stale, f)
		}
	}
	var roots []string
	for _, folder := range folders {
		root, err := filepath.Abs(folder)
		if err != nil {
			return nil, 0, err
		}
		roots = append(roots, strings.TrimSuffix(root, string(filepath.Separator))+string(filepath.Separator))
	}
	for path := range x.entries {
		under := func(root string) bool { return strings.HasPrefix(path, root) }
		if !here[path] && slices.ContainsFunc(roots, under) {
			delete(x.entries, path) // its content stays known: it may have moved
			x.changed = true
			gone++
		}
	}
	return stale, gone, nil
}

// Known keeps a file whose content was seen under another name or date, and
// tells whether it was.
func (x *Index) Known(f File, sha256 string) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	was := x.hashes[sha256]
	if was == nil {
		return false
	}
	x.put(&Entry{Path: f.Path, Bytes: f.Bytes, Modified: f.Modified, SHA256: sha256, Fault: was.Fault, unit: was.unit})
	return true
}

// Keep puts what was seen of a file into the index: its unit vector [E], or
// why there is none.
func (x *Index) Keep(f File, sha256 string, unit []float32, fault string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if fault == "" && x.size == 0 {
		x.size = len(unit)
	}
	x.put(&Entry{Path: f.Path, Bytes: f.Bytes, Modified: f.Modified, SHA256: sha256, Fault: fault, unit: unit})
}

func (x *Index) put(e *Entry) {
	x.entries[e.Path], x.changed = e, true
	if e.SHA256 != "" {
		x.hashes[e.SHA256] = e
	}
}

// Fault says why nothing was seen of a file, "" for one that was.
func (x *Index) Fault(f File) string {
	x.mu.Lock()
	defer x.mu.Unlock()
	if e := x.entries[f.Path]; e != nil {
		return e.Fault
	}
	return ""
}

// Has tells whether the file is in the index as it is now.
func (x *Index) Has(f File) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	e := x.entries[f.Path]
	return e != nil && e.same(f)
}

// Join takes over what another index of the same CLIP has, which was read later.
func (x *Index) Join(other *Index) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.size = max(x.size, other.size)
	for _, e := range other.entries {
		x.put(e)
	}
}

// Hit is a map that was found.
type Hit struct {
	File
	Cosine float64
	SHA256 string
}

// Nearest returns those of the files of which something was seen, the nearest to
// a unit vector [E] first; of equals the first by name.
func (x *Index) Nearest(files []File, unit []float32) []Hit {
	x.mu.Lock()
	defer x.mu.Unlock()
	var hits []Hit
	for _, f := range files {
		e := x.entries[f.Path]
		if e == nil || e.Fault != "" {
			continue
		}
		var cosine float64
		for i, v := range e.unit {
			cosine += float64(v) * float64(unit[i])
		}
		hits = append(hits, Hit{f, cosine, e.SHA256})
	}
	slices.SortStableFunc(hits, func(a, b Hit) int { return cmp.Compare(b.Cosine, a.Cosine) })
	return hits
}
