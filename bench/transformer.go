package main

import (
	"math"

	"github.com/clipenv/toolkit/pkg/torch"
)

// block is the residual attention block of CLIP's two transformers (Radford et
// al. 2021, arXiv:2103.00020), pre-norm, with a fused projection to q, k, v.
type block struct {
	norm1W, norm1B, inW, inB, outW, outB   torch.Tensor
	norm2W, norm2B, upW, upB, downW, downB torch.Tensor

	heads  int64
	causal bool
}

// attend keeps the shape: [N,L,D] to [N,L,D].
func (b block) attend(x torch.Tensor) (y torch.Tensor) {
	defer x.Tidy(&y)()

	n, l, d := x.Size(0), x.Size(1), x.Size(2)
	qkv := x.LayerNorm(b.norm1W, b.norm1B, 1e-5).Linear(b.inW, b.inB)
	parts := qkv.Chunk(3, 2)
	for i, p := range parts {
		parts[i] = p.Reshape(n, l, b.heads, d/b.heads).Transpose(1, 2)
	}
	y = torch.Attention(parts[0], parts[1], parts[2], torch.Tensor{}, b.causal, 0)
	y = y.Transpose(1, 2).Reshape(n, l, d).Linear(b.outW, b.outB)
	return x.Add(y)
}

// mlp keeps the shape: [N,L,D] to [N,L,D].
func (b block) mlp(x torch.Tensor) (y torch.Tensor) {
	defer x.Tidy(&y)()

	y = x.LayerNorm(b.norm2W, b.norm2B, 1e-5).Linear(b.upW, b.upB).QuickGELU()
	return x.Add(y.Linear(b.downW, b.downB))
}

// transformer is the block, or its attention half, forward and backward, with
// gradients to the input and to every weight.
func transformer(s *torch.Session, sp spec) work {
	var leaves []torch.Tensor
	leaf := func(drawn torch.Tensor) torch.Tensor {
		t := drawn.Detach().SetRequiresGrad(true)
		drawn.Free()
		leaves = append(leaves, t)
		return t
	}
	normal := func(std float64, shape ...int64) (t torch.Tensor) {
		defer s.Tidy(&t)()
		return s.Randn(shape...).MulScalar(std)
	}
	weight := func(out, in int64) torch.Tensor { return leaf(normal(1/math.Sqrt(float64(in)), out, in)) }
	bias := func(out int64) torch.Tensor { return leaf(normal(0.02, out)) }

	d := sp.Width
	x := leaf(s.Randn(sp.Batch, sp.Tokens, d))
	seed := s.Randn(sp.Batch, sp.Tokens, d)
	b := block{heads: sp.Heads, causal: sp.Causal}
	b.norm1W, b.norm1B = leaf(s.Ones(d)), leaf(s.Zeros(d))
	b.inW, b.inB, b.outW, b.outB = weight(3*d, d), bias(3*d), weight(d, d), bias(d)
	forward := b.attend
	if sp.Kind == kindLayer {
		b.norm2W, b.norm2B = leaf(s.Ones(d)), leaf(s.Zeros(d))
		b.upW, b.upB, b.downW, b.downB = weight(4*d, d), bias(4*d), weight(d, 4*d), bias(d)
		forward = func(x torch.Tensor) torch.Tensor { return b.mlp(b.attend(x)) }
	}

	return work{
		step: func() {
			defer s.Tidy()()
			torch.ZeroGrad(leaves)
			var y torch.Tensor
			sp.forward(s, func() { y = forward(x) })
			y.BackwardWith(seed, false)
		},
		check: func() float64 { return gradNorm(s, leaves) },
	}
}
