package edit

import (
	"fmt"
	"slices"

	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/latent"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/view"
)

// Bank holds the latents of known maps, with their embeddings by CLIP. It
// turns words into a direction of the latent space: from the mean of all maps
// to the mean of those that CLIP finds nearest the words.
type Bank struct {
	Latents         []BankPart // of M maps: their points
	Embeddings      []float32  // unit embeddings of their decoded maps, [M,E]
	E               int64
	Generator, CLIP string // hashes of the models that made them
	Others          []Seen // the same maps by other CLIPs
}

// Seen is what a CLIP makes of the maps of a bank.
type Seen struct {
	CLIP       string // its hash
	E          int64
	Embeddings []float32 // [M,E]
}

// For returns the bank as the CLIP of a hash sees it; the bank itself where that
// one never saw it.
func (b *Bank) For(hash string) *Bank {
	for _, other := range b.Others {
		if other.CLIP == hash {
			mine := *b
			mine.CLIP, mine.E, mine.Embeddings, mine.Others = other.CLIP, other.E, other.Embeddings, nil
			return &mine
		}
	}
	return b
}

// BankPart holds one part of the latents of M maps.
type BankPart struct {
	Name   string
	Shape  []int64   // of one map's
	Values []float32 // [M,…]
}

// NewBank encodes maps, each linear radiance [3,H,W] of the generator's size,
// and embeds what the generator makes of them. It calls progress, unless that
// is nil, with the number of maps done; an error of it ends the work. The other
// CLIPs see the same maps.
func NewBank(device torch.Device, g Generator, clip Encoder, maps [][]float32, progress func(done int) error, others ...Encoder) (*Bank, error) {
	b := &Bank{Generator: g.Hash(), CLIP: clip.Hash()}
	for _, other := range others {
		b.Others = append(b.Others, Seen{CLIP: other.Hash()})
	}
	w, h := g.Size()
	err := torch.Do(device, func(s *torch.Session) {
		s.NoGrad(func() {
			for i, radiance := range maps {
				s.Scope(func() { b.add(g, append([]Encoder{clip}, others...), s.FromFloats(radiance, 1, 3, int64(h), int64(w))) })
				if err := b.finite(i); err != nil {
					s.Check(fmt.Errorf("map %d: %w", i+1, err))
				}
				if progress != nil {
					s.Check(progress(i + 1))
				}
			}
		})
	})
	if err != nil {
		return nil, fmt.Errorf("edit: bank: %w", err)
	}
	return b, nil
}

// Seen returns the same bank as another CLIP sees it: the latents stay, what the
// generator makes of them is embedded anew. It calls progress as NewBank does.
func (b *Bank) Seen(device torch.Device, g Generator, clip Encoder, progress func(done int) error) (*Bank, error) {
	if b.Generator != g.Hash() {
		return nil, fmt.Errorf("edit: bank: it was made with the generator %.12s, this one is %.12s: make the bank anew with `toolkit make-bank`", b.Generator, g.Hash())
	}
	seen := &Bank{Latents: b.Latents, Generator: b.Generator, CLIP: clip.Hash()}
	err := torch.Do(device, func(s *torch.Session) {
		s.NoGrad(func() {
			all := b.latents(s)
			for i := range b.Len() {
				s.Scope(func() {
					one := all.Map(func(part torch.Tensor) torch.Tensor { return part.Narrow(0, i, 1) })
					x := clip.EncodeImage(view.Picture(g.Decode(one)))
					seen.E = x.Size(1)
					seen.Embeddings = append(seen.Embeddings, x.Floats()...)
				})
				if progress != nil {
					s.Check(progress(int(i) + 1))
				}
			}
		})
		s.Check(seen.finite(0))
	})
	if err != nil {
		return nil, fmt.Errorf("edit: bank: %w", err)
	}
	return seen, nil
}

// add puts one map, radiance [1,3,H,W], at the end of the bank.
func (b *Bank) add(g Generator, clips []Encoder, radiance torch.Tensor) {
	z := point(g, g.Start(radiance))
	picture := view.Picture(g.Decode(z))
	if b.Latents == nil {
		for name, part := range z.Each {
			b.Latents = append(b.Latents, BankPart{Name: name, Shape: part.Shape()[1:]})
		}
	}
	for i, part := range z {
		b.Latents[i].Values = append(b.Latents[i].Values, part.Value.Floats()...)
	}
	for i, clip := range clips {
		e, all := &b.E, &b.Embeddings
		if i > 0 {
			e, all = &b.Others[i-1].E, &b.Others[i-1].Embeddings
		}
		seen := clip.EncodeImage(picture)
		*e = seen.Size(1)
		*all = append(*all, seen.Floats()...)
	}
}

// Len returns M, the number of maps.
func (b *Bank) Len() int64 {
	if b.E == 0 {
		return 0
	}
	return int64(len(b.Embeddings)) / b.E
}

// Nearest returns, for each text [N,E], the latents of the maps that CLIP finds
// nearest: parts [N,K,…], K = neighbours.
func (b *Bank) Nearest(text torch.Tensor, neighbours int) (near latent.Latent, err error) {
	if e := text.Size(1); e != b.E {
		return nil, fmt.Errorf("edit: the bank holds embeddings of size %d, the CLIP model's are %d: make the bank with this model", b.E, e)
	}
	if neighbours < 1 || int64(neighbours) > b.Len() {
		return nil, fmt.Errorf("edit: neighbours is %d, want 1 to the %d maps of the bank", neighbours, b.Len())
	}
	s, n, k := text.Session(), text.Size(0), int64(neighbours)
	embeddings := s.FromFloats(b.Embeddings, b.Len(), b.E)
	_, nearest := text.MatMul(embeddings.Transpose(0, 1)).TopK(k, 1) // [N,K]
	return b.latents(s).Map(func(all torch.Tensor) torch.Tensor {
		return all.IndexSelect(0, nearest.Reshape(n*k)).Reshape(slices.Concat([]int64{n, k}, all.Shape()[1:])...)
	}), nil
}

// Move returns the direction of the words that near, parts [N,K,…], was found
// by: from the mean of all maps to theirs, parts [N,…].
func (b *Bank) Move(near latent.Latent) latent.Latent {
	return near.Zip(b.latents(near[0].Value.Session()), func(near, all torch.Tensor) torch.Tensor {
		return near.Mean(1).Sub(all.MeanKeep(0))
	})
}

// latents are those of all maps, parts [M,…].
func (b *Bank) latents(s *torch.Session) latent.Latent {
	all := make(latent.Latent, len(b.Latents))
	for i, p := range b.Latents {
		all[i] = latent.Part{Name: p.Name, Value: s.FromFloats(p.Values, append([]int64{b.Len()}, p.Shape...)...)}
	}
	return all
}

// NeedsBank tells whether an edit of a map looks its words up in a bank.
func NeedsBank(input *hdr.Image, c Config) (bool, error) {
	if !c.looksUp() {
		return false, nil
	}
	scene, _, err := choose(input, c)
	return scene == nil, err
}

// fits tells whether the bank was made with these models.
func (b *Bank) fits(g Generator, clip Encoder) error {
	for _, m := range []struct{ name, want, got string }{{"generator", b.Generator, g.Hash()}, {"CLIP", b.CLIP, clip.Hash()}} {
		if m.got != m.want {
			return fmt.Errorf("edit: the bank was made with the %s %.12s, this one is %.12s: make the bank anew with `toolkit make-bank`", m.name, m.want, m.got)
		}
	}
	return nil
}
