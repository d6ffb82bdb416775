package shelf

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func walk(t *testing.T, folders ...string) []File {
	t.Helper()
	found, err := Walk(folders, func(path string, err error) { t.Errorf("%s: %v", path, err) })
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// stale are the names of the maps that an index would read.
func stale(t *testing.T, x *Index, files []File, folders ...string) (names []string) {
	t.Helper()
	list, _, err := x.Refresh(folders, files)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		names = append(names, filepath.Base(f.Path))
	}
	return names
}

// see puts all that is stale into the index, by the content of each file.
func see(t *testing.T, x *Index, files []File, folders ...string) (read []string) {
	t.Helper()
	list, _, err := x.Refresh(folders, files)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		text, err := os.ReadFile(f.Path)
		if err != nil {
			t.Fatal(err)
		}
		if !x.Known(f, string(text)) {
			x.Keep(f, string(text), []float32{float32(len(text)), 1}, "")
			read = append(read, filepath.Base(f.Path))
		}
	}
	return read
}

func TestFoldersAreWalkedWhole(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, path := range []string{"a/x.hdr", "a/deep/er/y.EXR", "a/z.txt", "a/preview.png", "a/.hidden.hdr", "a/.git/w.hdr", "b/v.pic"} {
		put(t, path, path)
	}
	if err := os.Symlink("b", "link"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ folders, want []string }{
		{[]string{"a"}, []string{"a/deep/er/y.EXR", "a/x.hdr"}},
		{[]string{"a", "b", "./a/deep"}, []string{"a/deep/er/y.EXR", "a/x.hdr", "b/v.pic"}},
		{[]string{"link"}, []string{"link/v.pic"}},
	} {
		var got []string
		for _, f := range walk(t, c.folders...) {
			got = append(got, f.Shown)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%v: got %q, want %q", c.folders, got, c.want)
		}
	}
	for _, wrong := range []string{"nowhere", "a/x.hdr"} {
		if _, err := Walk([]string{wrong}, nil); err == nil || !strings.Contains(err.Error(), wrong) {
			t.Errorf("%s: got %v, want an error that names it", wrong, err)
		}
	}
}

// Only what is new or changed is read; what moved, was copied or was touched is
// known by its content; what is gone is forgotten, elsewhere nothing is.
func TestAnIndexKnowsWhatChanged(t *testing.T) {
	t.Chdir(t.TempDir())
	for i, name := range []string{"a.hdr", "b.hdr", "c.hdr"} {
		put(t, "maps/"+name, strings.Repeat("x", i+1))
	}
	put(t, "other/d.hdr", "other")
	x := New("clip")
	if got := see(t, x, walk(t, "maps", "other"), "maps", "other"); len(got) != 4 {
		t.Fatalf("read %q, want all", got)
	}
	if got := stale(t, x, walk(t, "maps"), "maps"); got != nil {
		t.Errorf("nothing changed: got %q to read", got)
	}
	later := time.Now().Add(time.Hour)
	for _, c := range []struct {
		what string
		do   func() error
		read []string
		has  int // maps in the folder
	}{
		{"touched", func() error { return os.Chtimes("maps/a.hdr", later, later) }, nil, 3},
		{"renamed", func() error { return os.Rename("maps/a.hdr", "maps/e.hdr") }, nil, 3},
		{"moved down", func() error { return cmp.Or(os.Mkdir("maps/in", 0o755), os.Rename("maps/b.hdr", "maps/in/b.hdr")) }, nil, 3},
		{"copied", func() error { return os.WriteFile("maps/f.hdr", []byte("xxx"), 0o644) }, nil, 4},
		{"changed", func() error { return os.WriteFile("maps/c.hdr", []byte("new one"), 0o644) }, []string{"c.hdr"}, 4},
		{"removed", func() error { return os.Remove("maps/f.hdr") }, nil, 3},
		{"brought from elsewhere", func() error { return os.Rename("other/d.hdr", "maps/d.hdr") }, nil, 4},
	} {
		if err := c.do(); err != nil {
			t.Fatal(err)
		}
		files := walk(t, "maps")
		if got := see(t, x, files, "maps"); !slices.Equal(got, c.read) {
			t.Errorf("%s: read %q, want %q", c.what, got, c.read)
		}
		if got := len(x.Nearest(files, []float32{1, 0})); got != c.has {
			t.Errorf("%s: %d maps are found, want %d", c.what, got, c.has)
		}
	}
	if x.entries[mustAbs(t, "other/d.hdr")] == nil {
		t.Error("a folder that was not searched was forgotten")
	}
}

