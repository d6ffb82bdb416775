package edit

import (
	"fmt"

	"github.com/clipenv/toolkit/pkg/torch"
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

	VAE, CLIP string // hashes of the models that it was made with
}

// Len returns M, the number of maps.
func (b *Bank) Len() int64 {
	if b.D == 0 {
		return 0
	}
	return int64(len(b.Latents)) / b.D
}

// bankBatch is how many maps are encoded at once.
const bankBatch = 32

// MakeBank encodes maps, each the radiance [3,H,W] at the VAE's size, and
// looks at what the VAE makes of them. progress, if not nil, is told how many
// maps are done.
func MakeBank(v *vae.Model, clip Encoder, maps [][]float32, progress func(done int)) (*Bank, error) {
	c := v.Config
	for i, m := range maps {
		if want := 3 * c.Height * c.Width(); int64(len(m)) != want {
			return nil, fmt.Errorf("edit: bank: map %d has %d values, want %d (3×%d×%d)", i, len(m), want, c.Height, c.Width())
		}
	}
	if len(maps) == 0 {
		return nil, fmt.Errorf("edit: bank: there are no maps, want some")
	}
	b := &Bank{D: c.Latent}
	var err error
	if b.VAE, err = HashVAE(v); err != nil {
		return nil, err
	}
	if b.CLIP, err = clip.Hash(); err != nil {
		return nil, err
	}
	err = torch.Do(v.Params.Device(), func(s *torch.Session) {
		s.NoGrad(func() {
			for from := 0; from < len(maps); from += bankBatch {
				to := min(from+bankBatch, len(maps))
				s.Scope(func() { b.add(s, v, clip, maps[from:to]) })
				if progress != nil {
					progress(to)
				}
			}
		})
	})
	if err != nil {
		return nil, fmt.Errorf("edit: bank: %w", err)
	}
	return b, nil
}

func (b *Bank) add(s *torch.Session, v *vae.Model, clip ImageEncoder, maps [][]float32) {
	var pix []float32
	for _, m := range maps {
		pix = append(pix, m...)
	}
	c := v.Config
	radiance := s.FromFloats(pix, int64(len(maps)), 3, c.Height, c.Width())
	mean, _ := v.Heads(v.Encode(view.Code(radiance, c.Coding)))
	seen := clip.EncodeImage(view.Picture(view.Radiance(v.Decode(mean), c.Coding)))
	b.E = seen.Size(1)
	b.Latents = append(b.Latents, mean.Floats()...)
	b.Embeddings = append(b.Embeddings, seen.Floats()...)
}

// Fits returns an error unless the bank was made with these models.
func (b *Bank) Fits(v *vae.Model, clip Encoder) error {
	if b.D != v.Config.Latent {
		return fmt.Errorf("edit: the bank holds latents of size %d, the VAE's are %d: make the bank with this VAE", b.D, v.Config.Latent)
	}
	hash, err := HashVAE(v)
	if err != nil {
		return err
	}
	if hash != b.VAE {
		return fmt.Errorf("edit: the bank was made with another VAE (%.12s, this is %.12s): make it again", b.VAE, hash)
	}
	if hash, err = clip.Hash(); err != nil {
		return err
	}
	if hash != b.CLIP {
		return fmt.Errorf("edit: the bank was made with another CLIP model (%.12s, this is %.12s): make it again", b.CLIP, hash)
	}
	return nil
}

// Move returns, for each text [N,E], the direction of its words: [N,D].
// neighbours is how many maps the words' mean is taken over.
func (b *Bank) Move(text torch.Tensor, neighbours int) (move torch.Tensor, err error) {
	if e := text.Size(1); e != b.E {
		return torch.Tensor{}, fmt.Errorf("edit: the bank holds embeddings of size %d, the CLIP model's are %d: make the bank with this model", b.E, e)
	}
	if neighbours < 1 || int64(neighbours) > b.Len() {
		return torch.Tensor{}, fmt.Errorf("edit: neighbours is %d, want 1 to %d, the maps in the bank", neighbours, b.Len())
	}
	defer text.Tidy(&move)()
	s := text.Session()

	latents := s.FromFloats(b.Latents, b.Len(), b.D)
	embeddings := s.FromFloats(b.Embeddings, b.Len(), b.E)
	_, nearest := text.MatMul(embeddings.Transpose(0, 1)).TopK(int64(neighbours), 1) // [N,K]
	n, k := text.Size(0), int64(neighbours)
	means := latents.IndexSelect(0, nearest.Reshape(n*k)).Reshape(n, k, b.D).Mean(1)
	return means.Sub(latents.MeanKeep(0)), nil
}
