package hdr

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWhatCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	good := New(2, 1)
	tests := []struct {
		name string
		im   *Image
		o    WriteOptions
		want string
	}{
		{"a.exr", good, WriteOptions{}, "built without OpenEXR"},
		{"a.tga", good, WriteOptions{}, `cannot write ".tga" files, want one of .hdr`},
		{"a", good, WriteOptions{}, `cannot write "" files`},
		{"a.webp", good, WriteOptions{}, `cannot write ".webp" files`},
		{"a.hdr", &Image{W: 2, H: 2, Pix: make([]float32, 6)}, WriteOptions{}, "image is 2×2 with 6 values, want 12"},
		{"a.hdr", &Image{}, WriteOptions{}, "image is 0×0"},
		{"a.hdr", good, WriteOptions{Compression: "zipp"}, `compression is "zipp", want zip, piz, dwaa, dwab or none`},
		{"a.hdr", good, WriteOptions{Precision: "double"}, `precision is "double", want auto, half or float`},
		{"a.jpg", good, WriteOptions{Quality: 101}, "quality is 101"},
		{"a.jpg", New(70000, 1), WriteOptions{}, "at most 65535 on a side"},
		{"none/a.hdr", good, WriteOptions{}, "no such file or directory"},
		{"../" + filepath.Base(dir) + "/dir.hdr", good, WriteOptions{}, "it is a folder, want a file's name"},
		{"null.hdr", good, WriteOptions{}, "it is a device or a pipe"},
	}
	if err := os.Mkdir(filepath.Join(dir, "dir.hdr"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(os.DevNull, filepath.Join(dir, "null.hdr")); err != nil {
		t.Fatal(err)
	}
	for _, test := range tests {
		err := Write(filepath.Join(dir, test.name), test.im, test.o)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got error %v, want %q", test.name, err, test.want)
		}
	}
	entries, _ := os.ReadDir(dir)
	if len(entries) != 2 {
		t.Errorf("left %v behind, want nothing", entries)
	}
}

func TestNoPermission(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may write everywhere")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "a.hdr")
	if err := os.WriteFile(path, onePixel(""), 0o200); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(path); !errors.Is(err, os.ErrPermission) {
		t.Errorf("read: got %v, want permission denied", err)
	}
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	if err := Write(filepath.Join(dir, "b.hdr"), New(2, 1), WriteOptions{}); !errors.Is(err, os.ErrPermission) {
		t.Errorf("write: got %v, want permission denied", err)
	}
}