func mustAbs(t *testing.T, path string) string {
	t.Helper()
	abs, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return abs
}

func filled() (*Index, []File) {
	x := New("clip")
	var files []File
	for i := range 5 {
		f := File{Path: fmt.Sprintf("/maps/%d.hdr", i), Bytes: int64(i), Modified: 7}
		files = append(files, f)
		unit, fault := []float32{float32(i) / 5, 1 - float32(i)/5, 0}, ""
		if i == 2 {
			unit, fault = nil, "the file is empty"
		}
		x.Keep(f, fmt.Sprint("hash", i), unit, fault)
	}
	return x, files
}

func TestTheNearestComeFirst(t *testing.T) {
	x, files := filled()
	for _, c := range []struct {
		unit []float32
		want string
	}{
		{[]float32{1, 0, 0}, "4 3 1 0"},
		{[]float32{0, 1, 0}, "0 1 3 4"},
		{[]float32{0, 0, 1}, "0 1 3 4"}, // equals by name
	} {
		var got []string
		for _, h := range x.Nearest(files, c.unit) {
			got = append(got, strings.TrimSuffix(filepath.Base(h.Path), ".hdr"))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%v: got %v, want %s", c.unit, got, c.want)
		}
	}
}

func TestAnIndexComesBackFromItsFile(t *testing.T) {
	path := Path(t.TempDir(), "clip")
	x, files := filled()
	if err := x.Save(path); err != nil {
		t.Fatal(err)
	}
	again, damaged := Open(path, "clip")
	if damaged != nil {
		t.Fatal(damaged)
	}
	want, got := x.Nearest(files, []float32{.6, .8, 0}), again.Nearest(files, []float32{.6, .8, 0})
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := again.Fault(files[2]); got != "the file is empty" {
		t.Errorf("got the fault %q", got)
	}
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Save(path); err != nil {
		t.Fatal(err)
	}
	if after, err := os.Stat(path); err != nil || !os.SameFile(before, after) {
		t.Errorf("an index that did not change was written again (%v)", err)
	}
	if _, damaged := Open(path, "another"); damaged == nil {
		t.Error("the index of another CLIP was taken")
	}
	if fresh, damaged := Open(path+"x", "clip"); damaged != nil || len(fresh.entries) != 0 {
		t.Errorf("no file: got %v and %v, want an empty index", fresh.entries, damaged)
	}
}

// Saving takes away what killed processes did not finish of indexes, and nothing else.
func TestSavingSweeps(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, ".b"+Suffix+"77"), "half")
	put(t, filepath.Join(dir, ".mine77"), "a person's")
	x := New("clip")
	x.Keep(File{Path: "/a.hdr"}, "hash", []float32{1}, "")
	if err := x.Save(filepath.Join(dir, "a"+Suffix)); err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) != 1 || filepath.Base(left[0]) != ".mine77" {
		t.Errorf("got %q, want a person's file alone", left)
	}
}

// A file that was cut short or damaged anywhere is told from a good one.
func TestDamageIsSeen(t *testing.T) {
	path := Path(t.TempDir(), "clip")
	x, _ := filled()
	if err := x.Save(path); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range good {
		bad := slices.Clone(good)
		bad[i] ^= 4
		if _, err := parse(bad, "clip"); err == nil {
			t.Fatalf("byte %d of %d was changed, and nobody saw", i, len(good))
		}
		if _, err := parse(good[:i], "clip"); err == nil {
			t.Fatalf("only %d of %d bytes were left, and nobody saw", i, len(good))
		}
	}
}

func FuzzParse(f *testing.F) {
	x, _ := filled()
	path := Path(f.TempDir(), "clip")
	if err := x.Save(path); err != nil {
		f.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good[len(magic) : len(good)-4])
	f.Add([]byte("\xff\xff\xff\xff{}"))
	f.Add([]byte("\x1b\x00\x00\x00{\"clip\":\"clip\",\"entries\":[null]}"))
	f.Fuzz(func(t *testing.T, body []byte) {
		// The checksum is put right, so that the rest is reached.
		data := append([]byte(magic), body...)
		data = binary.LittleEndian.AppendUint32(data, checksum(data))
		x, err := parse(data, "clip")
		if err != nil {
			return
		}
		var again bytes.Buffer
		if err := x.encode(&again); err != nil {
			t.Fatal(err)
		}
		if _, err := parse(again.Bytes(), "clip"); err != nil {
			t.Errorf("%q was read, and written as what is not: %v", body, err)
		}
	})
}
