package torch

// #include "shim.h"
import "C"

import lib "github.com/sugarme/gotch/libtch"

// AvgPool2d averages squares of side k, k apart: [N,C,H,W] to [N,C,H/k,W/k].
func (x Tensor) AvgPool2d(k int64) Tensor { return x.AvgPool2dStride(k, k) }

// AvgPool2dStride averages squares of side k, stride apart.
func (x Tensor) AvgPool2dStride(k, stride int64) Tensor {
	return unary(x, "avg pool2d", func(out *lib.Ctensor, x lib.Ctensor) {
		lib.AtgAvgPool2d(out, x, []int64{k, k}, 2, []int64{stride, stride}, 2, []int64{0, 0}, 2, 0, 1, 0, 1)
	})
}

// PixelShuffle trades channels for size: [N,C·r²,H,W] to [N,C,H·r,W·r].
func (x Tensor) PixelShuffle(r int64) Tensor {
	return unary(x, "pixel shuffle", func(out *lib.Ctensor, x lib.Ctensor) { lib.AtgPixelShuffle(out, x, r) })
}

// ResizeMode is an interpolation of [Tensor.Resize].
type ResizeMode rune

// The interpolations; the antialiased one widens its filter when shrinking.
const (
	Nearest           ResizeMode = 'n'
	Bilinear          ResizeMode = 'l'
	Bicubic           ResizeMode = 'c'
	BilinearAntialias ResizeMode = 'L'
)

// Resize interpolates [N,C,H,W] to [N,C,h,w]; pixel centres are at half
// integers (align_corners=False).
func (x Tensor) Resize(h, w int64, mode ResizeMode) Tensor {
	s := session("resize", x)
	var out C.gt
	return take(s, "resize", C.gs_resize(x.ptr("resize"), C.int64_t(h), C.int64_t(w), C.int(mode), &out), &out, x)
}
