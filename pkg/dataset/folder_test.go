package dataset

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/unicode/norm"
)

// index indexes a folder and returns what was told too.
func index(t *testing.T, dir string) (entries []Entry, told string) {
	t.Helper()
	var log strings.Builder
	entries, err := Index(context.Background(), dir, &log)
	if err != nil {
		t.Fatal(err)
	}
	return entries, log.String()
}

// said is what is known of each map: "name: words".
func said(entries []Entry) (all []string) {
	for _, e := range entries {
		all = append(all, fmt.Sprintf("%s: %s", e.Name, strings.Join(slices.Concat(e.Written, e.Tags), "; ")))
	}
	return all
}

func TestSizesAreNoPartOfAName(t *testing.T) {
	for file, want := range map[string]string{
		"lake_4k.hdr": "lake", "lake_4K.hdr": "lake", "lake_2K-HDR.exr": "lake", "lake_2k_hdr.exr": "lake", "lake_1K_HDRI.HDR": "lake",
		"lake-8k.hdr": "lake", "lake_16K.exr": "lake", "lake_4096x2048.hdr": "lake", "lake_4096X2048-EXR.exr": "lake", "lake_512.pic": "lake",
		"lake_4K.txt": "lake", "lake": "lake", "lake_4K": "lake",
		// What is no size stays.
		"lake_100k.hdr": "lake_100k", "lake4k.hdr": "lake4k", "IMG-2048.hdr": "IMG-2048", "synth-1-000256.hdr": "synth-1-000256",
		"lake_hdr.hdr": "lake_hdr", "_4k.hdr": "_4k", "4k.hdr": "4k", "room_100.hdr": "room_100", "Lake_4k.hdr": "Lake",
		// Names in every form are names in one.
		"cafe\u0301_4k.hdr": "café", "caf\xe9.hdr": "café",
	} {
		if got := NameOf(file); got != want {
			t.Errorf("%q: got %q, want %q", file, got, want)
		}
	}
}

// One scene at several sizes is one map, of one split.
func TestSizesOfAMapAreOneMap(t *testing.T) {
	dir := t.TempDir()
	for i, name := range []string{"lake_1k.hdr", "lake_2K-HDR.exr", "lake_4K.hdr", "lake-8k.exr"} {
		write(t, dir, name, strings.Repeat("x", i+1))
	}
	entries, told := index(t, dir)
	if len(entries) != 1 || filepath.Base(entries[0].Path) != "lake-8k.exr" || told != "" {
		t.Errorf("got %v, told %q, want the largest alone", entries, told)
	}
}

