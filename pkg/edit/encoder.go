package edit

import (
	"fmt"

	"github.com/clipenv/toolkit/pkg/clip"
	"github.com/clipenv/toolkit/pkg/torch"
)

// ImageEncoder is the half of CLIP that looks: pictures [N,3,H,W] in [0,1] to
// unit vectors [N,E].
type ImageEncoder interface {
	EncodeImage(picture torch.Tensor) torch.Tensor
}

// Encoder is the whole of CLIP: it also reads, sentences to unit vectors
// [N,E]. Hash identifies it by what it computes.
type Encoder interface {
	ImageEncoder
	EncodeText(s *torch.Session, texts []string) torch.Tensor
	Hash() string
}

// lowers is a CLIP whose image tower can compute in bf16.
type lowers interface {
	Lowered() (*clip.Lowered, error)
}

// looksBy returns what of a CLIP looks at pictures in the steps of an edit.
func (c Config) looksBy(m Encoder) (ImageEncoder, error) {
	if c.Precision != BF16 {
		return m, nil
	}
	exact, ok := m.(lowers)
	if !ok {
		return nil, fmt.Errorf("edit: precision is bf16, which this CLIP does not have: want f32")
	}
	return exact.Lowered()
}
