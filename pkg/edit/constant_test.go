package edit_test

import (
	"context"
	"testing"

	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/edit/edittest"
	"github.com/clipenv/toolkit/pkg/latent"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
)

// evenSky is a whole generator: a sky of one colour, by its log radiance.
type evenSky struct{}

func (evenSky) Size() (w, h int) { return 16, 8 }
func (evenSky) Hash() string     { return "an even sky" }
func (evenSky) Start(radiance torch.Tensor) latent.Latent {
	return latent.Of("log", radiance.AddScalar(1e-3).Log().Mean(2, 3))
}
func (evenSky) Prior(s *torch.Session, n int64) latent.Latent { return latent.Of("log", s.Zeros(n, 3)) }
func (evenSky) Spread(s *torch.Session) latent.Latent         { return latent.Of("log", s.Ones(3)) }
func (evenSky) Decode(z latent.Latent) torch.Tensor {
	return z[0].Value.Exp().Reshape(z.Maps(), 3, 1, 1).Expand(z.Maps(), 3, 8, 16)
}

func TestAnEvenSkyIsAGenerator(t *testing.T) {
	edittest.Generator(t, func(*testing.T) edit.Generator { return evenSky{} })
}

// red finds the words "red" in red pictures.
type red struct{}

func (red) Hash() string { return "red" }
func (red) EncodeImage(picture torch.Tensor) torch.Tensor {
	return picture.Mean(2, 3).Normalize(-1, 1e-12)
}
func (red) EncodeText(s *torch.Session, texts []string) torch.Tensor {
	return s.FromFloats([]float32{1, 0, 0}, 1, 3)
}

// A generator that nothing else knows is edited through and banked.
func TestANewGeneratorNeedsNothingElse(t *testing.T) {
	torchtest.NoLeaks(t)
	b, err := edit.NewBank(torchtest.Device(t), evenSky{}, red{}, primaries, nil)
	if err != nil {
		t.Fatal(err)
	}
	if b, err = saved(t, b); err != nil {
		t.Fatal(err)
	}
	c := edit.Defaults(edit.Guided)
	c.Variable, c.Steps, c.Neighbours = edit.Whole, 10, 1
	r, err := edit.Run(context.Background(), torchtest.Device(t), edit.Models{Generator: evenSky{}, CLIP: red{}, Bank: b}, grey(32, 16, .3), "red", c, nil)
	if err != nil {
		t.Fatal(err)
	}
	if p := r.Output.Pix[:3]; !(p[0] > 1.3*p[2]) || r.CLIP.After <= r.CLIP.Before {
		t.Errorf("grey became %v, similarity %v to %v: want it red", p, r.CLIP.Before, r.CLIP.After)
	}
}
