package torch

// #include "shim.h"
import "C"

import "unsafe"

// Seed seeds the generator of the session's device. It is one for the whole
// process: a loop that must repeat keeps its random draws in one session.
func (s *Session) Seed(seed int64) {
	check("seed", C.gs_seed(C.int64_t(seed), C.int(s.device)))
}

// RandomState returns the state of the device's generator, as opaque bytes.
func (s *Session) RandomState() []byte {
	var out C.gt
	check("random state", C.gs_rng_state(C.int(s.device), &out))
	state := s.wrap(unsafe.Pointer(out))
	defer state.Free()
	return state.Bytes()
}

// SetRandomState puts back what RandomState gave: the same draws follow.
func (s *Session) SetRandomState(state []byte) {
	host := &Session{device: CPU} // the state is a CPU tensor for every device
	t := host.FromBytes(state, Uint8, int64(len(state)))
	defer t.Free()
	check("set random state", C.gs_set_rng_state(C.int(s.device), t.ptr("set random state")))
}

// Rand draws from [0,1).
func (s *Session) Rand(shape ...int64) Tensor { return s.draw("rand", 0, shape) }

// Randn draws from the normal distribution of mean 0 and variance 1.
func (s *Session) Randn(shape ...int64) Tensor { return s.draw("randn", 1, shape) }

func (s *Session) draw(op string, normal C.int, shape []int64) Tensor {
	var out C.gt
	check(op, C.gs_rand(cInts(shape), C.int(len(shape)), normal, C.int(s.device), &out))
	return s.wrap(unsafe.Pointer(out))
}

// RandInt draws whole numbers, i64, from [low,high).
func (s *Session) RandInt(low, high int64, shape ...int64) Tensor {
	var out C.gt
	check("rand int", C.gs_randint(C.int64_t(low), C.int64_t(high), cInts(shape), C.int(len(shape)), C.int(s.device), &out))
	return s.wrap(unsafe.Pointer(out))
}

// RandPerm returns 0…n−1, i64, in random order.
func (s *Session) RandPerm(n int64) Tensor {
	var out C.gt
	check("rand perm", C.gs_randperm(C.int64_t(n), C.int(s.device), &out))
	return s.wrap(unsafe.Pointer(out))
}
