package clip

import (
	"fmt"
	"math"

	"github.com/clipenv/toolkit/pkg/clip/bpe"
	"github.com/clipenv/toolkit/pkg/clip/words"
	"github.com/clipenv/toolkit/pkg/nn"
	"github.com/clipenv/toolkit/pkg/torch"
)

// Model is a CLIP with its weights and what it reads sentences by: a Tokenizer
// or Words, as its text tower's kind is.
type Model struct {
	Config    Config
	Params    *nn.Params
	Tokenizer *bpe.Tokenizer
	Words     *words.Table

	image tower
	text  textTower
	words wordTower
	scale torch.Tensor // log of the logit scale
	base  string       // hash of the model that its file stands on; "" where the file holds all
}

// Whole tells whether the model comes of a file that stands on no other: only
// such a model may be the base of others.
func (m *Model) Whole() bool { return m.base == "" }

// tower takes normalised pictures [N,3,H,W] of the configured size to [N,E].
type tower interface {
	Forward(torch.Tensor) torch.Tensor
}

// New makes a model with fresh weights on device, drawn from seed. A text tower
// of pieces has the tokens of v, and its Config says how many they are; one of
// words needs no v and stands on the table that ships (ShippedWords).
func New(c Config, v *bpe.Vocabulary, device torch.Device, seed int64) (*Model, error) {
	read := reading{pieces: v}
	if c.Text.Kind == Words {
		table, err := ShippedWords()
		if err != nil {
			return nil, err
		}
		read = reading{words: table}
	}
	c.Text.Vocabulary = read.size()
	return build(c, read, func(f func(nn.Scope)) (*nn.Params, error) { return nn.Build(device, seed, f) })
}

// reading is what sentences are read by: one of the two.
type reading struct {
	pieces *bpe.Vocabulary
	words  *words.Table
}

func (r reading) size() int64 {
	if r.words != nil {
		return int64(r.words.Len())
	}
	return int64(r.pieces.Size())
}

// build makes a model of weights that are drawn, or come from a file.
func build(c Config, read reading, weights func(func(nn.Scope)) (*nn.Params, error)) (*Model, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if n := read.size(); n != c.Text.Vocabulary {
		return nil, fmt.Errorf("the vocabulary has %d tokens, want %d", n, c.Text.Vocabulary)
	}
	m := &Model{Config: c, Words: read.words}
	var err error
	if read.pieces != nil {
		if m.Tokenizer, err = bpe.New(read.pieces, int(c.Text.Context)); err != nil {
			return nil, err
		}
	}
	m.Params, err = weights(func(p nn.Scope) {
		switch c.Image.Kind {
		case Conv:
			m.image = newConvTower(p.Sub("visual"), c)
		case ViT:
			m.image = newViTTower(p.Sub("visual"), c)
		}
		if m.Words != nil {
			m.words = newWordTower(p, c, m.Words)
		} else {
			m.text = newTextTower(p, c)
		}
		m.scale = p.Param("logit_scale", nn.Constant(math.Log(min(1/.07, c.MaxScale))))
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

// Close frees the weights.
func (m *Model) Close() { m.Params.Close() }

// EncodeImage returns the unit vectors [N,E] of pictures [N,3,H,W] in [0,1].
// Pictures of another size than the tower's are resized, bilinearly and
// without aliasing.
func (m *Model) EncodeImage(picture torch.Tensor) torch.Tensor {
	return m.see(picture, m.image.Forward)
}

// see is EncodeImage through a tower, [N,3,H,W] to [N,E].
func (m *Model) see(picture torch.Tensor, tower func(torch.Tensor) torch.Tensor) (y torch.Tensor) {
	defer picture.Tidy(&y)()

	im, s := m.Config.Image, picture.Session()
	shape := picture.Shape()
	if len(shape) != 4 || shape[1] != 3 {
		s.Check(fmt.Errorf("clip: encode image: the picture is %v, want [N 3 H W]", shape))
	}
	if shape[2] != im.Height || shape[3] != im.Width {
		picture = picture.Resize(im.Height, im.Width, torch.BilinearAntialias)
	}
	x := picture.Sub(channels(s, im.Mean)).Div(channels(s, im.Std))
	return tower(x).Normalize(-1, 1e-12)
}

// MapSize returns the size, in texels, to which a map is brought before the
// model looks at it: twice as wide as high, and no smaller than its pictures. A
// square picture is a squeezed panorama.
func (m *Model) MapSize() (w, h int) {
	im := m.Config.Image
	return int(max(im.Width, 2*im.Height)), int(max(im.Height, im.Width/2))
}

// channels gives one number to each channel: [1,3,1,1].
func channels(s *torch.Session, v [3]float64) torch.Tensor {
	return s.Constant([]float32{float32(v[0]), float32(v[1]), float32(v[2])}, 1, 3, 1, 1)
}

// EncodeText returns the unit vectors [N,E] of N sentences, of which there is
// at least one. What passes the context is not read.
func (m *Model) EncodeText(s *torch.Session, texts []string) (y torch.Tensor) {
	defer s.Tidy(&y)()

	if len(texts) == 0 {
		s.Check(fmt.Errorf("clip: encode text: there are no sentences, want one or more"))
	}
	return m.EncodeSentences(m.LookUp(s, texts, Rows{}))
}

// WordNumbers is how many numbers the vectors of the words of sentences have:
// so often [Model.LookUp] asks for noise.
func (m *Model) WordNumbers(texts []string) int {
	n := 0
	for _, text := range texts {
		n += len(m.words.tokens(text)) * m.words.table.Dim()
	}
	return n
}

// Unknown returns the words of a sentence that the model knows nothing of. A
// model of pieces reads any text, and cannot tell.
func (m *Model) Unknown(text string) []string {
	if m.Words == nil {
		return nil
	}
	return m.Words.Unknown(text)
}

// LogitScale returns the factor, at most MaxScale, that makes logits of cosine
// similarities: a scalar with gradient.
func (m *Model) LogitScale(s *torch.Session) (scale torch.Tensor) {
	defer s.Tidy(&scale)()

	return s.Use(m.scale).Exp().ClampMax(m.Config.MaxScale)
}
