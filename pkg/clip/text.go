package clip

import (
	"math"

	"github.com/clipenv/toolkit/pkg/nn"
	"github.com/clipenv/toolkit/pkg/torch"
)

// textTower is the text transformer of OpenAI's CLIP.
type textTower struct {
	pool     string
	tokens   nn.Embedding
	position torch.Tensor // [L,D]
	layers   nn.Transformer
	after    nn.LayerNorm
	project  torch.Tensor // [D,E]
}

// newTextTower makes the weights with OpenAI's names, at the root and not below
// a "text.", and its initial values but one: tokens begin fifty times larger,
// as PyTorch's embeddings do, from which a small tower learns faster.
func newTextTower(p nn.Scope, c Config) textTower {
	size := c.Text.Transformer
	dim := size.Dim
	t := textTower{
		pool:     c.Text.Pool,
		tokens:   nn.NewEmbedding(p.Sub("token_embedding"), c.Text.Vocabulary, dim),
		position: p.Param("positional_embedding", nn.Normal(.01), c.Text.Context, dim),
		layers:   nn.NewTransformer(p.Sub("transformer"), int(size.Layers), size.block()),
		after:    nn.NewLayerNorm(p.Sub("ln_final"), dim),
		project:  p.Param("text_projection", nn.Normal(1/math.Sqrt(float64(dim))), dim, c.Embed),
	}
	drawTextLayers(p, size)
	return t
}

// drawTextLayers gives the layers the initial values of OpenAI's text tower.
func drawTextLayers(p nn.Scope, size Transformer) {
	narrow := 1 / math.Sqrt(float64(size.Dim))
	deep := narrow / math.Sqrt(float64(2*size.Layers))
	for i := range size.Layers {
		b := p.Subf("transformer.resblocks.%d", i)
		b.Fill("attn.in_proj_weight", nn.Normal(narrow))
		b.Fill("attn.out_proj.weight", nn.Normal(deep))
		b.Fill("mlp.c_fc.weight", nn.Normal(narrow/math.Sqrt2))
		b.Fill("mlp.c_proj.weight", nn.Normal(deep))
	}
}

// Forward takes ids, i64 [N,L] padded with anything, and what is pooled of them,
// [N,L], to [N,E]: 1 at the sentence's end, or at each of its tokens, as the pool is,
// and 0 elsewhere.
func (t textTower) Forward(ids, pooled torch.Tensor) (y torch.Tensor) {
	defer ids.Tidy(&y)()

	s, n, length := ids.Session(), ids.Size(0), ids.Size(1)
	y = t.tokens.Forward(ids).Add(s.Use(t.position).Narrow(0, 0, length))
	weight := pooled.Unsqueeze(2)
	if t.pool == PoolEnd {
		y = t.after.Forward(t.layers.Forward(y, nn.Mask{Causal: true}))
		return y.Mul(weight).Sum(1).MatMul(t.project)
	}
	y = t.after.Forward(t.layers.Forward(y, nn.Mask{Tensor: pooled.Greater(0).Reshape(n, 1, 1, length)}))
	return y.Mul(weight).Sum(1).Div(weight.Sum(1)).MatMul(t.project)
}

// pooled is what Forward takes of sentences of so many tokens each, start and end
// among them, row by row.
func (t textTower) pooled(lengths []int, length int) []float32 {
	at := make([]float32, len(lengths)*length)
	for i, n := range lengths {
		from := 0
		if t.pool == PoolEnd {
			from = n - 1
		}
		for j := from; j < n; j++ {
			at[i*length+j] = 1
		}
	}
	return at
}
