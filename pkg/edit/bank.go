package edit

import (
	"fmt"
	"maps"
	"slices"

	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/safetensors"
	"github.com/clipenv/toolkit/pkg/vae"
	"github.com/clipenv/toolkit/pkg/view"
)

// Bank is a set of latents of known maps and how CLIP sees them. It turns
// words into a direction of the latent space: from the mean of all maps to the
// mean of those that CLIP finds nearest the words.
type Bank struct {
	Latents    []float32 // mean latents [M,D]
	Embeddings []float32 // unit embeddings of their decoded maps [M,E]
	D, E       int64
	VAE, CLIP  string // hashes of the models that made them
}

// bankKind is what a bank's file says that it is.
const bankKind = "bank"

// NewBank encodes maps, linear radiance [3,H,W] of the VAE's size each, and
// lets CLIP look at what the decoder makes of them. progress, if not nil, is
// told how many maps are done; its error ends the work.
func NewBank(device torch.Device, v *vae.Model, clip Encoder, maps [][]float32, progress func(done int) error) (*Bank, error) {
	b := &Bank{D: v.Config.Latent}
	var err error
	if b.VAE, err = v.Hash(); err != nil {
		return nil, err
	}
	if b.CLIP, err = clip.Hash(); err != nil {
		return nil, err
	}
	c := v.Config
	err = torch.Do(device, func(s *torch.Session) {
		s.NoGrad(func() {
			for i, radiance := range maps {
				s.Scope(func() {
					code := view.Code(s.FromFloats(radiance, 1, 3, c.Height, c.Width()), c.Coding)
					mean, _ := v.Heads(v.Encode(code))
					seen := clip.EncodeImage(view.Picture(view.Radiance(v.Decode(mean), c.Coding)))
					b.E = seen.Size(1)
					b.Latents = append(b.Latents, mean.Floats()...)
					b.Embeddings = append(b.Embeddings, seen.Floats()...)
				})
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

// Len returns M, the number of maps.
func (b *Bank) Len() int64 {
	if b.D == 0 {
		return 0
	}
	return int64(len(b.Latents)) / b.D
}

// Nearest returns, for each text [N,E], the latents of the maps that CLIP finds
// nearest: [N,K,D], K = neighbours.
func (b *Bank) Nearest(text torch.Tensor, neighbours int) (near torch.Tensor, err error) {
	if e := text.Size(1); e != b.E {
		return torch.Tensor{}, fmt.Errorf("edit: the bank holds embeddings of size %d, the CLIP model's are %d: make the bank with this model", b.E, e)
	}
	if neighbours < 1 || int64(neighbours) > b.Len() {
		return torch.Tensor{}, fmt.Errorf("edit: neighbours is %d, want 1 to the %d maps of the bank", neighbours, b.Len())
	}
	defer text.Tidy(&near)()
	s, n, k := text.Session(), text.Size(0), int64(neighbours)

	embeddings := s.FromFloats(b.Embeddings, b.Len(), b.E)
	_, nearest := text.MatMul(embeddings.Transpose(0, 1)).TopK(k, 1) // [N,K]
	latents := s.FromFloats(b.Latents, b.Len(), b.D)
	return latents.IndexSelect(0, nearest.Reshape(n*k)).Reshape(n, k, b.D), nil
}

// Move returns the direction of the words that near, [N,K,D], was found by:
// from the mean of all maps to theirs, [N,D].
func (b *Bank) Move(near torch.Tensor) (move torch.Tensor) {
	defer near.Tidy(&move)()

	return near.Mean(1).Sub(near.Session().FromFloats(b.Latents, b.Len(), b.D).MeanKeep(0))
}

// Save writes the bank to path as safetensors, its floats as f16.
func (b *Bank) Save(path string, notes map[string]string) error {
	metadata := map[string]string{}
	maps.Copy(metadata, notes)
	metadata["kind"], metadata["vae"], metadata["clip"] = bankKind, b.VAE, b.CLIP
	return torch.Do(torch.CPU, func(s *torch.Session) {
		s.Check(safetensors.Write(path, []safetensors.Named{
			{Name: "latents", Tensor: s.FromFloats(b.Latents, b.Len(), b.D).To(torch.Float16)},
			{Name: "embeddings", Tensor: s.FromFloats(b.Embeddings, b.Len(), b.E).To(torch.Float16)},
		}, metadata))
	})
}

// LoadBank reads a bank from a file of Save.
func LoadBank(f *safetensors.File) (*Bank, error) {
	metadata := f.Metadata()
	if got := metadata["kind"]; got != bankKind {
		return nil, fmt.Errorf("edit: %s: the file is a %q, want a %q: was it made by `toolkit make-bank`?", f.Path(), got, bankKind)
	}
	latents, hasLatents := f.Entry("latents")
	embeddings, hasEmbeddings := f.Entry("embeddings")
	if !hasLatents || !hasEmbeddings || len(latents.Shape) != 2 || len(embeddings.Shape) != 2 || latents.Shape[0] != embeddings.Shape[0] || latents.Shape[0] == 0 {
		return nil, fmt.Errorf("edit: %s: latents are %v and embeddings %v, want [M D] and [M E] of one M", f.Path(), latents.Shape, embeddings.Shape)
	}
	b := &Bank{D: latents.Shape[1], E: embeddings.Shape[1], VAE: metadata["vae"], CLIP: metadata["clip"]}
	err := torch.Do(torch.CPU, func(s *torch.Session) {
		b.Latents, b.Embeddings = f.Tensor(s, "latents").Floats(), f.Tensor(s, "embeddings").Floats()
	})
	for name, values := range map[string][]float32{"latents": b.Latents, "embeddings": b.Embeddings} {
		if slices.ContainsFunc(values, func(v float32) bool { return v-v != 0 }) {
			return nil, fmt.Errorf("edit: %s: %s hold NaN or infinity", f.Path(), name)
		}
	}
	return b, err
}

// fits tells whether the bank was made with these models.
func (b *Bank) fits(v *vae.Model, clip Encoder) error {
	for _, m := range []struct {
		name, want string
		hash       func() (string, error)
	}{{"VAE", b.VAE, v.Hash}, {"CLIP", b.CLIP, clip.Hash}} {
		got, err := m.hash()
		if err != nil {
			return err
		}
		if got != m.want {
			return fmt.Errorf("edit: the bank was made with the %s %.12s, this one is %.12s: make the bank anew with `toolkit make-bank`", m.name, m.want, got)
		}
	}
	return nil
}
