package edit

import (
	"context"
	"fmt"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/vae"
	"github.com/clipenv/toolkit/pkg/view"
)

// Models is what an edit is made with. Judge and Bank may be nil; guided mode
// with a strength above 0 needs the bank.
type Models struct {
	VAE   *vae.Model
	CLIP  Encoder
	Judge Encoder // takes no part in the edit
	Bank  *Bank
}

// Similarities are the cosines of a map with the prompt's words.
type Similarities struct {
	Before float64 `json:"before"` // of the input
	After  float64 `json:"after"`  // of the output
}

// Result is an edit and what is known of it.
type Result struct {
	Output *hdr.Image `json:"-"` // of the input's size

	CLIP  Similarities  `json:"clip"`            // by the CLIP that was optimised
	Judge *Similarities `json:"judge,omitempty"` // by the one that was not

	AboveStops    float64 `json:"above_stops"`    // change of the irradiance from above
	HorizonRed    float64 `json:"horizon_red"`    // red over blue at the horizon, after
	SeamBefore    float64 `json:"seam_before"`    // envmap.Discontinuity of the input
	SeamAfter     float64 `json:"seam_after"`     // and of the output
	DecodedBefore float64 `json:"decoded_before"` // CLIP on the VAE's map at the start
	DecodedAfter  float64 `json:"decoded_after"`  // and at the end
}

// Run edits a map of any size as the prompt says (see [ParsePrompt]). observe,
// if not nil, is told of each step.
func Run(ctx context.Context, device torch.Device, m Models, input *hdr.Image, prompt string, c Config, observe func(Step)) (*Result, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	phrases, err := ParsePrompt(prompt)
	if err != nil {
		return nil, err
	}
	small, err := envmap.Resize(input, int(m.VAE.Config.Width()), int(m.VAE.Config.Height))
	if err != nil {
		return nil, err
	}
	if err := m.VAE.Params.Freeze(); err != nil {
		return nil, err
	}
	var r *Result
	err = torch.Do(device, func(s *torch.Session) {
		e := editing{s: s, models: m, config: c, input: input, small: small, phrases: phrases}
		r, err = e.run(ctx, observe)
		s.Check(err)
	})
	return r, err
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
	problem, err := e.problem()
	if err != nil {
		return nil, err
	}
	solution, err := Invert(ctx, problem, e.config, observe)
	if err != nil {
		return nil, err
	}
	coding := e.models.VAE.Config.Coding
	r := &Result{
		DecodedBefore: Similarity(e.models.CLIP, coding, solution.Start, problem.Text)[0],
		DecodedAfter:  Similarity(e.models.CLIP, coding, solution.End, problem.Text)[0],
	}
	if r.Output, err = e.output(solution); err != nil {
		return nil, err
	}
	return r, e.measure(r, problem.Text)
}

func (e *editing) problem() (Problem, error) {
	code := e.code(e.small)
	text, err := Embed(e.s, e.models.CLIP, e.phrases)
	if err != nil {
		return Problem{}, err
	}
	p := Problem{VAE: e.models.VAE, CLIP: e.models.CLIP, Code: code, Text: text}
	if e.config.Mode != Guided || e.config.Strength == 0 {
		return p, nil
	}
	if e.models.Bank == nil {
		return Problem{}, fmt.Errorf("edit: guided mode moves along a bank's latents, and there is no bank: give one, or set strength to 0")
	}
	if err := e.models.Bank.fits(e.models.VAE, e.models.CLIP); err != nil {
		return Problem{}, err
	}
	p.Move, err = e.models.Bank.Move(text, e.config.Neighbours)
	return p, err
}

func (e *editing) code(im *hdr.Image) torch.Tensor {
	c := e.models.VAE.Config
	return view.Code(e.s.FromFloats(envmap.Planar(im), 1, 3, c.Height, c.Width()), c.Coding)
}

// output is the edited map at the input's size.
func (e *editing) output(x Solution) (*hdr.Image, error) {
	start, err := e.image(x.Start)
	if err != nil {
		return nil, err
	}
	end, err := e.image(x.End)
	if err != nil {
		return nil, err
	}
	if e.config.Output == Decoded {
		out, err := envmap.Interpolate(end, e.input.W, e.input.H, envmap.Bilinear)
		if err != nil {
			return nil, err
		}
		out.Meta = e.input.Meta
		return out, nil
	}
	return e.config.Transfer.Relight(e.input, start, end)
}

func (e *editing) image(code torch.Tensor) (*hdr.Image, error) {
	c := e.models.VAE.Config
	return envmap.FromPlanar(view.Radiance(code, c.Coding).Floats(), int(c.Width()), int(c.Height))
}

// measure fills in what can be read off the output.
func (e *editing) measure(r *Result, text torch.Tensor) error {
	small, err := envmap.Resize(r.Output, e.small.W, e.small.H)
	if err != nil {
		return err
	}
	coding := e.models.VAE.Config.Coding
	before, after := e.code(e.small), e.code(small)
	judge := func(m Encoder, text torch.Tensor) Similarities {
		return Similarities{Similarity(m, coding, before, text)[0], Similarity(m, coding, after, text)[0]}
	}
	r.CLIP = judge(e.models.CLIP, text)
	if e.models.Judge != nil {
		words, err := Embed(e.s, e.models.Judge, e.phrases)
		if err != nil {
			return err
		}
		both := judge(e.models.Judge, words)
		r.Judge = &both
	}
	r.AboveStops = envmap.Stops(envmap.IrradianceFromAbove(e.small), envmap.IrradianceFromAbove(small))
	r.HorizonRed = horizonRed(small)
	// Maps too small for it have no figure for the seam.
	r.SeamBefore, _ = envmap.Discontinuity(e.input)
	r.SeamAfter, _ = envmap.Discontinuity(r.Output)
	return nil
}

// horizonRed is red over blue in the eighth of the map's height that ends at
// the horizon.
func horizonRed(im *hdr.Image) float64 {
	var red, blue float64
	for y := im.H/2 - im.H/8; y < im.H/2; y++ {
		row := im.Row(y)
		for x := 0; x < len(row); x += 3 {
			red += float64(row[x])
			blue += float64(row[x+2])
		}
	}
	return red / max(blue, 1e-9)
}
