package torch

// #include "shim.h"
import "C"

import "unsafe"

// Become makes x, an owned tensor, the same tensor as y, of whatever shape,
// type and device: every copy of the Go value x follows. Graphs, and the
// tensors that Session.Use made of x, keep the old one.
func (x Tensor) Become(y Tensor) {
	old := x.raw("become")
	if x.s != nil {
		panic(misuse("become", "the tensor belongs to a session: make it with Own"))
	}
	var out C.gt
	check("become", C.gs_alias(y.ptr("become"), &out), y)
	x.h.c = unsafe.Pointer(out)
	freeMany([]unsafe.Pointer{old})
}
