package doctor

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
)

func TestPlainConvolutionHasTheGradientsOfItsLoss(t *testing.T) {
	x, w := wave(channels*height*width), wave(filters*channels*9)
	g := convolve(x, w)
	// The loss is a polynomial of degree 2 in one value: the central
	// difference is its derivative, whatever the step.
	slope := func(v []float32, i int) float64 {
		old := v[i]
		defer func() { v[i] = old }()
		v[i] = old + 1
		up := convolve(x, w).loss
		v[i] = old - 1
		return (up - convolve(x, w).loss) / 2
	}
	for _, i := range []int{0, width - 1, width + 7, len(x) - 1} {
		if got, want := float64(g.x[i]), slope(x, i); got != want {
			t.Errorf("d loss/d x[%d]: got %v, want %v", i, got, want)
		}
	}
	for _, i := range []int{0, 4, len(w) - 1} {
		if got, want := float64(g.w[i]), slope(w, i); got != want {
			t.Errorf("d loss/d w[%d]: got %v, want %v", i, got, want)
		}
	}
}

func TestConvolutionCheck(t *testing.T) {
	torchtest.NoLeaks(t)
	if c := checkConvolution(torch.CPU); c.State != Good || c.Hint != "" {
		t.Errorf("got %+v, want ok", c)
	}
	absent := torch.Device(torch.CUDADevices())
	if c := checkConvolution(absent); c.State != Broken || c.Hint == "" || !strings.HasPrefix(c.Found, "torch: ") {
		t.Errorf("on a device that is not there: got %+v, want broken, with a hint", c)
	}
}

func TestDistanceSeesOneWrongValue(t *testing.T) {
	want := convolve(wave(channels*height*width), wave(filters*channels*9))
	if got := want.distance(want); got != 0 {
		t.Errorf("got distance %v of itself, want 0", got)
	}
	wrong := want
	wrong.w = append([]float32{}, want.w...)
	wrong.w[5] *= 1.1
	if got := wrong.distance(want); got <= convolutionTolerance {
		t.Errorf("one derivative off by a tenth: got distance %v, want above %v", got, convolutionTolerance)
	}
	wrong.w[5] = float32(math.NaN())
	if got := wrong.distance(want); got <= convolutionTolerance {
		t.Errorf("one derivative not a number: got distance %v, want above %v", got, convolutionTolerance)
	}
}

func TestCUDACheck(t *testing.T) {
	lib := "/opt/torch/lib/libtorch_cuda.so"
	lacks := errors.New("libcudnn.so.9: cannot open shared object file: No such file or directory")
	for _, c := range []struct {
		name  string
		cuda  cuda
		state State
		found string
	}{
		{"a GPU", cuda{library: lib, devices: 2, driver: true}, Good, "2 devices"},
		{"a CPU machine", cuda{}, Good, "none, and no GPU driver: everything runs on the CPU"},
		{"a CPU machine with a CUDA libtorch", cuda{library: lib}, Good, "the library opened; no GPU driver: everything runs on the CPU"},
		{"hidden", cuda{driver: true, hidden: true}, Good, "hidden by CUDA_VISIBLE_DEVICES: everything runs on the CPU"},
		{"a CPU libtorch on a GPU machine", cuda{driver: true}, Note, "this machine has a GPU driver, this libtorch no CUDA library"},
		{"missing libraries", cuda{library: lib, err: lacks, driver: true}, Broken, lacks.Error()},
		{"missing libraries, no GPU", cuda{library: lib, err: lacks}, Note, lacks.Error()},
		{"a driver that shows nothing", cuda{library: lib, driver: true, version: "580.65.06"}, Broken, "the library opened, and the driver shows no device"},
		{"a driver of unknown age", cuda{library: lib, driver: true}, Broken, "the library opened, and the driver shows no device"},
		{"an old driver", cuda{library: lib, driver: true, version: "550.54.14"}, Broken, "the driver 550.54.14 is too old and shows no device"},
		{"an old driver that serves", cuda{library: lib, devices: 1, driver: true, version: "570.172.08"}, Good, "1 device"},
	} {
		got := checkCUDA(c.cuda)
		if got.State != c.state || got.Found != c.found {
			t.Errorf("%s: got %s %q, want %s %q", c.name, got.State, got.Found, c.state, c.found)
		}
		if (got.Hint == "") != (got.State == Good) {
			t.Errorf("%s: got hint %q beside state %s", c.name, got.Hint, got.State)
		}
	}
}

