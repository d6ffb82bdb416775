package torchfile

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
)

func open(t testing.TB, path string) *File {
	t.Helper()
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// Every layout that PyTorch wrote (scripts/parity/layouts.py) holds the tensors
// of want.safetensors, bit for bit.
func TestEveryLayoutHoldsTheSame(t *testing.T) {
	want := torchtest.Open(t, "testdata/want.safetensors")
	for _, name := range []string{"zip.bin", "checkpoint.pt", "legacy.bin", "script.pt"} {
		t.Run(name, func(t *testing.T) {
			f := open(t, "testdata/"+name)
			got, names := f.Names(), want.Names()
			slices.Sort(got)
			slices.Sort(names)
			if !slices.Equal(got, names) {
				t.Errorf("got tensors %v, want %v", got, names)
			}
			torchtest.Do(t, func(s *torch.Session) {
				for _, name := range names {
					x, y := f.Tensor(s, name), want.Tensor(s, name)
					if x.String() != y.String() || !slices.Equal(f.Shape(name), y.Shape()) || !bytes.Equal(x.Bytes(), y.Bytes()) {
						t.Errorf("%s: got %v %v, want %v %v", name, x, x.Bytes(), y, y.Bytes())
					}
				}
			})
		})
	}
}

// Tensors are their own: writing to one changes neither the file nor one that
// shares its elements there.
func TestTensorsAreTheirOwn(t *testing.T) {
	for _, name := range []string{"zip.bin", "legacy.bin"} {
		f := open(t, "testdata/"+name)
		before, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		torchtest.Do(t, func(s *torch.Session) {
			second := f.Tensor(s, "shared.second")
			was := second.Floats()
			for _, name := range []string{"shared.first", "tied", "f32"} {
				x := f.Tensor(s, name)
				x.CopyFrom(s.Full(7, torch.Float32, x.Shape()...))
			}
			f.Close()
			if got := second.Floats(); !slices.Equal(got, was) {
				t.Errorf("%s: got %v after others were written to, want %v", name, got, was)
			}
		})
		if after, _ := os.ReadFile("testdata/" + name); !bytes.Equal(before, after) {
			t.Errorf("%s: the file changed", name)
		}
	}
}

// Files that want something else than tensors say what, and none of it is run.
func TestHostilePickles(t *testing.T) {
	const ran = "/tmp/toolkit-was-run" // what the pickles' command would make
	for name, want := range map[string]string{
		"system.pt":        "it wants posix.system, and only tensors and plain containers are read: nothing of it was run",
		"system4.pt":       "it wants posix.system",
		"system_legacy.pt": "it wants posix.system",
		"system.pkl":       "it wants posix.system",
		"module.pt":        "it wants torch.nn.modules.linear.Linear",
		"compressed.bin":   "data.pkl is compressed, want it stored",
	} {
		_, err := Open("testdata/" + name)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "torchfile: testdata/"+name+": ") {
			t.Errorf("%s: got %v, want the file and %q", name, err, want)
		}
	}
	if _, err := os.Stat(ran); err == nil {
		t.Errorf("%s is there: a pickle was run", ran)
	}
}

// Cut off anywhere, a file is refused in words.
func TestCutFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cut")
	for _, name := range []string{"zip.bin", "legacy.bin", "script.pt"} {
		whole, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		for n := 0; n < len(whole); n += 97 {
			if err := os.WriteFile(path, whole[:n], 0o644); err != nil {
				t.Fatal(err)
			}
			if f, err := Open(path); err == nil {
				f.Close()
				t.Errorf("%s: %d of %d bytes were opened", name, n, len(whole))
			}
		}
	}
}

func TestErrorsNameTheFileAndTheTensor(t *testing.T) {
	f := open(t, "testdata/zip.bin")
	missing := torch.Do(torch.CPU, func(s *torch.Session) { f.Tensor(s, "f33") })
	_, gone := Open("testdata/gone")
	_, folder := Open("testdata")
	for want, err := range map[string]error{
		`torchfile: testdata/zip.bin: no tensor "f33" among its 16`: missing,
		"torchfile: stat testdata/gone: no such file":               gone,
		"is a folder, a pipe or a device":                           folder,
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error with %q", err, want)
		}
	}
}
