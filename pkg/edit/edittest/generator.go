// Package edittest holds the laws that every generator and every encoder keeps,
// as a suite for their tests:
//
//	func TestVAE(t *testing.T) { edittest.Generator(t, func(t *testing.T) edit.Generator { … }) }
package edittest

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/latent"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
	"github.com/clipenv/toolkit/pkg/view"
)

// Generator holds the generators that make returns to the laws. All that make
// opens, it closes by t.Cleanup.
func Generator(t *testing.T, make func(*testing.T) edit.Generator) {
	for name, law := range map[string]func(*testing.T, *torch.Session, edit.Generator){
		"shapes": shapes, "gradients": gradients, "determinism": determinism,
		"batches": batches, "no leaks": noLeaks, "edits": edits,
	} {
		t.Run(name, func(t *testing.T) {
			g := make(t)
			err := torch.Do(torchtest.Device(t), func(s *torch.Session) {
				s.Seed(1)
				law(t, s, g)
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// maps are n maps of smooth random light, radiance [N,3,H,W].
func maps(s *torch.Session, g edit.Generator, n int64) torch.Tensor {
	w, h := g.Size()
	coarse := s.Rand(n, 3, max(int64(h)/8, 1), max(int64(w)/8, 1))
	return coarse.Resize(int64(h), int64(w), torch.Bilinear).AddScalar(.05)
}

func shapes(t *testing.T, s *torch.Session, g edit.Generator) {
	w, h := g.Size()
	if w != 2*h || h < 1 {
		t.Errorf("the size is %d×%d, want a map twice as wide as high", w, h)
	}
	spread := g.Spread(s)
	for what, z := range map[string]latent.Latent{"start": g.Start(maps(s, g, 3)), "prior": g.Prior(s, 3)} {
		if got, want := z.Names(), spread.Names(); !slices.Equal(got, want) {
			t.Errorf("%s has the parts %q, the spread %q", what, got, want)
			continue
		}
		for name, part := range z.Each {
			if got, want := part.Shape()[1:], spread.Part(name).Shape(); part.Size(0) != 3 || !slices.Equal(got, want) {
				t.Errorf("%s: %s is %v, want 3 of %v as in the spread", what, name, part.Shape(), want)
			}
		}
		radiance := g.Decode(z)
		if got, want := radiance.Shape(), []int64{3, 3, int64(h), int64(w)}; !slices.Equal(got, want) {
			t.Errorf("%s: decoded maps are %v, want %v", what, got, want)
		}
		for _, v := range radiance.Floats() {
			if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) || v < 0 {
				t.Errorf("%s: a decoded map has the radiance %v", what, v)
				break
			}
		}
	}
	for name, part := range spread.Each {
		if least := part.Min().Item(); !(least >= 0) {
			t.Errorf("the spread of %s falls to %v, want 0 or more", name, least)
		}
	}
}

// gradients agree with finite differences along a random direction. A dimension
// without any spread is held: it need have no gradient.
func gradients(t *testing.T, s *torch.Session, g edit.Generator) {
	z := g.Start(maps(s, g, 1))
	target := view.Picture(maps(s, g, 1))
	loss := func(z latent.Latent) torch.Tensor { return view.Picture(g.Decode(z)).Sub(target).Square().Mean() }
	leaves := z.Map(func(x torch.Tensor) torch.Tensor { return x.Detach().Clone().SetRequiresGrad(true) })
	var slope float64
	along := leaves.Zip(g.Spread(s), func(x, spread torch.Tensor) torch.Tensor {
		return x.Detach().RandnLike().Mul(spread.Greater(0).To(torch.Float32))
	})
	l := loss(leaves)
	var points []torch.Tensor
	for _, x := range leaves {
		points = append(points, x.Value)
	}
	var norm float64
	for i, slopes := range torch.Grad(l, points...) {
		slope += slopes.Mul(along[i].Value).Sum().Item()
		norm += slopes.Square().Sum().Item()
	}
	if norm == 0 {
		t.Fatal("no gradient reaches the latent")
	}
	const step = 2e-3
	at := func(by float64) float64 {
		return loss(leaves.Zip(along, func(x, d torch.Tensor) torch.Tensor { return x.Detach().AddScaled(d, by) })).Item()
	}
	measured := (at(step) - at(-step)) / (2 * step)
	if off := math.Abs(measured - slope); off > .1*math.Abs(slope)+.02*math.Sqrt(norm) {
		t.Errorf("the slope is %v by the gradient and %v by differences", slope, measured)
	}
}

func determinism(t *testing.T, s *torch.Session, g edit.Generator) {
	x := maps(s, g, 2)
	if a, b := g.Decode(g.Start(x)).Floats(), g.Decode(g.Start(x)).Floats(); !slices.Equal(a, b) {
		t.Error("the same map decodes to two maps")
	}
	if a, b := g.Hash(), g.Hash(); a != b || a == "" {
		t.Errorf("the hash is %q, then %q", a, b)
	}
}

// batches keep their maps apart.
func batches(t *testing.T, s *torch.Session, g edit.Generator) {
	x := maps(s, g, 3)
	all := g.Decode(g.Start(x)).Narrow(0, 1, 1)
	alone := g.Decode(g.Start(x.Narrow(0, 1, 1)))
	if off := all.Sub(alone).Abs().Max().Item(); off > 1e-3*(1+alone.Max().Item()) {
		t.Errorf("a map differs by %v from what it is alone", off)
	}
}

func noLeaks(t *testing.T, s *torch.Session, g edit.Generator) {
	x := maps(s, g, 1)
	before := torch.LiveTensors()
	for range 3 {
		s.Scope(func() { g.Decode(g.Start(x)) })
		s.Scope(func() { g.Decode(g.Prior(s, 1)) })
		s.Scope(func() { g.Spread(s) })
	}
	if after := torch.LiveTensors(); after != before {
		t.Errorf("%d tensors more after use", after-before)
	}
}

// edits raise the similarity, through the whole latent.
func edits(t *testing.T, s *torch.Session, g edit.Generator) {
	w, h := g.Size()
	p := edit.Problem{
		Generator: g, CLIP: Projection{s.Randn(8, int64(3*w*h))},
		Maps: maps(s, g, 2), Text: s.Randn(2, 8).Normalize(1, 1e-12),
	}
	c := edit.Defaults(edit.Guided)
	c.Variable, c.Steps, c.Views = edit.Whole, 30, 0
	x, err := edit.Invert(context.Background(), p, c, nil)
	s.Check(err)
	var before, after float64
	for i := range 2 {
		before += edit.Similarity(p.CLIP, x.Start, p.Text)[i]
		after += edit.Similarity(p.CLIP, x.End, p.Text)[i]
	}
	if !(after > before) {
		t.Errorf("the similarity went from %v to %v, want it higher", before/2, after/2)
	}
}

// Projection sees a picture as a fixed projection of it, [E,3·H·W].
type Projection struct{ Weight torch.Tensor }

// EncodeImage returns unit vectors [N,E].
func (p Projection) EncodeImage(picture torch.Tensor) (y torch.Tensor) {
	defer picture.Tidy(&y)()

	return picture.Flatten(1).AddScalar(-.5).Linear(p.Weight, torch.Tensor{}).Normalize(-1, 1e-12)
}
