package hub

import (
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/clipenv/toolkit/internal/fetch"
	"github.com/clipenv/toolkit/internal/files"
	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/internal/run"
)

// Import is a folder that is to become a model of the cache.
type Import struct {
	Folder string
	Name   string // OWNER/NAME
	Files  []Item // by name; without digests until they are read

	cache Cache
}

// PlanImport chooses the files of a folder that the toolkit reads, and refuses
// what stands in a file's place: a page of HTML, a pointer of git LFS.
func (c Cache) PlanImport(folder, name string) (p Import, err error) {
	if err := CheckName(name); err != nil {
		return p, err
	}
	found, err := inFolder(folder)
	if err != nil {
		return p, fmt.Errorf("hub: import: %w", err)
	}
	p = Import{Folder: folder, Name: name, cache: c}
	for _, file := range found.All() {
		path := filepath.Join(folder, file)
		info, err := os.Stat(path)
		if err == nil && !info.Mode().IsRegular() {
			err = fmt.Errorf("%s is a folder, a device or a pipe, want a file", quote.Text(path))
		}
		if err == nil {
			err = looksWhole(path)
		}
		if err != nil {
			return p, fmt.Errorf("hub: import: %w", err)
		}
		p.Files = append(p.Files, Item{Name: file, Size: info.Size()})
	}
	return p, nil
}

// Size is that of all files, in bytes.
func (p Import) Size() int64 { return Plan{Files: p.Files}.Size() }

// looksWhole refuses what people have in place of a file.
func looksWhole(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	head := make([]byte, 512)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return err
	}
	switch head = head[:n]; {
	case n == 0:
		return fmt.Errorf("%s has no bytes", quote.Text(path))
	case bytes.HasPrefix(head, []byte("version https://git-lfs.github.com/spec/")):
		return fmt.Errorf("%s is a pointer of git LFS, not the file: run `git lfs pull` in its folder", quote.Text(path))
	case fetch.IsPage(http.DetectContentType(head)):
		return fmt.Errorf("%s is a page of HTML, want a file of the model: a browser may have saved the page in its place", quote.Text(path))
	}
	return nil
}

// Run copies the files into the cache. The commit is made of their names and
// digests, so that the same files are the same commit. A model of that name with
// other files is left as it is, and refused.
func (p Import) Run(ctx context.Context, progress Progress) (done Pulled, err error) {
	fail := func(err error) (Pulled, error) {
		if ctx.Err() != nil {
			return done, context.Cause(ctx)
		}
		return done, fmt.Errorf("hub: import %s: %w", p.Name, err)
	}
	c := p.cache
	commit := sha1.New()
	for i := range p.Files {
		it := &p.Files[i]
		like := ""
		if it.Size > lfsFrom || isWeights(it.Name) {
			like = strings.Repeat("0", sha256Digits)
		}
		if it.Digest, err = digestOf(ctx, filepath.Join(p.Folder, it.Name), like, func(n int64) { progress.Grown(n) }); err != nil {
			return fail(err)
		}
		fmt.Fprintf(commit, "%s %s\n", it.Digest, it.Name)
	}
	done = Pulled{Name: p.Name, Revision: DefaultRevision, Commit: hex.EncodeToString(commit.Sum(nil)), Fetched: []string{}, Bytes: p.Size()}
	done.Folder = c.snapshotFolder(p.Name, done.Commit)
	refs, err := c.refs(p.Name)
	if err != nil {
		return fail(err)
	}
	if was, ok := refs[DefaultRevision]; ok && was != done.Commit {
		return fail(fmt.Errorf("the cache has other files by that name (%.12s): give another --name, or `toolkit model rm %s` first", was, p.Name))
	}
	for _, dir := range []string{filepath.Join(c.folder(p.Name), "blobs"), done.Folder} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return fail(err)
		}
	}
	for _, it := range p.Files {
		came, err := p.copy(ctx, it, progress)
		if err != nil {
			return fail(err)
		}
		done.Files = append(done.Files, it.Name)
		if came {
			done.Fetched = append(done.Fetched, it.Name)
		}
		if err := link(filepath.Join(done.Folder, it.Name), it.Digest); err != nil {
			return fail(err)
		}
		progress.Done(it.Name)
	}
	if err := c.setRef(p.Name, DefaultRevision, done.Commit); err != nil {
		return fail(err)
	}
	return done, nil
}

// isWeights tells of a file whether the hub keeps it in LFS, whatever its size.
func isWeights(name string) bool {
	switch filepath.Ext(name) {
	case ".safetensors", ".bin", ".pt":
		return true
	}
	return false
}

// copy makes a blob of a file, unless it is there. What is copied is read again:
// it may have changed since its digest was taken.
func (p Import) copy(ctx context.Context, it Item, progress Progress) (came bool, err error) {
	blob := p.cache.blob(p.Name, it.Digest)
	if info, err := os.Stat(blob); err == nil && info.Size() == it.Size {
		progress.Grown(it.Size)
		return false, nil
	}
	source := filepath.Join(p.Folder, it.Name)
	f, err := os.Open(source)
	if err != nil {
		return false, err
	}
	defer f.Close()
	sum := hasher(it.Digest, it.Size)
	err = files.Write(blob, func(to *os.File) error {
		if _, err := io.Copy(io.MultiWriter(to, sum, counter(progress.Grown)), run.Reader(ctx, f)); err != nil {
			return err
		}
		if hex.EncodeToString(sum.Sum(nil)) != it.Digest {
			return fmt.Errorf("%s changed while it was read", quote.Text(source))
		}
		return nil
	})
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		err = fmt.Errorf("write %s: %w; %s needs %s: free some room and run the same command again", blob, files.Cause(err), quote.Text(it.Name), run.Bytes(it.Size))
	}
	return true, err
}
