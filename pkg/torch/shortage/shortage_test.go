package shortage_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/clipenv/toolkit/pkg/torch/shortage"
)

const (
	mib = 1 << 20
	gib = 1 << 30
)

// The texts are those of libtorch 2.11's allocators and of CUDA's libraries.
const (
	full = `CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 79.25 GiB of which 1.50 GiB is free. ` +
		`Including non-PyTorch memory, this process has 77.75 GiB memory in use. Of the allocated memory 76.50 GiB is allocated by PyTorch, ` +
		`and 680.86 MiB is reserved by PyTorch but unallocated. If reserved but unallocated memory is large try setting ` +
		`PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True to avoid fragmentation.  See documentation for Memory Management`
	shared = `CUDA out of memory. Tried to allocate 512.00 MiB. GPU 3 has a total capacity of 16.00 GiB of which 256.00 MiB is free. ` +
		`Process 4711 has 12.00 GiB memory in use. Including non-PyTorch memory, this process has 3.75 GiB memory in use. Of the allocated memory 3.00 GiB is allocated by PyTorch`
	huge = `CUDA out of memory. Tried to allocate 60.00 GiB. GPU 0 has a total capacity of 16.00 GiB of which 11.00 GiB is free. ` +
		`Including non-PyTorch memory, this process has 4.00 GiB memory in use.`
	bare    = `CUDA out of memory. Tried to allocate 20.00 MiB`
	host    = `[enforce fail at alloc_cpu.cpp:124] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 4294967296 bytes. Error code 12 (Cannot allocate memory)`
	runtime = "CUDA error: out of memory\nCUDA kernel errors might be asynchronously reported at some other API call"
	cublas  = "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"
)

func TestWhatAllocatorsSayIsRead(t *testing.T) {
	for _, c := range []struct {
		name, message string
		want          shortage.Shortage
		said          string
	}{
		{"a full GPU", full, shortage.Shortage{Device: "cuda:0", Wanted: 2 * gib, Free: gib + gib/2, Total: 79*gib + gib/4, Used: 77*gib + 3*gib/4},
			"out of memory on cuda:0: 2.00 GiB wanted, 1.50 GiB of 79.25 GiB free"},
		{"a GPU that others use", shared, shortage.Shortage{Device: "cuda:3", Wanted: 512 * mib, Free: 256 * mib, Total: 16 * gib, Used: 3*gib + 3*gib/4},
			"out of memory on cuda:3: 0.50 GiB wanted, 0.25 GiB of 16.00 GiB free, 12.00 GiB held by other processes"},
		{"a short text", bare, shortage.Shortage{Device: "cuda", Wanted: 20 * mib}, "out of memory on the cuda device: 0.02 GiB wanted"},
		{"the CPU", host, shortage.Shortage{Device: "cpu", Wanted: 4 * gib}, "out of memory on the cpu: 4.00 GiB wanted"},
		{"the CPU, by C++", "std::bad_alloc", shortage.Shortage{Device: "cpu"}, "out of memory on the cpu"},
		{"CUDA's runtime", runtime, shortage.Shortage{Device: "cuda"}, "out of memory on the cuda device"},
		{"cuBLAS", cublas, shortage.Shortage{Device: "cuda"}, "out of memory on the cuda device"},
	} {
		got, ok := shortage.Parse(c.message)
		if !ok || got != c.want {
			t.Errorf("%s: got %+v, %v, want %+v", c.name, got, ok, c.want)
		}
		if got.Error() != c.said {
			t.Errorf("%s: got %q, want %q", c.name, got, c.said)
		}
	}
}

func TestOtherMessagesAreNoShortage(t *testing.T) {
	for _, message := range []string{"", "mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)", "CUDA error: an illegal memory access was encountered"} {
		if got, ok := shortage.Parse(message); ok {
			t.Errorf("%q: got %+v, want no shortage", message, got)
		}
	}
}

// What is to be tried next is less than what failed and more than nothing, as
// long as there is less to try.
func TestFit(t *testing.T) {
	for _, c := range []struct {
		message string
		n, want int
	}{
		{full, 32, 16}, {full, 3, 1}, {full, 2, 1}, {full, 1, 0}, {full, 0, 0},
		{huge, 64, 13}, // .9 × 15 GiB of the 64 GiB that it would have held
		{bare, 32, 16}, {host, 32, 16}, {runtime, 32, 16},
	} {
		s, _ := shortage.Parse(c.message)
		if got := s.Fit(c.n); got != c.want {
			t.Errorf("%v: of %d: got %d, want %d", s, c.n, got, c.want)
		}
	}
}

func TestAShortageIsFoundInWhatWrapsIt(t *testing.T) {
	s, _ := shortage.Parse(full)
	var found shortage.Shortage
	if err := fmt.Errorf("step 3: %w", s); !errors.As(err, &found) || found != s {
		t.Errorf("got %+v, want %+v", found, s)
	}
}
