package torch

// #include "shim.h"
import "C"

import (
	"fmt"
	"unsafe"
)

// NoGrad runs f without recording a graph. It nests, and the mode is restored
// however f ends.
func (s *Session) NoGrad(f func()) {
	was := C.gs_grad_mode(0)
	defer func() { C.gs_grad_mode(was) }()
	f()
}

// SetRequiresGrad says whether gradients flow to x, a leaf, and returns x.
func (x Tensor) SetRequiresGrad(on bool) Tensor {
	check("requires grad", C.gs_set_requires_grad(x.ptr("requires grad"), cBool(on)), x)
	return x
}

// Backward adds the gradient of x, a scalar, to the leaves of its graph, which
// it frees.
func (x Tensor) Backward() {
	check("backward", C.gs_backward(x.ptr("backward"), nil, 0), x)
}

// BackwardWith is Backward for an x of any shape, weighed by seed (of the same
// shape): the vector-Jacobian product. keepGraph allows a second pass.
func (x Tensor) BackwardWith(seed Tensor, keepGraph bool) {
	check("backward", C.gs_backward(x.ptr("backward"), C.gt(seed.opt("backward")), cBool(keepGraph)), x, seed)
}

// Grad returns the gradient of y, a scalar, with respect to each of xs, and
// touches nothing else. An x that y does not depend on has gradient zero.
func Grad(y Tensor, xs ...Tensor) []Tensor {
	return GradWith(y, Tensor{}, false, xs...)
}

// GradWith is Grad for a y of any shape, weighed by seed (of y's shape; the
// zero Tensor for a scalar y). With createGraph the gradients can be
// differentiated again.
func GradWith(y, seed Tensor, createGraph bool, xs ...Tensor) []Tensor {
	if len(xs) == 0 {
		return nil
	}
	s := session("grad", append([]Tensor{y, seed}, xs...)...)
	in := pointers("grad", xs)
	out := make([]unsafe.Pointer, len(xs))
	check("grad", C.gs_grad(y.ptr("grad"), C.gt(seed.opt("grad")), cTensors(in), C.int(len(in)), 0, cBool(createGraph), cTensors(out)), y, seed)
	gs := make([]Tensor, len(xs))
	for i, c := range out {
		gs[i] = s.wrap(c)
	}
	return gs
}

// GradOf returns what Backward has added up for x, zeros where nothing has.
func (s *Session) GradOf(x Tensor) Tensor {
	var out C.gt
	check("grad of", C.gs_grad_of(x.ptr("grad of"), &out), x)
	return s.wrap(unsafe.Pointer(out))
}

// ZeroGrad forgets what Backward has added up for the leaves.
func ZeroGrad(leaves []Tensor) {
	in := pointers("zero grad", leaves)
	check("zero grad", C.gs_zero_grad(cTensors(in), C.int(len(in))))
}

// ClipGradNorm scales the leaves' gradients so that their norm, taken over all
// of them, is at most max (0: no limit), and returns the norm before, a scalar
// on the device: the processor does not wait for it.
func ClipGradNorm(s *Session, leaves []Tensor, max float64) Tensor {
	in := pointers("clip grad norm", leaves)
	var norm C.gt
	check("clip grad norm", C.gs_clip_grad_norm(cTensors(in), C.int(len(in)), C.double(max), C.int(s.device), &norm))
	return s.wrap(unsafe.Pointer(norm))
}

// ScaleGrad multiplies the leaves' gradients, as after accumulating several
// batches.
func ScaleGrad(leaves []Tensor, by float64) {
	in := pointers("scale grad", leaves)
	check("scale grad", C.gs_scale_grad(cTensors(in), C.int(len(in)), C.double(by)))
}

// AdamWState is what AdamW keeps for one parameter: the running means of the
// gradient and of its square, of the parameter's shape, and the step count, an
// f32 scalar.
type AdamWState struct{ M, V, Step Tensor }

// AdamWRule is what a step of AdamW is made by.
type AdamWRule struct {
	Rate                           float64
	RateOn                         Tensor // a scalar on the device in place of Rate: f32, on the CPU f64; none: Rate
	Norm                           Tensor // where this scalar is no number, nothing changes; none: it is not looked at
	Beta1, Beta2, Eps, WeightDecay float64
}

// AdamWStep does one step of AdamW (Loshchilov & Hutter, arXiv:1711.05101)
// with libtorch's fused kernel, from the gradients that Backward added up.
// A parameter without a gradient stays as it is.
func AdamWStep(params []Tensor, state []AdamWState, r AdamWRule) {
	if len(params) != len(state) {
		panic(misuse("adamw", fmt.Sprintf("%d parameters, %d states, want as many", len(params), len(state))))
	}
	var ms, vs, steps []Tensor
	for _, st := range state {
		ms, vs, steps = append(ms, st.M), append(vs, st.V), append(steps, st.Step)
	}
	p, m, v, n := pointers("adamw", params), pointers("adamw", ms), pointers("adamw", vs), pointers("adamw", steps)
	check("adamw", C.gs_fused_adamw(cTensors(p), cTensors(m), cTensors(v), cTensors(n), C.int(len(p)),
		C.double(r.Rate), C.gt(r.RateOn.opt("adamw")), C.gt(r.Norm.opt("adamw")),
		C.double(r.Beta1), C.double(r.Beta2), C.double(r.Eps), C.double(r.WeightDecay)))
}

// LerpInto moves each of dst towards its src: dst += weight·(src − dst),
// outside any graph. An average of weights over training is this, each step.
func LerpInto(dst, src []Tensor, weight float64) {
	if len(dst) != len(src) {
		panic(misuse("lerp into", fmt.Sprintf("%d tensors from %d, want as many", len(dst), len(src))))
	}
	d, s := pointers("lerp into", dst), pointers("lerp into", src)
	if len(d) == 0 {
		return
	}
	check("lerp into", C.gs_lerp_into(cTensors(d), cTensors(s), C.int(len(d)), C.double(weight)))
}

func pointers(op string, xs []Tensor) []unsafe.Pointer {
	cs := make([]unsafe.Pointer, len(xs))
	for i, x := range xs {
		cs[i] = x.raw(op)
	}
	return cs
}

func cTensors(cs []unsafe.Pointer) *C.gt { return (*C.gt)(unsafe.Pointer(unsafe.SliceData(cs))) }

func cBool(on bool) C.int {
	if on {
		return 1
	}
	return 0
}
