package safetensors_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/safetensors"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
)

const python = "testdata/python.safetensors"

// reference makes the tensors of scripts/golden/safetensors_file.py.
func reference(s *torch.Session) map[string]torch.Tensor {
	ramp := s.FromFloats([]float32{-2, -1, 0, 1, 2, 3}, 2, 3)
	quarter := ramp.MulScalar(0.25)
	return map[string]torch.Tensor{
		"fc.weight": quarter,
		"fc.bias":   ramp.Select(0, 0).MulScalar(1e-3),
		"half":      quarter.To(torch.Float16),
		"brain":     quarter.To(torch.BFloat16),
		"double":    ramp.To(torch.Float64).Div(s.Full(3, torch.Float64)),
		"long":      s.FromInts([]int64{-2 << 40, -1 << 40, 0, 1 << 40, 2 << 40, 3 << 40}, 2, 3),
		"int":       ramp.MulScalar(1 << 20).To(torch.Int32),
		"byte":      ramp.AddScalar(250).To(torch.Uint8),
		"mask":      ramp.Greater(0),
		"scalar":    s.Scalar(2.5),
		"empty":     s.Zeros(0, 4),
		"odd <\"\\/&>\u2028 \x01\b\t\n\f\r\x1f\x7fé": s.Ones(1),
	}
}

func open(t *testing.T, path string) *safetensors.File {
	t.Helper()
	f, err := safetensors.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestReadsWhatPythonWrote(t *testing.T) {
	f := open(t, python)
	if got := f.Metadata()["format"]; got != "pt <é>" {
		t.Errorf("metadata: got %q, want %q", got, "pt <é>")
	}
	torchtest.Do(t, func(s *torch.Session) {
		want := reference(s)
		if got := len(f.Entries()); got != len(want) {
			t.Errorf("got %d tensors, want %d", got, len(want))
		}
		for _, e := range f.Entries() {
			x, want := f.Tensor(s, e.Name), want[e.Name]
			if x.String() != want.String() || e.DType != x.DType() {
				t.Errorf("%q: got %v, want %v", e.Name, x, want)
			}
			if !bytes.Equal(x.Bytes(), want.Bytes()) {
				t.Errorf("%q: got %v, want %v", e.Name, x.Bytes(), want.Bytes())
			}
		}
	})
}

func TestWritesTheBytesThatPythonWrites(t *testing.T) {
	want, err := os.ReadFile(python)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "go.safetensors")
	torchtest.Do(t, func(s *torch.Session) {
		var named []safetensors.Named
		for name, x := range reference(s) { // in random order
			named = append(named, safetensors.Named{Name: name, Tensor: x})
		}
		s.Check(safetensors.Write(path, named, map[string]string{"format": "pt <é>"}))
	})
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// A view, an owned tensor and a tensor in a file's pages are written alike.
func TestWritesEveryLayout(t *testing.T) {
	dir := t.TempDir()
	torchtest.Do(t, func(s *torch.Session) {
		x := s.Arange(0, 6, 1, torch.Float32).Reshape(2, 3)
		turned := x.Transpose(0, 1)
		own := turned.Own()
		defer own.Free()
		path := filepath.Join(dir, "a")
		s.Check(safetensors.Write(path, []safetensors.Named{{"view", turned}, {"own", own}}, nil))
		f := open(t, path)
		s.Check(safetensors.Write(path, []safetensors.Named{{"again", f.Tensor(s, "own")}}, nil))
		if got := open(t, path).Tensor(s, "again").Floats(); got[1] != 3 || got[5] != 5 {
			t.Errorf("got %v, want [0 3 1 4 2 5]", got)
		}
	})
}

// The pages are private, and outlive the file, its name and its content.
func TestTensorsAreTheirOwn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	torchtest.Do(t, func(s *torch.Session) {
		write := func(a float64) {
			s.Check(safetensors.Write(path, []safetensors.Named{{"x", s.Full(a, torch.Float32, 5000)}}, nil))
		}
		write(1)
		f := open(t, path)
		x, y := f.Tensor(s, "x"), f.Tensor(s, "x")
		f.Close()
		write(2)
		if got := x.Sum().Item(); got != 5000 {
			t.Errorf("after the file was replaced: got %v, want 5000", got)
		}
		y.CopyFrom(s.Full(3, torch.Float32, 5000))
		if got := open(t, path).Tensor(s, "x").Sum().Item(); got != 10000 {
			t.Errorf("after a tensor was written to: got %v in the file, want 10000", got)
		}
	})
}

// Early files have elements at odd places; every byte of them is still right.
func TestMisalignedElements(t *testing.T) {
	file := raw(`{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"F32","shape":[2],"data_offsets":[1,9]}}`,
		7, 0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0)
	path := filepath.Join(t.TempDir(), "x")
	if err := os.WriteFile(path, file, 0o644); err != nil {
		t.Fatal(err)
	}
	torchtest.Do(t, func(s *torch.Session) {
		if got := open(t, path).Tensor(s, "b").Floats(); got[0] != 1 || got[1] != -2 {
			t.Errorf("got %v, want [1 -2]", got)
		}
	})
}

