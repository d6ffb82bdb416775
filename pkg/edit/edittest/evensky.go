package edittest

import (
	"github.com/clipenv/toolkit/pkg/latent"
	"github.com/clipenv/toolkit/pkg/torch"
)

// EvenSky is a whole generator in ten lines: a sky of one colour, by its log
// radiance.
type EvenSky struct{}

func (EvenSky) Size() (w, h int) { return 16, 8 }
func (EvenSky) Hash() string     { return "an even sky" }
func (EvenSky) Name() string     { return "even sky" }
func (EvenSky) Start(radiance torch.Tensor) latent.Latent {
	return latent.Of("log", radiance.AddScalar(1e-3).Log().Mean(2, 3))
}
func (EvenSky) Prior(s *torch.Session, n int64) latent.Latent { return latent.Of("log", s.Zeros(n, 3)) }
func (EvenSky) Spread(s *torch.Session) latent.Latent         { return latent.Of("log", s.Ones(3)) }
func (EvenSky) Decode(z latent.Latent) torch.Tensor {
	return z[0].Value.Exp().Reshape(z.Maps(), 3, 1, 1).Expand(z.Maps(), 3, 8, 16)
}

// Red is a whole encoder: it finds any words, which all mean red, in red
// pictures.
type Red struct{}

func (Red) Hash() string { return "red" }
func (Red) EncodeImage(picture torch.Tensor) torch.Tensor {
	return picture.Mean(2, 3).Normalize(-1, 1e-12)
}
func (Red) EncodeText(s *torch.Session, texts []string) torch.Tensor {
	n := int64(len(texts))
	return s.FromFloats([]float32{1, 0, 0}, 1, 3).Expand(n, 3)
}
