package clip

import (
	"math"

	"github.com/clipenv/toolkit/pkg/nn"
	"github.com/clipenv/toolkit/pkg/torch"
)

// vitTower is the vision transformer of OpenAI's CLIP (Dosovitskiy et al.,
// arXiv:2010.11929, with a norm before the layers too).
type vitTower struct {
	patches  nn.Conv2d
	class    torch.Tensor // [D]
	position torch.Tensor // [1+patches,D]
	before   nn.LayerNorm
	layers   nn.Transformer
	after    nn.LayerNorm
	project  torch.Tensor // [D,E]
}

func newViTTower(p nn.Scope, c Config) vitTower {
	im, dim := c.Image, c.Image.Transformer.Dim
	count := (im.Height / im.Patch) * (im.Width / im.Patch)
	scale := nn.Normal(1 / math.Sqrt(float64(dim)))
	return vitTower{
		patches:  nn.NewConv2d(p.Sub("conv1"), nn.ConvConfig{In: 3, Out: dim, Kernel: im.Patch, Stride: im.Patch, NoBias: true, ChannelsLast: true}),
		class:    p.Param("class_embedding", scale, dim),
		position: p.Param("positional_embedding", scale, 1+count, dim),
		before:   nn.NewLayerNorm(p.Sub("ln_pre"), dim),
		layers:   nn.NewTransformer(p.Sub("transformer"), int(im.Transformer.Layers), im.Transformer.block()),
		after:    nn.NewLayerNorm(p.Sub("ln_post"), dim),
		project:  p.Param("proj", scale, dim, c.Embed),
	}
}

// block is the layer of both towers.
func (c Transformer) block() nn.BlockConfig {
	b := nn.BlockConfig{Dim: c.Dim, Heads: c.Heads, Hidden: c.Hidden, Activation: torch.Tensor.QuickGELU}
	if c.Activation == GELU {
		b.Activation = torch.Tensor.GELU
	}
	return b
}

// Forward takes normalised pictures [N,3,H,W] to [N,E].
func (t vitTower) Forward(x torch.Tensor) (y torch.Tensor) {
	defer x.Tidy(&y)()

	n, dim := x.Size(0), t.class.Size(0)
	y = t.patches.Forward(x).Flatten(2).Permute(0, 2, 1)
	class := x.Session().Use(t.class).Expand(n, 1, dim)
	y = t.before.Forward(torch.Cat(1, class, y).Add(t.position))
	y = t.layers.Forward(y, nn.Mask{})
	return t.after.Forward(y.Select(1, 0)).MatMul(t.project)
}
