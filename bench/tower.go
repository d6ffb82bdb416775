package main

import (
	"strings"

	"github.com/clipenv/toolkit/pkg/clip"
	"github.com/clipenv/toolkit/pkg/clip/bpe"
	"github.com/clipenv/toolkit/pkg/loss"
	"github.com/clipenv/toolkit/pkg/optim"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/safetensors"
)

// towerStep is a training step of the shipped CLIP's image tower: pictures
// [N,3,64,128] that are at hand and as many texts' vectors, forward, the
// contrastive loss, backward, the gradient clipped, AdamW.
func towerStep(s *torch.Session, sp spec) work {
	f, err := safetensors.Open(sp.File)
	s.Check(err)
	m, err := clip.Load(f, s.Device())
	s.Check(err)
	s.Check(f.Close())
	var weights []torch.Tensor
	visual := func(yield func(string, torch.Tensor) bool) {
		for name, w := range m.Params.Each {
			if strings.HasPrefix(name, "visual.") && !yield(name, w) {
				return
			}
		}
	}
	for _, w := range visual {
		weights = append(weights, w)
	}
	adam, err := optim.NewAdamW(visual, optim.Config{Beta2: .98, WeightDecay: .02, ClipNorm: 1})
	s.Check(err)
	im := m.Config.Image
	s.Seed(1)
	picture := s.Rand(sp.Batch, 3, im.Height, im.Width)
	text := s.Randn(sp.Batch, m.Config.Embed).Normalize(1, 1e-12)
	match, scale := s.Eye(sp.Batch), s.Scalar(14)
	backward := func() {
		var seen torch.Tensor
		forward := func() { seen = m.EncodeImage(picture).To(torch.Float32) }
		sp.forward(s, forward)
		loss.Contrastive(seen, text, scale, match, torch.Tensor{}).Backward()
	}
	work := trainingStep(s, weights, adam, backward)
	work.close = func() { adam.Close(); m.Close() }
	return work
}

// writeTower leaves the model that both sides train, drawn from seed 1.
func writeTower(path string) error {
	words, err := bpe.Train([]string{"no words are read here"}, 514)
	if err != nil {
		return err
	}
	m, err := clip.New(clip.Mini, words, torch.CPU, 1)
	if err != nil {
		return err
	}
	defer m.Close()
	return m.Save(path, torch.Float32, nil)
}
