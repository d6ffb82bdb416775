package main

import (
	"github.com/clipenv/toolkit/pkg/clip"
	"github.com/clipenv/toolkit/pkg/clip/bpe"
	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/generator"
	"github.com/clipenv/toolkit/pkg/latent"
	"github.com/clipenv/toolkit/pkg/loss"
	"github.com/clipenv/toolkit/pkg/optim"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/safetensors"
	"github.com/clipenv/toolkit/pkg/view"
)

// The size of the maps that are inverted: that of D'Orazio's VAE.
const invertedHeight, invertedWidth = 128, 256

// inversion is a step of an inversion of plain pixels through a frozen ViT-B/32,
// for each map by itself: maps [N,3,H,W] to pictures, these to vectors, and Adam
// on the pixels. It is sp.Times steps.
func inversion(s *torch.Session, sp spec) work {
	var sees edit.ImageEncoder = vitB32(s, sp.File)
	if sp.BF16 {
		low, err := sees.(*clip.Frozen).Lowered()
		s.Check(err)
		sees = low
	}
	g := generator.Pixels{W: invertedWidth, H: invertedHeight, Coding: envmap.EvenLight}
	s.Seed(1)
	pixels := s.Rand(sp.Batch, 3, invertedHeight, invertedWidth).SetRequiresGrad(true)
	text := s.FromFloats(append([]float32{1}, make([]float32, clip.ViTB32.Embed-1)...), 1, clip.ViTB32.Embed)
	free := latent.Of(generator.PixelValues, pixels)
	adam, err := optim.NewAdamW(free.Each, optim.Config{})
	s.Check(err)
	backward := func() {
		seen := sees.EncodeImage(view.Picture(g.Decode(free)))
		loss.Cosine(seen, text).Sum().Backward()
	}
	var first float64
	s.Scope(func() {
		backward()
		first = s.GradOf(pixels).Narrow(0, 0, 1).Square().Sum().Item()
		torch.ZeroGrad([]torch.Tensor{pixels})
	})
	return work{
		step: func() {
			for range max(sp.Times, 1) {
				s.Scope(func() {
					backward()
					adam.Step(s, 1e-3, 1)
				})
			}
		},
		check: func() float64 { return first },
	}
}

// vitB32 has the weights of the image tower from a file that invert.py wrote,
// and a text tower as small as can be.
func vitB32(s *torch.Session, file string) *clip.Frozen {
	c := clip.ViTB32
	c.Text = clip.TextConfig{Kind: clip.Pieces, Vocabulary: 514, Context: 8, Pool: clip.PoolMean, Transformer: clip.Transformer{Dim: 8, Layers: 1, Heads: 1}}
	words, err := bpe.Train([]string{"no words are read here"}, 514)
	s.Check(err)
	m, err := clip.New(c, words, s.Device(), 1)
	s.Check(err)
	f, err := safetensors.Open(file)
	s.Check(err)
	defer f.Close()
	weights := map[string]torch.Tensor{}
	for name, w := range m.Params.Each {
		weights[name] = w
	}
	s.NoGrad(func() {
		s.Scope(func() {
			for _, e := range f.Entries() {
				weights[e.Name].CopyFrom(f.Tensor(s, e.Name))
			}
		})
	})
	frozen, err := m.Freeze()
	s.Check(err)
	return frozen
}
