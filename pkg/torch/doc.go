// Package torch is the toolkit's only door to libtorch: everything above it
// speaks of sessions and tensors, nothing below it is seen.
//
// A [Session] owns every tensor made in it. It lives inside [Do], on one
// goroutine locked to its OS thread, because libtorch keeps grad mode,
// autocast and its thread pools per OS thread. [Session.Tidy] frees what a
// function made but its results, so a model file says one word about memory:
//
//	func (b block) Forward(x torch.Tensor) (y torch.Tensor) {
//		defer x.Tidy(&y)()
//		return b.conv.Forward(b.norm.Forward(x).SiLU()).Add(x)
//	}
//
// Freeing before Backward is safe: the graph keeps what it needs.
//
// Weights outlive sessions: [Tensor.Own] gives a tensor that belongs to no
// session, and is freed by [Tensor.Free]; package nn does that for a model.
//
// Inside a session an op that fails stops the session, and Do returns the
// error. The ops stand on gotch's libtch layer where that is sound, and on the
// C++ shim beside this file where it is not; the Go collector owns no memory
// of libtorch's.
package torch
