package dataset

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPruneTakesOnlyWhatNoRunWouldRead(t *testing.T) {
	cache := Cache(t.TempDir())
	l := Loader{Cache: cache, Size: small, Log: io.Discard}
	kept, gone := folderOf(t, 2), folderOf(t, 2)
	load(t, l, kept)
	load(t, l, gone)
	// A data set of maps that lie elsewhere ends with its own folder.
	set := filepath.Join(t.TempDir(), "set")
	entries, err := Index(context.Background(), kept, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	for i := range entries {
		entries[i].Folder = set
	}
	if _, _, err := l.Load(context.Background(), entries); err != nil {
		t.Fatal(err)
	}
	for _, first := range []uint64{0, 5} {
		if _, err := l.Draw(context.Background(), 7, first, 2); err != nil {
			t.Fatal(err)
		}
	}
	write(t, string(cache), "odd.safetensors", "no cache")
	write(t, string(cache), "notes.txt", "no cache either")
	if err := os.RemoveAll(gone); err != nil {
		t.Fatal(err)
	}
	// As a program of another version named them.
	if err := os.Rename(cache.drawnPath(7, 5, small), filepath.Join(string(cache), "drawn-0-32x16.safetensors")); err != nil {
		t.Fatal(err)
	}

	removed, err := cache.Prune(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]bool{}
	for _, r := range removed {
		said[r.Why] = true
		if _, err := os.Stat(r.File); err == nil || r.Bytes == 0 {
			t.Errorf("%+v: is still there, or had no bytes", r)
		}
	}
	for _, want := range []string{gone + " is gone", set + " is gone", "its maps are drawn otherwise by now", "it is damaged, or of another version"} {
		if !said[want] || len(removed) != 4 {
			t.Errorf("got %+v, want four, one since %s", removed, want)
		}
	}
	if _, did := load(t, l, kept); did != (Refreshed{Kept: 2}) {
		t.Errorf("the folder that is there: got %+v, want 2 kept", did)
	}
	var log strings.Builder
	l.Log = &log
	if _, err := l.Draw(context.Background(), 7, 0, 2); err != nil || log.String() != "" {
		t.Errorf("drawn maps: got %v, log %q, want them kept", err, log.String())
	}
	if _, err := os.Stat(filepath.Join(string(cache), "notes.txt")); err != nil {
		t.Error(err)
	}
	if again, err := cache.Prune(context.Background()); err != nil || len(again) != 0 {
		t.Errorf("the second time: got %+v, %v, want nothing", again, err)
	}
	if none, err := Cache(filepath.Join(t.TempDir(), "nowhere")).Prune(context.Background()); err != nil || len(none) != 0 {
		t.Errorf("without a cache: got %+v, %v, want nothing", none, err)
	}
}