func TestRandomTensorsComeBack(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	dtypes := []torch.DType{torch.Uint8, torch.Int32, torch.Int64, torch.Float16, torch.Float32, torch.Float64, torch.Bool, torch.BFloat16}
	path := filepath.Join(t.TempDir(), "x")
	torchtest.Do(t, func(s *torch.Session) {
		for range 20 {
			want := map[string][]byte{}
			var named []safetensors.Named
			for i := range r.IntN(20) {
				name := string(rune('a'+i)) + ".weight"
				shape := []int64{r.Int64N(4), r.Int64N(5), 1 + r.Int64N(3)}[:r.IntN(4)]
				x := s.Randn(shape...).MulScalar(9).To(dtypes[r.IntN(len(dtypes))])
				named = append(named, safetensors.Named{Name: name, Tensor: x})
				want[name] = x.Bytes()
			}
			s.Check(safetensors.Write(path, named, nil))
			f := open(t, path)
			for _, n := range named {
				got := f.Tensor(s, n.Name)
				if got.String() != n.Tensor.String() || !bytes.Equal(got.Bytes(), want[n.Name]) {
					t.Errorf("%s: got %v %v, want %v %v", n.Name, got, got.Bytes(), n.Tensor, want[n.Name])
				}
			}
		}
	})
}

func TestManyGoroutinesReadOneFile(t *testing.T) {
	torchtest.NoLeaks(t)
	f := open(t, python)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			err := torch.Do(torch.CPU, func(s *torch.Session) {
				for range 50 {
					if got := f.Tensor(s, "scalar").Item(); got != 2.5 {
						t.Errorf("got %v, want 2.5", got)
					}
				}
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

func TestErrorsNameTheFileAndTheTensor(t *testing.T) {
	dir := t.TempDir()
	bad := filepath.Join(dir, "bad.safetensors")
	if err := os.WriteFile(bad, raw(`{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, 1, 2, 3), 0o644); err != nil {
		t.Fatal(err)
	}
	_, gone := safetensors.Open(filepath.Join(dir, "gone"))
	_, cut := safetensors.Open(bad)
	_, codes := safetensors.FromBytes("codes", raw(`{"maps":{"dtype":"U16","shape":[1],"data_offsets":[0,2]}}`, 1, 2))
	_, folder := safetensors.Open(dir)
	f := open(t, python)
	missing := torch.Do(torch.CPU, func(s *torch.Session) { f.Tensor(s, "fc.wait") })
	closed := torch.Do(torch.CPU, func(s *torch.Session) { f.Close(); f.Tensor(s, "fc.weight") })
	noFolder := safetensors.Write(filepath.Join(dir, "no", "x"), nil, nil)
	freed := torch.Do(torch.CPU, func(s *torch.Session) {
		x := s.Ones(1)
		x.Free()
		s.Check(safetensors.Write(filepath.Join(dir, "freed"), []safetensors.Named{{"w", x}}, nil))
	})
	twice := torch.Do(torch.CPU, func(s *torch.Session) {
		x := s.Ones(1)
		s.Check(safetensors.Write(filepath.Join(dir, "twice"), []safetensors.Named{{"w", x}, {"w", x}}, nil))
	})
	for _, c := range []struct {
		err  error
		want []string
	}{
		{gone, []string{"safetensors: ", "gone", "no such file"}},
		{cut, []string{"safetensors: ", "bad.safetensors: the tensors end at 8, but the file has 3"}},
		{codes, []string{"safetensors: codes: tensor \"maps\": type is U16, which is for caches of maps"}},
		{folder, []string{"safetensors: ", "is a folder, a pipe or a device"}},
		{missing, []string{"safetensors: testdata/python.safetensors: no tensor \"fc.wait\" among its 12"}},
		{closed, []string{"the mapping is closed"}},
		{noFolder, []string{"safetensors: write ", "no such file"}},
		{freed, []string{"safetensors: write ", "the tensor was freed"}},
		{twice, []string{"safetensors: write ", `tensor "w": the name is taken`}},
	} {
		for _, want := range c.want {
			if c.err == nil || !strings.Contains(c.err.Error(), want) {
				t.Errorf("got error %v, want one with %q", c.err, want)
			}
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) != 1 {
		t.Errorf("got files %v after failed writes, want only the bad one", left)
	}
}

func TestWriteKeepsALinkAndPermissions(t *testing.T) {
	dir := t.TempDir()
	target, link := filepath.Join(dir, "target"), filepath.Join(dir, "link")
	if err := os.WriteFile(target, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	torchtest.Do(t, func(s *torch.Session) {
		s.Check(safetensors.Write(link, []safetensors.Named{{"x", s.Ones(2)}}, nil))
	})
	info, err := os.Lstat(link)
	if err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("got %v %v, want the link still a link", info, err)
	}
	if info, err = os.Stat(target); err != nil || info.Mode().Perm() != 0o600 || info.Size() == 0 {
		t.Errorf("got %v %v, want a written file with mode 0600", info, err)
	}
}

func raw(text string, data ...byte) []byte {
	head := append([]byte{byte(len(text)), 0, 0, 0, 0, 0, 0, 0}, text...)
	return append(head, data...)
}

// The file is named by SAFETENSORS_BENCH, as of 600 MB.
func BenchmarkLoad(b *testing.B) {
	path := os.Getenv("SAFETENSORS_BENCH")
	if path == "" {
		b.Skip("SAFETENSORS_BENCH names no file")
	}
	for b.Loop() {
		f, err := safetensors.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		err = torch.Do(torch.CPU, func(s *torch.Session) {
			for _, e := range f.Entries() {
				f.Tensor(s, e.Name)
			}
		})
		if err != nil {
			b.Fatal(err)
		}
		f.Close()
	}
}
