package clip

import (
	"github.com/clipenv/toolkit/internal/faults"
)

// Config is the architecture. It is kept in the model's file.
type Config struct {
	Embed    int64       `yaml:"embed" json:"embed"`         // dimensions of the common space
	MaxScale float64     `yaml:"max_scale" json:"max_scale"` // the logit scale never passes this
	Image    ImageConfig `yaml:"image" json:"image"`
	Text     TextConfig  `yaml:"text" json:"text"`
}

// The kinds of image towers.
const (
	Conv = "conv" // residual convolutions with panorama padding
	ViT  = "vit"  // vision transformer
)

// ImageConfig is the image tower: the fields of one kind are zero in the other.
type ImageConfig struct {
	Kind   string     `yaml:"kind" json:"kind"`
	Height int64      `yaml:"height" json:"height"` // of the picture it sees, in pixels
	Width  int64      `yaml:"width" json:"width"`
	Mean   [3]float64 `yaml:"mean,flow" json:"mean"` // of pictures; subtracted, then divided by Std
	Std    [3]float64 `yaml:"std,flow" json:"std"`

	// Conv: channels and residual blocks of each stage, and the width of the
	// layer before the embedding.
	Channels []int64 `yaml:"channels,flow,omitempty" json:"channels,omitempty"`
	Blocks   []int64 `yaml:"blocks,flow,omitempty" json:"blocks,omitempty"`
	Hidden   int64   `yaml:"hidden,omitempty" json:"hidden,omitempty"`

	// ViT: the side of a patch in pixels, and the transformer.
	Patch       int64       `yaml:"patch,omitempty" json:"patch,omitempty"`
	Transformer Transformer `yaml:"transformer,omitempty" json:"transformer,omitzero"`
}

// Transformer is the size of a stack of layers.
type Transformer struct {
	Dim    int64 `yaml:"dim" json:"dim"`
	Layers int64 `yaml:"layers" json:"layers"`
	Heads  int64 `yaml:"heads" json:"heads"`
	Hidden int64 `yaml:"hidden" json:"hidden"` // width of the MLPs; 0 means 4·Dim
	// Activation of the MLPs: none means QuickGELU.
	Activation string `yaml:"activation,omitempty" json:"activation,omitempty"`
}

// The activations of MLPs.
const (
	QuickGELU = "quick_gelu" // x·sigmoid(1.702x): OpenAI's
	GELU      = "gelu"       // x·Φ(x): most of open_clip's
)

// How the text tower makes one vector of a vector for each token.
const (
	PoolEnd  = "end"  // that of the end token; tokens look back only: OpenAI's
	PoolMean = "mean" // the mean; tokens look both ways
)

// The kinds of text towers.
const (
	Pieces = "pieces" // a transformer over byte pairs whose vectors are learnt: OpenAI's
	Words  = "words"  // over the frozen word vectors of a table (package words)
)

// TextConfig is the text tower.
type TextConfig struct {
	Kind        string      `yaml:"kind" json:"kind,omitempty"`   // none means Pieces
	Vocabulary  int64       `yaml:"vocabulary" json:"vocabulary"` // most tokens to learn; in a model, those it has
	Context     int64       `yaml:"context" json:"context"`       // most tokens of a sentence, start and end among them
	Pool        string      `yaml:"pool" json:"pool"`
	Transformer Transformer `yaml:"transformer" json:"transformer"` // of Words, without layers: one MLP on the mean word
}

// Mini is the model of the examples, for 64×128 panoramas: 1.15 million
// parameters for pictures, .4 million for text.
var Mini = Config{
	Embed: 128, MaxScale: 40,
	Image: ImageConfig{
		Kind: Conv, Height: 64, Width: 128, Mean: [3]float64{.45, .45, .45}, Std: [3]float64{.27, .27, .27},
		Channels: []int64{32, 64, 128}, Blocks: []int64{1, 2, 2}, Hidden: 256,
	},
	Text: TextConfig{Kind: Pieces, Vocabulary: 1024, Context: 32, Pool: PoolMean, Transformer: Transformer{Dim: 128, Layers: 2, Heads: 4, Hidden: 256}},
}

// MiniViT sees what Mini sees through a transformer on 8×8 patches: .6 million
// parameters for pictures.
var MiniViT = Config{
	Embed: 128, MaxScale: 40,
	Image: ImageConfig{
		Kind: ViT, Height: 64, Width: 128, Mean: Mini.Image.Mean, Std: Mini.Image.Std,
		Patch: 8, Transformer: Transformer{Dim: 128, Layers: 3, Heads: 4, Hidden: 384},
	},
	Text: Mini.Text,
}

// ViTB32 is OpenAI's ViT-B/32.
var ViTB32 = Config{
	Embed: 512, MaxScale: 100,
	Image: ImageConfig{
		Kind: ViT, Height: 224, Width: 224, Mean: openAIMean, Std: openAIStd,
		Patch: 32, Transformer: Transformer{Dim: 768, Layers: 12, Heads: 12},
	},
	Text: TextConfig{Vocabulary: 49408, Context: 77, Pool: PoolEnd, Transformer: Transformer{Dim: 512, Layers: 12, Heads: 8}},
}

