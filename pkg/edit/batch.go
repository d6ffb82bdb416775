package edit

import (
	"context"
	"fmt"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/generator"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/torch"
)

// Inverted is what one inversion gives for each of its maps.
type Inverted struct {
	Start, End []*hdr.Image // the generator's maps, at its size
	Curve      []float64    // mean cosine of the maps with the words, before each step
}

// InvertMaps optimises several maps at once for one prompt, by D'Orazio's
// method: mode paper, output_mode decoded. A batch takes less time than its
// maps one by one. The maps are of any size.
func InvertMaps(ctx context.Context, device torch.Device, m Models, maps []*hdr.Image, prompt string, c Config, observe func(Step)) (*Inverted, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if c.Mode != Paper || c.OutputMode != Decoded {
		return nil, fmt.Errorf("edit: mode is %s and output_mode %s, want paper and decoded: other edits are made map by map", c.Mode, c.OutputMode)
	}
	phrases, err := ParsePrompt(prompt)
	if err != nil {
		return nil, err
	}
	defer c.Rounding()()
	w, h := m.Generator.Size()
	if c.Variable == Pixels {
		m.Generator = generator.Pixels{W: w, H: h, Coding: envmap.EvenLight}
	}
	out := &Inverted{}
	err = torch.Do(device, func(s *torch.Session) {
		text, err := Embed(s, m.CLIP, phrases)
		s.Check(err)
		radiance, err := resized(s, maps, w, h)
		s.Check(err)
		looks, err := c.looksBy(m.CLIP)
		s.Check(err)
		p := Problem{Generator: m.Generator, CLIP: looks, Maps: radiance, Text: text}
		solution, err := Invert(ctx, p, c, func(step Step) {
			var sum float64
			for _, v := range step.Similarity {
				sum += v
			}
			out.Curve = append(out.Curve, sum/float64(len(step.Similarity)))
			if observe != nil {
				observe(step)
			}
		})
		s.Check(err)
		out.Start, err = images(solution.Start)
		s.Check(err)
		out.End, err = images(solution.End)
		s.Check(err)
	})
	return out, c.withRoomFor(len(maps), err)
}

// Score returns the cosine of each map with a prompt, as an encoder sees the
// maps at w×h.
func Score(device torch.Device, m Encoder, maps []*hdr.Image, w, h int, prompt string) ([]float64, error) {
	phrases, err := ParsePrompt(prompt)
	if err != nil {
		return nil, err
	}
	var cosines []float64
	err = torch.Do(device, func(s *torch.Session) {
		text, err := Embed(s, m, phrases)
		s.Check(err)
		const some = 16 // all at once would take memory
		for i := 0; i < len(maps); i += some {
			s.Scope(func() {
				radiance, err := resized(s, maps[i:min(i+some, len(maps))], w, h)
				s.Check(err)
				cosines = append(cosines, Similarity(m, radiance, text)...)
			})
		}
	})
	return cosines, err
}

// resized are maps as one tensor, radiance [N,3,h,w].
func resized(s *torch.Session, maps []*hdr.Image, w, h int) (radiance torch.Tensor, err error) {
	var values []float32
	for _, im := range maps {
		small, err := envmap.Resize(im, w, h)
		if err != nil {
			return torch.Tensor{}, err
		}
		values = append(values, envmap.Planar(small)...)
	}
	return s.FromFloats(values, int64(len(maps)), 3, int64(h), int64(w)), nil
}

// images are the maps of radiance [N,3,H,W].
func images(radiance torch.Tensor) ([]*hdr.Image, error) {
	values := radiance.Floats()
	n, w, h := int(radiance.Size(0)), int(radiance.Size(3)), int(radiance.Size(2))
	out := make([]*hdr.Image, n)
	for i := range out {
		var err error
		if out[i], err = envmap.FromPlanar(values[i*3*w*h:(i+1)*3*w*h], w, h); err != nil {
			return nil, err
		}
	}
	return out, nil
}
