package dataset

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

// importFrom imports a folder.
func importFrom(dir, out string, copies bool, cache Cache) (Imported, error) {
	return Import(context.Background(), dir, out, nil, copies, Loader{Size: small, Cache: cache, Log: io.Discard}, Program{})
}

// loaded describes the maps of a folder as training sees them.
func loaded(t *testing.T, dir string) (all []string) {
	t.Helper()
	maps, _ := load(t, Loader{}, dir)
	for i, split := range Splits(maps, .3, .3) {
		m := maps[i]
		words, err := json.Marshal(m.Words)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, fmt.Sprint(m.Name, split, m.HeldOut, m.SHA256, string(words)))
	}
	return all
}

// crowd makes a folder of maps whose names are hard to keep apart, some in
// folders below it.
func crowd(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	files := []string{"a/pano.hdr", "b/pano.hdr", "c/pano_4K.hdr", "lake_1k.hdr", "Lake.hdr", norm.NFD.String("Bäume_2k.hdr"), "caf\xe9.hdr", "-rf.hdr", "night_8k.hdr", "x.hdr"}
	for i, file := range files {
		path := filepath.Join(dir, file)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		writeMap(t, path, uint64(i))
	}
	long := strings.Repeat("so long a name ", 20)
	write(t, dir, "captions.jsonl", strings.Join([]string{
		`{"name":"park","file":"a/pano.hdr","caption":"a park by day","attributes":["outdoor","park"]}`,
		`{"name":"night","file":"b/pano.hdr","caption":"a street"}`,
		`{"name":"pano","file":"c/pano_4K.hdr","scene":"the square","tags":["town","stones"]}`,
		`{"name":"` + long + `","file":"x.hdr","caption":"words"}`,
		`{"name":"café","caption":"tables outside"}`,
		`{"name":"../../up","file":"a/pano.hdr"}`,
		`{"name":".hidden","file":"b/pano.hdr"}`,
	}, "\n"))
	write(t, dir, "lake.txt", "water\nreeds")
	write(t, dir, "held_out.txt", "night\nthe square\n")
	return dir
}