// Mean and deviation of the pictures that OpenAI's CLIP was trained on.
var (
	openAIMean = [3]float64{.48145466, .4578275, .40821073}
	openAIStd  = [3]float64{.26862954, .26130258, .27577711}
)

// Validate reports every field that is wrong.
func (c Config) Validate() error {
	var k faults.List
	faults.Within(&k, "embed", c.Embed, 1, 8192)
	k.Check(c.MaxScale >= 1 && c.MaxScale <= 1000, "max_scale is %v, want 1 to 1000", c.MaxScale)
	c.Image.validate(&k)
	c.Text.validate(&k)
	return k.Err()
}

func (c ImageConfig) validate(k *faults.List) {
	faults.Within(k, "image.height", c.Height, 8, 4096)
	faults.Within(k, "image.width", c.Width, 8, 4096)
	for i, std := range c.Std {
		k.Check(std > 0, "image.std[%d] is %v, want more than 0", i, std)
		k.Check(c.Mean[i] >= 0 && c.Mean[i] <= 1, "image.mean[%d] is %v, want 0 to 1", i, c.Mean[i])
	}
	switch c.Kind {
	case Conv:
		c.validateConv(k)
	case ViT:
		faults.Within(k, "image.patch", c.Patch, 1, 256)
		if c.Patch > 0 {
			k.Check(c.Height%c.Patch == 0 && c.Width%c.Patch == 0, "image is %d×%d, want multiples of image.patch, %d", c.Height, c.Width, c.Patch)
		}
		c.Transformer.validate(k, "image.transformer")
		k.Check(len(c.Channels) == 0 && len(c.Blocks) == 0 && c.Hidden == 0, "image.channels, image.blocks and image.hidden are those of kind %s, want none of them for %s", Conv, ViT)
	default:
		k.Check(false, "image.kind is %q, want %q or %q", c.Kind, Conv, ViT)
	}
}

func (c ImageConfig) validateConv(k *faults.List) {
	stages := len(c.Channels)
	faults.Within(k, "the number of image.channels", int64(stages), 1, 6)
	k.Check(len(c.Blocks) == stages, "image.blocks has %d stages, want %d, as image.channels", len(c.Blocks), stages)
	for i, n := range c.Channels {
		k.Check(n >= normGroups && n <= 4096 && n%normGroups == 0, "image.channels[%d] is %d, want a multiple of %d up to 4096", i, n, normGroups)
	}
	for i, n := range c.Blocks {
		k.Check(n >= 0 && n <= 64, "image.blocks[%d] is %d, want 0 to 64", i, n)
	}
	if stages >= 1 && stages <= 6 {
		step := c.stride()
		k.Check(c.Height%step == 0, "image.height is %d, want a multiple of %d for %d stages", c.Height, step, stages)
		k.Check(c.Width%(2*step) == 0, "image.width is %d, want a multiple of %d for %d stages", c.Width, 2*step, stages)
	}
	faults.Within(k, "image.hidden", c.Hidden, 1, 65536)
	k.Check(c.Patch == 0 && c.Transformer == Transformer{}, "image.patch and image.transformer are those of kind %s, want none of them for %s", ViT, Conv)
}

// stride is how many pixels one step of a conv tower's last stage covers.
func (c ImageConfig) stride() int64 { return stemStride << (len(c.Channels) - 1) }

func (c Transformer) validate(k *faults.List, name string) {
	faults.Within(k, name+".dim", c.Dim, 1, 8192)
	faults.Within(k, name+".layers", c.Layers, 1, 128)
	faults.Within(k, name+".heads", c.Heads, 1, 128)
	faults.Within(k, name+".hidden", c.Hidden, 0, 65536)
	k.Check(c.Activation == "" || c.Activation == QuickGELU || c.Activation == GELU, "%s.activation is %q, want %q or %q", name, c.Activation, QuickGELU, GELU)
	if c.Heads > 0 {
		k.Check(c.Dim%c.Heads == 0, "%s.dim is %d, want a multiple of its heads, %d", name, c.Dim, c.Heads)
	}
}

func (c TextConfig) validate(k *faults.List) {
	faults.Within(k, "text.context", c.Context, 3, 4096)
	switch c.Kind {
	case "", Pieces:
		faults.Within(k, "text.vocabulary", c.Vocabulary, 514, 1<<20)
		k.Check(c.Pool == PoolEnd || c.Pool == PoolMean, "text.pool is %q, want %q or %q", c.Pool, PoolEnd, PoolMean)
	case Words:
		faults.Within(k, "text.vocabulary", c.Vocabulary, 1, 1<<20)
		k.Check(c.Pool == PoolMean, "text.pool is %q, want %q for %s", c.Pool, PoolMean, Words)
		if c.Transformer.Layers == 0 {
			c.Transformer.Layers = 1 // the MLP
		}
	default:
		k.Check(false, "text.kind is %q, want %q or %q", c.Kind, Pieces, Words)
	}
	c.Transformer.validate(k, "text.transformer")
}
