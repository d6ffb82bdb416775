package torch

// #include <stdlib.h>
// #include "shim.h"
import "C"

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"unsafe"

	_ "github.com/clipenv/toolkit/internal/outofmemory"
)

// cudaState is what init found out about CUDA.
var cudaState struct {
	library string // libtorch_cuda.so, empty where there is none
	err     error  // why it would not open
}

// CUDA is opened here, before anything can ask about it: libtorch remembers
// the first answer for good.
func init() {
	C.gs_tune_allocator()
	C.gs_suit_processor()
	defer SetTF32(false) // libtorch's own choice is convolutions in TF32
	path := filepath.Join(filepath.Dir(LibraryPath()), "libtorch_cuda.so")
	if _, err := os.Stat(path); err != nil || HidesCUDA() {
		return
	}
	cudaState.library = path
	c := C.CString(path)
	defer C.free(unsafe.Pointer(c))
	if message := C.gs_open_cuda(c); message != nil {
		cudaState.err = errors.New(takeString(message))
	}
}

// HidesCUDA tells whether the user hid every CUDA device: opening the
// libraries would then only cost time.
func HidesCUDA() bool {
	devices, set := os.LookupEnv("CUDA_VISIBLE_DEVICES")
	return set && (devices == "" || devices == "-1")
}

// LibraryPath returns the libtorch_cpu.so that the process runs on.
func LibraryPath() string { return C.GoString(C.gs_library_path()) }

// Version returns libtorch's version, as the library itself says it.
func Version() string { return C.GoString(C.gs_torch_version()) }

// CPUCapability returns the vector instructions that libtorch uses: "AVX512".
func CPUCapability() string { return C.GoString(C.gs_cpu_capability()) }

// CUDALibrary returns the path of libtorch_cuda.so, empty where there is none,
// and what the loader said if it would not open.
func CUDALibrary() (path string, err error) { return cudaState.library, cudaState.err }

// CUDADevices returns the number of CUDA devices, 0 without driver or library.
func CUDADevices() int { return int(C.gs_cuda_count()) }

func cudaHint() string {
	switch {
	case cudaState.err != nil:
		return " (" + cudaState.err.Error() + ")"
	case cudaState.library == "":
		return " (this libtorch has no CUDA library: `make setup CUDA=1` brings it)"
	case CUDADevices() == 0:
		return " (the driver shows none: `toolkit doctor` says more)"
	}
	return ""
}

// SetTF32 lets a GPU round the operands of f32 products and convolutions to the
// ten bits of TF32's mantissa, or keeps it from that, for the whole process. It
// is off until it is said. The CPU's sums stay as they are.
func SetTF32(on bool) { C.gs_set_tf32(cBool(on)) }

// TF32 tells whether [SetTF32] is on.
func TF32() bool { return C.gs_tf32() != 0 }

// CUDADevice describes one CUDA device; memory is in bytes.
type CUDADevice struct {
	Name        string
	Total, Free int64
}

// DescribeCUDA asks the driver about CUDA device i.
func DescribeCUDA(i int) (CUDADevice, error) {
	var name [256]C.char
	var total, free C.size_t
	if message := C.gs_cuda_device(C.int(i), &name[0], C.int(len(name)), &total, &free); message != nil {
		return CUDADevice{}, errors.New("torch: " + firstLine(takeString(message)))
	}
	return CUDADevice{strings.TrimSpace(C.GoString(&name[0])), int64(total), int64(free)}, nil
}

// CUDAMemory returns the bytes that libtorch's allocator holds for tensors on
// CUDA device d, and the most that it ever held.
func CUDAMemory(d Device) (now, peak int64, err error) {
	var n, p C.int64_t
	if message := C.gs_cuda_allocated(C.int(d), &n, &p); message != nil {
		return 0, 0, newError("cuda memory", takeString(message), nil)
	}
	return int64(n), int64(p), nil
}

// Synchronize waits for the work queued on the session's device.
func (s *Session) Synchronize() { check("synchronize", C.gs_synchronize(C.int(s.device))) }
