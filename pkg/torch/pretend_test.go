package torch_test

import (
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/shortage"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
)

// pretending runs the test again, in a process that has a GPU that is none, and
// tells whether this is that process. What ends it is an error that says want, or
// where want is empty none.
func pretending(t *testing.T, want string, more ...string) bool {
	t.Helper()
	if os.Getenv("TOOLKIT_TEST_PRETENDS") != "" {
		return true
	}
	if testing.Short() {
		t.Skip("it compiles for seconds")
	}
	env, _ := torchtest.Pretence(t, "../..")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(self, "-test.run", "^"+t.Name()+"$", "-test.count=1", "-test.v")
	c.Env = append(append(env, "TOOLKIT_TEST_PRETENDS=1"), more...)
	out, err := c.CombinedOutput()
	if want == "" && (err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name())) {
		t.Errorf("with a GPU that is none: %v\n%s", err, out)
	}
	if want != "" && (err == nil || !strings.Contains(string(out), want)) {
		t.Errorf("with a GPU that is none: got %v\n%.2000s\nwant %q", err, out, want)
	}
	return false
}

// The layers, their slopes, draws and copies of a GPU are the CPU's where its kernels
// are the CPU's: what is only a GPU's way to them changes nothing.
func TestAPretendedGPUComputesAsTheCPU(t *testing.T) {
	if !pretending(t, "") {
		return
	}
	of := func(d torch.Device) (all [][]float32) {
		err := torch.Do(d, func(s *torch.Session) {
			s.Seed(3)
			x := s.Randn(2, 4, 8, 16).ChannelsLast()
			w := s.Uniform(-1, 1, 6, 4, 3, 3).SetRequiresGrad(true)
			y := x.PanoramaPad(1).Conv2d(w, torch.Tensor{}, torch.ConvOptions{}).GroupNorm(2, s.Ones(6), s.Zeros(6), 1e-5).SiLU()
			rows := y.Mean(2).Mean(2) // [2,6]
			loss := rows.MatMul(s.Randn(6, 5)).LogSoftmax(1).Mul(s.FromFloats([]float32{1, 0, 0, 0, 0, 0, 0, 0, 1, 0}, 2, 5)).Sum()
			all = append(all, y.Floats(), torch.Grad(loss, w)[0].Floats(), s.Rand(9).Floats(), s.Ones(3).To(torch.BFloat16).ToDevice(torch.CPU).Floats())
		})
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	got, want := of(0), of(torch.CPU)
	for i := range want {
		for k := range want[i] {
			if off := got[i][k] - want[i][k]; !(off*off <= 1e-12) {
				t.Fatalf("result %d, number %d: got %v, on the CPU %v", i, k, got[i][k], want[i][k])
			}
		}
	}
}

func TestAPretendedGPURefusesWhatAGPURefuses(t *testing.T) {
	if !pretending(t, "") {
		return
	}
	err := torch.Do(torch.CPU, func(s *torch.Session) {
		there, here := s.Ones(2, 2).ToDevice(0), s.Ones(2, 2)
		for name, mixed := range map[string]func(){
			"add":    func() { there.Add(here) },
			"matmul": func() { there.MatMul(here) },
			"cat":    func() { torch.Cat(0, there, here) },
			"select": func() { there.IndexSelect(0, s.FromInts([]int64{1}, 1)) },
			"memory": func() { there.Memory() },
		} {
			if err := torch.Do(torch.CPU, func(*torch.Session) { mixed() }); err == nil || !strings.Contains(err.Error(), "same device") && name != "memory" {
				t.Errorf("%s of a tensor there and one here: got %v, want that they are on two devices", name, err)
			}
		}
		number := s.Full(3, torch.Float32) // of no dimension: a GPU takes it along
		if got := there.Mul(number).Sum().Item(); got != 12 {
			t.Errorf("times a number of the host's: got %v, want 12", got)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Who reads a GPU's memory where a tensor says that it lies is stopped.
func TestAPretendedGPUsMemoryIsNotTheHosts(t *testing.T) {
	if !pretending(t, "fault") {
		return
	}
	_ = torch.Do(0, func(s *torch.Session) {
		x := s.Ones(4)
		t.Log("read", *(*byte)(torch.DataPointer(x)))
	})
}

func TestAPretendedGPURunsOutOfMemory(t *testing.T) {
	if !pretending(t, "", "PRETEND_MEMORY=1073741824") {
		return
	}
	err := torch.Do(0, func(s *torch.Session) {
		s.Zeros(1<<27, 1)
		s.Zeros(1<<28, 1)
	})
	var short shortage.Shortage
	if !errors.As(err, &short) || short.Device != "cuda:0" || short.Wanted != 1<<30 || short.Free != 1<<29 || short.Total != 1<<30 {
		t.Fatalf("got %v (%+v), want that 1 GiB was wanted of half a GiB", err, short)
	}
	if now, peak, err := torch.CUDAMemory(0); now != 0 || peak != 1<<29 || err != nil {
		t.Errorf("then %d bytes are held, %d at most, %v, want none and 1<<29", now, peak, err)
	}
}

// A recording reads and writes the places that it was recorded with: that they are
// gone is said, and not made up for.
func TestAPretendedRecordingNeedsItsMemory(t *testing.T) {
	if !pretending(t, "") {
		return
	}
	leave, err := torch.Lane(0)
	if err != nil {
		t.Fatal(err)
	}
	defer leave()
	err = torch.Do(0, func(s *torch.Session) {
		s.Seed(1)
		x, sum := s.Ones(3), s.Zeros(3)
		g, err := s.Record(func() { sum.CopyFrom(sum.Add(x).Add(s.Rand(3).MulScalar(0))) }, nil)
		s.Check(err)
		defer g.Free()
		g.Replay()
		g.Replay()
		if got := sum.Floats(); !slices.Equal(got, []float32{2, 2, 2}) {
			t.Errorf("got %v after two replays, want twos: what is recorded is not done", got)
		}
		if _, err := s.Record(func() { sum.Sum().Item() }, nil); err == nil || !strings.Contains(err.Error(), "waits") {
			t.Errorf("got %v, want that a recorded step cannot wait", err)
		}
		x.Free()
		g.Replay()
	})
	if err == nil || !strings.Contains(err.Error(), "freed since it was recorded") {
		t.Errorf("got %v, want that memory was freed", err)
	}
}