// Whoever has a GPU that is not used is told why, and what to do; nobody else.
func TestWhyAGPUIsNotUsed(t *testing.T) {
	lib := "/opt/torch/lib/libtorch_cuda.so"
	for _, c := range []struct {
		name string
		cuda cuda
		want string
	}{
		{"a GPU", cuda{library: lib, devices: 1, driver: true}, ""},
		{"a CPU machine", cuda{}, ""},
		{"a CPU machine with a CUDA libtorch", cuda{library: lib}, ""},
		{"hidden", cuda{driver: true, hidden: true}, ""},
		{"a CPU libtorch", cuda{driver: true}, "this libtorch no CUDA library; `make setup CUDA=1` brings it"},
		{"missing libraries", cuda{library: lib, err: errors.New("libcudnn.so.9: cannot open"), driver: true}, "libcudnn.so.9: cannot open; `make setup CUDA=1`"},
		{"an old driver", cuda{library: lib, driver: true, version: "550.54.14"}, "the driver 550.54.14 is too old and shows no device; CUDA 13 needs a driver of 580 or newer"},
		{"a driver that shows nothing", cuda{library: lib, driver: true, version: "580.65.06"}, "shows no device; see whether nvidia-smi works"},
	} {
		if got := whyNone(c.cuda); (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestTheDriverSaysItsVersion(t *testing.T) {
	const path = "proc/driver/nvidia/version"
	for text, want := range map[string]string{
		"NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.14  Thu Feb 22 01:44:30 UTC 2024\nGCC version:  gcc version 12.2.0 (Debian 12.2.0-14)\n": "550.54.14",
		"NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.95.05  Release Build  (dvs-builder@U22)  Tue Sep 23 10:11:16 UTC 2025\n":           "580.95.05",
		"NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.54  Tue Jun  6 22:20:39 UTC 2023\n":                                                         "535.54",
		"something else\n": "",
	} {
		m := machine{fstest.MapFS{path: {Data: []byte(text)}}}
		if got := m.driver(); got != want || !m.hasNVIDIA() {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	if got := (machine{fstest.MapFS{}}).driver(); got != "" {
		t.Errorf("without a driver: got %q", got)
	}
}

func TestMemoryHeedsTheControlGroup(t *testing.T) {
	files := fstest.MapFS{
		"proc/meminfo": {Data: []byte("MemTotal:       1000 kB\nMemFree:  1 kB\nMemAvailable:    600 kB\n")},
	}
	for _, c := range []struct {
		limit, used string
		total, free int64
	}{
		{"", "", 1000 << 10, 600 << 10},
		{"max", "5", 1000 << 10, 600 << 10},
		{"512000", "500000", 512000, 12000},
		{"512000", "600000", 512000, 0},
		{"999999999", "5", 1000 << 10, 600 << 10},
	} {
		if c.limit != "" {
			files["sys/fs/cgroup/memory.max"] = &fstest.MapFile{Data: []byte(c.limit + "\n")}
			files["sys/fs/cgroup/memory.current"] = &fstest.MapFile{Data: []byte(c.used + "\n")}
		}
		if total, free := (machine{files}).memory(); total != c.total || free != c.free {
			t.Errorf("limit %q, used %q: got %d, %d, want %d, %d", c.limit, c.used, total, free, c.total, c.free)
		}
	}
}

func TestModelsAreThoseInsideTheProgram(t *testing.T) {
	files := fstest.MapFS{"clip.safetensors": {Data: []byte("12345")}, "notes.txt": {}, "deep/vae.safetensors": {}}
	got := FindModels(files)
	if want := []Model{{Name: "clip.safetensors", Bytes: 5}}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if c := checkModels(got); c.State != Good {
		t.Errorf("got %+v for one model, want ok", c)
	}
	if c := checkModels(nil); c.State != Note || c.Hint == "" {
		t.Errorf("got %+v for none, want a note with a hint", c)
	}
}

func TestCacheCheckLeavesNothingBehind(t *testing.T) {
	root := t.TempDir()
	c, check := checkCache(filepath.Join(root, "a", "b"))
	if !c.Writable || c.BytesFree == 0 || check.State == Broken {
		t.Errorf("got %+v, %+v, want a writable cache", c, check)
	}
	if entries, _ := os.ReadDir(root); len(entries) != 0 {
		t.Errorf("got %v left behind, want nothing", entries)
	}
	c, check = checkCache("/dev/null/cache")
	if want := "cannot write to /dev/null/cache: not a directory"; c.Writable || check.State != Note || check.Found != want {
		t.Errorf("got %+v, %+v, want a note that says %q", c, check, want)
	}
}

func TestTextIsAligned(t *testing.T) {
	r := Report{
		Versions:  Versions{Versions: run.Versions{Toolkit: "v1.0.0", Go: "go1.26.0", Gotch: "v0.9.1", Libtorch: "2.11.0"}, OpenEXR: "3.1.5"},
		Libraries: Libraries{Libtorch: "/lib/libtorch_cpu.so"},
		Processor: Processor{Model: "CPU", Capability: "AVX512", Cores: 8, Threads: 4, Small: 1, Waiting: "GOMP_SPINCOUNT=1000"},
		Devices:   []Device{{"cpu", "CPU", 32 << 30, 1 << 30}, {"cuda:0", "H100", 80 << 30, 79 << 30}},
		Models:    []Model{{"vae.safetensors", "", 8 << 20}},
		Cache:     Cache{Path: "/cache"},
		Checks:    []Check{{"memory", Note, "1.0 GiB free", "close other programs"}, {"cuda", Good, "1 device", ""}},
	}
	want := `toolkit   v1.0.0
go        1.26.0
gotch     0.9.1
libtorch  2.11.0, /lib/libtorch_cpu.so
openexr   3.1.5
cuda      no library beside libtorch
cores     8, AVX512
threads   4 to an op, 1 with small models; they wait by GOMP_SPINCOUNT=1000
cpu       CPU, 32.0 GiB, 1.0 GiB free
cuda:0    H100, 80.0 GiB, 79.0 GiB free
model     vae.safetensors, 8.0 MiB, in the program
cache     /cache

note      memory: 1.0 GiB free
          close other programs
ok        cuda: 1 device
`
	var got strings.Builder
	if err := r.WriteText(&got); err != nil {
		t.Fatal(err)
	}
	if got.String() != want {
		t.Errorf("got\n%swant\n%s", got.String(), want)
	}
}
