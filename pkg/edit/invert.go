package edit

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/latent"
	"github.com/clipenv/toolkit/pkg/optim"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/view"
)

// Problem is what one optimisation is about: N maps, each with its words. The
// networks' weights are frozen.
type Problem struct {
	Generator Generator
	CLIP      ImageEncoder
	Maps      torch.Tensor  // radiance [N,3,H,W] of the generator's size; none: begin with its prior
	Text      torch.Tensor  // unit embedding of each map's words, [N,E]
	Move      latent.Latent // where guided mode starts from the maps' latents; none: from those

	Light torch.Tensor // the mean picture of maps that fit the words, by height, [N,3,H,1]; none: any light will do

	// Output gives what comes of the generator's maps, radiance [N,3,H,W]: what
	// CLIP looks at, and the log gains of the input, [N,3,H,W], whose log
	// radiance is Guide, [1,1,H,W]. nil: those maps themselves.
	Output func(radiance torch.Tensor) (output, gain torch.Tensor)
	Guide  torch.Tensor
}

// Step is what is known after one step of the optimisation.
type Step struct {
	Number     int       // from 1
	Of         int       // how many there are
	Loss       float64   // mean over the maps: the sum of the terms by their weights
	Terms      []Value   // in the order of the sum
	Similarity []float64 // cosine of each map's views with its words, before this step

	// Preview decodes what the steps have come to for the first map: what the
	// artist would get, at the generator's size. It costs nothing where it is
	// not called, and may be called while the step is observed, not after.
	// Steps that are told of together have one preview.
	Preview func() (*hdr.Image, error) `json:"-"`
}

// Value is a term of the loss at one step.
type Value struct {
	Name   string  `json:"name"`
	Weight float64 `json:"weight"`
	Mean   float64 `json:"mean"` // over the maps, before the weight
}

// Solution is the end of an optimisation.
type Solution struct {
	Start, End torch.Tensor  // radiance [N,3,H,W]: the maps as the generator gives them, before and after
	Latent     latent.Latent // at the end: its point
	Steps      []Step

	Unrecorded error // why the steps could not be recorded though they should; nil: they were, or should not
}

// tensors visits all that a solution holds.
func (x *Solution) tensors(yield func(torch.Tensor) bool) {
	if !yield(x.Start) || !yield(x.End) {
		return
	}
	for _, part := range x.Latent.Each {
		if !yield(part) {
			return
		}
	}
}

