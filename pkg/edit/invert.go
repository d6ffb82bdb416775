package edit

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/clipenv/toolkit/pkg/loss"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/vae"
	"github.com/clipenv/toolkit/pkg/view"
)

// Problem is what one optimisation is about: N maps, each with its words. The
// networks' weights are frozen.
type Problem struct {
	VAE  *vae.Model
	CLIP ImageEncoder
	Code torch.Tensor // the maps, [N,3,H,W], coded
	Text torch.Tensor // unit embedding of each map's words, [N,E]
	Move torch.Tensor // where guided mode starts from the mean latent, [N,D]; none: from the encoding

	Light torch.Tensor // the mean picture of maps that fit the words, by height, [N,3,H,1]; none: any light will do

	// Output gives what comes of the VAE's maps, radiance [N,3,H,W]: what CLIP
	// looks at, and what it costs beside the loss, [N]. nil: those maps
	// themselves.
	Output func(radiance torch.Tensor) (output, cost torch.Tensor)
}

// Step is what is known after one step of the optimisation.
type Step struct {
	Number     int       // from 1
	Loss       float64   // mean over the maps, with the regulariser
	Similarity []float64 // cosine of each map's views with its words, before this step
}

// Solution is where an optimisation ended.
type Solution struct {
	Start, End torch.Tensor // codes [N,3,H,W]: the maps as the VAE gives them, before and after
	Latent     torch.Tensor // mean latent at the end, [N,D]; none for pixels
	Steps      []Step
}

// Invert finds the latents whose maps CLIP sees as the words say: the latent
// inversion of the paper, L = 1 − cos(ψ(D(·)), ψ(t)) by Adam with both networks
// frozen, and in guided mode what makes it follow the words rather than CLIP's
// blind spots. observe, if not nil, is told of each step. Each map descends its
// own loss; a map's result does not depend on the others in the batch up to
// the draws of its views.
func Invert(ctx context.Context, p Problem, c Config, observe func(Step)) (out Solution, err error) {
	if err := c.Validate(); err != nil {
		return Solution{}, err
	}
	s := p.Code.Session()
	defer s.Tidy(&out.Start, &out.End, &out.Latent)()
	s.Seed(c.Seed)
	x := &variable{Problem: p, config: c}
	defer x.close()
	x.start()
	random := rand.New(rand.NewPCG(uint64(c.Seed), 0x9e3779b97f4a7c15))

	s.NoGrad(func() { out.Start, _ = x.decode(false) })
	for i := range c.Steps {
		if err := ctx.Err(); err != nil {
			return Solution{}, fmt.Errorf("edit: stopped after %d of %d steps: %w", i, c.Steps, context.Cause(ctx))
		}
		step := x.step(i, random)
		out.Steps = append(out.Steps, step)
		if observe != nil {
			observe(step)
		}
		if math.IsNaN(step.Loss) || math.IsInf(step.Loss, 0) {
			return Solution{}, fmt.Errorf("edit: step %d of %d: the loss is %v: lower learning_rate (%v) or weight (%v)", step.Number, c.Steps, step.Loss, c.LearningRate, c.Weight)
		}
	}
	s.NoGrad(func() { out.End, out.Latent = x.decode(true) })
	if !finite(out.End) {
		return Solution{}, fmt.Errorf("edit: after %d steps the map has values that are no numbers: lower learning_rate (%v) or weight (%v)", c.Steps, c.LearningRate, c.Weight)
	}
	return out, nil
}

func finite(x torch.Tensor) bool {
	defer x.Tidy()()
	return x.IsFinite().To(torch.Float32).Min().Item() == 1
}

// rate is the learning rate's factor at step i of n: up over ten steps, down a
// half cosine to a tenth.
func rate(i, n int) float64 {
	up := math.Min(1, float64(i+1)/10)
	return up * (.1 + .45*(1+math.Cos(math.Pi*float64(i)/float64(n))))
}

// step descends once.
func (x *variable) step(i int, random *rand.Rand) Step {
	s := x.Code.Session()
	defer s.Tidy()()
	n := x.Code.Size(0)

	code, mean, logvar := x.sample()
	radiance := view.Radiance(code, x.VAE.Config.Coding)
	var cost torch.Tensor
	if x.Output != nil {
		radiance, cost = x.Output(radiance)
	}
	var misses []torch.Tensor
	if x.config.Mode == Guided && x.config.Views > 0 {
		for range x.config.Views {
			misses = append(misses, loss.Cosine(x.CLIP.EncodeImage(view.Gentle.Draw(radiance, random)), x.Text))
		}
	} else {
		misses = append(misses, loss.Cosine(x.CLIP.EncodeImage(view.Picture(radiance)), x.Text))
	}
	miss := torch.Stack(0, misses...).Mean(0) // [N]
	total := miss
	switch x.config.Regulariser {
	case TV:
		total = total.AddScaled(loss.TotalVariation(view.Picture(radiance)), x.config.Weight)
	case KL:
		perDimension := loss.KL(mean, logvar).MulScalar(1 / float64(x.VAE.Config.Latent))
		total = total.AddScaled(perDimension, x.config.Weight)
	}
	if x.config.Mode == Guided && x.config.Stay > 0 {
		total = total.AddScaled(mean.Sub(x.anchor).Square().Mean(1), x.config.Stay)
	}
	if !cost.IsZero() {
		total = total.Add(cost)
	}
	if x.config.Mode == Guided && x.config.Light > 0 && !x.Light.IsZero() {
		total = total.AddScaled(loss.Light(view.Picture(radiance), x.Light), x.config.Light)
	}
	total.Sum().Backward()
	torch.AdamWStep(x.free, x.state, x.config.LearningRate*rate(i, x.config.Steps), .9, .999, 1e-8, 0)
	torch.ZeroGrad(x.free)

	step := Step{Number: i + 1, Loss: total.Sum().Item() / float64(n)}
	for _, m := range miss.Floats() {
		step.Similarity = append(step.Similarity, 1-float64(m))
	}
	return step
}
