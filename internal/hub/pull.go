package hub

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash"
	"io"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"syscall"

	"github.com/clipenv/toolkit/internal/fetch"
	"github.com/clipenv/toolkit/internal/files"
	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/internal/run"
)

func compare(a, b string) int { return cmp.Compare(a, b) }

// Pulled is what a pull left in the cache.
type Pulled struct {
	Name     string   `json:"name"`
	Revision string   `json:"revision"`
	Commit   string   `json:"commit"`
	Folder   string   `json:"folder"`
	Files    []string `json:"files"`
	Fetched  []string `json:"fetched"` // of Files, those that were not there
	Bytes    int64    `json:"bytes"`   // of all files
}

// Progress is told how a pull goes on. Both are called from one goroutine.
type Progress struct {
	Grown func(n int64)     // so many bytes came; below 0: were of no use
	Done  func(file string) // it is whole
}

// Fetch brings what a plan lacks, one file after the other, and makes the
// snapshot. The revision stands for it once all is there: until then it stands
// for what it stood for.
func (h *Hub) Fetch(ctx context.Context, p Plan, progress Progress) (done Pulled, err error) {
	done = Pulled{Name: p.Name, Revision: p.Revision, Commit: p.Commit, Folder: h.Cache.snapshotFolder(p.Name, p.Commit), Fetched: []string{}, Bytes: p.Size()}
	for _, it := range p.Files {
		done.Files = append(done.Files, it.Name)
	}
	if p.offline {
		return done, nil
	}
	model := h.Cache.folder(p.Name)
	for _, dir := range []string{filepath.Join(model, "blobs"), done.Folder} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return done, fmt.Errorf("hub: %w", err)
		}
	}
	if err := h.enoughRoom(p); err != nil {
		return done, err
	}
	for _, it := range p.Files {
		came, err := h.fetchFile(ctx, p, it, progress)
		if err != nil {
			return done, err
		}
		if came {
			done.Fetched = append(done.Fetched, it.Name)
		}
		if err := link(filepath.Join(done.Folder, it.Name), it.Digest); err != nil {
			return done, fmt.Errorf("hub: %s: %w", p.Name, err)
		}
	}
	if p.Revision != p.Commit {
		if err := h.Cache.setRef(p.Name, p.Revision, p.Commit); err != nil {
			return done, fmt.Errorf("hub: %s: %w", p.Name, err)
		}
	}
	return done, nil
}

// fetchFile brings a blob, unless it is there, or comes to be there while
// another process has its lock.
func (h *Hub) fetchFile(ctx context.Context, p Plan, it Item, progress Progress) (came bool, err error) {
	want := h.Cache.wanted(p.Name, it)
	unlock, err := lock(ctx, h.Cache.lockPath(p.Name, it.Digest), func() {
		h.log("%s: another process pulls %s: waiting for it", quote.Text(p.Name), quote.Text(it.Name))
	})
	if err != nil {
		return false, wrapped(ctx, p.Name, err)
	}
	defer unlock()
	had := it.Have
	if info, err := os.Stat(want.Target); err == nil && info.Size() == it.Size {
		if had < it.Size {
			progress.Grown(it.Size - max(had, 0))
			progress.Done(it.Name)
		}
		return false, nil
	}
	// What the part has may be more or less by now than when it was planned.
	if now := fetch.Have(want); now != max(had, 0) {
		progress.Grown(now - max(had, 0))
	}
	u := h.base.JoinPath(p.Name, "resolve", url.PathEscape(p.Commit), it.Name)
	if err := h.client.Download(ctx, u, h.header(), want, progress.Grown); err != nil {
		return false, wrapped(ctx, p.Name, err)
	}
	progress.Done(it.Name)
	return true, nil
}

// wrapped names the model, in an error that is not yet the client's.
func wrapped(ctx context.Context, name string, err error) error {
	var local fetch.Local
	if errors.As(err, &local) {
		return fmt.Errorf("hub: %s: %w", name, local)
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// wanted is a file of the hub's as it is fetched. Its part needs no note of its
// version: it is called by the digest of what it becomes.
func (c Cache) wanted(name string, it Item) fetch.File {
	blob := c.blob(name, it.Digest)
	return fetch.File{
		Target: blob, Part: blob + incompleteSuffix, What: "a file of the model",
		Size: it.Size, Digest: it.Digest, SumName: sumName(it.Digest),
		Sum: func() hash.Hash { return hasher(it.Digest, it.Size) },
	}
}

// link has a file of a snapshot stand for a blob.
func link(path, digest string) error {
	to := filepath.Join("..", "..", "blobs", digest)
	if now, err := os.Readlink(path); err == nil && now == to {
		return nil
	}
	// Another pull may be at the same file: the link has a name of its own.
	beside := fmt.Sprintf("%s.link-%d-%x", path, os.Getpid(), rand.Uint64())
	if err := os.Symlink(to, beside); err != nil {
		if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOTSUP) {
			return fmt.Errorf("the disk of %s knows no symbolic links: set HF_HUB_CACHE to a folder on another", path)
		}
		return err
	}
	if err := os.Rename(beside, path); err != nil {
		_ = os.Remove(beside)
		return err
	}
	return nil
}

// setRef has a revision stand for a commit.
func (c Cache) setRef(name, revision, commit string) error {
	path := filepath.Join(c.folder(name), "refs", filepath.FromSlash(revision))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return files.Write(path, func(f *os.File) error {
		_, err := io.WriteString(f, commit) // no line end: Python's library reads it so
		return err
	})
}

// enoughRoom refuses to begin what the disk cannot hold.
func (h *Hub) enoughRoom(p Plan) error {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(h.Cache.Path, &disk); err != nil {
		return nil // not told: writing will show
	}
	_, size, have := p.ToFetch()
	if need, free := size-have, int64(disk.Bavail)*disk.Bsize; need > free {
		return fmt.Errorf("hub: %s needs %s more, but the disk of %s has %s free: free some room, or set HF_HUB_CACHE to a folder on another disk", p.Name, run.Bytes(need), h.Cache.Path, run.Bytes(free))
	}
	return nil
}
