package torch

import (
	"fmt"
	"strconv"
	"strings"
)

// Device is where a tensor's elements are: CPU, or the n-th CUDA device as n.
type Device int

// CPU is the host's memory.
const CPU Device = -1

// String gives the name that [ParseDevice] reads.
func (d Device) String() string {
	if d == CPU {
		return "cpu"
	}
	return fmt.Sprintf("cuda:%d", int(d))
}

// ParseDevice reads "auto" (the first CUDA device, the CPU where there is
// none), "cpu", "cuda" or "cuda:N".
func ParseDevice(name string) (Device, error) {
	switch name {
	case "cpu":
		return CPU, nil
	case "auto", "":
		if CUDADevices() > 0 {
			return 0, nil
		}
		return CPU, nil
	}
	index, ok := strings.CutPrefix(name, "cuda:")
	if name == "cuda" {
		index, ok = "0", true
	}
	n, err := strconv.ParseUint(index, 10, 8)
	if !ok || err != nil {
		return CPU, fmt.Errorf("torch: device %q: want auto, cpu, cuda or cuda:N", name)
	}
	if have := CUDADevices(); n >= uint64(have) {
		return CPU, fmt.Errorf("torch: device %s: this machine has %d CUDA devices%s", name, have, cudaHint())
	}
	return Device(n), nil
}

// DType is the type of a tensor's elements, numbered as in libtorch.
type DType int

// The element types that the toolkit uses.
const (
	Uint8    DType = 0
	Int8     DType = 1
	Int16    DType = 2
	Int32    DType = 3
	Int64    DType = 4
	Float16  DType = 5
	Float32  DType = 6
	Float64  DType = 7
	Bool     DType = 11
	BFloat16 DType = 15
)

// Size returns the bytes of one element, 0 for a type not listed here.
func (t DType) Size() int64 {
	switch t {
	case Uint8, Int8, Bool:
		return 1
	case Int16, Float16, BFloat16:
		return 2
	case Int32, Float32:
		return 4
	case Int64, Float64:
		return 8
	}
	return 0
}

func (t DType) String() string {
	switch t {
	case Uint8:
		return "u8"
	case Int8:
		return "i8"
	case Int16:
		return "i16"
	case Int32:
		return "i32"
	case Int64:
		return "i64"
	case Float16:
		return "f16"
	case Float32:
		return "f32"
	case Float64:
		return "f64"
	case Bool:
		return "bool"
	case BFloat16:
		return "bf16"
	}
	return fmt.Sprintf("dtype(%d)", int(t))
}
