package clip

import (
	"math"

	"github.com/clipenv/toolkit/pkg/clip/words"
	"github.com/clipenv/toolkit/pkg/nn"
	"github.com/clipenv/toolkit/pkg/torch"
)

// wordTower reads a sentence as the frozen vectors e of its words, n of which
// are negated, and learns what follows:
//
//	x = W·e + n·(V·e + v)          of each word
//	y = transformer(start, x₁, …)  or, without layers, the mean of start, x₁, …
//	                               and one MLP on it
//
// V and v begin at 0, so that a negated word begins as the word. The start is a
// learnt vector, and all that there is of a sentence without known words.
type wordTower struct {
	table    *words.Table
	context  int
	project  nn.Linear    // W, [D,T]
	negate   nn.Linear    // V and v
	start    torch.Tensor // [D]
	position torch.Tensor // [L,D], none without layers
	layers   nn.Transformer
	before   nn.LayerNorm // of the MLP
	wide     nn.Linear
	narrow   nn.Linear
	mlp      bool
	active   nn.Activation // of the MLP
	after    nn.LayerNorm
	out      torch.Tensor // [D,E]
}

// newWordTower makes the weights at the root, with OpenAI's names where there
// is such a weight in OpenAI's text tower.
func newWordTower(p nn.Scope, c Config, table *words.Table) wordTower {
	size := c.Text.Transformer
	dim, narrow := size.Dim, 1/math.Sqrt(float64(size.Dim))
	t := wordTower{
		table: table, context: int(c.Text.Context), mlp: size.Layers == 0, active: size.block().Activation,
		project: nn.NewProjection(p.Sub("token_projection"), int64(table.Dim()), dim),
		negate:  nn.NewLinear(p.Sub("negation"), int64(table.Dim()), dim),
		start:   p.Param("start_embedding", nn.Normal(narrow), dim),
		after:   nn.NewLayerNorm(p.Sub("ln_final"), dim),
		out:     p.Param("text_projection", nn.Normal(narrow), dim, c.Embed),
	}
	p.Fill("negation.weight", nn.Constant(0))
	p.Fill("negation.bias", nn.Constant(0))
	if t.mlp {
		hidden := size.Hidden
		if hidden == 0 {
			hidden = 4 * dim
		}
		t.before = nn.NewLayerNorm(p.Sub("ln_1"), dim)
		t.wide = nn.NewLinear(p.Sub("mlp.c_fc"), dim, hidden)
		t.narrow = nn.NewLinear(p.Sub("mlp.c_proj"), hidden, dim)
		return t
	}
	t.position = p.Param("positional_embedding", nn.Normal(.01), c.Text.Context, dim)
	t.layers = nn.NewTransformer(p.Sub("transformer"), int(size.Layers), size.block())
	drawTextLayers(p, size)
	return t
}

// tokens are the words of a sentence that are read of it.
func (t wordTower) tokens(text string) []words.Token {
	row := t.table.Read(text)
	return row[:min(len(row), t.context-1)]
}

// read looks the words of sentences up, L−1 of each: vectors [N,L−1,T], 1 where a word
// is negated [N,L−1,1], and 1 where there is one, the start among them [N,L].
func (t wordTower) read(s *torch.Session, texts []string, o Rows) Sentences {
	rows := make([][]words.Token, len(texts))
	longest := 1
	for i, text := range texts {
		rows[i] = t.tokens(text)
		longest = max(longest, len(rows[i]))
	}
	longest = o.length(longest, t.context-1)
	n, dim := len(texts), t.table.Dim()
	vectors, negated := make([]float32, n*longest*dim), make([]float32, n*longest)
	there := make([]float32, n*(longest+1))
	for i, row := range rows {
		there[i*(longest+1)] = 1
		for j, token := range row {
			at := i*longest + j
			vector := vectors[at*dim : (at+1)*dim]
			t.table.Add(vector, token.Row, 1)
			for k := range vector {
				if o.Noise != nil {
					vector[k] += o.Noise()
				}
			}
			there[i*(longest+1)+1+j] = 1
			if token.Negated {
				negated[at] = 1
			}
		}
	}
	N, L := int64(n), int64(longest)
	return Sentences{
		s.FromFloats(vectors, N, L, int64(dim)), s.FromFloats(negated, N, L, 1), s.FromFloats(there, N, L+1),
	}
}

// Forward takes N sentences, as read reads them, to [N,E].
func (t wordTower) Forward(x Sentences) (y torch.Tensor) {
	vectors, negated, there := x[0], x[1], x[2]
	defer vectors.Tidy(&y)()

	s, n, length := vectors.Session(), there.Size(0), there.Size(1)
	words := t.project.Forward(vectors).Add(t.negate.Forward(vectors).Mul(negated))
	words = words.Mul(there.Narrow(1, 1, length-1).Unsqueeze(2))
	start := s.Use(t.start).Expand(n, 1, t.start.Size(0))
	y = torch.Cat(1, start, words)
	if !t.mlp {
		y = y.Add(s.Use(t.position).Narrow(0, 0, length))
		y = t.layers.Forward(y, nn.Mask{Tensor: there.Greater(0).Reshape(n, 1, 1, length)})
		y = t.after.Forward(y)
	}
	weight := there.Unsqueeze(2)
	y = y.Mul(weight).Sum(1).Div(weight.Sum(1))
	if t.mlp {
		hidden := t.wide.Forward(t.before.Forward(y))
		hidden = t.active(hidden)
		y = t.after.Forward(y.Add(t.narrow.Forward(hidden)))
	}
	return y.MatMul(t.out)
}
