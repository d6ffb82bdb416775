package nn

import (
	"math"

	"github.com/clipenv/toolkit/pkg/torch"
)

// Linear is x·Wᵀ + b.
type Linear struct {
	Weight torch.Tensor // [Out,In]
	Bias   torch.Tensor // [Out], or none
}

// NewLinear makes weight and bias.
func NewLinear(p Scope, in, out int64) Linear {
	l := NewProjection(p, in, out)
	l.Bias = p.Param("bias", Uniform(1/math.Sqrt(float64(in))), out)
	return l
}

// NewProjection makes a Linear without bias.
func NewProjection(p Scope, in, out int64) Linear {
	return Linear{Weight: p.Param("weight", Kaiming, out, in)}
}

// Forward takes [..,In] to [..,Out].
func (l Linear) Forward(x torch.Tensor) torch.Tensor { return x.Linear(l.Weight, l.Bias) }

// Embedding is a table of vectors.
type Embedding struct {
	Weight torch.Tensor // [V,D]
}

// NewEmbedding makes a table of n vectors of size dim, drawn from N(0,1).
func NewEmbedding(p Scope, n, dim int64) Embedding {
	return Embedding{p.Param("weight", Normal(1), n, dim)}
}

// Forward looks up ids, i64 [..] from 0 to V−1: [..,D].
func (e Embedding) Forward(ids torch.Tensor) torch.Tensor { return ids.Embedding(e.Weight) }
