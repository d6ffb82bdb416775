package edit

import (
	"context"
	"fmt"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/generator"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/latent"
	"github.com/clipenv/toolkit/pkg/sky"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/view"
)

// Models holds the networks of an edit. Judge may be nil. Bank may be nil
// unless a guided edit has a strength or a light prior above 0.
type Models struct {
	Generator Generator
	CLIP      Encoder
	Judge     Encoder // takes no part in the edit
	Bank      *Bank
}

// Similarities holds the cosines between maps and the words of the prompt.
type Similarities struct {
	Before float64 // of the input
	After  float64 // of the output

	DecodedBefore float64 // of the generator's map at the start
	DecodedAfter  float64 // and at the end
}

// Result is an edit, and how near the words the models find it. Package metric
// measures the rest.
type Result struct {
	Unchanged   bool // the words say nothing to the model, so that the map stays
	NumbersOnly bool // the words say nothing, but numbers of the light were given: they alone were followed

	Output *hdr.Image    // of the input's size
	CLIP   *Similarities // by the CLIP that was optimised; nil without words
	Judge  *Similarities // by the one that was not; nil without one

	Generator string       // name of what the edit went through: sky, vae, pixels
	Why       string       // the rule that took it
	Light     *LightChange // of an edit through a sky

	Unrecorded error // as [Solution.Unrecorded]
}

// Run edits a map of any size as the prompt says (see [ParsePrompt]). It calls
// observe, unless that is nil, after each step. What it goes through, the
// result tells.
func Run(ctx context.Context, device torch.Device, m Models, input *hdr.Image, prompt string, c Config, observe func(Step)) (*Result, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	phrases, err := ParsePrompt(prompt)
	if err != nil {
		return nil, err
	}
	defer c.Rounding()()
	w, h := m.Generator.Size()
	small, err := envmap.Resize(input, w, h)
	if err != nil {
		return nil, err
	}
	scene, why, err := choose(input, c)
	if err == nil && scene == nil && c.Mode == Guided && c.Sky.Generator == AutoGenerator && input.CheckEquirect() == nil && wishesAnyMap(phrases) {
		why = "the words change the light that the map has"
		scene, err = sky.Analyse(input)
	}
	if err != nil {
		return nil, err
	}
	var r *Result
	err = torch.Do(device, func(s *torch.Session) {
		e := editing{s: s, models: m, config: c, input: input, small: small, phrases: phrases}
		if scene != nil {
			r, err = e.throughSky(ctx, scene, observe)
			s.Check(err)
			r.Generator, r.Why = SkyGenerator, why
			return
		}
		if c.Variable == Pixels {
			e.models.Generator = generator.Pixels{W: w, H: h, Coding: envmap.EvenLight}
		}
		r, err = e.run(ctx, observe)
		s.Check(err)
		r.Generator, r.Why = e.models.Generator.Name(), why
	})
	if err != nil {
		return nil, c.withRoom(err)
	}
	trim(r.Output, input)
	return r, nil
}

// editing is one Run.
type editing struct {
	s            *torch.Session
	models       Models
	config       Config
	input, small *hdr.Image
	phrases      []Phrase
}

func (e *editing) run(ctx context.Context, observe func(Step)) (*Result, error) {
	text, err := Embed(e.s, e.models.CLIP, e.phrases)
	if err != nil {
		return nil, err
	}
	if means, err := e.meansSomething(); err != nil {
		return nil, err
	} else if !means {
		return e.unchanged(nil, text)
	}
	problem, err := e.problem(text)
	if err != nil {
		return nil, err
	}
	var relight relighting
	if e.config.OutputMode == Transferred {
		if relight, err = e.relighting(problem); err != nil {
			return nil, err
		}
		if e.config.Aim == AimOutput {
			channels := relight.log(problem.Maps)
			problem.Guide = relight.guide
			problem.Output = func(radiance torch.Tensor) (output, gain torch.Tensor) {
				gain = relight.gain(channels, radiance)
				return problem.Maps.Mul(gain.Exp()), gain
			}
		}
	}
	solution, err := Invert(ctx, problem, e.config, observe)
	if err != nil {
		return nil, err
	}
	r := &Result{Unrecorded: solution.Unrecorded}
	if r.Output, err = e.output(solution, relight); err != nil {
		return nil, err
	}
	return r, e.judge(r, solution, problem.Text)
}