// Words meet their map whatever their encoding and form.
func TestWordsOfEveryEncoding(t *testing.T) {
	const csv = "name,caption\ncafé,\"die Bäume — größer, 5 €\"\nplain,a plain\n"
	utf16 := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	big := unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	encoded := func(text string, err error) string {
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	for name, c := range map[string]struct{ text, told string }{
		"UTF-8":              {csv, ""},
		"form D":             {norm.NFD.String(csv), ""},
		"windows-1252":       {encoded(charmap.Windows1252.NewEncoder().String(csv)), "captions.csv: is no UTF-8, and was read as windows-1252; save it as UTF-8 if its words look wrong\n"},
		"UTF-16":             {encoded(utf16.NewEncoder().String(csv)), "captions.csv: is no UTF-8, and was read as UTF-16;"},
		"UTF-16, big-endian": {encoded(big.NewEncoder().String(csv)), "captions.csv: is no UTF-8, and was read as UTF-16;"},
	} {
		for _, file := range []string{"café.hdr", norm.NFD.String("café_4k.hdr"), "caf\xe9.hdr"} {
			dir := t.TempDir()
			write(t, dir, "captions.csv", c.text)
			write(t, dir, file, "x")
			write(t, dir, "plain.hdr", "x")
			write(t, dir, "held_out.txt", norm.NFD.String("café\n"))
			entries, told := index(t, dir)
			if want := []string{"café: die Bäume — größer, 5 €", "plain: a plain"}; !slices.Equal(said(entries), want) || !entries[0].HeldOut {
				t.Errorf("%s, %q: got %q, want %q, the first held out", name, file, said(entries), want)
			}
			if !strings.Contains(told, c.told) || strings.Count(told, "\n") != min(1, len(c.told)) {
				t.Errorf("%s: told %q, want %q", name, told, c.told)
			}
		}
	}
	dir := t.TempDir()
	write(t, dir, "a.hdr", "x")
	write(t, dir, "a.txt", "a\x00 \x00h\x00i\x00l\x00l\x00")
	if _, err := Index(context.Background(), dir, io.Discard); err == nil || !strings.Contains(err.Error(), "a.txt: byte 1 is NUL: it is no text, or UTF-16 without its mark") {
		t.Errorf("UTF-16 without a mark: got %v", err)
	}
}

// A text is of the map that it is called as, with a size or without.
func TestTextsMeetTheirMaps(t *testing.T) {
	dir, elsewhere := t.TempDir(), t.TempDir()
	for _, name := range []string{"lake_4k.hdr", "hill_1k.hdr", "hill_8K.exr", norm.NFD.String("Bäume.hdr"), "room.hdr", "pano.hdr"} {
		write(t, dir, name, "x")
	}
	write(t, elsewhere, "pano_2k.hdr", "x")
	write(t, elsewhere, "pano.txt", "the park")
	write(t, dir, "park.txt", "at noon")
	write(t, dir, "captions.jsonl", `{"name":"park","file":"`+filepath.Join(elsewhere, "pano_2k.hdr")+`"}`)
	write(t, dir, "lake.txt", "a lake")
	write(t, dir, "hill_1k.txt", "a hill\nby day")
	write(t, dir, "hill_2K.TXT", "by day\ntrees")
	write(t, dir, "Bäume.txt", "die Bäume")
	write(t, dir, "rom.txt", "a room")
	write(t, dir, "README.txt", "all mine")
	entries, told := index(t, dir)
	want := []string{"Bäume: die Bäume", "hill: a hill; by day; trees", "lake: a lake", "pano: ", "park: the park; at noon", "room: "}
	if !slices.Equal(said(entries), want) {
		t.Errorf("got %q, want %q", said(entries), want)
	}
	if want := "dataset: " + dir + ": passed over: README.txt (no map is called README), rom.txt (no map is called rom)\n"; told != want {
		t.Errorf("told %q, want %q", told, want)
	}
}

// What systems leave in folders is no map, and what is odd is named once.
func TestWhatIsNoMapIsPassedOver(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "lake.hdr", "x")
	for _, name := range []string{"._lake.hdr", ".DS_Store", "Thumbs.db", "desktop.ini", ".hidden.exr", ".lake.hdr123456", "._lake.txt"} {
		write(t, dir, name, "x")
	}
	write(t, dir, "empty.hdr", "")
	if err := errors.Join(os.Mkdir(filepath.Join(dir, "more.exr"), 0o755), os.Symlink("gone.hdr", filepath.Join(dir, "link.hdr")), syscall.Mkfifo(filepath.Join(dir, "pipe.hdr"), 0o644)); err != nil {
		t.Fatal(err)
	}
	entries, told := index(t, dir)
	if len(entries) != 1 || entries[0].Name != "lake" {
		t.Errorf("got %v, want lake alone", entries)
	}
	want := "dataset: " + dir + ": passed over: ._lake.hdr (hidden), .hidden.exr (hidden), empty.hdr (no bytes), link.hdr (a link to nothing), more.exr (a folder) and 1 more\n"
	if told != want {
		t.Errorf("told %q, want %q", told, want)
	}
	write(t, dir, "captions.csv", "name,caption\nempty,a room\n")
	if _, err := Index(context.Background(), dir, io.Discard); err == nil || !strings.Contains(err.Error(), "names empty, but "+dir+" has no such map: its file was passed over (no bytes)") {
		t.Errorf("a caption of what is passed over: got %v", err)
	}
	os.Remove(filepath.Join(dir, "lake.hdr"))
	os.Remove(filepath.Join(dir, "captions.csv"))
	if _, err := Index(context.Background(), dir, io.Discard); err == nil || !strings.Contains(err.Error(), "no .hdr or .exr file") {
		t.Errorf("nothing but odd files: got %v", err)
	}
}

