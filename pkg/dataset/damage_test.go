package dataset

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/clipenv/toolkit/internal/files"
)

// However a cache is damaged, what is trained on is the maps.
func TestNoDamageOfACacheIsBelieved(t *testing.T) {
	dir, cache := folderOf(t, 3), t.TempDir()
	l := Loader{Cache: Cache(cache)}
	want, _ := load(t, l, dir)
	path, good := only(t, cache)
	r := rand.New(rand.NewPCG(1, 2))
	ways := map[string]func(data []byte) []byte{
		"a bit":             func(d []byte) []byte { d[r.IntN(len(d))] ^= 1 << r.IntN(8); return d },
		"a hole":            func(d []byte) []byte { at := r.IntN(len(d) - 4096); clear(d[at : at+4096]); return d },
		"cut short":         func(d []byte) []byte { return d[:r.IntN(len(d))] },
		"longer":            func(d []byte) []byte { return append(d, d[:1+r.IntN(100)]...) },
		"pieces that moved": func(d []byte) []byte { at := 1024 + r.IntN(len(d)-2048); copy(d[at:], d[at-512:at]); return d },
	}
	for name, damage := range ways {
		for range 8 {
			bad := damage(bytes.Clone(good))
			if bytes.Equal(bad, good) {
				continue
			}
			// In its place, as renaming puts it: the maps above still lie in the old one.
			if err := files.Write(path, func(f *os.File) error { _, err := f.Write(bad); return err }); err != nil {
				t.Fatal(err)
			}
			entries, _ := index(t, dir)
			var log strings.Builder
			got, did, err := Loader{Size: small, Cache: Cache(cache), Log: &log}.Load(context.Background(), entries)
			if err != nil || !slices.Equal(radiance(got), radiance(want)) {
				t.Errorf("%s: got %+v, %v, and other radiance than the maps'", name, did, err)
			}
			for i, m := range got {
				if m.SHA256 != want[i].SHA256 || m.Seen.Stops != want[i].Seen.Stops || m.Attributes != want[i].Attributes {
					t.Errorf("%s: got %+v, want %+v", name, m.Seen, want[i].Seen)
				}
			}
			if did.Read != 3 || !strings.Contains(log.String(), "a cache of maps is of no use, and is made anew: store: "+path) {
				t.Errorf("%s: got %+v, told %q, want all read again, and why", name, did, log.String())
			}
		}
	}
}

// A folder whose name is as long as a name can be has a cache too.
func TestLongFoldersAreCached(t *testing.T) {
	dir := filepath.Join(t.TempDir(), strings.Repeat("d", 255))
	if err := os.Rename(folderOf(t, 1), dir); err != nil {
		t.Fatal(err)
	}
	l := Loader{Cache: Cache(t.TempDir()), Strict: true}
	load(t, l, dir)
	if _, did := load(t, l, dir); did.Kept != 1 {
		t.Errorf("got %+v, want it kept", did)
	}
}

// drawInto draws maps of one seed into a folder.
func drawInto(dir string, first uint64, n int) error {
	d := Drawing{Seed: 1, Size: small, Format: "hdr"}
	_, err := d.Write(context.Background(), dir, first, n, Program{}, io.Discard)
	return err
}

// Of runs side by side in one folder, those that end well have lost nothing.
func TestDrawingSideBySideLosesNoCaption(t *testing.T) {
	dir := t.TempDir()
	const runs, each = 6, 25
	errs := make([]error, runs)
	var wg sync.WaitGroup
	for i := range runs {
		wg.Go(func() { errs[i] = drawInto(dir, uint64(i*each), each) })
	}
	wg.Wait()
	drawn := 0
	for _, err := range errs {
		switch {
		case err == nil:
			drawn += each
		case !strings.HasSuffix(err.Error(), "another dataset synth is at work there; let it end, or name another folder"):
			t.Errorf("got %v, want that another is at work", err)
		}
	}
	if drawn == 0 {
		t.Error("got no run that ended well")
	}
	if entries, _ := index(t, dir); len(entries) != drawn || slices.ContainsFunc(entries, func(e Entry) bool { return len(e.Written) == 0 }) {
		t.Errorf("got %d maps, want the %d that were drawn, each with captions", len(entries), drawn)
	}
}

// A run that was killed leaves what the next one sweeps, and no map that is
// none.
func TestAKilledDrawingIsGoneOnWith(t *testing.T) {
	dir := t.TempDir()
	if err := drawInto(dir, 0, 2); err != nil {
		t.Fatal(err)
	}
	write(t, dir, ".synth-1-000002.hdr123", "half")
	write(t, dir, ".captions.jsonl77", "half")
	write(t, dir, ".mine.hdr1", "my own")
	write(t, dir, "synth-1-000001.hdr", "") // as a crash of the machine leaves
	if err := drawInto(dir, 0, 3); err != nil {
		t.Fatal(err)
	}
	hidden, _ := filepath.Glob(filepath.Join(dir, ".*"))
	if want := []string{filepath.Join(dir, ".mine.hdr1")}; !slices.Equal(hidden, want) {
		t.Errorf("got %q, want %q", hidden, want)
	}
	if maps, _ := load(t, Loader{}, dir); len(maps) != 3 {
		t.Errorf("got %d maps, want 3", len(maps))
	}
}
