package torch

// #include "shim.h"
import "C"

import (
	"unsafe"

	lib "github.com/sugarme/gotch/libtch"
)

// Each of these reduces over the dims given, over all of them where none is;
// a reduced dimension disappears, or stays as 1 in the Keep forms. Negative
// dims count from the end.

type reduction func(x C.gt, dims *C.int64_t, n, keep C.int, out *C.gt) C.gerr

func reduce(x Tensor, op string, call reduction, keep bool, dims []int64) Tensor {
	s := session(op, x)
	var out C.gt
	message := call(x.ptr(op), cInts(dims), C.int(len(dims)), cBool(keep), &out)
	return take(s, op, message, &out, x)
}

func cSum(x C.gt, d *C.int64_t, n, k C.int, out *C.gt) C.gerr  { return C.gs_sum(x, d, n, k, out) }
func cMean(x C.gt, d *C.int64_t, n, k C.int, out *C.gt) C.gerr { return C.gs_mean(x, d, n, k, out) }
func cNorm(x C.gt, d *C.int64_t, n, k C.int, out *C.gt) C.gerr { return C.gs_norm(x, d, n, k, out) }
func cMax(x C.gt, d *C.int64_t, n, k C.int, out *C.gt) C.gerr  { return C.gs_amax(x, d, n, k, out) }
func cMin(x C.gt, d *C.int64_t, n, k C.int, out *C.gt) C.gerr  { return C.gs_amin(x, d, n, k, out) }
func cVar(x C.gt, d *C.int64_t, n, k C.int, out *C.gt) C.gerr  { return C.gs_var(x, d, n, k, 1, out) }

// Sum returns the sum over dims.
func (x Tensor) Sum(dims ...int64) Tensor { return reduce(x, "sum", cSum, false, dims) }

// Mean returns the mean over dims.
func (x Tensor) Mean(dims ...int64) Tensor { return reduce(x, "mean", cMean, false, dims) }

// MeanKeep is Mean with the reduced dims kept as 1.
func (x Tensor) MeanKeep(dims ...int64) Tensor { return reduce(x, "mean", cMean, true, dims) }

// Var returns the unbiased variance over dims.
func (x Tensor) Var(dims ...int64) Tensor { return reduce(x, "var", cVar, false, dims) }

// Norm returns the Euclidean norm over dims.
func (x Tensor) Norm(dims ...int64) Tensor { return reduce(x, "norm", cNorm, false, dims) }

// Max returns the largest element over dims.
func (x Tensor) Max(dims ...int64) Tensor { return reduce(x, "max", cMax, false, dims) }

// Min returns the smallest element over dims.
func (x Tensor) Min(dims ...int64) Tensor { return reduce(x, "min", cMin, false, dims) }

// LogSumExp returns log Σ eˣ over one dim, without overflow.
func (x Tensor) LogSumExp(dim int64) Tensor {
	return unary(x, "logsumexp", func(out *lib.Ctensor, x lib.Ctensor) {
		lib.AtgLogsumexp(out, x, []int64{dim}, 1, 0)
	})
}

// TopK returns the k largest elements along dim, the largest first, and their
// indices, i64.
func (x Tensor) TopK(k, dim int64) (values, indices Tensor) {
	s := session("topk", x)
	var v, i C.gt
	check("topk", C.gs_topk(x.ptr("topk"), C.int64_t(k), C.int64_t(dim), &v, &i), x)
	return s.wrap(unsafe.Pointer(v)), s.wrap(unsafe.Pointer(i))
}
