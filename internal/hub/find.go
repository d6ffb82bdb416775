package hub

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/clipenv/toolkit/internal/quote"
)

// Found is where a model is loaded from.
type Found struct {
	Choice
	Folder string
	Name   string // on the hub, "" for a file or folder of the user's
	Commit string
}

// Paths are the files of the weights.
func (f Found) Paths() (paths []string) {
	for _, name := range f.Weights {
		paths = append(paths, filepath.Join(f.Folder, name))
	}
	return paths
}

// missing is an error of what is not there: for errors.Is it is fs.ErrNotExist.
type missing struct{ error }

func (missing) Is(target error) bool { return target == fs.ErrNotExist }

func absent(format string, args ...any) error { return missing{fmt.Errorf(format, args...)} }

// Find returns what a name stands for: a file of weights, a folder with them, or
// a model of the hub that is in the cache, as NAME or NAME@REVISION. What is on
// the disk by that name comes first.
func (c Cache) Find(name string) (f Found, err error) {
	info, err := os.Stat(name)
	switch {
	case err == nil && info.IsDir():
		return inFolder(name)
	case err == nil:
		return Found{Choice: Choice{Weights: []string{filepath.Base(name)}}, Folder: filepath.Dir(name)}, nil
	case !errors.Is(err, fs.ErrNotExist):
		return f, err
	}
	model, revision := SplitName(name)
	if CheckName(model) != nil || isFile(model) || revision != "" && CheckRevision(revision) != nil {
		return f, absent("%s: no such file or folder; a model of the hub is called OWNER/NAME", quote.Text(name))
	}
	commit, err := c.commit(model, revision)
	if err != nil {
		return f, err
	}
	return c.snapshot(model, commit)
}

// isFile tells whether a name can only be meant as a file's.
func isFile(name string) bool { return isWeights(name) || filepath.Ext(name) == ".json" }

// inFolder is the model in a folder of the user's.
func inFolder(folder string) (f Found, err error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return f, err
	}
	var names []string
	for _, e := range entries {
		if _, err := os.Stat(filepath.Join(folder, e.Name())); err == nil { // a link to nothing is no file
			names = append(names, e.Name())
		}
	}
	f = Found{Folder: folder}
	if f.Choice, err = Choose(names); err != nil {
		return f, fmt.Errorf("%s: %w", quote.Text(folder), err)
	}
	return f, nil
}

// commit is the snapshot that a revision stands for; where "" is asked for, that
// of main, or the only one.
func (c Cache) commit(name, revision string) (string, error) {
	m, err := c.model(name)
	if err != nil {
		return "", err
	}
	how := "toolkit model pull " + name
	if revision != "" && revision != DefaultRevision {
		how += " --revision " + revision
	}
	if len(m.Revisions) == 0 {
		return "", absent("hub: %s is not in the cache %s, nor a file or folder here: `%s` brings it", name, c.Path, how)
	}
	wanted := revision
	if wanted == "" {
		wanted = DefaultRevision
	}
	var have []string
	for _, r := range m.Revisions {
		if r.Commit == wanted || slices.Contains(r.Refs, wanted) || len(wanted) >= 7 && strings.HasPrefix(r.Commit, wanted) {
			return r.Commit, nil
		}
		have = append(have, append(r.Refs, r.Commit[:12])[0])
	}
	if revision == "" && len(m.Revisions) == 1 {
		return m.Revisions[0].Commit, nil
	}
	return "", absent("hub: of %s the cache has %s, and not %s: `%s` brings it", name, strings.Join(have, ", "), wanted, how)
}

// snapshot is a revision in the cache, if all is there that it is read from.
func (c Cache) snapshot(name, commit string) (Found, error) {
	f, err := inFolder(c.snapshotFolder(name, commit))
	if err != nil {
		return f, absent("hub: %s is in the cache in part (%w): `toolkit model pull %s` brings the rest", name, err, name)
	}
	f.Name, f.Commit = name, commit
	return f, nil
}
