package hub

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Removed is what was taken out of the cache.
type Removed struct {
	Name    string   `json:"name"`
	Commits []string `json:"commits"`
	Freed   int64    `json:"freed_bytes"`
	Kept    int64    `json:"kept_bytes"` // of files that other revisions share
}

// Remove takes a model out of the cache, or one of its revisions: a branch, a
// tag or a commit. Blobs that a revision shares with others stay.
func (c Cache) Remove(name, revision string) (done Removed, err error) {
	done = Removed{Name: name, Commits: []string{}}
	if err := CheckName(name); err != nil {
		return done, err
	}
	m, err := c.there(name)
	if err != nil {
		return done, err
	}
	unlock, err := c.lockAll(name)
	if err != nil {
		return done, err
	}
	defer unlock()
	if revision == "" {
		for _, r := range m.Revisions {
			done.Commits = append(done.Commits, r.Commit)
		}
		done.Freed = m.Bytes + m.Incomplete
		err := errors.Join(os.RemoveAll(c.folder(name)), os.RemoveAll(c.locksFolder(name)))
		return done, named(name, err)
	}
	if err := CheckRevision(revision); err != nil {
		return done, err
	}
	commit, err := c.commit(name, revision)
	if err != nil {
		return done, err
	}
	return done, named(name, c.removeRevision(m, commit, &done))
}

func named(name string, err error) error {
	if err != nil {
		return fmt.Errorf("hub: remove %s: %w", name, err)
	}
	return nil
}

func (c Cache) removeRevision(m Model, commit string, done *Removed) error {
	at := slices.IndexFunc(m.Revisions, func(r Revision) bool { return r.Commit == commit })
	gone, others := m.Revisions[at], slices.Delete(slices.Clone(m.Revisions), at, at+1)
	mine, shared := map[string]int64{}, map[string]int64{}
	again := func(r Revision, blobs map[string]int64) error {
		r.Files, r.Bytes = nil, 0
		return r.read(blobs)
	}
	if err := again(gone, mine); err != nil {
		return err
	}
	for _, r := range others {
		if err := again(r, shared); err != nil {
			return err
		}
	}
	for _, ref := range gone.Refs {
		if err := os.Remove(filepath.Join(c.folder(m.Name), "refs", filepath.FromSlash(ref))); err != nil {
			return err
		}
	}
	done.Commits = append(done.Commits, commit)
	// Links go before what they stand for: nothing is left that points to nothing.
	if err := os.RemoveAll(gone.folder); err != nil {
		return err
	}
	for path, size := range mine {
		if _, stays := shared[path]; stays {
			done.Kept += size
			continue
		}
		done.Freed += size
		if strings.HasPrefix(path, gone.folder) {
			continue // no link, and gone with its folder
		}
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	return nil
}

// lockAll holds every lock of a model, or says that another process has one.
func (c Cache) lockAll(name string) (unlock func(), err error) {
	var held []*os.File
	unlock = func() {
		for _, f := range held {
			f.Close()
		}
	}
	paths, _ := filepath.Glob(filepath.Join(c.locksFolder(name), "*.lock"))
	for _, path := range paths {
		f, err := tryLock(path)
		if err == nil && f == nil {
			err = fmt.Errorf("hub: %s is being pulled by another process: let it end first", name)
		}
		if err != nil {
			unlock()
			return nil, err
		}
		held = append(held, f)
	}
	return unlock, nil
}
