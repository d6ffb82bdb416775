package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
)

// The program of docs/library.md is built outside the repository by the lines that
// stand there, in seconds, and edits a map.
func TestAProgramOutsideTheRepository(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program")
	}
	clone, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(clone, "docs", "library.md"))
	if err != nil {
		t.Fatal(err)
	}
	block := func(head string) string {
		m := regexp.MustCompile("(?s)\n```" + regexp.QuoteMeta(head) + "\n(.*?)\n```\n").FindSubmatch(page)
		if m == nil {
			t.Fatalf("docs/library.md has no block %q", head)
		}
		return string(m[1])
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(block("go")), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("bash", "-euc", strings.ReplaceAll(block("sh not run: a test of its own runs these lines"), "../toolkit", clone))
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=", "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v:\n%s", err, out)
	}
	before, err := hdr.Read(filepath.Join(clone, "examples", "hdri", "park.exr"))
	if err != nil {
		t.Fatal(err)
	}
	after, err := hdr.Read(filepath.Join(dir, "night.exr"))
	if err != nil {
		t.Fatal(err)
	}
	if after.W != before.W || after.H != before.H {
		t.Errorf("got %d×%d, want %d×%d", after.W, after.H, before.W, before.H)
	}
	if stops := envmap.Stops(envmap.Measure(before).Above, envmap.Measure(after).Above); stops > -2 {
		t.Errorf("night changes the light from above by %.1f stops, want -2 or less", stops)
	}
}
