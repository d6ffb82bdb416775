package torch

// #include "shim.h"
import "C"

import (
	"fmt"
	"unsafe"

	lib "github.com/sugarme/gotch/libtch"
)

// Reshape returns the same elements in another shape; one size may be −1.
func (x Tensor) Reshape(shape ...int64) Tensor {
	return unary(x, "reshape", func(out *lib.Ctensor, x lib.Ctensor) { lib.AtgReshape(out, x, orNone(shape), len(shape)) })
}

// Flatten joins the dimensions from start on: [N,C,H,W] to [N,C·H·W] for 1.
func (x Tensor) Flatten(start int64) Tensor {
	return unary(x, "flatten", func(out *lib.Ctensor, x lib.Ctensor) { lib.AtgFlatten(out, x, start, -1) })
}

// Permute reorders the dimensions.
func (x Tensor) Permute(dims ...int64) Tensor {
	return unary(x, "permute", func(out *lib.Ctensor, x lib.Ctensor) { lib.AtgPermute(out, x, orNone(dims), len(dims)) })
}

// Transpose swaps two dimensions.
func (x Tensor) Transpose(a, b int64) Tensor {
	return unary(x, "transpose", func(out *lib.Ctensor, x lib.Ctensor) { lib.AtgTranspose(out, x, a, b) })
}

// Strided returns the elements of x, which lies in memory without gaps, that
// steps of strides reach from its first: strides are in elements, one for each
// size of shape.
func (x Tensor) Strided(shape, strides []int64) Tensor {
	return unary(x, "strided", func(out *lib.Ctensor, x lib.Ctensor) {
		lib.AtgAsStrided(out, x, orNone(shape), len(shape), orNone(strides), len(strides), 0, 1) // from x's own first element on
	})
}

// Unsqueeze puts in a dimension of size 1.
func (x Tensor) Unsqueeze(dim int64) Tensor {
	return unary(x, "unsqueeze", func(out *lib.Ctensor, x lib.Ctensor) { lib.AtgUnsqueeze(out, x, dim) })
}

// Squeeze takes out a dimension, which must be of size 1.
func (x Tensor) Squeeze(dim int64) Tensor {
	s := session("squeeze", x)
	var out C.gt
	return take(s, "squeeze", C.gs_squeeze(x.ptr("squeeze"), C.int64_t(dim), &out), &out, x)
}

// Expand stretches dimensions of size 1 without copying.
func (x Tensor) Expand(shape ...int64) Tensor {
	return unary(x, "expand", func(out *lib.Ctensor, x lib.Ctensor) { lib.AtgExpand(out, x, orNone(shape), len(shape), 0) })
}

// Narrow returns the elements start…start+length−1 along dim.
func (x Tensor) Narrow(dim, start, length int64) Tensor {
	return unary(x, "narrow", func(out *lib.Ctensor, x lib.Ctensor) { lib.AtgNarrow(out, x, dim, start, length) })
}

// Select returns the i-th element along dim, which disappears.
func (x Tensor) Select(dim, i int64) Tensor {
	return unary(x, "select", func(out *lib.Ctensor, x lib.Ctensor) { lib.AtgSelect(out, x, dim, i) })
}

// IndexSelect returns the elements along dim that index, i64 [K], names.
func (x Tensor) IndexSelect(dim int64, index Tensor) Tensor {
	return binary(x, index, "index select", func(out *lib.Ctensor, x, i lib.Ctensor) { lib.AtgIndexSelect(out, x, dim, i) })
}

// Gather returns x at index, i64, along dim: for dim 1, y[i,j] = x[i,index[i,j]].
func (x Tensor) Gather(dim int64, index Tensor) Tensor {
	return binary(x, index, "gather", func(out *lib.Ctensor, x, i lib.Ctensor) { lib.AtgGather(out, x, dim, i, 0) })
}

// Cat joins tensors along an existing dimension.
func Cat(dim int64, xs ...Tensor) Tensor {
	return join("cat", xs, func(out *lib.Ctensor, cs []lib.Ctensor) { lib.AtgCat(out, cs, len(cs), dim) })
}

// Stack joins tensors of one shape along a new dimension.
func Stack(dim int64, xs ...Tensor) Tensor {
	return join("stack", xs, func(out *lib.Ctensor, cs []lib.Ctensor) { lib.AtgStack(out, cs, len(cs), dim) })
}

