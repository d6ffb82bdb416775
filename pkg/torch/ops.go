package torch

// #include "shim.h"
import "C"

import (
	"unsafe"

	lib "github.com/sugarme/gotch/libtch"
)

// The forms that ops come in: gotch's calls write their result through a
// pointer, or nothing when they throw; the shim's return a message.

func unary(x Tensor, op string, call func(*lib.Ctensor, lib.Ctensor)) Tensor {
	s := session(op, x)
	var out lib.Ctensor
	call(&out, lib.Ctensor(x.raw(op)))
	return result(s, op, unsafe.Pointer(out), x)
}

func binary(x, y Tensor, op string, call func(out *lib.Ctensor, x, y lib.Ctensor)) Tensor {
	s := session(op, x, y)
	var out lib.Ctensor
	call(&out, lib.Ctensor(x.raw(op)), lib.Ctensor(y.raw(op)))
	return result(s, op, unsafe.Pointer(out), x, y)
}

// take wraps what a call of the shim's made; out is a pointer because Go may
// read a variable before it makes the call beside it.
func take(s *Session, op string, message C.gerr, out *C.gt, xs ...Tensor) Tensor {
	check(op, message, xs...)
	return s.wrap(unsafe.Pointer(*out))
}
