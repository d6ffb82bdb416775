package nn

import "github.com/clipenv/toolkit/pkg/torch"

// normEps is what PyTorch adds to the variance before it divides.
const normEps = 1e-5

// GroupNorm normalises over groups of channels and each item of the batch
// (Wu & He, arXiv:1803.08494).
type GroupNorm struct {
	Weight, Bias torch.Tensor // [C]
	Groups       int64
}

// TakesBlocks tells whether a group norm of so many groups and channels can be
// taken of a map in blocks.
func TakesBlocks(groups, channels int64) bool {
	width := channels / groups
	return channels%torch.Lanes == 0 && channels%groups == 0 && (torch.Lanes%width == 0 || width%torch.Lanes == 0)
}

// NewGroupNorm makes the norm of a number of channels that groups divides.
func NewGroupNorm(p Scope, groups, channels int64) GroupNorm {
	return GroupNorm{p.Param("weight", Constant(1), channels), p.Param("bias", Constant(0), channels), groups}
}

// Forward keeps the shape, [N,C,..] or that of a map in blocks.
func (g GroupNorm) Forward(x torch.Tensor) torch.Tensor {
	if x.InBlocks() && x.Size(1)*torch.Lanes == g.Weight.Size(0) {
		return x.GroupNormBlocks(g.Groups, g.Weight, g.Bias, normEps)
	}
	return x.GroupNorm(g.Groups, g.Weight, g.Bias, normEps)
}

// LayerNorm normalises over the last dimension (Ba et al., arXiv:1607.06450).
type LayerNorm struct {
	Weight, Bias torch.Tensor // [D]
}

// NewLayerNorm makes the norm of vectors of size dim.
func NewLayerNorm(p Scope, dim int64) LayerNorm {
	return LayerNorm{p.Param("weight", Constant(1), dim), p.Param("bias", Constant(0), dim)}
}

// Forward keeps the shape, [..,D].
func (l LayerNorm) Forward(x torch.Tensor) torch.Tensor {
	return x.LayerNorm(l.Weight, l.Bias, normEps)
}