// A file has one name: that which captions give it.
func TestAFileThatIsNamedCountsOnce(t *testing.T) {
	for name, c := range map[string]struct {
		lines []string
		want  string
	}{
		"one name":         {[]string{`{"name":"park","file":"pano_1k.hdr"}`}, "park pano_4k.hdr, town town.hdr"},
		"both sizes named": {[]string{`{"name":"park","file":"pano_1k.hdr"}`, `{"name":"night","file":"pano_4k.hdr"}`}, "night pano_4k.hdr, park pano_1k.hdr, town town.hdr"},
		"the other too":    {[]string{`{"name":"park","file":"pano_1k.hdr"}`, `{"name":"pano","tags":["x"]}`}, "pano pano_4k.hdr, park pano_1k.hdr, town town.hdr"},
		"sizes apart":      {[]string{`{"name":"a_1k","file":"pano_1k.hdr"}`, `{"name":"a_4k","file":"pano_4k.hdr"}`}, "a pano_4k.hdr, town town.hdr"},
		"no file":          {[]string{`{"name":"pano","tags":["x"]}`}, "pano pano_4k.hdr, town town.hdr"},
	} {
		dir := t.TempDir()
		write(t, dir, "pano_1k.hdr", "x")
		write(t, dir, "pano_4k.hdr", "xx")
		write(t, dir, "town.hdr", "x")
		write(t, dir, "captions.jsonl", strings.Join(c.lines, "\n"))
		entries, _ := index(t, dir)
		var got []string
		for _, e := range entries {
			got = append(got, e.Name+" "+filepath.Base(e.Path))
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s: got %q, want %s", name, got, c.want)
		}
	}
	dir := t.TempDir()
	for _, place := range []string{"a", "b"} {
		if err := os.Mkdir(filepath.Join(dir, place), 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, place), "pano.hdr", place)
	}
	write(t, dir, "captions.jsonl", `{"name":"a/pano","file":"a/pano.hdr"}`+"\n"+`{"name":"b/pano","file":"b/pano.hdr"}`)
	if _, err := Index(context.Background(), dir, io.Discard); err == nil || !strings.Contains(err.Error(), "a/pano and b/pano would both be called pano: give each a name of its own") {
		t.Errorf("two maps of one name: got %v, want an error", err)
	}
}

// What comes from outside is bounded before it is read.
func TestHugeFilesOfWordsAreRefused(t *testing.T) {
	for _, name := range []string{"captions.csv", "captions.jsonl", "metadata.json", "held_out.txt", "a.txt"} {
		for what, make := range map[string]func(path string) error{
			"20 GiB": func(path string) error {
				return errors.Join(os.WriteFile(path, nil, 0o644), os.Truncate(path, 20<<30))
			},
			"a device": func(path string) error { return os.Symlink("/dev/zero", path) },
			"a pipe":   func(path string) error { return syscall.Mkfifo(path, 0o644) },
		} {
			dir := t.TempDir()
			write(t, dir, "a.hdr", "x")
			if err := make(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			_, err := Index(context.Background(), dir, io.Discard)
			if err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), "want ") {
				t.Errorf("%s, %s: got %v, want a refusal", name, what, err)
			}
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("%s, %s: took %v", name, what, took)
			}
		}
	}
}

// Sixty thousand phrases are no more work, each, than six hundred.
func TestManyPhrasesTakeNoLonger(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.hdr", "x")
	var text, tags strings.Builder
	const n = 60_000
	for i := range n {
		fmt.Fprintf(&text, "phrase number %d\n", i)
		fmt.Fprintf(&tags, `,"tag %d"`, i)
	}
	write(t, dir, "a.txt", text.String())
	write(t, dir, "captions.jsonl", `{"name":"a","tags":["tag"`+tags.String()+`]}`)
	began := time.Now()
	entries, _ := index(t, dir)
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("took %v, want a second or so", took)
	}
	if len(entries[0].Written) != n || len(entries[0].Tags) != n+1 {
		t.Errorf("got %d sentences and %d tags, want %d and %d", len(entries[0].Written), len(entries[0].Tags), n, n+1)
	}
}

func TestMessagesStayShort(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.hdr", "x")
	var wrong, missing strings.Builder
	missing.WriteString("name,caption\n")
	for i := range 5000 {
		fmt.Fprintf(&wrong, "{\"name\":\"a%d\",\"captoin\":1}\n", i)
		fmt.Fprintf(&missing, "b%d\x1b[31m,night\n", i)
	}
	for name, text := range map[string]string{"captions.jsonl": wrong.String(), "captions.csv": missing.String()} {
		write(t, dir, name, text)
		_, err := Index(context.Background(), dir, io.Discard)
		if err == nil || len(err.Error()) > 4000 || strings.Contains(err.Error(), "\x1b") || !strings.Contains(err.Error(), "more") {
			t.Errorf("%s: got an error of %d bytes, want a short one that a terminal only prints", name, len(fmt.Sprint(err)))
		}
		os.Remove(filepath.Join(dir, name))
	}
}
