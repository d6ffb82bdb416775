package hub

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/internal/hub/hubtest"
)

func lay(t *testing.T, files map[string][]byte) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// What is imported lies as what is pulled does: under the names that the hub
// would give to its blobs, and the same files are the same commit.
func TestImport(t *testing.T) {
	c := Cache{t.TempDir()}
	files := vitFiles(1)
	run := func(dir string) (Pulled, error) {
		plan, err := c.PlanImport(dir, vit)
		if err != nil {
			return Pulled{}, err
		}
		var grown int64
		done, err := plan.Run(t.Context(), Progress{Done: unseen.Done, Grown: func(n int64) { grown += n }})
		if err == nil && grown != 2*plan.Size() {
			t.Errorf("%d bytes were told, want twice %d", grown, plan.Size())
		}
		return done, err
	}
	first, err := run(lay(t, files))
	if err != nil {
		t.Fatal(err)
	}
	wantWhole(t, &Hub{Cache: c}, first.Commit, files)
	again, err := run(lay(t, files))
	if err != nil || again.Commit != first.Commit || len(again.Fetched) != 0 {
		t.Errorf("again: got %+v, %v, want nothing done", again, err)
	}
	found, err := c.Find(vit)
	if err != nil || found.Commit != first.Commit {
		t.Errorf("got %+v, %v, want it found", found, err)
	}
	if _, err := run(lay(t, vitFiles(2))); err == nil || !strings.Contains(err.Error(), "the cache has other files by that name") {
		t.Errorf("other files: got %v, want a refusal", err)
	}
	wantWhole(t, &Hub{Cache: c}, first.Commit, files)
}

func TestImportRefusesWhatStandsInAFilesPlace(t *testing.T) {
	for want, content := range map[string]string{
		"is a pointer of git LFS, not the file: run `git lfs pull`": "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n",
		"is a page of HTML": "<!DOCTYPE html><html><body>Sign in</body></html>",
		"has no bytes":      "",
	} {
		c := Cache{t.TempDir()}
		_, err := c.PlanImport(lay(t, map[string][]byte{"model.safetensors": []byte(content)}), vit)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// A model that another process writes to is not taken away.
func TestRemoveWaitsForNoPull(t *testing.T) {
	_, h := hubs(t)
	if _, err := pull(t.Context(), h, vit, "", unseen); err != nil {
		t.Fatal(err)
	}
	unlock, err := lock(t.Context(), h.Cache.lockPath(vit, hubtest.GitSHA1(vitFiles(1)["config.json"])), func() {})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Cache.Remove(vit, ""); err == nil || !strings.Contains(err.Error(), "is being pulled by another process") {
		t.Errorf("got %v, want a refusal", err)
	}
	unlock()
	if _, err := h.Cache.Remove(vit, ""); err != nil {
		t.Error(err)
	}
	if _, err := h.Cache.Remove(vit, ""); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v, want that it is not there", err)
	}
}

// What is on the disk by a name comes before the hub's model of that name.
func TestLocalFoldersComeFirst(t *testing.T) {
	_, h := hubs(t)
	if _, err := pull(t.Context(), h, vit, "", unseen); err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if found, err := h.Cache.Find(vit); err != nil || found.Name != vit {
		t.Errorf("got %+v, %v, want the hub's", found, err)
	}
	if err := errors.Join(os.MkdirAll(vit, 0o755), os.WriteFile(vit+"/model.safetensors", []byte("x"), 0o644)); err != nil {
		t.Fatal(err)
	}
	for name, folder := range map[string]string{vit: vit, vit + "/model.safetensors": vit} {
		if found, err := h.Cache.Find(name); err != nil || found.Name != "" || found.Folder != folder || found.Weights[0] != "model.safetensors" {
			t.Errorf("%s: got %+v, %v, want the file in %s", name, found, err, folder)
		}
	}
	for name, want := range map[string]string{
		"no.safetensors": "no.safetensors: no such file or folder",
		"./no/where":     "./no/where: no such file or folder",
		"no/where":       "no/where is not in the cache " + h.Cache.Path + ", nor a file or folder here: `toolkit model pull no/where` brings it",
	} {
		if _, err := h.Cache.Find(name); err == nil || !strings.Contains(err.Error(), want) || !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: got %v, want %s", name, err, want)
		}
	}
}
