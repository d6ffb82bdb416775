package search

import (
	"context"
	"fmt"
	"io"
	"math"

	"github.com/clipenv/toolkit/internal/app"
	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/torch"
)

// Score holds maps against phrases.
type Score struct {
	Files  []string
	Prompt string // phrases, apart by |
	Models string // folder; "" for those inside the program
	CLIP   string // in place of the folder's (see ModelSet)
	Force  bool   // take maps that are no panoramas
}

// Scored is what came of a score.
type Scored struct {
	Maps     []MapScore
	Warnings []string // why figures may not be what the words say
}

// MapScore is one map against every phrase, in the prompt's order.
type MapScore struct {
	File   string        `json:"file"`
	Scores []PhraseScore `json:"scores"`
}

// PhraseScore is one map against one phrase.
type PhraseScore struct {
	Prompt string  `json:"prompt"`
	Cosine float64 `json:"cosine"` // of the map and the phrase, as the CLIP sees them
	// Of the phrases being the choice: the softmax of the cosines, scaled as the
	// CLIP learnt to. None where there is no other phrase.
	Probability *float64 `json:"probability,omitempty"`
}

// Phrases are the texts of the prompt.
func (j Score) Phrases() ([]string, error) {
	phrases, err := parsePrompt("score", j.Prompt)
	if err != nil {
		return nil, err
	}
	var texts []string
	for _, p := range phrases {
		if p.Weight != 1 {
			return nil, fmt.Errorf("score: prompt \"%s\": \"%s\" has the weight %v, want none: phrases are scored, not added", quote.Text(j.Prompt), quote.Text(p.Text), p.Weight)
		}
		texts = append(texts, p.Text)
	}
	return texts, nil
}

// Run scores the maps; done, if not nil, is told of each. A file that cannot be
// read is told and left out, and is in the error that comes with the others'
// scores.
func (j Score) Run(ctx context.Context, s app.Session, done func()) (r *Scored, err error) {
	err = s.Worker.Do(ctx, func() error {
		r, err = j.run(ctx, s, done)
		return err
	})
	return r, err
}

func (j Score) run(ctx context.Context, s app.Session, done func()) (*Scored, error) {
	texts, err := j.Phrases()
	if err != nil {
		return nil, err
	}
	models, clip, err := openSeer(s, app.ModelSet{Folder: j.Models, CLIP: j.CLIP})
	if err != nil {
		return nil, err
	}
	defer models.Close()
	maps := app.Maps{Verb: "score", Force: j.Force, Talk: io.Discard}
	r, failed := &Scored{}, 0
	err = torch.Do(s.Device, func(ts *torch.Session) {
		units, doubts, err := readWords(ts, clip, texts)
		ts.Check(err)
		r.Warnings = doubts
		var scale float64
		ts.NoGrad(func() { scale = clip.LogitScale(ts).Item() })
		read := func(i int) (*hdr.Image, error) { return maps.Read(j.Files[i]) }
		ts.Check(look(ctx, ts, clip, len(j.Files), read, func(i int, unit []float32, err error) error {
			if err != nil {
				failed++
				s.Tell("score: %s", quote.Text(err.Error()))
			} else {
				r.Maps = append(r.Maps, MapScore{j.Files[i], scores(texts, units, unit, scale)})
			}
			if done != nil {
				done()
			}
			return nil
		}))
	})
	if err != nil {
		return nil, err
	}
	return r, unread("score", failed, len(j.Files))
}

func scores(texts []string, units [][]float32, seen []float32, scale float64) []PhraseScore {
	out := make([]PhraseScore, len(texts))
	cosines := make([]float64, len(texts))
	for i, text := range texts {
		cosines[i] = dot(units[i], seen)
		out[i] = PhraseScore{Prompt: text, Cosine: cosines[i]}
	}
	if len(texts) > 1 {
		for i, p := range softmax(cosines, scale) {
			out[i].Probability = &p
		}
	}
	return out
}

// softmax returns the shares of e to the scaled numbers; they sum to 1.
func softmax(x []float64, scale float64) []float64 {
	highest := math.Inf(-1)
	for _, v := range x {
		highest = max(highest, v)
	}
	out, sum := make([]float64, len(x)), 0.
	for i, v := range x {
		out[i] = math.Exp(scale * (v - highest))
		sum += out[i]
	}
	for i := range out {
		out[i] /= sum
	}
	return out
}
