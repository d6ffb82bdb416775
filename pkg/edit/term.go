package edit

import (
	"github.com/clipenv/toolkit/pkg/latent"
	"github.com/clipenv/toolkit/pkg/loss"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/view"
)

// sight is what one step looks at, for N maps.
type sight struct {
	clip     ImageEncoder
	views    []torch.Tensor // pictures [N,3,H,W] for CLIP, one at least
	text     torch.Tensor   // [N,E] or [1,E]
	radiance torch.Tensor   // the maps themselves, [N,3,H,W]
	latent   latent.Latent  // what they were made of
	anchor   latent.Latent  // where the optimisation began, after the move
	light    torch.Tensor   // mean picture, by height, of maps that fit the words, [N,3,H,1]
	gain     torch.Tensor   // log gains of the input, [N,3,H,W], where it is relit
	guide    torch.Tensor   // log radiance of the input, [1,1,H,W]
}

// term is one addend of the loss: a weight and a pure function of what a step
// looks at, with one value for each map, [N].
type term struct {
	name   string
	weight float64
	of     func(sight) torch.Tensor
}

// The names of the terms.
const (
	termSimilarity     = "similarity"      // 1 − cos, the CLIP loss
	termTV             = "tv"              // total variation of the picture
	termKL             = "kl"              // divergence from the prior, per dimension
	termAnchor         = "anchor"          // squared distance from where the move ended
	termGainSmoothness = "gain_smoothness" // how mottled the relighting is
	termLightPrior     = "light_prior"     // squared distance from the light of maps near the words
)

// terms lists what an edit descends; those without weight are left out. A new
// regulariser is its function, its line here, and its key in Config.
func (c Config) terms() []term {
	guided := 0.
	if c.Mode == Guided {
		guided = 1
	}
	regulariser := func(name string) float64 {
		if c.Regulariser == name {
			return c.RegulariserWeight
		}
		return 0
	}
	all := []term{
		{termSimilarity, 1, similarity},
		{termTV, regulariser(TV), variation},
		{termKL, regulariser(KL), divergence},
		{termAnchor, guided * c.AnchorWeight, distance},
		{termGainSmoothness, guided * c.GainSmoothness, mottle},
		{termLightPrior, guided * c.LightPrior, lightPrior},
	}
	weighed := all[:1]
	for _, t := range all[1:] {
		if t.weight > 0 {
			weighed = append(weighed, t)
		}
	}
	return weighed
}

func similarity(x sight) (y torch.Tensor) {
	defer x.radiance.Tidy(&y)()

	misses := make([]torch.Tensor, len(x.views))
	for i, picture := range x.views {
		misses[i] = loss.Cosine(x.clip.EncodeImage(picture), x.text)
	}
	return torch.Stack(0, misses...).Mean(0)
}

func variation(x sight) torch.Tensor { return loss.TotalVariation(view.Picture(x.radiance)) }

func divergence(x sight) torch.Tensor {
	mean, logvar := x.latent[0].Value, x.latent[1].Value
	return loss.KL(mean, logvar).MulScalar(1 / float64(mean.Size(1)))
}

func distance(x sight) (y torch.Tensor) {
	defer x.radiance.Tidy(&y)()

	return x.latent.Only(x.anchor).Zip(x.anchor, torch.Tensor.Sub).Flat().Square().Mean(1)
}

// mottle is zero where nothing is relit.
func mottle(x sight) torch.Tensor {
	if x.gain.IsZero() {
		return x.radiance.Session().Zeros(x.radiance.Size(0))
	}
	return loss.Mottle(x.gain, x.guide)
}

// lightPrior is zero where no light is known to fit the words.
func lightPrior(x sight) torch.Tensor {
	if x.light.IsZero() {
		return x.radiance.Session().Zeros(x.radiance.Size(0))
	}
	return loss.Light(view.Picture(x.radiance), x.light)
}
