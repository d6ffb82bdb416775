package nn

import (
	"math"

	"github.com/clipenv/toolkit/pkg/torch"
)

// Init makes the value that a weight of some shape begins with.
type Init func(s *torch.Session, shape []int64) torch.Tensor

// Constant begins with a everywhere.
func Constant(a float64) Init {
	return func(s *torch.Session, shape []int64) torch.Tensor { return s.Full(a, torch.Float32, shape...) }
}

// Values begins with the numbers given, in row-major order.
func Values(v []float32) Init {
	return func(s *torch.Session, shape []int64) torch.Tensor { return s.FromFloats(v, shape...) }
}

// Normal draws from the normal distribution of mean 0 and deviation std.
func Normal(std float64) Init {
	return func(s *torch.Session, shape []int64) torch.Tensor { return s.Randn(shape...).MulScalar(std) }
}

// Uniform draws from [−bound, bound).
func Uniform(bound float64) Init {
	return func(s *torch.Session, shape []int64) torch.Tensor {
		return s.Uniform(-bound, bound, shape...)
	}
}

// Kaiming is PyTorch's default for the weights of Linear and Conv2d: uniform
// within ±1/√fanIn, which is kaiming_uniform with a = √5 (He et al.,
// arXiv:1502.01852). fanIn is the size of all dimensions but the first.
func Kaiming(s *torch.Session, shape []int64) torch.Tensor {
	return Uniform(1/math.Sqrt(float64(fanIn(shape))))(s, shape)
}

// Xavier draws uniformly within ±√(6/(fanIn + fanOut)) (Glorot & Bengio 2010),
// for a weight [Out,In].
func Xavier(s *torch.Session, shape []int64) torch.Tensor {
	return Uniform(math.Sqrt(6/float64(fanIn(shape)+shape[0])))(s, shape)
}

func fanIn(shape []int64) int64 {
	n := int64(1)
	for _, d := range shape[1:] {
		n *= d
	}
	return n
}