// A copied set is what was imported, as is one that names its maps.
func TestASetReadsBackEqual(t *testing.T) {
	dir := crowd(t)
	want := loaded(t, dir)
	if len(want) != 11 {
		t.Fatalf("got %d maps, want 11: %q", len(want), want)
	}
	for _, copies := range []bool{true, false} {
		if !copies { // its name cannot be written in captions.jsonl
			if _, err := importFrom(dir, filepath.Join(t.TempDir(), "set"), copies, ""); err == nil || !strings.Contains(err.Error(), `caf\xe9.hdr: its name is no UTF-8`) || !strings.Contains(err.Error(), "rename it, or --copy the maps") {
				t.Errorf("a name that is no UTF-8: got %v", err)
			}
			if err := os.Rename(filepath.Join(dir, "caf\xe9.hdr"), filepath.Join(dir, "café.hdr")); err != nil {
				t.Fatal(err)
			}
		}
		set := filepath.Join(t.TempDir(), "set")
		for range 2 { // again, into its own folder
			done, err := importFrom(dir, set, copies, "")
			if err != nil {
				t.Fatal(err)
			}
			if done.Maps != len(want) {
				t.Errorf("copies %v: got %d maps, want %d", copies, done.Maps, len(want))
			}
			if got := loaded(t, set); !slices.Equal(got, want) {
				t.Errorf("copies %v: got\n%s\nwant\n%s", copies, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			files, _ := filepath.Glob(filepath.Join(set, "*.hdr"))
			if wanted := map[bool]int{true: 11, false: 0}[copies]; len(files) != wanted {
				t.Errorf("copies %v: got %q, want %d files", copies, files, wanted)
			}
		}
		if copies { // a set is a folder like any other
			if got := loaded(t, set); len(got) > 0 {
				again := filepath.Join(t.TempDir(), "again")
				if _, err := importFrom(set, again, true, ""); err != nil {
					t.Fatal(err)
				}
				if got := loaded(t, again); !slices.Equal(got, want) {
					t.Errorf("a copy of a copy: got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
				}
			}
		}
	}
}

// What is in a folder and no import's stays as it is.
func TestImportOverwritesNothingOfTheUsers(t *testing.T) {
	dir := folderOf(t, 2)
	for _, name := range []string{"a.hdr", "held_out.txt", "captions.jsonl", "letter.doc", "recipe.json"} {
		out := t.TempDir()
		write(t, out, name, "my own")
		for _, copies := range []bool{true, false} {
			if _, err := importFrom(dir, out, copies, ""); err == nil || !strings.Contains(err.Error(), "name another folder") {
				t.Errorf("%s: got %v, want a refusal", name, err)
			}
		}
		if files, _ := os.ReadDir(out); len(files) != 1 {
			t.Errorf("%s: got %v, want it alone", name, files)
		}
		if got, _ := os.ReadFile(filepath.Join(out, name)); string(got) != "my own" {
			t.Errorf("%s: got %q, want what was there", name, got)
		}
	}
	// An empty folder holds nothing, nor do the system's own files.
	out := t.TempDir()
	write(t, out, ".DS_Store", "x")
	write(t, out, "Thumbs.db", "x")
	if _, err := importFrom(dir, out, true, ""); err != nil {
		t.Fatal(err)
	}
	// What the user laid beside the copies later is the user's.
	writeMap(t, filepath.Join(dir, "c.hdr"), 7)
	write(t, out, "c.hdr", "my own")
	if _, err := importFrom(dir, out, true, ""); err == nil || !strings.Contains(err.Error(), "no import left c.hdr there: move it away") {
		t.Errorf("a file of the user's in a set: got %v, want a refusal", err)
	}
	if got, _ := os.ReadFile(filepath.Join(out, "c.hdr")); string(got) != "my own" {
		t.Errorf("got %d bytes, want what was there", len(got))
	}
}

// An import that was killed can be begun again, and leaves nothing behind.
func TestAKilledImportIsBegunAgain(t *testing.T) {
	dir, out := folderOf(t, 3), filepath.Join(t.TempDir(), "set")
	want := loaded(t, dir)
	// As a kill leaves it: the recipe, a copy, half a copy, and no captions.
	if _, err := importFrom(dir, out, true, ""); err != nil {
		t.Fatal(err)
	}
	os.Remove(filepath.Join(out, captionsName))
	os.Remove(filepath.Join(out, "c.hdr"))
	for _, stray := range []string{".c.hdr4711", ".captions.jsonl12", ".recipe.json3", ".held_out.txt9"} {
		write(t, out, stray, "half")
	}
	write(t, out, ".mine.hdr1", "my own")
	if _, err := importFrom(dir, out, true, ""); err != nil {
		t.Fatal(err)
	}
	if got := loaded(t, out); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	hidden, _ := filepath.Glob(filepath.Join(out, ".*"))
	if want := []string{filepath.Join(out, ".mine.hdr1")}; !slices.Equal(hidden, want) {
		t.Errorf("got %q, want %q", hidden, want)
	}
}

// An interruption in the middle of copying leaves a set that can be gone on with.
func TestAnInterruptedImportIsBegunAgain(t *testing.T) {
	dir, out := folderOf(t, 3), filepath.Join(t.TempDir(), "set")
	entries, _ := index(t, dir)
	maps, _, err := Loader{Size: small, Log: io.Discard}.Load(context.Background(), entries)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := (importing{dir: dir, out: out, maps: maps, copy: true}).write(ctx); err == nil {
		t.Fatal("got no error of an import that was interrupted")
	}
	if _, err := importFrom(dir, out, true, ""); err != nil {
		t.Fatal(err)
	}
	if got, want := loaded(t, out), loaded(t, dir); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// The grid finds what looking at every pair finds.
func TestAlikeFindsEveryPair(t *testing.T) {
	maps := drawnMaps(t, 60)
	for i := range maps {
		near := slices.Clone(maps[i*7%20].Seen.Print)
		for k := range near {
			near[k] = byte(int(near[k]) + (i*(k+3))%5 - 2)
			if i%3 == 0 {
				near[k] = byte(40 + (i+k)%4)
			}
		}
		maps[i].Seen.Print = near
	}
	l := newLooks(maps)
	pairs := 0
	for i := range maps {
		near := l.after(i)
		if !slices.IsSorted(near) {
			t.Errorf("map %d: got %v, want them in order", i, near)
		}
		for k := i + 1; k < len(maps); k++ {
			if maps[i].Seen.alike(maps[k].Seen) {
				pairs++
				if !slices.Contains(near, k) {
					t.Errorf("maps %d and %d are alike, but are not found", i, k)
				}
			}
		}
	}
	if pairs == 0 {
		t.Error("no pair is alike: the test shows nothing")
	}
}
