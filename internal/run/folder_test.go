package run

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func TestOneProcessLocksAFolder(t *testing.T) {
	dir := t.TempDir()
	unlock, err := LockFolder(dir, "dataset synth")
	if err != nil {
		t.Fatal(err)
	}
	want := dir + ": another dataset synth is at work there; let it end, or name another folder"
	if _, err := LockFolder(dir, "dataset synth"); err == nil || err.Error() != want {
		t.Errorf("a second time: got %v, want %s", err, want)
	}
	unlock()
	if unlock, err = LockFolder(dir, "dataset synth"); err != nil {
		t.Errorf("once it was let go: got %v", err)
	} else {
		unlock()
	}
	if entries, _ := os.ReadDir(dir); len(entries) > 0 {
		t.Errorf("got %v left behind", entries)
	}
	if _, err := LockFolder(filepath.Join(dir, "nowhere"), ""); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a folder that is not there: got %v", err)
	}
}

// Only what a killed process was writing goes: not a name that is as long, nor
// what is a person's own.
func TestSweepTakesOurUnfinishedFiles(t *testing.T) {
	dir := t.TempDir()
	keep := []string{".DS_Store", ".map1.hdr", ".other.hdr12", "map1.hdr", "map1.hdr12", ".map1.hdr12x", ".12"}
	swept := []string{".map1.hdr12", ".map1.hdr999999999", ".map20", ".map2099"}
	for _, name := range slices.Concat(keep, swept) {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, ".map1.hdr7"), 0o755); err != nil {
		t.Fatal(err)
	}
	// What a write that fails halfway leaves is what is swept.
	err := WriteFile(filepath.Join(dir, "map1.hdr"), func(io.Writer) error {
		entries, _ := os.ReadDir(dir)
		Sweep(dir, func(name string) bool { return name == "map1.hdr" || name == "map2" })
		left, _ := os.ReadDir(dir)
		if len(entries)-len(left) != len(swept)+1 {
			t.Errorf("got %d files swept, want %d and the one that was being written", len(entries)-len(left), len(swept))
		}
		return errors.New("killed")
	})
	if err == nil {
		t.Error("got no error of a write that failed")
	}
	var got []string
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if e.Type().IsRegular() {
			got = append(got, e.Name())
		}
	}
	slices.Sort(keep)
	if !slices.Equal(got, keep) {
		t.Errorf("got %q, want %q", got, keep)
	}
}

func TestUntilWaitsForNoOne(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	if got, err := Until(ctx, func() (int, error) { return 3, io.EOF }); got != 3 || err != io.EOF {
		t.Errorf("got %v, %v, want 3 and the error", got, err)
	}
	func() {
		defer func() {
			if fault := recover(); fault != "a bug" {
				t.Errorf("got %v, want the panic", fault)
			}
		}()
		_, _ = Until(ctx, func() (int, error) { panic("a bug") })
	}()
	time.AfterFunc(20*time.Millisecond, cancel)
	began := time.Now()
	stuck := make(chan bool)
	defer close(stuck)
	if _, err := Until(ctx, func() (int, error) { <-stuck; return 1, nil }); !errors.Is(err, context.Canceled) || time.Since(began) > 5*time.Second {
		t.Errorf("got %v after %v, want %v at once", err, time.Since(began), context.Canceled)
	}
}
