package torch

// #include "shim.h"
import "C"

import (
	"fmt"
	"unsafe"
)

// FromFloats copies data into a new f32 tensor of the given shape.
func (s *Session) FromFloats(data []float32, shape ...int64) Tensor {
	return fromSlice(s, data, Float32, shape)
}

// FromInts copies data into a new i64 tensor of the given shape.
func (s *Session) FromInts(data []int64, shape ...int64) Tensor {
	return fromSlice(s, data, Int64, shape)
}

// FromBytes copies raw little-endian elements into a new tensor.
func (s *Session) FromBytes(data []byte, dtype DType, shape ...int64) Tensor {
	if want := numel(shape) * dtype.Size(); int64(len(data)) != want {
		panic(misuse("from bytes", fmt.Sprintf("%d bytes for %v %v, want %d", len(data), shape, dtype, want)))
	}
	return s.fromData(unsafe.Pointer(unsafe.SliceData(data)), dtype, shape)
}

func fromSlice[E float32 | int64](s *Session, data []E, dtype DType, shape []int64) Tensor {
	if want := numel(shape); int64(len(data)) != want {
		panic(misuse("from slice", fmt.Sprintf("%d values for %v, want %d", len(data), shape, want)))
	}
	return s.fromData(unsafe.Pointer(unsafe.SliceData(data)), dtype, shape)
}

func (s *Session) fromData(data unsafe.Pointer, dtype DType, shape []int64) Tensor {
	if s.recording { // a replay would read memory that is no longer the data's
		panic(misuse("from data", "the step is being recorded: make the tensor before, or a Constant"))
	}
	var out C.gt
	check("from data", C.gs_from_data(data, cInts(shape), C.int(len(shape)), C.int(dtype), C.int(s.device), &out))
	return s.wrap(unsafe.Pointer(out))
}

// Floats copies the elements out, converted to float32, in row-major order.
func (x Tensor) Floats() []float32 {
	return copyOut[float32](x, Float32)
}

// Ints copies the elements out, converted to int64, in row-major order.
func (x Tensor) Ints() []int64 {
	return copyOut[int64](x, Int64)
}

// Bytes copies the elements out as they are, little-endian, in row-major order.
func (x Tensor) Bytes() []byte {
	m := x.meta("bytes")
	data := make([]byte, numel(m.shape)*m.dtype.Size())
	check("bytes", C.gs_copy_out(x.ptr("bytes"), unsafe.Pointer(unsafe.SliceData(data)), C.size_t(len(data))), x)
	return data
}

// Memory returns the elements themselves, of a contiguous tensor on the CPU:
// little-endian, in row-major order, not to be written, and gone when the
// tensor is freed.
func (x Tensor) Memory() []byte {
	var data unsafe.Pointer
	var n C.size_t
	check("memory", C.gs_memory(x.ptr("memory"), &data, &n), x)
	return unsafe.Slice((*byte)(data), int(n))
}

// Item returns the only element of x.
func (x Tensor) Item() float64 {
	var v C.double
	check("item", C.gs_item(x.ptr("item"), &v), x)
	return float64(v)
}

func copyOut[E float32 | int64](x Tensor, dtype DType) []E {
	m := x.meta("copy out")
	c := x.ptr("copy out")
	if m.dtype != dtype {
		var same C.gt
		check("copy out", C.gs_to(c, C.int(dtype), C.int(m.device), &same), x)
		defer freeMany([]unsafe.Pointer{unsafe.Pointer(same)})
		c = same
	}
	data := make([]E, numel(m.shape))
	bytes := C.size_t(len(data)) * C.size_t(unsafe.Sizeof(*new(E)))
	check("copy out", C.gs_copy_out(c, unsafe.Pointer(unsafe.SliceData(data)), bytes), x)
	return data
}

// CopyFrom overwrites the elements of x with those of y, which has the same
// shape, outside any graph. It is for weights and optimiser state.
func (x Tensor) CopyFrom(y Tensor) {
	check("copy from", C.gs_copy_into(x.ptr("copy from"), y.ptr("copy from")), x, y)
}

// cInts points to the ints, to something valid where there are none.
func cInts(v []int64) *C.int64_t {
	if len(v) == 0 {
		return (*C.int64_t)(unsafe.Pointer(&noInts[0]))
	}
	return (*C.int64_t)(unsafe.Pointer(&v[0]))
}

var noInts [1]int64
