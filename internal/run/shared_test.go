package run

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Of what lies unfinished in a folder only the dead processes' goes, whoever writes
// there meanwhile.
func TestSharedFoldersLoseTheDeadAlone(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.map")
	ours := func(name string) bool { return strings.HasSuffix(name, ".map") }
	for _, name := range []string{".b.map12", ".b.other12"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	err := WriteShared(path, ours, func(f *os.File) error {
		if err := WriteShared(filepath.Join(dir, "c.map"), ours, func(*os.File) error { return nil }); err != nil {
			return err
		}
		// The lock holds after the writer's own descriptor is gone.
		if err := f.Close(); err != nil {
			return err
		}
		SweepShared(dir, ours)
		_, err := os.Stat(f.Name())
		return errors.Join(err, errFull)
	})
	if !errors.Is(err, errFull) || errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v, want the write's own error and its file there until then", err)
	}
	if err := WriteShared(path, ours, func(*os.File) error { return nil }); err != nil {
		t.Error(err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) != 3 || filepath.Base(left[0]) != ".b.other12" {
		t.Errorf("got %q, want a.map, c.map and .b.other12", left)
	}
}

var errFull = errors.New("no space left")
