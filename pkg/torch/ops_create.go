package torch

// #include "shim.h"
import "C"

import (
	"unsafe"

	lib "github.com/sugarme/gotch/libtch"
)

// Zeros returns f32 zeros on the session's device.
func (s *Session) Zeros(shape ...int64) Tensor { return s.Full(0, Float32, shape...) }

// Ones returns f32 ones on the session's device.
func (s *Session) Ones(shape ...int64) Tensor { return s.Full(1, Float32, shape...) }

// Full returns a tensor of a everywhere.
func (s *Session) Full(a float64, dtype DType, shape ...int64) Tensor {
	var out C.gt
	return take(s, "full", C.gs_full(cInts(shape), C.int(len(shape)), C.double(a), C.int(dtype), C.int(s.device), &out), &out)
}

// Scalar returns an f32 tensor of no dimensions.
func (s *Session) Scalar(a float64) Tensor { return s.Full(a, Float32) }

// Eye returns the f32 identity [N,N].
func (s *Session) Eye(n int64) Tensor {
	var out lib.Ctensor
	lib.AtgEye(&out, n, int32(Float32), int32(s.device))
	return result(s, "eye", unsafe.Pointer(out))
}

// Arange returns from, from+step, … below to.
func (s *Session) Arange(from, to, step float64, dtype DType) Tensor {
	var out C.gt
	return take(s, "arange", C.gs_arange(C.double(from), C.double(to), C.double(step), C.int(dtype), C.int(s.device), &out), &out)
}

// ZerosLike returns zeros of x's shape, type and device.
func (x Tensor) ZerosLike() Tensor { return unary(x, "zeros like", lib.AtgZerosLike) }

// OnesLike returns ones of x's shape, type and device.
func (x Tensor) OnesLike() Tensor { return unary(x, "ones like", lib.AtgOnesLike) }
