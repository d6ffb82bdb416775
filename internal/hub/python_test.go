package hub

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/internal/hub/hubtest"
)

// pythonVariable names a Python that has huggingface_hub; the one that this was
// made with is of version 2.4.0.
const pythonVariable = "TOOLKIT_HUB_PYTHON"

// What Python's library finds of ours, and we of its own, against one hub.
func TestPythonSharesTheCache(t *testing.T) {
	python := os.Getenv(pythonVariable)
	if python == "" {
		t.Skip(pythonVariable + " names no Python with huggingface_hub")
	}
	s, h := hubs(t)
	script := func(offline string, lines ...string) string {
		t.Helper()
		cmd := exec.Command(python, "-c", "import os, sys\nfrom huggingface_hub import *\n"+strings.Join(lines, "\n"))
		cmd.Env = append(os.Environ(), "HF_HUB_CACHE="+h.Cache.Path, "HF_ENDPOINT="+h.settings.Endpoint, "HF_HUB_OFFLINE="+offline, "HF_HUB_DISABLE_XET=1", "HF_HUB_DISABLE_TELEMETRY=1")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return strings.TrimSpace(string(out))
	}
	done, err := pull(t.Context(), h, vit, "", unseen)
	if err != nil {
		t.Fatal(err)
	}
	s.Requests()
	for name, want := range vitFiles(1) {
		if !strings.Contains(strings.Join(vitWanted, " "), name) {
			continue
		}
		got := script("1", `path = hf_hub_download("`+vit+`", "`+name+`", local_files_only=True)`, `print(path, os.path.getsize(path))`)
		if fields := strings.Fields(got); len(fields) != 2 || fields[0] != filepath.Join(done.Folder, name) {
			t.Errorf("%s: Python says %q, want it in %s, %d bytes", name, got, done.Folder, len(want))
		}
	}
	if got := script("1", `print(snapshot_download("`+vit+`", local_files_only=True))`); got != done.Folder {
		t.Errorf("Python's snapshot is %q, want %q", got, done.Folder)
	}
	if got := script("1", `c = scan_cache_dir()`, `r = list(c.repos)[0]`, `print(r.repo_id, r.size_on_disk, len(r.revisions), list(r.refs), len(c.warnings))`); got != vit+" "+strconv.FormatInt(done.Bytes, 10)+" 1 ['main'] 0" {
		t.Errorf("Python sees %q, want the model with %d bytes", got, done.Bytes)
	}
	if n := len(s.Requests()); n != 0 {
		t.Errorf("%d requests, want none", n)
	}

	// A newer commit, by Python: only what is new comes, and we have it then.
	commit := s.Put(vit, "main", vitFiles(2))
	script("0", `snapshot_download("`+vit+`", allow_patterns=["*.json", "*.txt", "*.safetensors"])`)
	s.Requests()
	found, err := h.Cache.Find(vit)
	if err != nil || found.Commit != commit {
		t.Errorf("got %+v, %v, want Python's %s", found, err, commit)
	}
	again, err := pull(t.Context(), h, vit, "", unseen)
	if err != nil || len(again.Fetched) != 0 || len(s.Requests()) != 1 {
		t.Errorf("got %+v, %v, want nothing fetched of what Python pulled", again, err)
	}
	wantWhole(t, h, commit, vitFiles(2))
	models, err := h.Cache.Select([]string{vit})
	if err != nil {
		t.Fatal(err)
	}
	if v, err := h.Cache.Verify(t.Context(), models[0], func(int64) {}); err != nil || len(v.Faults) != 0 || v.Unsure != 0 {
		t.Errorf("got %+v, %v, want all as it should be", v, err)
	}

	// Python waits for our lock, and then has what we brought.
	third := s.Put(vit, "main", vitFiles(3))
	weights := vitFiles(3)["model.safetensors"]
	unlock, err := lock(t.Context(), h.Cache.lockPath(vit, hubtest.SHA256(weights)), func() {})
	if err != nil {
		t.Fatal(err)
	}
	waiting := exec.Command(python, "-c", `from huggingface_hub import *; print(hf_hub_download("`+vit+`", "model.safetensors"))`)
	waiting.Env = append(os.Environ(), "HF_HUB_CACHE="+h.Cache.Path, "HF_ENDPOINT="+h.settings.Endpoint, "HF_HUB_DISABLE_XET=1")
	var said strings.Builder
	waiting.Stdout, waiting.Stderr = &said, &said
	if err := waiting.Start(); err != nil {
		t.Fatal(err)
	}
	for asked := false; !asked; { // until it knows what it wants
		for _, r := range s.Requests() {
			asked = asked || strings.HasSuffix(r.Path, "/model.safetensors")
		}
	}
	if err := os.WriteFile(h.Cache.blob(vit, hubtest.SHA256(weights)), weights, 0o644); err != nil {
		t.Fatal(err)
	}
	unlock()
	if err := waiting.Wait(); err != nil || !strings.Contains(said.String(), third) {
		t.Errorf("Python said %s, %v, want it in %s", &said, err, third)
	}
	for _, r := range s.Requests() {
		if r.Store && r.Method == "GET" {
			t.Errorf("%s: Python fetched what we had the lock of", r.Path)
		}
	}
}
