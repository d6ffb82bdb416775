package hub

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/clipenv/toolkit/internal/fetch"
	"github.com/clipenv/toolkit/internal/quote"
)

// Plan is what a pull is to bring.
type Plan struct {
	Name, Revision, Commit string
	Files                  []Item // by name

	offline bool
}

// Item is a file of a plan, and how much of it is there.
type Item struct {
	Name   string
	Size   int64
	Digest string
	Have   int64 // bytes in the cache, Size where it is whole
}

// ToFetch counts the files that are to come, their bytes and those of them that
// are there.
func (p Plan) ToFetch() (files int, size, have int64) {
	for _, it := range p.Files {
		if it.Have < it.Size || it.Size == 0 && it.Have < 0 {
			files, size, have = files+1, size+it.Size, have+max(it.Have, 0)
		}
	}
	return files, size, have
}

// Size is that of all files, in bytes.
func (p Plan) Size() (n int64) {
	for _, it := range p.Files {
		n += it.Size
	}
	return n
}

// Plan asks the hub for a revision of a model and holds the cache against it. A
// blob of the right size is believed, unless verify has it read: one that is
// damaged is removed then, to come anew. Offline, it is what the cache has.
func (h *Hub) Plan(ctx context.Context, name, revision string, verify bool) (p Plan, err error) {
	if revision == "" {
		revision = DefaultRevision
	}
	if err := CheckName(name); err != nil {
		return p, err
	}
	if err := CheckRevision(revision); err != nil {
		return p, err
	}
	if h.settings.Offline {
		return h.offlinePlan(name, revision)
	}
	commit, files, err := h.info(ctx, name, revision)
	if err != nil {
		return p, err
	}
	names := make([]string, len(files))
	byName := map[string]remote{}
	for i, f := range files {
		names[i], byName[f.name] = f.name, f
	}
	choice, err := Choose(names)
	if err != nil {
		return p, fmt.Errorf("hub: %s: %w", name, err)
	}
	p = Plan{Name: name, Revision: revision, Commit: commit}
	for _, chosen := range choice.All() {
		f := byName[chosen]
		it := Item{Name: f.name, Size: f.size, Digest: f.digest}
		if it.Have, err = h.have(ctx, name, it, verify); err != nil {
			return p, fmt.Errorf("hub: %s: %w", name, err)
		}
		p.Files = append(p.Files, it)
	}
	return p, nil
}

// have is how many bytes of a file are in the cache; -1 of an empty one that is
// not there.
func (h *Hub) have(ctx context.Context, name string, it Item, verify bool) (int64, error) {
	path := h.Cache.blob(name, it.Digest)
	if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
		whole := info.Size() == it.Size
		if whole && verify {
			got, err := digestOf(ctx, path, it.Digest, func(int64) {})
			if err != nil {
				return 0, err
			}
			whole = got == it.Digest
		}
		if whole {
			return it.Size, nil
		}
		h.log("%s: %s is damaged in the cache and is fetched anew", quote.Text(name), quote.Text(it.Name))
		if err := os.Remove(path); err != nil {
			return 0, err
		}
	}
	if it.Size == 0 {
		return -1, nil
	}
	// A part that is whole has still to be verified.
	return min(fetch.Have(h.Cache.wanted(name, it)), it.Size-1), nil
}

// offlinePlan is what the cache has of a revision, if that is enough.
func (h *Hub) offlinePlan(name, revision string) (p Plan, err error) {
	commit, err := h.Cache.commit(name, revision)
	if err != nil {
		return p, fmt.Errorf("%w; HF_HUB_OFFLINE is set, so that the hub is not asked", err)
	}
	found, err := h.Cache.snapshot(name, commit)
	if err != nil {
		return p, fmt.Errorf("%w; HF_HUB_OFFLINE is set, so that the hub is not asked", err)
	}
	p = Plan{Name: name, Revision: revision, Commit: commit, offline: true}
	for _, file := range found.All() {
		info, err := os.Stat(filepath.Join(found.Folder, file))
		if err != nil {
			return p, fmt.Errorf("hub: %s: %w", name, err)
		}
		p.Files = append(p.Files, Item{Name: file, Size: info.Size(), Have: info.Size()})
	}
	slices.SortFunc(p.Files, func(a, b Item) int { return compare(a.Name, b.Name) })
	return p, nil
}
