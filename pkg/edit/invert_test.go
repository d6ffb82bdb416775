package edit_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/edit/edittest"
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/generator"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/loss"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
	"github.com/clipenv/toolkit/pkg/vae"
	"github.com/clipenv/toolkit/pkg/view"
)

// problem is two random maps, each with its own random words.
func problem(t *testing.T, s *torch.Session) edit.Problem {
	t.Helper()
	m, err := vae.New(vae.Config{Height: 16, Latent: 12, Channels: []int64{6, 8}, Bottleneck: 4, Linear: 2, Coding: envmap.EvenLight}, s.Device(), 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	g, err := generator.NewVAE(m)
	if err != nil {
		t.Fatal(err)
	}
	s.Seed(2)
	return edit.Problem{
		Generator: g, CLIP: edittest.Projection{Weight: s.Randn(8, 3*16*32)},
		Maps: view.Radiance(s.Rand(2, 3, 16, 32), envmap.EvenLight), Text: s.Randn(2, 8).Normalize(1, 1e-12),
	}
}

// with is the problem through the generator that a variable needs.
func with(p edit.Problem, variable string) edit.Problem {
	if variable == edit.Pixels {
		p.Generator = generator.Pixels{W: 32, H: 16, Coding: envmap.EvenLight}
	}
	return p
}

func paper(variable, regulariser string, steps int) edit.Config {
	c := edit.Defaults(edit.Paper)
	c.Variable, c.Regulariser, c.Steps = variable, regulariser, steps
	return c
}

func mean(v []float64) float64 {
	var sum float64
	for _, x := range v {
		sum += x / float64(len(v))
	}
	return sum
}

func TestEveryVariableRaisesTheSimilarity(t *testing.T) {
	guided := edit.Defaults(edit.Guided)
	guided.Steps = 30
	for _, c := range []edit.Config{paper(edit.FC, "none", 30), paper(edit.MuLogvar, "none", 30), paper(edit.Pixels, "none", 30), paper(edit.MuLogvar, "kl", 30), guided} {
		// The model is made inside and outlives the session: count after both.
		err := torch.Do(torchtest.Device(t), func(s *torch.Session) {
			p := with(problem(t, s), c.Variable)
			x, err := edit.Invert(context.Background(), p, c, nil)
			s.Check(err)
			before := mean(edit.Similarity(p.CLIP, x.Start, p.Text))
			after := mean(edit.Similarity(p.CLIP, x.End, p.Text))
			if !(after > before+.02) {
				t.Errorf("%s %s %s: similarity went from %v to %v, want it higher", c.Mode, c.Variable, c.Regulariser, before, after)
			}
			if len(x.Steps) != 30 || x.Steps[29].Number != 30 || len(x.Steps[0].Similarity) != 2 {
				t.Errorf("%s: got %d steps", c.Variable, len(x.Steps))
			}
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// A preview is what the edit would end in; nobody who asks for none pays.
func TestThePreviewIsWhereTheStepsAre(t *testing.T) {
	err := torch.Do(torchtest.Device(t), func(s *torch.Session) {
		p := problem(t, s)
		var last *hdr.Image
		x, err := edit.Invert(context.Background(), p, paper(edit.FC, "none", 4), func(step edit.Step) {
			before := torch.LiveTensors()
			var err error
			if last, err = step.Preview(); err != nil {
				t.Error(err)
			}
			if after := torch.LiveTensors(); after != before {
				t.Errorf("a preview leaves %d tensors", after-before)
			}
		})
		s.Check(err)
		want, err := envmap.FromPlanar(x.End.Narrow(0, 0, 1).Floats(), 32, 16)
		s.Check(err)
		if !slices.Equal(last.Pix, want.Pix) {
			t.Error("the last preview is not the end of the edit")
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The loss is the sum of its terms by their weights.
func TestTheLossIsTheSumOfItsTerms(t *testing.T) {
	err := torch.Do(torchtest.Device(t), func(s *torch.Session) {
		p := problem(t, s)
		c := edit.Defaults(edit.Guided)
		c.Variable, c.Regulariser, c.Steps = edit.MuLogvar, edit.KL, 3
		x, err := edit.Invert(context.Background(), p, c, nil)
		s.Check(err)
		for _, step := range x.Steps {
			var sum float64
			var names []string
			for _, v := range step.Terms {
				sum += v.Weight * v.Mean
				names = append(names, v.Name)
			}
			if math.Abs(sum-step.Loss) > 1e-5 {
				t.Errorf("step %d: the terms sum to %v, the loss is %v", step.Number, sum, step.Loss)
			}
			if want := []string{"similarity", "kl", "anchor", "gain_smoothness", "light_prior"}; !slices.Equal(names, want) {
				t.Errorf("got the terms %q, want %q", names, want)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Each regulariser, weighed, leaves less at the end of what it is the measure of
// than the same edit without it: by a third at least, so that chance does not do.
func TestRegularisersActInTheirDirection(t *testing.T) {
	torchtest.NoLeaks(t)
	guided := edit.Defaults(edit.Guided)
	guided.AnchorWeight, guided.LightPrior, guided.GainSmoothness, guided.Views, guided.Steps = 0, 0, 0, 0, 40
	with := func(c edit.Config, change func(*edit.Config)) edit.Config {
		change(&c)
		return c
	}
	for _, c := range []struct {
		name           string
		without, weigh edit.Config
		measure        func(p edit.Problem, x edit.Solution) torch.Tensor
	}{
		{"tv", paper(edit.Pixels, edit.NoRegulariser, 30), with(paper(edit.Pixels, edit.TV, 30), func(c *edit.Config) { c.RegulariserWeight = 5 }),
			func(_ edit.Problem, x edit.Solution) torch.Tensor { return loss.TotalVariation(view.Picture(x.End)) }},
		{"kl", paper(edit.MuLogvar, edit.NoRegulariser, 60), with(paper(edit.MuLogvar, edit.KL, 60), func(c *edit.Config) { c.RegulariserWeight = 20 }),
			func(_ edit.Problem, x edit.Solution) torch.Tensor { return x.Latent.Flat().Square() }},
		{"anchor", guided, with(guided, func(c *edit.Config) { c.AnchorWeight = 20 }),
			func(p edit.Problem, x edit.Solution) torch.Tensor { return x.Latent.Flat().Sub(started(p)).Square() }},
		{"light prior", guided, with(guided, func(c *edit.Config) { c.LightPrior = 1000 }),
			func(p edit.Problem, x edit.Solution) torch.Tensor { return loss.Light(view.Picture(x.End), p.Light) }},
		{"gain smoothness", guided, with(guided, func(c *edit.Config) { c.GainSmoothness = 50 }),
			func(p edit.Problem, x edit.Solution) torch.Tensor {
				_, gain := p.Output(x.End)
				return loss.Mottle(gain, p.Guide)
			}},
	} {
		err := torch.Do(torchtest.Device(t), func(s *torch.Session) {
			p := lit(t, s, c.without.Variable)
			left := func(c0 edit.Config) float64 {
				x, err := edit.Invert(context.Background(), p, c0, nil)
				s.Check(err)
				return c.measure(p, x).Mean().Item()
			}
			if with, without := left(c.weigh), left(c.without); !(with < .67*without) || without == 0 {
				t.Errorf("%s: got %v with it and %v without, want less", c.name, with, without)
			}
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// lit is the problem with a light that would fit the words, which some latent
// has, and an input that is relit.
func lit(t *testing.T, s *torch.Session, variable string) edit.Problem {
	p := with(problem(t, s), variable)
	elsewhere := p.Generator.Start(p.Maps).Map(func(x torch.Tensor) torch.Tensor { return x.Add(x.RandnLike()) })
	p.Light = view.Picture(p.Generator.Decode(elsewhere)).MeanKeep(3).Detach()
	p.Guide = s.Zeros(1, 1, 16, 32)
	from := p.Generator.Decode(p.Generator.Start(p.Maps)).Detach().AddScalar(.01).Log()
	p.Output = func(radiance torch.Tensor) (output, gain torch.Tensor) {
		gain = radiance.AddScalar(.01).Log().Sub(from)
		return radiance, gain
	}
	return p
}

// started are the points that the problem's maps begin at, [N,D].
func started(p edit.Problem) torch.Tensor { return p.Generator.Start(p.Maps).Part("mean") }

func TestTheSameSeedGivesTheSameBytes(t *testing.T) {
	err := torch.Do(torch.CPU, func(s *torch.Session) {
		p := problem(t, s)
		c := edit.Defaults(edit.Guided)
		c.Steps = 5
		run := func(seed int64) []float32 {
			c.Seed = seed
			x, err := edit.Invert(context.Background(), p, c, nil)
			s.Check(err)
			return x.End.Floats()
		}
		if a, b := run(4), run(4); !slices.Equal(a, b) {
			t.Error("two runs with one seed differ")
		}
		if slices.Equal(run(4), run(5)) {
			t.Error("runs with two seeds are equal")
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A map's edit is its own, whatever else is in the batch.
func TestMapsOfABatchDoNotMeet(t *testing.T) {
	err := torch.Do(torchtest.Device(t), func(s *torch.Session) {
		p := problem(t, s)
		both, err := edit.Invert(context.Background(), p, paper(edit.FC, "none", 8), nil)
		s.Check(err)
		p.Maps, p.Text = p.Maps.Narrow(0, 1, 1), p.Text.Narrow(0, 1, 1)
		alone, err := edit.Invert(context.Background(), p, paper(edit.FC, "none", 8), nil)
		s.Check(err)
		if off := both.End.Narrow(0, 1, 1).Sub(alone.End).Abs().Max().Item(); off > 1e-3 {
			t.Errorf("the second map differs by %v from what it is alone", off)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestWhatStopsAnInversion(t *testing.T) {
	torchtest.NoLeaks(t)
	err := torch.Do(torchtest.Device(t), func(s *torch.Session) {
		p := problem(t, s)
		ctx, cancel := context.WithCancel(context.Background())
		c := paper(edit.FC, "none", 9)
		c.FiguresEvery = 1 // a GPU would tell of ten steps at once
		_, err := edit.Invert(ctx, p, c, func(step edit.Step) {
			if step.Number == 3 {
				cancel()
			}
		})
		if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "stopped after 3 of 9 steps") {
			t.Errorf("got error %v, want that it stopped after 3 of 9 steps", err)
		}
		p.Text = p.Text.MulScalar(math.NaN())
		if _, err := edit.Invert(context.Background(), p, paper(edit.FC, "none", 9), nil); err == nil || !strings.Contains(err.Error(), "lower learning_rate") {
			t.Errorf("got error %v for a loss that is no number", err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}
