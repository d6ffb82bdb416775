package torch

// #include "shim.h"
import "C"

import "unsafe"

// Seed gives the session a generator of its own, seeded: what it draws from
// here on depends on nothing else that runs in the process. A session that is
// never seeded draws from the process's generator.
func (s *Session) Seed(seed int64) {
	if s.generator == nil {
		var g C.ggen
		check("seed", C.gs_generator(C.int(s.device), &g))
		s.generator = g
	}
	check("seed", C.gs_seed(s.generator, C.int64_t(seed)))
}

// freeGenerator ends the session's own generator.
func (s *Session) freeGenerator() {
	if s.generator != nil {
		C.gs_free_generator(s.generator)
		s.generator = nil
	}
}

// Rand draws from [0,1).
func (s *Session) Rand(shape ...int64) Tensor { return s.draw("rand", 0, shape) }

// Randn draws from the normal distribution of mean 0 and variance 1.
func (s *Session) Randn(shape ...int64) Tensor { return s.draw("randn", 1, shape) }

func (s *Session) draw(op string, normal C.int, shape []int64) Tensor {
	var out C.gt
	check(op, C.gs_rand(s.generator, cInts(shape), C.int(len(shape)), normal, C.int(s.device), &out))
	return s.wrap(unsafe.Pointer(out))
}

// RandnLike draws from the normal distribution in x's shape, type and device.
func (x Tensor) RandnLike() Tensor {
	s := session("randn like", x)
	var out C.gt
	check("randn like", C.gs_randn_like(s.generator, x.ptr("randn like"), &out), x)
	return s.wrap(unsafe.Pointer(out))
}

// Uniform draws f32 from [low,high), the same numbers that PyTorch's uniform_
// draws from the same seed.
func (s *Session) Uniform(low, high float64, shape ...int64) Tensor {
	var out C.gt
	check("uniform", C.gs_uniform(s.generator, cInts(shape), C.int(len(shape)), C.double(low), C.double(high), C.int(s.device), &out))
	return s.wrap(unsafe.Pointer(out))
}

// RandPerm returns 0…n−1, i64, in random order.
func (s *Session) RandPerm(n int64) Tensor {
	var out C.gt
	check("rand perm", C.gs_randperm(s.generator, C.int64_t(n), C.int(s.device), &out))
	return s.wrap(unsafe.Pointer(out))
}
