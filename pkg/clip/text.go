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

// Forward takes ids, i64 [N,L] padded with anything, and the lengths of the
// sentences, start and end among them, to [N,E].
func (t textTower) Forward(ids torch.Tensor, lengths []int64) (y torch.Tensor) {
	defer ids.Tidy(&y)()

	s, n, length := ids.Session(), ids.Size(0), ids.Size(1)
	y = t.tokens.Forward(ids).Add(s.Use(t.position).Narrow(0, 0, length))
	if t.pool == PoolEnd {
		y = t.after.Forward(t.layers.Forward(y, nn.Mask{Causal: true}))
		return y.Mul(ends(s, lengths, length)).Sum(1).MatMul(t.project)
	}
	there := s.Arange(0, float64(length), 1, torch.Float32).Unsqueeze(0).
		Sub(s.FromInts(lengths, n, 1).To(torch.Float32)).Less(0) // [N,L]
	y = t.after.Forward(t.layers.Forward(y, nn.Mask{Tensor: there.Reshape(n, 1, 1, length)}))
	weight := there.To(torch.Float32).Unsqueeze(2)
	return y.Mul(weight).Sum(1).Div(weight.Sum(1)).MatMul(t.project)
}

// ends is 1 at each sentence's last token, else 0: [N,L,1].
func ends(s *torch.Session, lengths []int64, length int64) torch.Tensor {
	at := make([]float32, int64(len(lengths))*length)
	for i, n := range lengths {
		at[int64(i)*length+n-1] = 1
	}
	return s.FromFloats(at, int64(len(lengths)), length, 1)
}
