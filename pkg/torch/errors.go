package torch

// #include <stdlib.h>
// #include "shim.h"
import "C"

import (
	"fmt"
	"strings"
	"unsafe"

	lib "github.com/sugarme/gotch/libtch"

	"github.com/clipenv/toolkit/pkg/torch/shortage"
)

// Error is an op that libtorch refused: which, on what, and libtorch's reason.
type Error struct {
	Op     string   // as in this package: "conv2d"
	Shapes []string // of the operands: "[1 3 64 128] f32"
	Reason string   // the first line of libtorch's message, or ours where that is not clear
	cause  error    // a shortage.Shortage, or nil
}

// Unwrap returns the [shortage.Shortage] of an op that found no memory.
func (e *Error) Unwrap() error { return e.cause }

func (e *Error) Error() string {
	if len(e.Shapes) == 0 {
		return fmt.Sprintf("torch: %s: %s", e.Op, e.Reason)
	}
	return fmt.Sprintf("torch: %s(%s): %s", e.Op, strings.Join(e.Shapes, ", "), e.Reason)
}

func newError(op, message string, xs []Tensor) *Error {
	e := &Error{Op: op, Reason: firstLine(message)}
	if s, ok := shortage.Parse(message); ok {
		e.Reason, e.cause = s.Error()+": make the batch, the picture or the model smaller", s
	}
	for _, x := range xs {
		if x.h != nil {
			e.Shapes = append(e.Shapes, x.String())
		}
	}
	return e
}

// firstLine drops the C++ stack, and the source position of some messages.
func firstLine(message string) string {
	message, _, _ = strings.Cut(message, "\nException raised from")
	message, _, _ = strings.Cut(message, ". This could be because") // a list of every backend follows
	message, _, _ = strings.Cut(strings.TrimSpace(message), "\n")
	if strings.HasPrefix(message, "[enforce fail at ") {
		if _, rest, ok := strings.Cut(message, "] "); ok {
			message = rest
		}
	}
	return strings.TrimSuffix(message, ".")
}

// check stops the session of the operands where the shim returned a message.
func check(op string, message C.gerr, xs ...Tensor) {
	if message != nil {
		panic(stop{newError(op, takeString(message), xs)})
	}
}

// result wraps what an op of gotch's wrote; nothing written means that it
// threw, and then gotch's per-thread slot has the message.
func result(s *Session, op string, out unsafe.Pointer, xs ...Tensor) Tensor {
	if out == nil {
		panic(stop{newError(op, lastGotchError(), xs)})
	}
	return s.wrap(out)
}

func lastGotchError() string {
	if message := lib.GetAndResetLastErr(); message != nil {
		return takeString((C.gerr)(unsafe.Pointer(message)))
	}
	return "no result and no message from libtorch"
}

func takeString(message C.gerr) string {
	defer C.free(unsafe.Pointer(message))
	return C.GoString(message)
}
