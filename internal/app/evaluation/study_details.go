package evaluation

import (
	"context"
	"strings"

	"github.com/clipenv/toolkit/internal/app"
	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/evaluate"
	"github.com/clipenv/toolkit/pkg/figures"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/view"
)

// details adds to each edit's figures what the kept maps tell: how much of the
// input's detail it has, and where its words stand among other sentences.
func (e *Study) details(ctx context.Context, s app.Session) error {
	return torch.Do(s.Device, func(session *torch.Session) {
		session.NoGrad(func() {
			scales := e.scales(session)
			for i, cell := range e.cells {
				if cell.Outcome == nil {
					continue
				}
				if ctx.Err() != nil {
					session.Check(context.Cause(ctx))
				}
				session.Scope(func() { session.Check(e.detail(session, i, scales)) })
			}
		})
	})
}

// scale is an encoder with the unit vectors of the cells' words, [1,E], and of
// the other sentences, [E,texts].
type scale struct {
	edit.Encoder
	words  map[string]torch.Tensor
	texts  []string
	others torch.Tensor
}

// scales embeds all sentences, once for each encoder: by the CLIPs' names, and
// the judge's.
func (e *Study) scales(s *torch.Session) map[string]scale {
	all := map[string]scale{}
	add := func(of string, m edit.Encoder) {
		texts := evaluate.OtherSentences()
		x := scale{m, map[string]torch.Tensor{}, texts, m.EncodeText(s, texts).Transpose(0, 1)}
		for _, c := range e.cells {
			words := c.Trial.Words
			if _, there := x.words[words]; there {
				continue
			}
			phrases, err := edit.ParsePrompt(words)
			s.Check(err)
			x.words[words], err = edit.Embed(s, m, phrases)
			s.Check(err)
		}
		all[of] = x
	}
	for _, c := range e.clips {
		add("clip "+c.name, c.Encoder)
	}
	if e.models.Judge != nil {
		add("judge", e.models.Judge)
	}
	return all
}

func (e *Study) detail(s *torch.Session, i int, scales map[string]scale) error {
	cell := e.cells[i]
	start, end, err := e.pictures(i, len(cell.Outcome.Maps))
	if err != nil {
		return err
	}
	for k, m := range e.ofTrial(cell.Trial.Maps) {
		small, err := envmap.Resize(m.image, end[k].W, end[k].H)
		if err != nil {
			return err
		}
		to := cell.Outcome.Maps[k].Figures
		to[evaluate.Detail] = evaluate.DetailKept(small, end[k])
		for of, by := range map[string]string{"clip": "clip " + e.clip(cell.Trial.CLIP).name, "judge": "judge"} {
			if x, ok := scales[by]; ok {
				s.Scope(func() { x.place(s, to, of, cell.Trial.Words, start[k], end[k]) })
			}
		}
	}
	return nil
}

// place adds the figures of an edit by a CLIP.
func (x scale) place(s *torch.Session, to figures.Map, of, words string, start, end *hdr.Image) {
	among := func(im *hdr.Image) (z, place float64) {
		seen := x.EncodeImage(view.Picture(s.FromFloats(envmap.Planar(im), 1, 3, int64(im.H), int64(im.W))))
		var others []float64
		for i, v := range seen.MatMul(x.others).Floats() {
			if !strings.EqualFold(x.texts[i], words) {
				others = append(others, float64(v))
			}
		}
		return evaluate.Above(seen.Mul(x.words[words]).Sum(1).Item(), others)
	}
	named := evaluate.ScaledBy(of)
	to[named.Before], _ = among(start)
	to[named.After], to[named.Place] = among(end)
}
