package edit

import (
	"github.com/clipenv/toolkit/pkg/latent"
	"github.com/clipenv/toolkit/pkg/loss"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/view"
)

// Sight is what one step looks at, for N maps.
type Sight struct {
	CLIP     ImageEncoder
	Views    []torch.Tensor // pictures [N,3,H,W] for CLIP, one at least
	Text     torch.Tensor   // [N,E] or [1,E]
	Radiance torch.Tensor   // the maps themselves, [N,3,H,W]
	Latent   latent.Latent  // what they were made of
	Anchor   latent.Latent  // where the optimisation began, after the move
	Light    torch.Tensor   // mean picture, by height, of maps that fit the words, [N,3,H,1]
	Gain     torch.Tensor   // log gains of the input, [N,3,H,W], where it is relit
	Guide    torch.Tensor   // log radiance of the input, [1,1,H,W]
}

// Term is one addend of the loss: a weight and a pure function of what a step
// looks at, with one value for each map, [N].
type Term struct {
	Name   string
	Weight func(Config) float64
	Of     func(Sight) torch.Tensor
}

// Terms lists what an edit descends; those without weight are left out. The
// first is the similarity. A new regulariser is its function, its line here, and
// its key in Config. A program with terms of its own adds them before its first
// edit.
var Terms = []Term{
	{"similarity", func(Config) float64 { return 1 }, similarity},                           // 1 − cos, the CLIP loss
	{"tv", regulariser(TV), variation},                                                      // total variation of the picture
	{"kl", regulariser(KL), divergence},                                                     // divergence from the prior, per dimension
	{"anchor", guided(func(c Config) float64 { return c.AnchorWeight }), distance},          // squared distance from where the move ended
	{"gain_smoothness", guided(func(c Config) float64 { return c.GainSmoothness }), mottle}, // how mottled the relighting is
	{"light_prior", guided(func(c Config) float64 { return c.LightPrior }), lightPrior},     // squared distance from the light of maps near the words
}

// regulariser is the weight of the regulariser of that name, of which an edit
// has one at most.
func regulariser(name string) func(Config) float64 {
	return func(c Config) float64 {
		if c.Regulariser == name {
			return c.RegulariserWeight
		}
		return 0
	}
}

// guided is a weight that only guided edits have.
func guided(weight func(Config) float64) func(Config) float64 {
	return func(c Config) float64 {
		if c.Mode == Guided {
			return weight(c)
		}
		return 0
	}
}

// addend is a term that has a weight.
type addend struct {
	Term
	weight float64
}

func (c Config) terms() (all []addend) {
	for _, t := range Terms {
		if w := t.Weight(c); w > 0 {
			all = append(all, addend{t, w})
		}
	}
	return all
}

func similarity(x Sight) (y torch.Tensor) {
	defer x.Radiance.Tidy(&y)()

	misses := make([]torch.Tensor, len(x.Views))
	for i, picture := range x.Views {
		misses[i] = loss.Cosine(x.CLIP.EncodeImage(picture), x.Text)
	}
	return torch.Stack(0, misses...).Mean(0)
}

func variation(x Sight) torch.Tensor { return loss.TotalVariation(view.Picture(x.Radiance)) }

func divergence(x Sight) torch.Tensor {
	mean, logvar := x.Latent[0].Value, x.Latent[1].Value
	return loss.KL(mean, logvar).MulScalar(1 / float64(mean.Size(1)))
}

func distance(x Sight) (y torch.Tensor) {
	defer x.Radiance.Tidy(&y)()

	return x.Latent.Only(x.Anchor).Zip(x.Anchor, torch.Tensor.Sub).Flat().Square().Mean(1)
}

// mottle is zero where nothing is relit.
func mottle(x Sight) torch.Tensor {
	if x.Gain.IsZero() {
		return x.Radiance.Session().Zeros(x.Radiance.Size(0))
	}
	return loss.Mottle(x.Gain, x.Guide)
}

// lightPrior is zero where no light is known to fit the words.
func lightPrior(x Sight) torch.Tensor {
	if x.Light.IsZero() {
		return x.Radiance.Session().Zeros(x.Radiance.Size(0))
	}
	return loss.Light(view.Picture(x.Radiance), x.Light)
}
