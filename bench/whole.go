package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/clipenv/toolkit/pkg/clip"
	"github.com/clipenv/toolkit/pkg/clip/bpe"
	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/generator"
	"github.com/clipenv/toolkit/pkg/loss"
	"github.com/clipenv/toolkit/pkg/nn"
	"github.com/clipenv/toolkit/pkg/optim"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/safetensors"
	"github.com/clipenv/toolkit/pkg/vae"
)

// networks are the sizes of those that a whole edit and a fine-tuning go
// through: a GPU's, and some that rehearse them on a CPU.
type networks struct {
	vae  vae.Config
	clip clip.Config
}

func (s spec) networks() networks {
	if s.Small {
		n := networks{vae.Config{Height: 32, Latent: 24, Channels: []int64{8, 12}, Bottleneck: 4, Linear: 2, Coding: envmap.EvenLight}, clip.MiniViT}
		n.clip.Text.Pool = clip.PoolEnd
		return n
	}
	return networks{vae.Config{Height: 128, Latent: 512, Channels: []int64{64, 128, 256, 512}, Bottleneck: 64, Linear: 2, Coding: envmap.EvenLight}, clip.ViTB32}
}

// wholeEdit is an edit of sp.Steps steps, of one map through a VAE and a vision
// transformer of random weights, as D'Orazio edits: Adam on the vector before
// the VAE's heads. What the other side needs is left in files beside sp.File.
func wholeEdit(s *torch.Session, sp spec) work {
	nets := sp.networks()
	m, err := vae.New(nets.vae, s.Device(), 1)
	s.Check(err)
	shake(s, m.Params)
	s.Check(m.Save(sp.File+".vae", torch.Float32, nil))
	g, err := generator.NewVAE(m)
	s.Check(err)
	seer, _ := drawnCLIP(s, sp)
	frozen, err := seer.Freeze()
	s.Check(err)

	s.Seed(3)
	radiance := s.Rand(1, 3, nets.vae.Height, nets.vae.Width()).Square().MulScalar(2)
	text := s.Randn(1, nets.clip.Embed).Normalize(1, 1e-12)
	s.Check(safetensors.Write(sp.File+".edit", []safetensors.Named{{Name: "hidden", Tensor: g.Hidden(radiance)}, {Name: "text", Tensor: text}}, nil))
	c := edit.Defaults(edit.Paper)
	c.Steps, c.OutputMode = sp.Steps, edit.Decoded
	var last float64
	return work{
		step: func() {
			s.Scope(func() {
				x, err := edit.Invert(context.Background(), edit.Problem{Generator: g, CLIP: frozen, Maps: radiance, Text: text}, c, nil)
				s.Check(err)
				last = x.Steps[len(x.Steps)-1].Loss
			})
		},
		check: func() float64 { return last },
	}
}

// tuning is a step of fine-tuning a CLIP: sp.Batch pictures and as many
// captions, the symmetric cross entropy, AdamW.
func tuning(s *torch.Session, sp spec) work {
	m, ids := drawnCLIP(s, sp)
	im := m.Config.Image
	s.Seed(3)
	pictures := s.Rand(sp.Batch, 3, im.Height, im.Width)
	match := s.Eye(sp.Batch)
	s.Check(safetensors.Write(sp.File+".tune", []safetensors.Named{{Name: "pictures", Tensor: pictures}, {Name: "ids", Tensor: ids}}, nil))
	const rate = 1e-5
	adam, err := optim.NewAdamW(m.Params.Each, optim.Config{Beta2: .98, WeightDecay: .1, ClipNorm: 1})
	s.Check(err)
	read := m.LookUp(s, captions(sp.Batch), clip.Rows{})
	var images, sentences torch.Tensor
	forward := func() {
		images, sentences = m.EncodeImage(pictures).To(torch.Float32), m.EncodeSentences(read).To(torch.Float32)
	}
	backward := func() (last torch.Tensor) {
		sp.forward(s, forward)
		last = loss.Contrastive(images, sentences, m.LogitScale(s), match, torch.Tensor{})
		last.Backward()
		return last
	}
	var first float64
	s.Scope(func() {
		first = backward().Item()
		adam.Step(s, rate, 1)
	})
	return work{
		step:  repeated(s, adam, rate, func() { backward() }),
		check: func() float64 { return first },
	}
}

// drawnCLIP is a CLIP of random weights, which are left in a file, and the ids of
// the captions, i64 [sp.Batch,L]. All captions are as long as one another.
func drawnCLIP(s *torch.Session, sp spec) (m *clip.Model, ids torch.Tensor) {
	vocabulary, err := bpe.Train([]string{"a map of light"}, 514)
	s.Check(err)
	m, err = clip.New(sp.networks().clip, vocabulary, s.Device(), 1)
	s.Check(err)
	shake(s, m.Params)
	s.Check(m.Save(sp.File+".clip", torch.Float32, nil))
	var flat []int64
	for _, text := range captions(sp.Batch) {
		row, err := m.Tokenizer.Encode(text)
		s.Check(err)
		for _, id := range row {
			flat = append(flat, int64(id))
		}
	}
	if sp.Batch == 0 {
		return m, torch.Tensor{}
	}
	return m, s.FromInts(flat, sp.Batch, int64(len(flat))/sp.Batch)
}

// captions are n sentences of the same number of tokens.
func captions(n int64) (texts []string) {
	for i := range n {
		texts = append(texts, fmt.Sprintf("light %03d", i))
	}
	return texts
}

// shake adds noise to weights, so that those that begin at zero, and with them
// whole branches, count in what is computed.
func shake(s *torch.Session, p *nn.Params) {
	s.Seed(2)
	s.NoGrad(func() {
		s.Scope(func() {
			for _, w := range p.Each {
				w.CopyFrom(s.Use(w).Add(s.Randn(w.Shape()...).MulScalar(.01)))
			}
		})
	})
}

// wholeRaces are of the size of a GPU, or small. PyTorch runs as it is, and as
// torch.compile makes it.
func wholeRaces(o options, dir string, add func(name, other string, target float64, s spec)) {
	at, steps, batch := filepath.Join(dir, "whole"), 200, int64(128)
	through, tuned := "ViT-B/32 and a VAE of 128×256", "ViT-B/32"
	if o.small {
		steps, batch, through, tuned = 5, 4, "small networks", "small networks"
	}
	work := spec{Kind: kindEdit, Steps: steps, File: at, Small: o.small}
	name := fmt.Sprintf("edit of %d steps, %s", steps, through)
	if !o.small {
		alone := work
		alone.Budget = .6
		add(name, "", 1, alone)
	}
	add(name, "PyTorch", .4, work)
	work.Compile = true
	add(name+", compiled", "PyTorch", 1, work)
	add("training step, VAE, 16 maps, fp32, compiled", "PyTorch", 1, spec{Kind: kindVAE, Batch: 16, Compile: true})
	for _, bf16 := range []bool{false, true} {
		work := spec{Kind: kindTune, Batch: batch, File: at, Small: o.small, BF16: bf16}
		name := fmt.Sprintf("CLIP fine-tuning step, %s, %d maps, %s", tuned, batch, map[bool]string{false: "fp32", true: "bf16"}[bf16])
		add(name, "PyTorch", 1/1.3, work)
		work.Compile = true
		add(name+", compiled", "PyTorch", 1, work)
	}
}