func join(op string, xs []Tensor, call func(*lib.Ctensor, []lib.Ctensor)) Tensor {
	if len(xs) == 0 {
		panic(misuse(op, "no tensors to join"))
	}
	s := session(op, xs...)
	cs := make([]lib.Ctensor, len(xs))
	for i, x := range xs {
		cs[i] = lib.Ctensor(x.raw(op))
	}
	var out lib.Ctensor
	call(&out, cs)
	return result(s, op, unsafe.Pointer(out), xs...)
}

// Chunk splits x into n equal parts along dim. They share its memory, and one
// copy joins their gradients.
func (x Tensor) Chunk(n, dim int64) []Tensor {
	size := x.Size(int(dim))
	if n < 1 || size%n != 0 {
		panic(misuse("chunk", fmt.Sprintf("dimension %d is %d, want a multiple of %d", dim, size, n)))
	}
	s := session("chunk", x)
	outs := make([]C.gt, n)
	check("chunk", C.gs_chunk(x.ptr("chunk"), C.int64_t(n), C.int64_t(dim), &outs[0]), x)
	parts := make([]Tensor, n)
	for i, out := range outs {
		parts[i] = s.wrap(unsafe.Pointer(out))
	}
	return parts
}

// Roll shifts x by shift along dim; what leaves at the end enters at the start.
func (x Tensor) Roll(shift, dim int64) Tensor {
	return unary(x, "roll", func(out *lib.Ctensor, x lib.Ctensor) { lib.AtgRoll(out, x, []int64{shift}, 1, []int64{dim}, 1) })
}

// Flip reverses x along dims.
func (x Tensor) Flip(dims ...int64) Tensor {
	return unary(x, "flip", func(out *lib.Ctensor, x lib.Ctensor) { lib.AtgFlip(out, x, orNone(dims), len(dims)) })
}

// Tril keeps what is on and below the given diagonal; the rest is 0.
func (x Tensor) Tril(diagonal int64) Tensor {
	return unary(x, "tril", func(out *lib.Ctensor, x lib.Ctensor) { lib.AtgTril(out, x, diagonal) })
}

// Contiguous returns x with its elements in row-major order in memory.
func (x Tensor) Contiguous() Tensor { return unary(x, "contiguous", lib.AtgContiguous) }

// ChannelsLast returns x [N,C,H,W] with the channels of a pixel side by side in
// memory; its shape stays. Convolutions are faster on it, and what comes of it
// lies in memory as it does.
func (x Tensor) ChannelsLast() Tensor {
	s := session("channels last", x)
	var out C.gt
	return take(s, "channels last", C.gs_channels_last(x.ptr("channels last"), &out), &out, x)
}

// PanoramaPad extends an equirectangular map [N,C,H,W] by p texels on each
// side, to [N,C,H+2p,W+2p], with what lies there on the sphere. Longitude
// closes on itself, and beyond a pole the map goes on from the pole downwards
// on the other side, half a turn away: row −1−i is row i rolled by W/2. W must
// be even, and p at most H and W.
func (x Tensor) PanoramaPad(p int64) Tensor {
	s := session("panorama pad", x)
	var out C.gt
	return take(s, "panorama pad", C.gs_panorama_pad(x.ptr("panorama pad"), C.int64_t(p), 0, &out), &out, x)
}

// panoramaPadByIndex is PanoramaPad as a GPU does it, on any device.
func (x Tensor) panoramaPadByIndex(p int64) Tensor {
	s := session("panorama pad", x)
	var out C.gt
	return take(s, "panorama pad", C.gs_panorama_pad(x.ptr("panorama pad"), C.int64_t(p), 1, &out), &out, x)
}

// Clone returns a copy that shares no memory; gradients flow through.
func (x Tensor) Clone() Tensor {
	s := session("clone", x)
	var out C.gt
	return take(s, "clone", C.gs_clone(x.ptr("clone"), &out), &out, x)
}

// Detach returns the same elements cut off from the graph.
func (x Tensor) Detach() Tensor { return unary(x, "detach", lib.AtgDetach) }

// To converts the elements; the same type gives the same tensor.
func (x Tensor) To(dtype DType) Tensor { return convert(x, dtype, x.Device()) }

// ToDevice moves the elements; the same device gives the same tensor.
func (x Tensor) ToDevice(d Device) Tensor { return convert(x, x.DType(), d) }

func convert(x Tensor, dtype DType, d Device) Tensor {
	s := session("to", x)
	var out C.gt
	return take(s, "to", C.gs_to(x.ptr("to"), C.int(dtype), C.int(d), &out), &out, x)
}

// orNone makes room to point at where there are no ints: gotch takes the
// address of the first.
func orNone(v []int64) []int64 {
	if len(v) == 0 {
		return noSizes[:]
	}
	return v
}

var noSizes [1]int64
