package checkpoint

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
)

const layouts = "../../torch/torchfile/testdata/"

func put(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func copied(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	put(t, to, data)
}

// Whatever the format, the name of the file and whether the folder is given:
// the same tensors.
func TestEveryFormatHoldsTheSame(t *testing.T) {
	want := torchtest.Open(t, layouts+"want.safetensors")
	folder := t.TempDir()
	copied(t, layouts+"zip.bin", filepath.Join(folder, "pytorch_model.bin"))
	odd := filepath.Join(t.TempDir(), "weights")
	copied(t, layouts+"legacy.bin", odd)
	for _, path := range []string{layouts + "want.safetensors", layouts + "zip.bin", layouts + "script.pt", folder, odd, "testdata/shards", "testdata/shards/pytorch_model.bin.index.json"} {
		f, err := Open(path)
		if err != nil {
			t.Error(err)
			continue
		}
		defer f.Close()
		torchtest.Do(t, func(s *torch.Session) {
			if got := len(f.Names()); got != len(want.Names()) {
				t.Errorf("%s: got %d tensors, want %d", path, got, len(want.Names()))
			}
			for _, name := range want.Names() {
				x, y := f.Tensor(s, name), want.Tensor(s, name)
				if x.String() != y.String() || !bytes.Equal(x.Bytes(), y.Bytes()) {
					t.Errorf("%s: %s: got %v, want %v", path, name, x, y)
				}
			}
		})
	}
}

func TestFilesOfWeights(t *testing.T) {
	f, err := Open("testdata/shards")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got := Files(f); len(got) != 3 || got[0] != "testdata/shards/pytorch_model.bin.index.json" {
		t.Errorf("got %v, want the index and two files", got)
	}
	missing := torch.Do(torch.CPU, func(s *torch.Session) { f.Tensor(s, "f33") })
	if missing == nil || !strings.Contains(missing.Error(), `no tensor "f33" among its 16`) || f.Shape("f33") != nil {
		t.Errorf("got %v, want that there is no f33", missing)
	}
}

// What is no weights is told by what it is.
func TestWhatIsNoWeights(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for content, want := range map[string]string{
		"<!DOCTYPE html><html>": "is a web page, not weights",
		"\n <HTML lang=en>":     "is a web page, not weights",
		"":                      "is empty",
		"version https://git-lfs.github.com/spec/v1\noid sha256:1": "git lfs pull",
		"\x1f\x8b\x08\x00":                     "compressed by gzip",
		"cposix\nsystem\n(S'x'\ntR.":           `begins with cposix\nsystem`,
		"{\"error\": \"not found\"}":           "has no weight_map",
		"{\"weight_map\": 3}":                  "not an index of weights",
		"{\"weight_map\": {\"w\": \"a.bin\"}}": "a.bin: no such file",
		"\x80\x02}q\x00.":                      "a pickle that torch.save did not write",
		"PK\x03\x04 and no more":               "has no directory at its end",
	} {
		path := filepath.Join(dir, "x.bin")
		put(t, path, []byte(content))
		if _, err := Open(path); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "x.bin") {
			t.Errorf("%q: got %v, want x.bin and %q", content, err, want)
		}
	}
	for path, want := range map[string]string{
		pipe: "is a folder, a pipe or a device", "/dev/zero": "is a folder, a pipe or a device",
		t.TempDir(): "no weights in it", filepath.Join(dir, "gone"): "no such file",
	} {
		if _, err := Open(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", path, err, want)
		}
	}
}

// An index reaches no file outside its folder, and not itself.
func TestHostileIndexes(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "model.safetensors.index.json")
	copied(t, layouts+"zip.bin", filepath.Join(dir, "a.bin"))
	copied(t, layouts+"system.pt", filepath.Join(dir, "evil.bin"))
	for file, want := range map[string]string{
		"../a.bin": "climbs out of the folder", "/etc/passwd": "climbs out of the folder", "..": "climbs out of the folder",
		`..\\a.bin`: "climbs out of the folder", "": "climbs out of the folder", "sub/a.bin": "climbs out of the folder",
		"model.safetensors.index.json": "is an index itself", "evil.bin": "it wants posix.system",
		"a.bin": "w lies in a.bin by the index, and does not",
	} {
		put(t, path, fmt.Appendf(nil, `{"weight_map": {"w": "%s"}}`, file))
		if _, err := Open(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", file, err, want)
		}
	}
	var many strings.Builder
	for i := range maxFiles + 1 {
		fmt.Fprintf(&many, `,"w%d":"f%d.bin"`, i, i)
	}
	put(t, path, []byte(`{"weight_map":{`+many.String()[1:]+"}}"))
	if _, err := Open(path); err == nil || !strings.Contains(err.Error(), "names 1025 files") {
		t.Errorf("got %v, want that there are too many files", err)
	}
}
