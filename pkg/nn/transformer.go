package nn

import "github.com/clipenv/toolkit/pkg/torch"

// Block is a transformer layer with the norms before attention and MLP, named
// as in OpenAI's CLIP: ln_1, attn, ln_2, mlp.c_fc, mlp.c_proj.
type Block struct {
	norm1, norm2 LayerNorm
	attention    Attention
	wide, narrow Linear
	activation   Activation
}

// BlockConfig says what a Block is.
type BlockConfig struct {
	Dim, Heads int64
	Hidden     int64 // width of the MLP; 0 means 4·Dim
	Activation Activation
}

// Activation is a function of each element: torch.Tensor.GELU, or
// torch.Tensor.QuickGELU in OpenAI's CLIP.
type Activation func(torch.Tensor) torch.Tensor

// NewBlock makes the layer's weights.
func NewBlock(p Scope, c BlockConfig) Block {
	if c.Hidden == 0 {
		c.Hidden = 4 * c.Dim
	}
	mlp := p.Sub("mlp")
	return Block{
		attention:  NewAttention(p.Sub("attn"), c.Dim, c.Heads),
		norm1:      NewLayerNorm(p.Sub("ln_1"), c.Dim),
		wide:       NewLinear(mlp.Sub("c_fc"), c.Dim, c.Hidden),
		narrow:     NewLinear(mlp.Sub("c_proj"), c.Hidden, c.Dim),
		norm2:      NewLayerNorm(p.Sub("ln_2"), c.Dim),
		activation: c.Activation,
	}
}

// Forward keeps the shape [N,L,D].
func (b Block) Forward(x torch.Tensor, m Mask) (y torch.Tensor) {
	defer x.Tidy(&y)()

	y = x.Add(b.attention.Forward(b.norm1.Forward(x), m))
	hidden := b.activation(b.wide.Forward(b.norm2.Forward(y)))
	return y.Add(b.narrow.Forward(hidden))
}

// Transformer is a stack of Blocks, named resblocks.0, resblocks.1, ….
type Transformer struct {
	blocks []Block
}

// NewTransformer makes a stack of equal layers.
func NewTransformer(p Scope, layers int, c BlockConfig) Transformer {
	t := Transformer{make([]Block, layers)}
	for i := range t.blocks {
		t.blocks[i] = NewBlock(p.Subf("resblocks.%d", i), c)
	}
	return t
}

// Forward keeps the shape [N,L,D].
func (t Transformer) Forward(x torch.Tensor, m Mask) (y torch.Tensor) {
	defer x.Tidy(&y)()

	y = x
	for _, b := range t.blocks {
		y = b.Forward(y, m)
	}
	return y
}

// With returns the layers with other weights in their products: the matrices
// and their biases, not the norms.
func (t Transformer) With(other func(torch.Tensor) torch.Tensor) Transformer {
	linear := func(l Linear) Linear { return Linear{other(l.Weight), other(l.Bias)} }
	blocks := make([]Block, len(t.blocks))
	for i, b := range t.blocks {
		b.attention.InWeight, b.attention.InBias = other(b.attention.InWeight), other(b.attention.InBias)
		b.attention.Out, b.wide, b.narrow = linear(b.attention.Out), linear(b.wide), linear(b.narrow)
		blocks[i] = b
	}
	return Transformer{blocks}
}
