package nn

import (
	"fmt"

	"github.com/clipenv/toolkit/pkg/torch"
)

// Attention is multi-head attention (Vaswani et al., arXiv:1706.03762) with
// the parameters of PyTorch's MultiheadAttention: in_proj_weight,
// in_proj_bias, out_proj.weight and out_proj.bias.
type Attention struct {
	InWeight torch.Tensor // [3D,D]: rows for the query, the key, the value
	InBias   torch.Tensor // [3D]
	Out      Linear
	Heads    int64
}

// NewAttention makes the attention of vectors of size dim, which heads divides.
func NewAttention(p Scope, dim, heads int64) Attention {
	if heads < 1 || dim%heads != 0 {
		p.Fail(fmt.Errorf("nn: attention: width %d, want a multiple of the %d heads", dim, heads))
	}
	a := Attention{Heads: heads}
	a.InWeight = p.Param("in_proj_weight", Constant(0), 3*dim, dim)
	a.InBias = p.Param("in_proj_bias", Constant(0), 3*dim)
	a.Out = NewLinear(p.Sub("out_proj"), dim, dim)
	// PyTorch draws in this order: the same seed gives the same weights.
	p.Fill("in_proj_weight", Xavier)
	p.Fill("out_proj.bias", Constant(0))
	return a
}

// Mask says where attention may look; the zero Mask is everywhere.
type Mask struct {
	// Tensor broadcasts to [N,heads,L,S]: f32, added to the scores, or bool,
	// true where to look. None is everywhere.
	Tensor torch.Tensor
	// Causal lets each position look at itself and back only. It excludes
	// Tensor.
	Causal bool
}

// Forward is self-attention: it keeps the shape [N,L,D].
func (a Attention) Forward(x torch.Tensor, m Mask) (y torch.Tensor) {
	defer x.Tidy(&y)()

	qkv := a.split(x.Linear(a.InWeight, a.InBias), 3)
	return a.join(torch.Attention(qkv[0], qkv[1], qkv[2], m.Tensor, m.Causal, 0))
}

// Cross lets x [N,L,D] look at context [N,S,D]: [N,L,D].
func (a Attention) Cross(x, context torch.Tensor, m Mask) (y torch.Tensor) {
	defer x.Tidy(&y)()

	s, d := x.Session(), x.Size(-1)
	w, b := s.Use(a.InWeight), s.Use(a.InBias)
	q := a.split(x.Linear(w.Narrow(0, 0, d), b.Narrow(0, 0, d)), 1)
	kv := a.split(context.Linear(w.Narrow(0, d, 2*d), b.Narrow(0, d, 2*d)), 2)
	return a.join(torch.Attention(q[0], kv[0], kv[1], m.Tensor, m.Causal, 0))
}

// split takes [N,L,n·D] to n tensors [N,heads,L,D/heads]. It cuts the last
// dimension, so that the n gradients are joined by one copy, in the layout that
// the projection's gradient reads.
func (a Attention) split(x torch.Tensor, n int64) []torch.Tensor {
	shape := x.Shape()
	parts := x.Chunk(n, 2)
	for i, p := range parts {
		parts[i] = p.Reshape(shape[0], shape[1], a.Heads, -1).Transpose(1, 2)
	}
	return parts
}

// join takes the heads' [N,heads,L,D/heads] to the output [N,L,D].
func (a Attention) join(x torch.Tensor) torch.Tensor {
	return a.Out.Forward(x.Transpose(1, 2).Flatten(2))
}
