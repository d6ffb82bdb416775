package torch

// #cgo noescape gs_meta
// #cgo nocallback gs_meta
// #cgo noescape gs_dims
// #cgo nocallback gs_dims
// #include "shim.h"
import "C"

import (
	"fmt"
	"unsafe"
)

// Tensor is a libtorch tensor of a session, or an owned one; two words, passed
// by value. The zero Tensor is none, where an op says so.
type Tensor struct {
	s *Session
	h *handle
}

// maxDims bounds a tensor's rank: far above what any model here has.
const maxDims = 16

// ptr returns the C tensor, and stops the session if there is none.
func (x Tensor) ptr(op string) C.gt {
	return C.gt(x.raw(op))
}

func (x Tensor) raw(op string) unsafe.Pointer {
	if x.h == nil {
		panic(misuse(op, "the tensor is the zero Tensor"))
	}
	if x.h.c == nil {
		panic(misuse(op, "the tensor was freed: keep it with Tidy(&it) or Own"))
	}
	return x.h.c
}

// opt is raw for an operand that may be the zero Tensor.
func (x Tensor) opt(op string) unsafe.Pointer {
	if x.h == nil {
		return nil
	}
	return x.raw(op)
}

// IsZero tells whether x is the zero Tensor.
func (x Tensor) IsZero() bool { return x.h == nil }

type meta struct {
	shape  []int64
	dtype  DType
	device Device
	grad   bool
}

func (x Tensor) meta(op string) meta {
	var shape [maxDims]C.int64_t
	var dims, dtype, device, grad C.int
	c := x.ptr(op)
	if n := C.gs_dims(c); n > maxDims {
		panic(misuse(op, fmt.Sprintf("the tensor has %d dimensions, want at most %d", n, maxDims)))
	}
	C.gs_meta(c, &shape[0], &dims, &dtype, &device, &grad)
	m := meta{make([]int64, dims), DType(dtype), Device(device), grad != 0}
	for i := range m.shape {
		m.shape[i] = int64(shape[i])
	}
	return m
}

// Shape returns the sizes of the dimensions, the outermost first.
func (x Tensor) Shape() []int64 { return x.meta("shape").shape }

// Size returns the size of one dimension; a negative dim counts from the end.
func (x Tensor) Size(dim int) int64 {
	shape := x.meta("size").shape
	if dim < 0 {
		dim += len(shape)
	}
	if dim < 0 || dim >= len(shape) {
		panic(misuse("size", fmt.Sprintf("no dimension %d in %v", dim, shape)))
	}
	return shape[dim]
}

// Numel returns the number of elements.
func (x Tensor) Numel() int64 { return numel(x.meta("numel").shape) }

// DType returns the type of the elements.
func (x Tensor) DType() DType { return x.meta("dtype").dtype }

// Device returns where the elements are.
func (x Tensor) Device() Device { return x.meta("device").device }

// RequiresGrad tells whether gradients flow to x.
func (x Tensor) RequiresGrad() bool { return x.meta("requires grad").grad }

// Session returns the session of x, nil for an owned tensor.
func (x Tensor) Session() *Session { return x.s }

// String gives shape and type, as in "[1 3 64 128] f32".
func (x Tensor) String() string {
	if x.h == nil {
		return "none"
	}
	if x.h.c == nil {
		return "freed"
	}
	m := x.meta("string")
	return fmt.Sprintf("%v %v", m.shape, m.dtype)
}

func numel(shape []int64) int64 {
	n := int64(1)
	for _, d := range shape {
		n *= d
	}
	return n
}

// Pointer returns the at::Tensor* behind x, for the C++ of a package under this
// one. It is good as long as x is.
func (x Tensor) Pointer() unsafe.Pointer { return x.raw("pointer") }
