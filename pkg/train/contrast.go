package train

import (
	"math/rand/v2"

	"github.com/clipenv/toolkit/pkg/clip"
	"github.com/clipenv/toolkit/pkg/label"
	"github.com/clipenv/toolkit/pkg/loss"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/view"
)

// parts is the batch itself: the loss sets each map against all captions.
func (o *clipRun) parts(b batch) []batch { return []batch{b} }

// lengths are the rows of sentences that a step which is recorded has: multiples of
// this many tokens, so that a few recordings serve all batches.
const lengths = 8

// inputs are the maps of this part, radiance; what their pictures are softened by; and
// of all maps of the step which captions are true of them [M,N], which captions are
// none and only fill up [M,1], and, to the end, this process's captions as the text
// tower reads them. Steps that are recorded are filled up to be alike, others to the
// one caption that a step of maps of which nothing is said lacks.
func (o *clipRun) inputs(s *torch.Session, b batch) []torch.Tensor {
	source := rand.NewPCG(uint64(o.config.Train.Seed), uint64(b.step))
	r := rand.New(source)
	n, h, w := int64(b.len()), int64(o.size.H), int64(o.size.W)
	soft := view.DrawSoftness(s, n, h, w, b.first, b.of, r)
	captions := make([]label.Caption, 0, b.of)
	texts := make([]string, 0, b.of)
	for _, words := range b.All {
		if c := o.config.Data.Captions.Caption(words, r); c.Text != "" {
			captions, texts = append(captions, c), append(texts, c.Text)
		}
	}
	match := label.Match(captions, b.All)
	reading, least := clip.Rows{}, 1
	if b.alike {
		reading.Step, least = lengths, b.of
	}
	absent := make([]float32, len(texts), b.of)
	for len(texts) < least {
		texts, absent, match = append(texts, ""), append(absent, 1), append(match, make([]float32, b.of)...)
	}
	from, to := o.peers.Share(len(texts))
	if o.config.WordNoise > 0 && o.model.Words != nil {
		again := *source
		noise := rand.New(&again)
		for range o.model.WordNumbers(texts[:from]) {
			noise.NormFloat64()
		}
		reading.Noise = func() float32 { return float32(o.config.WordNoise * noise.NormFloat64()) }
	}
	inputs := append([]torch.Tensor{s.FromFloats(b.Radiance, n, 3, h, w)}, soft...)
	inputs = append(inputs, s.FromFloats(match, int64(len(texts)), int64(b.of)), s.FromFloats(absent, int64(len(texts)), 1))
	return append(inputs, o.model.LookUp(s, texts[from:to], reading)...)
}

func (o *clipRun) loss(s *torch.Session, b batch, inputs []torch.Tensor) outcome {
	radiance, soft, match, absent, read := inputs[0], view.Softness(inputs[1:5]), inputs[5], inputs[6], clip.Sentences(inputs[7:])
	var picture torch.Tensor
	s.NoGrad(func() { picture = soft.Soften(view.Picture(o.radiance(radiance, b))) })
	scale := o.model.LogitScale(s)
	images, imagesAgain := o.gathered(s, b.of, func(from, to int) torch.Tensor {
		return o.model.EncodeImage(picture.Narrow(0, int64(from), int64(to-from)))
	})
	sentences, sentencesAgain := o.gathered(s, int(match.Size(0)), func(from, to int) torch.Tensor {
		return o.model.EncodeSentences(read.Narrow(from, to-from))
	})
	return outcome{
		terms:   []term{{"contrastive", 1, loss.Contrastive(images, sentences, scale, match, absent)}},
		figures: map[string]torch.Tensor{"logit_scale": scale.Sum()},
		rest:    func() { imagesAgain(); sentencesAgain() },
	}
}

// tower gives the vectors [to−from,E] of this process's inputs from the one number up
// to the other.
type tower func(from, to int) torch.Tensor

// inPrecision is the tower run as the loop says, and its vectors in f32.
func (o *clipRun) inPrecision(s *torch.Session, pass tower) tower {
	return func(from, to int) (unit torch.Tensor) {
		defer s.Tidy(&unit)()

		o.config.Train.networks(s, func() { unit = pass(from, to) })
		return unit.To(torch.Float32)
	}
}

// cached sends n inputs through a tower, a few at a time where few is not 0, and
// returns their vectors [n,E]. The graph of a part is not kept: once the
// gradient of the loss is at the vectors, backward sends each part through
// again and carries its gradient on to the weights. That is the gradient of the
// whole batch, for one more forward pass (the gradient cache of Gao et al.,
// arXiv:2101.06983). A tower that is frozen has no weights to carry it to.
func cached(s *torch.Session, n, few int, pass tower) (vectors torch.Tensor, backward func()) {
	if few == 0 || few >= n {
		return pass(0, n), func() {}
	}
	parts := func(visit func(from, to int)) {
		for from := 0; from < n; from += few {
			visit(from, min(from+few, n))
		}
	}
	var seen []torch.Tensor
	s.NoGrad(func() {
		parts(func(from, to int) { seen = append(seen, pass(from, to)) })
	})
	vectors = torch.Cat(0, seen...).SetRequiresGrad(true)
	return vectors, func() {
		gradient := s.GradOf(vectors)
		frozen := false
		parts(func(from, to int) {
			if frozen {
				return
			}
			s.Scope(func() {
				again := pass(from, to)
				if frozen = !again.RequiresGrad(); frozen {
					return
				}
				again.Mul(gradient.Narrow(0, int64(from), int64(to-from))).Sum().Backward()
			})
		})
	}
}
