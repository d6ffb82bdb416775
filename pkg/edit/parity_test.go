package edit_test

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/clip"
	"github.com/clipenv/toolkit/pkg/clip/bpe"
	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/generator"
	"github.com/clipenv/toolkit/pkg/latent"
	"github.com/clipenv/toolkit/pkg/nn"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/safetensors"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
	"github.com/clipenv/toolkit/pkg/vae"
)

// given draws from a latent's distribution with noise [steps,N,D] that it is
// given, a step at a time.
type given struct {
	*generator.VAE
	noise torch.Tensor
	drawn *int64
}

func (g given) Sample(z latent.Latent) latent.Latent {
	noise := g.noise.Select(0, *g.drawn)
	*g.drawn++
	return latent.Of(generator.Mean, vae.Sample(z.Part(generator.Mean), z.Part(generator.Logvar), noise))
}

// fill gives a model all the weights of a file whose names begin with a prefix,
// which bare says the model's own names lack.
func fill(t *testing.T, s *torch.Session, p *nn.Params, f *safetensors.File, prefix string, bare bool) {
	t.Helper()
	want := 0
	for _, e := range f.Entries() {
		if strings.HasPrefix(e.Name, prefix) {
			want++
		}
	}
	got := 0
	s.NoGrad(func() {
		for name, w := range p.Each {
			if bare {
				name = prefix + name
			}
			if strings.HasPrefix(name, prefix) {
				w.CopyFrom(f.Tensor(s, name))
				got++
			}
		}
	})
	if got != want {
		t.Fatalf("the model has %d of the %d weights named %s…", got, want, prefix)
	}
}

// tinyTower is a CLIP whose image tower is that of scripts/golden/clip.py.
func tinyTower(t *testing.T, device torch.Device) *clip.Model {
	t.Helper()
	c := clip.ViTB32
	c.Embed = 16
	c.Image.Height, c.Image.Width, c.Image.Patch = 16, 32, 8
	c.Image.Transformer = clip.Transformer{Dim: 32, Layers: 2, Heads: 4}
	c.Text = clip.TextConfig{Kind: clip.Pieces, Vocabulary: 514, Context: 8, Pool: clip.PoolMean, Transformer: clip.Transformer{Dim: 8, Layers: 1, Heads: 1}}
	words, err := bpe.Train([]string{"no words are read here"}, 514)
	if err != nil {
		t.Fatal(err)
	}
	m, err := clip.New(c, words, device, 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m
}

// The inversion is D'Orazio's as plain PyTorch does it: from the same weights,
// words and noise the similarities of ten steps are the same.
func TestTheInversionIsPyTorchs(t *testing.T) {
	f := torchtest.Open(t, "testdata/invert.safetensors")
	device := torchtest.Device(t)
	network, err := vae.New(vae.Config{Height: 16, Latent: 12, Channels: []int64{6, 8}, Bottleneck: 4, Linear: 2, Coding: envmap.EvenLight}, device, 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(network.Close)
	tower := tinyTower(t, device)
	torchtest.Do(t, func(s *torch.Session) {
		fill(t, s, network.Params, f, "vae.", true)
		fill(t, s, tower.Params, f, "visual.", false)
		g, err := generator.NewVAE(network)
		s.Check(err)
		sees, err := tower.Freeze()
		s.Check(err)
		for _, c := range []struct{ variable, regulariser string }{
			{edit.FC, edit.NoRegulariser}, {edit.FC, edit.TV},
			{edit.MuLogvar, edit.NoRegulariser}, {edit.MuLogvar, edit.TV}, {edit.MuLogvar, edit.KL},
		} {
			name := c.variable + "." + c.regulariser
			config := paper(c.variable, c.regulariser, 10)
			config.LearningRate, config.RegulariserWeight = 0.05, 1
			config.Graphs = edit.GraphsOff // a recording would take one step's noise for all
			p := edit.Problem{
				Generator: given{g, f.Tensor(s, "noise"), new(int64)}, CLIP: sees,
				Maps: f.Tensor(s, "maps"), Text: f.Tensor(s, "text"),
			}
			x, err := edit.Invert(context.Background(), p, config, nil)
			s.Check(err)
			want := f.Tensor(s, name+".similarity").Floats()
			var off float64
			for i, step := range x.Steps {
				for n, got := range step.Similarity {
					off = max(off, math.Abs(got-float64(want[2*i+n])))
				}
			}
			t.Logf("%s: similarities off by %.2g", name, off)
			if !(off <= torchtest.Tolerance(t, 1e-4)) {
				t.Errorf("%s: similarities are off by %g, want 1e-4 at most", name, off)
			}
			if off := x.Latent.Part(generator.Mean).Sub(f.Tensor(s, name+".mean")).Abs().Max().Item(); !(off <= torchtest.Tolerance(t, 1e-3)) {
				t.Errorf("%s: the latents end %g away, want 1e-3 at most", name, off)
			}
		}
	})
}
