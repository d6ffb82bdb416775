package edit

import (
	"fmt"

	"github.com/clipenv/toolkit/pkg/torch"
)

// Bank is a set of latents of known maps and how CLIP sees them. It turns
// words into a direction of the latent space: from the mean of all maps to the
// mean of those that CLIP finds nearest the words.
type Bank struct {
	Latents    []float32 // mean latents [M,D]
	Embeddings []float32 // unit embeddings of their decoded maps [M,E]
	D, E       int64
}

// Len returns M, the number of maps.
func (b *Bank) Len() int64 {
	if b.D == 0 {
		return 0
	}
	return int64(len(b.Latents)) / b.D
}

// Move returns, for each text [N,E], the direction of its words: [N,D].
// neighbours is how many maps the words' mean is taken over.
func (b *Bank) Move(text torch.Tensor, neighbours int) (move torch.Tensor, err error) {
	if e := text.Size(1); e != b.E {
		return torch.Tensor{}, fmt.Errorf("edit: the bank holds embeddings of size %d, the CLIP model's are %d: make the bank with this model", b.E, e)
	}
	if int64(neighbours) > b.Len() {
		return torch.Tensor{}, fmt.Errorf("edit: neighbours is %d, but the bank holds %d maps", neighbours, b.Len())
	}
	defer text.Tidy(&move)()
	s := text.Session()

	latents := s.FromFloats(b.Latents, b.Len(), b.D)
	embeddings := s.FromFloats(b.Embeddings, b.Len(), b.E)
	_, nearest := text.MatMul(embeddings.Transpose(0, 1)).TopK(int64(neighbours), 1) // [N,K]
	n := text.Size(0)
	means := latents.IndexSelect(0, nearest.Reshape(n*int64(neighbours))).Reshape(n, int64(neighbours), b.D).Mean(1)
	return means.Sub(latents.MeanKeep(0)), nil
}
