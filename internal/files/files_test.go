package files

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, to, path string) {
	t.Helper()
	if err := os.Symlink(to, path); err != nil {
		t.Fatal(err)
	}
}

func writing(text string) func(*os.File) error {
	return func(f *os.File) error { _, err := f.WriteString(text); return err }
}

// expect holds that a folder has these files and no other.
func expect(t *testing.T, dir string, want map[string]string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		got, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if text, ok := want[e.Name()]; !ok || err != nil || string(got) != text {
			t.Errorf("%s holds %q (%v), want %q", e.Name(), got, err, text)
		}
	}
	if len(entries) != len(want) {
		t.Errorf("%d files, want %d", len(entries), len(want))
	}
}

func TestAFailedWriteLeavesTheOldFileAlone(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.hdr")
	put(t, path, "old")
	full := errors.New("no space left on device")
	err := Write(path, func(f *os.File) error {
		_, _ = f.WriteString("half of the n")
		return full
	})
	if want := "no space left on device"; !errors.Is(err, full) || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	err = Write(path, func(f *os.File) error {
		f.Close()
		return writing("late")(f)
	})
	if want := "file already closed"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	expect(t, dir, map[string]string{"a.hdr": "old"})
}

func TestAWriteKeepsTheMode(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.txt")
	put(t, path, "old")
	if err := os.Chmod(path, 0o666); err != nil { // wider than the umask
		t.Fatal(err)
	}
	if err := Write(path, writing("new")); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o666 {
		t.Errorf("got mode %v, %v, want 0666", info.Mode(), err)
	}
}

// A symbolic link is followed, whether what it stands for is there or not.
func TestLinksAreFollowed(t *testing.T) {
	dir := t.TempDir()
	deep := filepath.Join(dir, "deep")
	if err := os.Mkdir(deep, 0o755); err != nil {
		t.Fatal(err)
	}
	link(t, "deep", filepath.Join(dir, "way"))
	put(t, filepath.Join(deep, "there"), "old")
	for _, c := range []struct{ name, to, file string }{
		{"a", "deep/there", "deep/there"},
		{"b", "deep/new", "deep/new"},
		{"c", filepath.Join(deep, "absolute"), "deep/absolute"},
		{"d", "e", "deep/last"}, // through two
		{"e", "way/last", "deep/last"},
		{"f", "way/../above", "above"}, // ".." of where the link points to
	} {
		link(t, c.to, filepath.Join(dir, c.name))
		if c.name == "d" {
			continue // once "e" is there
		}
		path := filepath.Join(dir, c.name)
		if c.name == "e" {
			path = filepath.Join(dir, "d")
		}
		if err := Write(path, writing(c.name)); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if got, err := os.ReadFile(filepath.Join(dir, c.file)); err != nil || string(got) != c.name {
			t.Errorf("%s: %s holds %q, %v", c.name, c.file, got, err)
		}
		if info, err := os.Lstat(path); err != nil || info.Mode()&fs.ModeSymlink == 0 {
			t.Errorf("%s: got %v, %v, want a link still", c.name, info, err)
		}
	}
	expect(t, deep, map[string]string{"there": "a", "new": "b", "absolute": "c", "last": "e"})
}

// A name of 255 bytes, the longest that Linux has, is written like any other.
func TestLongNames(t *testing.T) {
	dir := t.TempDir()
	want := map[string]string{}
	for _, name := range []string{
		strings.Repeat("a", 255), strings.Repeat("b", 236), strings.Repeat("空", 80) + ".exr",
		strings.Repeat("空", 84), "x" + strings.Repeat("空", 84), "xy" + strings.Repeat("é", 126),
	} {
		if err := errors.Join(CheckWritable(filepath.Join(dir, name)), Write(filepath.Join(dir, name), writing(name))); err != nil {
			t.Errorf("%d bytes: %v", len(name), err)
		}
		want[name] = name
	}
	long := filepath.Join(dir, strings.Repeat("c", 256))
	if err := CheckWritable(long); err == nil || !strings.HasSuffix(err.Error(), "file name too long") {
		t.Errorf("256 bytes: got %v, want file name too long, before the work", err)
	}
	expect(t, dir, want)
}

func TestWhatCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "file"), "")
	link(t, os.DevNull, filepath.Join(dir, "null"))
	link(t, "loop", filepath.Join(dir, "loop"))
	link(t, "nowhere/x", filepath.Join(dir, "lost"))
	for name, want := range map[string]string{
		".":         "it is a folder, want a file's name",
		"null":      "it is a device or a pipe",
		"loop":      "too many levels of symbolic links",
		"lost":      "no such file or directory",
		"nowhere/x": "no such file or directory",
		"file/x":    "not a directory",
	} {
		path := dir + "/" + name
		for _, err := range []error{CheckWritable(path), Write(path, writing(""))} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%q: got %v, want %s", name, err, want)
			}
		}
	}
}
