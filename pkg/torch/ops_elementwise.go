package torch

// #cgo noescape gs_add_scaled
// #cgo noescape gs_add_scalar
// #cgo noescape gs_mul_scalar
// #cgo noescape gs_pow_scalar
// #cgo noescape gs_clamp
// #cgo noescape gs_lerp
// #cgo noescape gs_relu
// #cgo nocallback gs_relu
// #cgo noescape gs_quick_gelu
// #include "shim.h"
import "C"

import (
	"math"

	lib "github.com/sugarme/gotch/libtch"
)

// Each of these keeps the shape of x; two operands are broadcast together as
// in PyTorch: sizes are matched from the last dimension, and a 1 stretches.

// Abs returns |x|.
func (x Tensor) Abs() Tensor { return unary(x, "abs", lib.AtgAbs) }

// Neg returns −x.
func (x Tensor) Neg() Tensor { return unary(x, "neg", lib.AtgNeg) }

// Exp returns eˣ.
func (x Tensor) Exp() Tensor { return unary(x, "exp", lib.AtgExp) }

// Expm1 returns eˣ − 1, exact near 0.
func (x Tensor) Expm1() Tensor { return unary(x, "expm1", lib.AtgExpm1) }

// Log returns the natural logarithm.
func (x Tensor) Log() Tensor { return unary(x, "log", lib.AtgLog) }

// Log1p returns log(1 + x), exact near 0.
func (x Tensor) Log1p() Tensor { return unary(x, "log1p", lib.AtgLog1p) }

// Sqrt returns √x.
func (x Tensor) Sqrt() Tensor { return unary(x, "sqrt", lib.AtgSqrt) }

// Square returns x².
func (x Tensor) Square() Tensor { return unary(x, "square", lib.AtgSquare) }

// Sin returns the sine of x radians.
func (x Tensor) Sin() Tensor { return unary(x, "sin", lib.AtgSin) }

// Cos returns the cosine of x radians.
func (x Tensor) Cos() Tensor { return unary(x, "cos", lib.AtgCos) }

// Tanh returns the hyperbolic tangent.
func (x Tensor) Tanh() Tensor { return unary(x, "tanh", lib.AtgTanh) }

// Sigmoid returns 1/(1 + e⁻ˣ).
func (x Tensor) Sigmoid() Tensor { return unary(x, "sigmoid", lib.AtgSigmoid) }

// ReLU returns max(x, 0).
func (x Tensor) ReLU() Tensor {
	s := session("relu", x)
	var out C.gt
	return take(s, "relu", C.gs_relu(x.ptr("relu"), &out), &out, x)
}

// SiLU returns x·sigmoid(x).
func (x Tensor) SiLU() Tensor { return unary(x, "silu", lib.AtgSilu) }

// QuickGELU returns x·sigmoid(1.702x), the activation of OpenAI's CLIP.
func (x Tensor) QuickGELU() Tensor {
	s := session("quick gelu", x)
	var out C.gt
	return take(s, "quick gelu", C.gs_quick_gelu(x.ptr("quick gelu"), &out), &out, x)
}

// GELU returns x·Φ(x) (Hendrycks & Gimpel, arXiv:1606.08415), exact.
func (x Tensor) GELU() Tensor {
	s := session("gelu", x)
	var out C.gt
	return take(s, "gelu", C.gs_gelu(x.ptr("gelu"), &out), &out, x)
}

// IsFinite returns, as bool, where x is neither infinite nor NaN.
func (x Tensor) IsFinite() Tensor { return unary(x, "isfinite", lib.AtgIsfinite) }

// Add returns x + y.
func (x Tensor) Add(y Tensor) Tensor { return binary(x, y, "add", lib.AtgAdd) }

// Sub returns x − y.
func (x Tensor) Sub(y Tensor) Tensor { return binary(x, y, "sub", lib.AtgSub) }

// Mul returns x·y, element by element.
func (x Tensor) Mul(y Tensor) Tensor { return binary(x, y, "mul", lib.AtgMul) }

// Div returns x/y, element by element.
func (x Tensor) Div(y Tensor) Tensor { return binary(x, y, "div", lib.AtgDiv) }

// AddScaled returns x + by·y.
func (x Tensor) AddScaled(y Tensor, by float64) Tensor {
	s := session("add scaled", x, y)
	var out C.gt
	return take(s, "add scaled", C.gs_add_scaled(x.ptr("add scaled"), y.ptr("add scaled"), C.double(by), &out), &out, x, y)
}

// Lerp returns x + w·(y − x).
func (x Tensor) Lerp(y Tensor, w float64) Tensor {
	s := session("lerp", x, y)
	var out C.gt
	return take(s, "lerp", C.gs_lerp(x.ptr("lerp"), y.ptr("lerp"), C.double(w), &out), &out, x, y)
}

// AddScalar returns x + a.
func (x Tensor) AddScalar(a float64) Tensor {
	s := session("add scalar", x)
	var out C.gt
	return take(s, "add scalar", C.gs_add_scalar(x.ptr("add scalar"), C.double(a), &out), &out, x)
}

// MulScalar returns x·a.
func (x Tensor) MulScalar(a float64) Tensor {
	s := session("mul scalar", x)
	var out C.gt
	return take(s, "mul scalar", C.gs_mul_scalar(x.ptr("mul scalar"), C.double(a), &out), &out, x)
}

// PowScalar returns x to the power of a.
func (x Tensor) PowScalar(a float64) Tensor {
	s := session("pow scalar", x)
	var out C.gt
	return take(s, "pow scalar", C.gs_pow_scalar(x.ptr("pow scalar"), C.double(a), &out), &out, x)
}

// Clamp limits x to [low, high].
func (x Tensor) Clamp(low, high float64) Tensor {
	s := session("clamp", x)
	var out C.gt
	return take(s, "clamp", C.gs_clamp(x.ptr("clamp"), C.double(low), C.double(high), &out), &out, x)
}

// ClampMin limits x to [low, ∞).
func (x Tensor) ClampMin(low float64) Tensor { return x.Clamp(low, math.Inf(1)) }

// ClampMax limits x to (−∞, high].
func (x Tensor) ClampMax(high float64) Tensor { return x.Clamp(math.Inf(-1), high) }

// Greater returns, as bool, where x > a.
func (x Tensor) Greater(a float64) Tensor {
	s := session("greater", x)
	var out C.gt
	return take(s, "greater", C.gs_greater(x.ptr("greater"), C.double(a), &out), &out, x)
}
