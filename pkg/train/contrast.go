package train

import (
	"math/rand/v2"

	"github.com/clipenv/toolkit/pkg/label"
	"github.com/clipenv/toolkit/pkg/loss"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/view"
)

// parts is the batch itself: the loss sets each map against all captions.
func (o *clipRun) parts(b batch) []batch { return []batch{b} }

// recordable: how many captions a step has, and how long they are, differs.
func (o *clipRun) recordable() bool { return false }

func (o *clipRun) inputs(*torch.Session, batch) []torch.Tensor { return nil }

func (o *clipRun) loss(s *torch.Session, b batch, _ []torch.Tensor) outcome {
	source := rand.NewPCG(uint64(o.config.Train.Seed), uint64(b.step))
	r := rand.New(source)
	var picture torch.Tensor
	s.NoGrad(func() { picture = view.Soften(view.Picture(o.radiance(s, b)), b.first, b.of, r) })
	captions := make([]label.Caption, 0, b.of)
	texts := make([]string, 0, b.of)
	for _, w := range b.All {
		if c := o.config.Data.Captions.Caption(w, r); c.Text != "" {
			captions, texts = append(captions, c), append(texts, c.Text)
		}
	}
	match := s.FromFloats(label.Match(captions, b.All), int64(len(captions)), int64(b.of))
	scale := o.model.LogitScale(s)
	images, imagesAgain := o.gathered(s, b.of, o.images(s, picture))
	sentences, sentencesAgain := o.gathered(s, len(texts), o.sentences(s, texts, *source))
	return outcome{
		terms:   []term{{"contrastive", 1, loss.Contrastive(images, sentences, scale, match)}},
		figures: map[string]torch.Tensor{"logit_scale": scale.Sum()},
		rest:    func() { imagesAgain(); sentencesAgain() },
	}
}

// tower begins a pass through a network: what it returns gives the vectors
// [to−from,E] of the inputs from the one number up to the other, in order. Each
// pass draws the same random numbers.
type tower func() func(from, to int) torch.Tensor

// images reads this process's pictures.
func (o *clipRun) images(s *torch.Session, picture torch.Tensor) tower {
	return func() func(from, to int) torch.Tensor {
		return func(from, to int) (unit torch.Tensor) {
			defer s.Tidy(&unit)()

			o.config.Train.networks(s, func() { unit = o.model.EncodeImage(picture.Narrow(0, int64(from), int64(to-from))) })
			return unit.To(torch.Float32)
		}
	}
}

// sentences reads this process's texts among those of all. It learns the
// vectors of words with noise.
func (o *clipRun) sentences(s *torch.Session, texts []string, source rand.PCG) tower {
	first, end := o.peers.Share(len(texts))
	before := texts[:first]
	texts = texts[first:end]
	return func() func(from, to int) torch.Tensor {
		again := source
		r := rand.New(&again)
		if o.config.WordNoise > 0 && o.model.Words != nil {
			for range o.model.WordNumbers(before) {
				r.NormFloat64()
			}
		}
		return func(from, to int) (unit torch.Tensor) {
			defer s.Tidy(&unit)()

			o.config.Train.networks(s, func() {
				if o.config.WordNoise > 0 && o.model.Words != nil {
					unit = o.model.EncodeWords(s, texts[from:to], func() float32 { return float32(o.config.WordNoise * r.NormFloat64()) })
					return
				}
				unit = o.model.EncodeText(s, texts[from:to])
			})
			return unit.To(torch.Float32)
		}
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
		return pass()(0, n), func() {}
	}
	parts := func(visit func(from, to int)) {
		for from := 0; from < n; from += few {
			visit(from, min(from+few, n))
		}
	}
	var seen []torch.Tensor
	s.NoGrad(func() {
		encode := pass()
		parts(func(from, to int) { seen = append(seen, encode(from, to)) })
	})
	vectors = torch.Cat(0, seen...).SetRequiresGrad(true)
	return vectors, func() {
		gradient := s.GradOf(vectors)
		encode, frozen := pass(), false
		parts(func(from, to int) {
			if frozen {
				return
			}
			s.Scope(func() {
				again := encode(from, to)
				if frozen = !again.RequiresGrad(); frozen {
					return
				}
				again.Mul(gradient.Narrow(0, int64(from), int64(to-from))).Sum().Backward()
			})
		})
	}
}
