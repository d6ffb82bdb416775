package torch_test

import (
	"bytes"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
)

// TF32 is off until it is said, whatever libtorch's own choice, and the CPU's sums
// do not know of it.
func TestTF32IsOffUntilItIsSaid(t *testing.T) {
	if torch.TF32() {
		t.Error("TF32 is on at the start, want off")
	}
	defer torch.SetTF32(false)
	sums := func() (out []byte) {
		err := torch.Do(torch.CPU, func(s *torch.Session) {
			s.Seed(1)
			x := s.Randn(2, 3, 9, 9)
			y := x.Conv2d(s.Randn(4, 3, 3, 3), torch.Tensor{}, torch.ConvOptions{})
			out = append(y.Bytes(), y.Flatten(1).MatMul(s.Randn(4*49, 5)).Bytes()...)
		})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	off := sums()
	torch.SetTF32(true)
	if !torch.TF32() {
		t.Error("TF32 is off after it was said, want on")
	}
	if !bytes.Equal(off, sums()) {
		t.Error("the CPU's sums differ with TF32, want the same bytes")
	}
	torch.SetTF32(false)
	if torch.TF32() {
		t.Error("TF32 is on after it was taken back, want off")
	}
}

func TestAConstantIsItsNumbers(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		for range 2 { // a device keeps it after the first
			x := s.Constant([]float32{1, 2, 3, 4, 5, 6}, 2, 3)
			if got := x.Floats(); !slices.Equal(got, []float32{1, 2, 3, 4, 5, 6}) || x.Size(1) != 3 {
				t.Errorf("got %v %v, want 1 to 6 in two rows", x, got)
			}
		}
		if got := s.Constant([]float32{1, 2, 3, 4, 5, 6}, 3, 2).Shape(); !slices.Equal(got, []int64{3, 2}) {
			t.Errorf("got %v, want [3 2]: the same numbers in another shape are another constant", got)
		}
		if got := s.Constant(nil, 0).Shape(); !slices.Equal(got, []int64{0}) {
			t.Errorf("got %v, want [0]", got)
		}
	})
}

// The padding by a list of texels, which a GPU takes, is the kernel's: the same
// numbers, in either layout, and the same slopes.
func TestPanoramaPadByIndexIsTheKernels(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		s.Seed(1)
		for _, c := range []struct {
			shape []int64
			p     int64
		}{{[]int64{2, 3, 4, 8}, 1}, {[]int64{3, 5, 2, 4}, 2}, {[]int64{1, 4, 6, 2}, 2}, {[]int64{2, 8, 16, 32}, 3}} {
			x := s.Randn(c.shape...)
			g := s.Randn(c.shape[0], c.shape[1], c.shape[2]+2*c.p, c.shape[3]+2*c.p)
			of := func(pad func(torch.Tensor, int64) torch.Tensor, x torch.Tensor) (y, slope torch.Tensor) {
				x = x.Detach().SetRequiresGrad(true)
				y = pad(x, c.p)
				return y, torch.GradWith(y, g, false, x)[0]
			}
			want, wantSlope := of(torch.Tensor.PanoramaPad, x)
			for _, x := range []torch.Tensor{x, x.ChannelsLast()} {
				y, slope := of(torch.PanoramaPadByIndex, x)
				if off := y.Sub(want).Abs().Max().Item(); off != 0 {
					t.Errorf("%v by %d: off by %v, want the same", c.shape, c.p, off)
				}
				if off := slope.Sub(wantSlope).Abs().Max().Item(); off > torchtest.Tolerance(t, 1e-5) {
					t.Errorf("%v by %d: the slope is off by %v", c.shape, c.p, off)
				}
			}
		}
	})
}

// A step that was recorded does at each replay what it does: it reads what lies in
// the tensors that it was recorded with, and leaves its results in them.
func TestARecordedStepIsTheStep(t *testing.T) {
	device := torchtest.Device(t)
	if err := torch.CanRecord(device); err != nil {
		t.Skip(err)
	}
	leave, err := torch.Lane(device)
	if err != nil {
		t.Fatal(err)
	}
	defer leave()
	torchtest.Do(t, func(s *torch.Session) {
		x, sum := s.Zeros(3), s.Zeros(3)
		step := func() { sum.CopyFrom(sum.Add(x.Square())) }
		s.Scope(step) // as it must have run once
		g, err := s.Record(step)
		s.Check(err)
		defer g.Free()
		for i := range 3 {
			x.CopyFrom(s.FromFloats([]float32{float32(i), 1, 2}, 3))
			g.Replay()
		}
		if got, want := sum.Floats(), []float32{5, 3, 12}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

// Where the library of CUDA graphs is not there, or is none, a device is said to
// record nothing, and how to come by it.
func TestWithoutTheLibraryNothingIsRecorded(t *testing.T) {
	if os.Getenv("TOOLKIT_TEST_SAYS_WHY") != "" {
		err := torch.CanRecord(0)
		if err == nil {
			t.Fatal("got no error, want one")
		}
		os.Stdout.WriteString("said: " + err.Error() + "\n")
		return
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	none := t.TempDir() + "/none.so"
	other := t.TempDir() + "/other.so"
	if err := os.WriteFile(other, []byte("no library"), 0o644); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{none: "none.so: cannot open shared object file", other: "other.so: file too short", torch.LibraryPath(): "it has no toolkit_graph_enter"} {
		c := exec.Command(self, "-test.run", "^TestWithoutTheLibraryNothingIsRecorded$", "-test.count=1")
		c.Env = append(os.Environ(), "TOOLKIT_GRAPH="+path, "TOOLKIT_TEST_SAYS_WHY=1")
		out, err := c.CombinedOutput()
		if err != nil || !strings.Contains(string(out), want) || !strings.Contains(string(out), "scripts/plugins.sh builds it") {
			t.Errorf("%s: got %v\n%s\nwant %q and how to build it", path, err, out, want)
		}
	}
	if err := torch.CanRecord(torch.CPU); err != nil {
		t.Errorf("the CPU: got %v, want none: a recording is the function there", err)
	}
}
