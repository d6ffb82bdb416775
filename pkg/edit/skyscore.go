package edit

import (
	"slices"

	"github.com/clipenv/toolkit/pkg/generator"
	"github.com/clipenv/toolkit/pkg/sky"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/view"
)

// The parts of a known light's score: what the words say of it by the captions'
// own table counts most; how near its caption lies to them, and how near CLIP
// finds a picture of this scene in it, are in standard deviations over the
// lights.
const (
	byWords   = 5.
	byCaption = .7
	byPicture = .3
	farBehind = 2. // of a score: no picture makes that good
)

// score tells how well each of the known lights fits the words.
func (e *editing) score(g *generator.Sky, lights []sky.Target, text torch.Tensor) (score []float64, err error) {
	captions := make([]string, len(knownLights))
	for i, k := range knownLights {
		captions[i] = k.caption
	}
	e.s.NoGrad(func() {
		e.s.Scope(func() {
			said := e.models.CLIP.EncodeText(e.s, captions)
			near := standard(said.MatMul(text.Transpose(0, 1)).Floats())
			score = scoreWords(e.phrases, func() []float64 { return e.nearest(text) })
			for i := range score {
				score[i] = byWords*score[i] + byCaption*near[i]
			}
			e.lookAt(g, lights, score, said, text)
		})
	})
	return score, nil
}

// lookAt adds to the scores what CLIP finds in pictures of this scene, of the
// lights that it may yet put first.
func (e *editing) lookAt(g *generator.Sky, lights []sky.Target, score []float64, said, text torch.Tensor) {
	best := slices.Max(score)
	var which []int
	var some []sky.Target
	for i, v := range score {
		if v > best-farBehind {
			which, some = append(which, i), append(some, lights[i])
		}
	}
	if len(some) < 2 {
		return
	}
	seen := e.models.CLIP.EncodeImage(view.Picture(g.Decode(g.Lights(e.s, some))))
	// CLIP likes some pictures whatever the words: their mean over all captions
	// goes.
	own := seen.MatMul(text.Transpose(0, 1)).Sub(seen.MatMul(said.Transpose(0, 1)).MeanKeep(1))
	for k, v := range standard(own.Floats()) {
		score[which[k]] += byPicture * v
	}
}

// nearest scores the known lights by what lies near to words that nobody wrote
// down: by the vectors of single words where the model has them, else by what
// it makes of the whole.
func (e *editing) nearest(text torch.Tensor) []float64 {
	if m, ok := e.models.CLIP.(interface{ WordVectors(string) [][]float32 }); ok {
		if score := nearWords(e.phrases, m.WordVectors); score != nil {
			return score
		}
	}
	// A model of pieces of words takes milliseconds for each.
	of := captioned()
	var cosines []float64
	for some := range slices.Chunk(of, textsAtOnce) {
		texts := make([]string, len(some))
		for i, m := range some {
			texts[i] = m.text
		}
		e.s.Scope(func() {
			for _, v := range e.models.CLIP.EncodeText(e.s, texts).MatMul(text.Transpose(0, 1)).Floats() {
				cosines = append(cosines, float64(v))
			}
		})
	}
	return nearTexts(of, cosines)
}

// textsAtOnce bounds the memory that a model of sentences takes.
const textsAtOnce = 64
