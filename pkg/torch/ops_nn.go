package torch

// #include "shim.h"
import "C"

import (
	"unsafe"

	lib "github.com/sugarme/gotch/libtch"
)

// MatMul returns the matrix product: [..,M,K]·[..,K,N] to [..,M,N].
func (x Tensor) MatMul(y Tensor) Tensor { return binary(x, y, "matmul", lib.AtgMatmul) }

// Linear returns x·wᵀ + b: x is [..,In], w [Out,In], b [Out] or none. On the
// CPU the f32 product of a wide layer, from 512 on both sides, is oneDNN's.
func (x Tensor) Linear(w, b Tensor) Tensor {
	s := session("linear", x, w, b)
	var out C.gt
	return take(s, "linear", C.gs_linear(x.ptr("linear"), w.ptr("linear"), C.gt(b.opt("linear")), &out), &out, x, w, b)
}

// Embedding returns the rows of weight [V,D] that ids, i64 [..], name: [..,D].
func (ids Tensor) Embedding(weight Tensor) Tensor {
	return binary(ids, weight, "embedding", func(out *lib.Ctensor, ids, w lib.Ctensor) { lib.AtgEmbedding(out, w, ids, -1, 0, 0) })
}

// ConvOptions are those of a 2-D convolution, for both dimensions alike; zero
// stride, dilation and groups mean 1.
type ConvOptions struct{ Stride, Padding, Dilation, Groups int64 }

// Conv2d convolves x [N,C,H,W] with w [D,C/groups,K,L] and adds b, [D] or
// none: [N,D,H',W']. Padding is with zeros; for a panorama pad first.
func (x Tensor) Conv2d(w, b Tensor, o ConvOptions) Tensor {
	s := session("conv2d", x, w, b)
	stride, dilation, groups := max(o.Stride, 1), max(o.Dilation, 1), max(o.Groups, 1)
	var out lib.Ctensor
	lib.AtgConv2d(&out, lib.Ctensor(x.raw("conv2d")), lib.Ctensor(w.raw("conv2d")), lib.Ctensor(b.opt("conv2d")),
		[]int64{stride, stride}, 2, []int64{o.Padding, o.Padding}, 2, []int64{dilation, dilation}, 2, groups)
	return result(s, "conv2d", unsafe.Pointer(out), x, w, b)
}

// GroupNorm normalises x [N,C,..] over groups of channels (Wu & He,
// arXiv:1803.08494), then scales by w and shifts by b, both [C] or none.
func (x Tensor) GroupNorm(groups int64, w, b Tensor, eps float64) Tensor {
	s := session("group norm", x, w, b)
	var out lib.Ctensor
	lib.AtgGroupNorm(&out, lib.Ctensor(x.raw("group norm")), groups, lib.Ctensor(w.opt("group norm")), lib.Ctensor(b.opt("group norm")), eps, 1)
	return result(s, "group norm", unsafe.Pointer(out), x, w, b)
}

// LayerNorm normalises x over its last dimension, of size D (Ba et al.,
// arXiv:1607.06450), then scales by w and shifts by b, both [D] or none.
func (x Tensor) LayerNorm(w, b Tensor, eps float64) Tensor {
	s := session("layer norm", x, w, b)
	var out lib.Ctensor
	lib.AtgLayerNorm(&out, lib.Ctensor(x.raw("layer norm")), []int64{x.Size(-1)}, 1, lib.Ctensor(w.opt("layer norm")), lib.Ctensor(b.opt("layer norm")), eps, 1)
	return result(s, "layer norm", unsafe.Pointer(out), x, w, b)
}

// Normalize returns x/max(‖x‖₂, eps) along dim.
func (x Tensor) Normalize(dim int64, eps float64) Tensor {
	s := session("normalize", x)
	var out C.gt
	return take(s, "normalize", C.gs_normalize(x.ptr("normalize"), C.int64_t(dim), C.double(eps), &out), &out, x)
}

// LogSoftmax returns log softmax along dim, without overflow.
func (x Tensor) LogSoftmax(dim int64) Tensor {
	s := session("log softmax", x)
	var out C.gt
	return take(s, "log softmax", C.gs_log_softmax(x.ptr("log softmax"), C.int64_t(dim), &out), &out, x)
}

// Attention returns softmax(q·kᵀ·scale + mask)·v with the fused kernels: q is
// [N,heads,L,E], k and v [N,heads,S,E]. mask, [L,S] or one that broadcasts, is
// added (or, as bool, says where to look), or none; causal looks back only.
// scale 0 means 1/√E. On the CPU bf16 and f16 are computed in f32, which is
// faster there, and rounded at the end.
func Attention(q, k, v, mask Tensor, causal bool, scale float64) Tensor {
	s := session("attention", q, k, v, mask)
	var out C.gt
	message := C.gs_sdpa(q.ptr("attention"), k.ptr("attention"), v.ptr("attention"), C.gt(mask.opt("attention")), cBool(causal), C.double(scale), &out)
	return take(s, "attention", message, &out, q, k, v)
}

// CrossEntropy returns the mean of −log softmax(x)[target]: x is [N,C], target
// i64 [N] or probabilities [N,C].
func (x Tensor) CrossEntropy(target Tensor) Tensor {
	return binary(x, target, "cross entropy", func(out *lib.Ctensor, x, t lib.Ctensor) {
		lib.AtgCrossEntropyLoss(out, x, t, lib.Ctensor(nil), reduceMean, -100, 0)
	})
}

// MSE returns the mean of (x − y)².
func (x Tensor) MSE(y Tensor) Tensor {
	return binary(x, y, "mse", func(out *lib.Ctensor, x, y lib.Ctensor) { lib.AtgMseLoss(out, x, y, reduceMean) })
}

// reduceMean is at::Reduction::Mean.
const reduceMean = 1

// SVD returns the thin singular value decomposition of x [M,N]: x = u·diag(s)·vh
// with K = min(M,N), u [M,K], s [K] descending, vh [K,N].
func (x Tensor) SVD() (u, s, vh Tensor) {
	in := session("svd", x)
	var a, b, c C.gt
	check("svd", C.gs_svd(x.ptr("svd"), &a, &b, &c), x)
	return in.wrap(unsafe.Pointer(a)), in.wrap(unsafe.Pointer(b)), in.wrap(unsafe.Pointer(c))
}

// QR returns the thin QR decomposition of x [M,N]: q has orthonormal columns,
// r is upper triangular.
func (x Tensor) QR() (q, r Tensor) {
	in := session("qr", x)
	var a, b C.gt
	check("qr", C.gs_qr(x.ptr("qr"), &a, &b), x)
	return in.wrap(unsafe.Pointer(a)), in.wrap(unsafe.Pointer(b))
}
