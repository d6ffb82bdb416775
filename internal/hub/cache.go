package hub

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/clipenv/toolkit/internal/run"
)

// Cache is the folder that models are kept in.
type Cache struct{ Path string }

const incompleteSuffix = ".incomplete"

func (c Cache) folder(name string) string { return filepath.Join(c.Path, folderName(name)) }

func (c Cache) blob(name, digest string) string {
	return filepath.Join(c.folder(name), "blobs", digest)
}

func (c Cache) snapshotFolder(name, commit string) string {
	return filepath.Join(c.folder(name), "snapshots", commit)
}

func (c Cache) locksFolder(name string) string {
	return filepath.Join(c.Path, ".locks", folderName(name))
}

func (c Cache) lockPath(name, digest string) string {
	return filepath.Join(c.locksFolder(name), digest+".lock")
}

// Model is one in the cache. Sizes are in bytes; one that two revisions share
// counts once.
type Model struct {
	Name       string     `json:"name"`
	Bytes      int64      `json:"bytes"`
	Incomplete int64      `json:"incomplete_bytes"` // of files on their way
	Revisions  []Revision `json:"revisions"`
}

// Revision is a snapshot of a model.
type Revision struct {
	Commit  string   `json:"commit"`
	Refs    []string `json:"refs"` // branches and tags that stand for it
	Bytes   int64    `json:"bytes"`
	Files   []string `json:"files"`
	Weights string   `json:"weights"` // file that the toolkit reads, "" where there is none

	folder string
}

// Models lists what is in the cache, by name.
func (c Cache) Models() ([]Model, error) {
	models := []Model{}
	entries, err := os.ReadDir(c.Path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("hub: the cache: %w", err)
	}
	for _, e := range entries {
		if name, ok := nameOf(e.Name()); ok && e.IsDir() {
			m, err := c.model(name)
			if err != nil {
				return nil, err
			}
			models = append(models, m)
		}
	}
	slices.SortFunc(models, func(a, b Model) int { return strings.Compare(a.Name, b.Name) })
	return models, nil
}

// model reads one model of the cache.
func (c Cache) model(name string) (m Model, err error) {
	m = Model{Name: name, Revisions: []Revision{}}
	refs, err := c.refs(name)
	if err != nil {
		return m, err
	}
	snapshots, err := os.ReadDir(filepath.Join(c.folder(name), "snapshots"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return m, fmt.Errorf("hub: %s: %w", name, err)
	}
	blobs := map[string]int64{}
	for _, s := range snapshots {
		if !s.IsDir() || !commitPattern.MatchString(s.Name()) {
			continue
		}
		r := Revision{Commit: s.Name(), Refs: []string{}, Files: []string{}, folder: c.snapshotFolder(name, s.Name())}
		for ref, commit := range refs {
			if commit == r.Commit {
				r.Refs = append(r.Refs, ref)
			}
		}
		slices.Sort(r.Refs)
		if err := r.read(blobs); err != nil {
			return m, fmt.Errorf("hub: %s: %w", name, err)
		}
		m.Revisions = append(m.Revisions, r)
	}
	for _, size := range blobs {
		m.Bytes += size
	}
	parts, _ := filepath.Glob(filepath.Join(c.folder(name), "blobs", "*"+incompleteSuffix))
	for _, part := range parts {
		if info, err := os.Stat(part); err == nil {
			m.Incomplete += info.Size()
		}
	}
	return m, nil
}

// read walks a snapshot, and notes the sizes of the blobs that it stands on.
func (r *Revision) read(blobs map[string]int64) error {
	err := filepath.WalkDir(r.folder, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		name, err := filepath.Rel(r.folder, path)
		if err != nil {
			return err
		}
		r.Files = append(r.Files, name)
		info, err := os.Stat(path)
		if err != nil {
			return nil // a link to nothing: verify tells
		}
		real, err := filepath.EvalSymlinks(path)
		if err != nil {
			return err
		}
		r.Bytes += info.Size()
		blobs[real] = info.Size()
		return nil
	})
	if choice, fault := Choose(r.Files); fault == nil {
		r.Weights = choice.Weights[0]
	}
	return err
}

// longestRef bounds a file of a ref, in bytes.
const longestRef = 4 << 10

// refs are the commits that branches and tags stand for.
func (c Cache) refs(name string) (map[string]string, error) {
	root, refs := filepath.Join(c.folder(name), "refs"), map[string]string{}
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && path == root {
			return nil
		}
		if err != nil || e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			return err
		}
		ref, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		data, err := run.ReadFile(path, longestRef)
		if commit := strings.TrimSpace(string(data)); err == nil && commitPattern.MatchString(commit) {
			refs[filepath.ToSlash(ref)] = commit
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("hub: %s: %w", name, err)
	}
	return refs, nil
}
