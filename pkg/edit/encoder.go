package edit

import "github.com/clipenv/toolkit/pkg/torch"

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
