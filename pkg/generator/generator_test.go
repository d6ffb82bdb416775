package generator_test

import (
	"testing"

	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/edit/edittest"
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/generator"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
	"github.com/clipenv/toolkit/pkg/vae"
)

func TestVAEIsAGenerator(t *testing.T) {
	edittest.Generator(t, func(t *testing.T) edit.Generator {
		m, err := vae.New(vae.Config{Height: 16, Latent: 12, Channels: []int64{6, 8}, Bottleneck: 4, Linear: 2, Coding: envmap.EvenLight}, torchtest.Device(t), 1)
		if err != nil {
			t.Fatal(err)
		}
		g, err := generator.NewVAE(m)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(g.Close)
		return g
	})
}

func TestPixelsAreAGenerator(t *testing.T) {
	edittest.Generator(t, func(*testing.T) edit.Generator {
		return generator.Pixels{W: 32, H: 16, Coding: envmap.EvenLight}
	})
}
