package torch

// #include "shim.h"
import "C"

// Lanes is how many channels a block has.
const Lanes = 16

// A map [N,C,H,W], in rows, can also lie in blocks: [N,C/16,H,W,16], the 16
// channels of a block side by side at each texel. On a CPU with AVX-512 oneDNN
// computes convolutions so, those of bf16 too where there is no AMX, and brings a
// map in rows into blocks and back in each of a convolution's three passes. Ops on
// single elements, PanoramaPad and what follows here keep a map in blocks. A
// gradient has no gradient there.

// InBlocks tells whether x has the shape of a map in blocks.
func (x Tensor) InBlocks() bool {
	shape := x.Shape()
	return len(shape) == 5 && shape[4] == Lanes
}

// TakesBlocks tells whether Conv2dBlocks of x, [N,C,H,W], with w computes in
// blocks, as this machine's Conv2d does: in f32 or bf16, autocast's too, with a
// multiple of 16 outputs, on such a CPU.
func (x Tensor) TakesBlocks(w Tensor) bool {
	var takes C.int
	check("takes blocks", C.gs_takes_blocks(x.ptr("takes blocks"), w.ptr("takes blocks"), &takes), x, w)
	return takes != 0
}

// Conv2dBlocks is Conv2d of x, in rows or in blocks, with w [D,C,K,L] and b, [D]
// or none, without padding: [N,D/16,H',W',16]. Autocast casts for it as for Conv2d.
func (x Tensor) Conv2dBlocks(w, b Tensor, stride int64) Tensor {
	s := session("conv2d in blocks", x, w, b)
	var out C.gt
	message := C.gs_conv2d_blocks(x.ptr("conv2d in blocks"), w.ptr("conv2d in blocks"), C.gt(b.opt("conv2d in blocks")), C.int64_t(max(stride, 1)), &out)
	return take(s, "conv2d in blocks", message, &out, x, w, b)
}

// GroupNormBlocks is GroupNorm of x, f32 or bf16 in blocks, with w and b [C] of
// f32. Sums are of f32. A group's channels divide 16 or are a multiple of it.
func (x Tensor) GroupNormBlocks(groups int64, w, b Tensor, eps float64) Tensor {
	s := session("group norm in blocks", x, w, b)
	var out C.gt
	message := C.gs_group_norm_blocks(x.ptr("group norm in blocks"), C.int64_t(groups), w.ptr("group norm in blocks"), b.ptr("group norm in blocks"), C.double(eps), &out)
	return take(s, "group norm in blocks", message, &out, x, w, b)
}

// Rows brings x, in blocks, to [N,C,H,W].
func (x Tensor) Rows() Tensor {
	s := session("rows", x)
	var out C.gt
	return take(s, "rows", C.gs_rows(x.ptr("rows"), &out), &out, x)
}