// Invert finds the latents whose maps CLIP sees as the words say. It is the
// latent inversion of D'Orazio, "CLIP-guided Editing of Environment Maps using
// Inversion Techniques": Adam descends L = 1 − cos(ψ(D(·)), ψ(t)) with both
// networks frozen. Guided mode adds terms that follow the words rather than
// CLIP's blind spots. Invert calls observe, unless that is nil, after each
// step.
//
// Each map descends its own loss. The other maps of the batch change its
// result only through the draws of its views.
func Invert(ctx context.Context, p Problem, c Config, observe func(Step)) (out Solution, err error) {
	if err := c.Validate(); err != nil {
		return Solution{}, err
	}
	s := p.Text.Session()
	defer s.TidyFunc(out.tensors)()
	s.Seed(c.Seed)
	x, err := newDescent(p, c)
	if err != nil {
		return Solution{}, err
	}
	defer x.close()
	if err := x.prepare(); err != nil {
		return Solution{}, err
	}

	s.NoGrad(func() { out.Start = p.Generator.Decode(point(p.Generator, x.origin.start)) })
	for i := range c.Steps {
		if err := ctx.Err(); err != nil {
			return Solution{}, fmt.Errorf("edit: stopped after %d of %d steps: %w", i, c.Steps, context.Cause(ctx))
		}
		x.step(i)
		if (i+1)%x.every != 0 && i+1 < c.Steps {
			continue
		}
		for _, step := range x.steps() {
			out.Steps = append(out.Steps, step)
			if observe != nil {
				observe(step)
			}
			if math.IsNaN(step.Loss) || math.IsInf(step.Loss, 0) {
				return Solution{}, fmt.Errorf("edit: step %d of %d: the loss is %v: lower learning_rate (%v) or regulariser_weight (%v)", step.Number, c.Steps, step.Loss, c.LearningRate, c.RegulariserWeight)
			}
		}
	}
	out.Unrecorded = x.unrecorded
	s.NoGrad(func() {
		out.Latent = point(p.Generator, x.variable.at(x.free))
		out.End = p.Generator.Decode(out.Latent)
	})
	if !finite(out.End) {
		return Solution{}, fmt.Errorf("edit: after %d steps the map has values that are no numbers: lower learning_rate (%v) or regulariser_weight (%v)", c.Steps, c.LearningRate, c.RegulariserWeight)
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

// descent is one optimisation under way.
type descent struct {
	Problem
	config   Config
	origin   origin
	variable variable
	terms    []addend
	free     latent.Latent // the offsets, owned
	adam     *optim.AdamW
	random   *rand.Rand // of the views
	rate     float64    // of the step
	draws    []view.Draws
	figures  torch.Tensor   // of the step, [N+1+terms]
	every    int            // steps whose figures leave the device together
	unread   []torch.Tensor // owned: the figures of steps that are done, as figures
	done     int            // steps whose figures were read
	recorded
}

func newDescent(p Problem, c Config) (*descent, error) {
	x := &descent{Problem: p, config: c, terms: c.terms(), random: rand.New(rand.NewPCG(uint64(c.Seed), 0x9e3779b97f4a7c15))}
	var err error
	p.Text.Session().NoGrad(func() {
		x.origin = newOrigin(p, c)
		if x.variable, err = variables[c.Variable](x.origin); err == nil {
			x.free = x.variable.offsets().Map(func(zeros torch.Tensor) torch.Tensor {
				return zeros.Clone().Own().SetRequiresGrad(true)
			})
		}
	})
	if err != nil {
		return nil, err
	}
	if x.adam, err = optim.NewAdamW(x.free.Each, optim.Config{}); err != nil {
		x.close()
		return nil, err
	}
	return x, nil
}

func (x *descent) close() {
	x.recorded.close()
	for _, row := range x.unread {
		row.Free()
	}
	x.free.Free()
	if x.adam != nil {
		x.adam.Close()
	}
}

// descend descends once, from what was drawn for the step, at its rate.
func (x *descent) descend() {
	seen := x.look()
	var total torch.Tensor
	values := make([]torch.Tensor, len(x.terms))
	for i, t := range x.terms {
		values[i] = t.Of(seen)
		if i == 0 {
			total = values[i]
		} else {
			total = total.AddScaled(values[i], t.weight)
		}
	}
	loss := total.Sum()
	loss.Backward()
	s := x.Text.Session()
	sums := []torch.Tensor{loss}
	for _, v := range values {
		sums = append(sums, v.Sum())
	}
	figures := torch.Cat(0, values[0].Detach(), torch.Stack(0, sums...).Detach())
	if x.records {
		x.adam.StepAtRate(s, 1)
		x.kept.CopyFrom(figures)
	} else {
		x.adam.Step(s, x.rate, 1)
		x.figures = figures
	}
}

// steps are those that are done and were not told of. All that is known of them
// leaves the device in one copy, for which the processor waits once.
func (x *descent) steps() (steps []Step) {
	s := x.Text.Session()
	defer s.Tidy()()
	rows := make([]torch.Tensor, len(x.unread))
	for i, row := range x.unread {
		rows[i] = s.Use(row)
		defer row.Free()
	}
	width, all := int(rows[0].Size(0)), torch.Stack(0, rows...).Floats()
	x.unread = nil
	for row := range slices.Chunk(all, width) {
		x.done++
		step := Step{Number: x.done, Of: x.config.Steps, Preview: x.preview}
		step.figures(x.terms, row)
		steps = append(steps, step)
	}
	return steps
}

// figures fills in what the terms came to: of a row of the first term for each map,
// the sum of the loss over the maps, and those of the terms.
func (step *Step) figures(terms []addend, row []float32) {
	n := len(row) - 1 - len(terms)
	mean := func(i int) float64 { return float64(row[n+i]) / float64(n) }
	for _, miss := range row[:n] {
		step.Similarity = append(step.Similarity, 1-float64(miss))
	}
	step.Loss = mean(0)
	for i, t := range terms {
		step.Terms = append(step.Terms, Value{t.Name, t.weight, mean(1 + i)})
	}
}

// look decodes what the offsets stand for by now.
func (x *descent) look() Sight {
	z := x.variable.at(x.free)
	seen := Sight{
		CLIP: x.CLIP, Text: x.Text, Latent: z, Anchor: x.origin.anchor, Light: x.Light, Guide: x.Guide,
		Radiance: x.Generator.Decode(x.variable.look(z)),
	}
	if x.Output != nil {
		seen.Radiance, seen.Gain = x.Output(seen.Radiance)
	}
	switch {
	case x.config.views() == 0:
		seen.Views = []torch.Tensor{view.Picture(seen.Radiance)}
	case x.inputs != nil:
		for _, in := range x.inputs {
			seen.Views = append(seen.Views, in.View(seen.Radiance))
		}
	default:
		for _, d := range x.draws {
			seen.Views = append(seen.Views, d.View(seen.Radiance))
		}
	}
	return seen
}

// preview is the first map as it is by now.
func (x *descent) preview() (im *hdr.Image, err error) {
	s := x.Text.Session()
	w, h := x.Generator.Size()
	s.NoGrad(func() {
		s.Scope(func() {
			radiance := x.Generator.Decode(point(x.Generator, x.variable.at(x.free)))
			if x.Output != nil {
				radiance, _ = x.Output(radiance)
			}
			im, err = envmap.FromPlanar(radiance.Narrow(0, 0, 1).Floats(), w, h)
		})
	})
	return im, err
}