// relighting is the way from the generator's maps to the input.
func (e *editing) relighting(p Problem) (r relighting, err error) {
	if err := e.config.Transfer.fits(e.small.W, e.small.H); err != nil {
		return r, err
	}
	guide, err := e.config.Transfer.guides(e.s, e.input, e.small.W, e.small.H)
	if err != nil {
		return r, err
	}
	e.s.NoGrad(func() { r = e.config.Transfer.from(guide, reconstruct(p.Generator, p.Maps)) })
	return r, nil
}

// problem is what the optimisation is about, with what the bank says of words
// that mean something.
func (e *editing) problem(text torch.Tensor) (Problem, error) {
	looks, err := e.config.looksBy(e.models.CLIP)
	if err != nil {
		return Problem{}, err
	}
	p := Problem{Generator: e.models.Generator, CLIP: looks, Maps: e.radiance(e.small), Text: text}
	if !e.config.looksUp() {
		return p, nil
	}
	if e.models.Bank == nil {
		return Problem{}, fmt.Errorf("edit: guided mode looks words up in a bank of maps, and there is no bank: give one, or set strength and light_prior to 0")
	}
	if err := e.models.Bank.fits(e.models.Generator, e.models.CLIP); err != nil {
		return Problem{}, err
	}
	near, err := e.models.Bank.Nearest(text, e.config.Neighbours)
	if err != nil {
		return Problem{}, err
	}
	p.Move = e.models.Bank.Move(near)
	if e.config.LightPrior > 0 {
		p.Light = e.light(near)
	}
	return p, nil
}

// light is the mean light by height of the maps near the words, latents of
// parts [1,K,…]: [1,3,H,1].
func (e *editing) light(near latent.Latent) (light torch.Tensor) {
	defer e.s.Tidy(&light)()

	near = near.Map(func(one torch.Tensor) torch.Tensor { return one.Squeeze(0) })
	rows := func(some latent.Latent) (rows torch.Tensor) {
		defer e.s.Tidy(&rows)()
		return view.Picture(e.models.Generator.Decode(some)).MeanKeep(3)
	}
	e.s.NoGrad(func() {
		var each []torch.Tensor
		const some = 8 // all at once would take memory
		for k := int64(0); k < near.Maps(); k += some {
			each = append(each, rows(near.Map(func(all torch.Tensor) torch.Tensor {
				return all.Narrow(0, k, min(some, near.Maps()-k))
			})))
		}
		light = torch.Cat(0, each...).MeanKeep(0)
	})
	return light
}

// radiance is a small map as a tensor [1,3,H,W].
func (e *editing) radiance(im *hdr.Image) torch.Tensor {
	return e.s.FromFloats(envmap.Planar(im), 1, 3, int64(im.H), int64(im.W))
}

// output is the edited map at the input's size.
func (e *editing) output(x Solution, relight relighting) (*hdr.Image, error) {
	if e.config.OutputMode == Transferred {
		return relight.relight(e.input, x.End)
	}
	small, err := envmap.FromPlanar(x.End.Floats(), e.small.W, e.small.H)
	if err != nil {
		return nil, err
	}
	out, err := envmap.Interpolate(small, e.input.W, e.input.H, envmap.Bilinear)
	if err != nil {
		return nil, err
	}
	out.Meta = e.input.Meta
	return out, nil
}

// judge has the models look at the input and the output.
func (e *editing) judge(r *Result, x Solution, text torch.Tensor) error {
	small, err := envmap.Resize(r.Output, e.small.W, e.small.H)
	if err != nil {
		return err
	}
	before, after := e.radiance(e.small), e.radiance(small)
	by := func(m Encoder, text torch.Tensor) Similarities {
		at := func(radiance torch.Tensor) float64 { return Similarity(m, radiance, text)[0] }
		return Similarities{at(before), at(after), at(x.Start), at(x.End)}
	}
	clip := by(e.models.CLIP, text)
	r.CLIP = &clip
	if e.models.Judge == nil {
		return nil
	}
	words, err := Embed(e.s, e.models.Judge, e.phrases)
	if err != nil {
		return err
	}
	both := by(e.models.Judge, words)
	r.Judge = &both
	return nil
}
