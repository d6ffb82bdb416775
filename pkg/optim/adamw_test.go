package optim_test

import (
	"bytes"
	"fmt"
	"iter"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/nn"
	"github.com/clipenv/toolkit/pkg/optim"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/safetensors"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
)

// golden is made by scripts/golden/optim.py.
func golden(t testing.TB) *safetensors.File {
	t.Helper()
	return torchtest.Open(t, "testdata/adamw.safetensors")
}

// weights are those of the golden cases.
func weights(p nn.Scope) {
	p.Sub("encoder").Param("weight", nn.Normal(1), 4, 3)
	p.Sub("encoder").Param("bias", nn.Normal(1), 4)
	p.Sub("encoder2").Param("weight", nn.Normal(1), 5)
	p.Sub("head").Param("weight", nn.Normal(1), 2, 2, 3)
}

func build(t testing.TB, f func(nn.Scope)) *nn.Params {
	t.Helper()
	torchtest.NoLeaks(t)
	p, err := nn.Build(torchtest.Device(t), 1, f)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

func newAdamW(t testing.TB, w iter.Seq2[string, torch.Tensor], c optim.Config) *optim.AdamW {
	t.Helper()
	a, err := optim.NewAdamW(w, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	return a
}

// pull gives each weight w the gradient g(w).
func pull(s *torch.Session, p *nn.Params, g func(name string) torch.Tensor) {
	for name, w := range p.Trainable {
		s.Scope(func() { s.Use(w).Mul(g(name)).Sum().Backward() })
	}
}

// tolerance is the greatest difference from PyTorch, in f32 on the CPU.
const tolerance = 1e-6

func near(t *testing.T, what string, got, want torch.Tensor) {
	t.Helper()
	limit := float32(torchtest.Tolerance(t, tolerance))
	a, b := got.Floats(), want.Floats()
	if len(a) != len(b) {
		t.Errorf("%s: got %v, want %v", what, got, want)
		return
	}
	for i := range a {
		if diff := max(a[i]-b[i], b[i]-a[i]); !(diff <= limit) {
			t.Errorf("%s: at %d got %v, want %v", what, i, a[i], b[i])
			return
		}
	}
}

func TestTenStepsEqualPyTorch(t *testing.T) {
	constant := func(rate float64) optim.Schedule { return func(int) float64 { return rate } }
	for _, c := range []struct {
		name      string
		config    optim.Config
		rate      optim.Schedule
		backwards int
	}{
		{"adam", optim.Config{}, constant(.1), 1},
		{"adamw", optim.Config{WeightDecay: .2}, constant(1e-2), 1},
		{"groups", optim.Config{Beta2: .98, Eps: 1e-6, WeightDecay: .1, ClipNorm: 1,
			Groups: []optim.Group{{Scope: "encoder", RateScale: .1, WeightDecay: .3}}}, constant(1e-2), 1},
		{"ramped", optim.Config{WeightDecay: .01}, func(step int) float64 { return 1e-2 / float64(1+step) }, 1},
		{"accumulated", optim.Config{WeightDecay: .01, ClipNorm: .5}, constant(1e-2), 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := golden(t)
			p := build(t, weights)
			if err := p.Load(f.Section(c.name + ".w0.")); err != nil {
				t.Fatal(err)
			}
			a := newAdamW(t, p.Each, c.config)
			torchtest.Do(t, func(s *torch.Session) {
				for step := range 10 {
					for part := range c.backwards {
						pull(s, p, func(name string) torch.Tensor {
							return f.Tensor(s, fmt.Sprintf("%s.g.%d.%s", c.name, step*c.backwards+part, name))
						})
					}
					norm := a.Step(s, c.rate(step), c.backwards)
					if c.config.ClipNorm > 0 {
						near(t, "norm", norm, f.Tensor(s, fmt.Sprintf("%s.norm.%d", c.name, step)))
					}
				}
				for name, w := range p.Each {
					near(t, name, w, f.Tensor(s, c.name+".w."+name))
				}
				for name, st := range a.Each {
					if strings.HasPrefix(name, "step.") {
						if got := s.Use(st).Item(); got != 10 {
							t.Errorf("%s: got %v, want 10", name, got)
						}
						continue
					}
					near(t, name, st, f.Tensor(s, c.name+"."+name))
				}
			})
		})
	}
}

// quadratic is the gradient of a bowl that differs by step and by weight.
func quadratic(s *torch.Session, p *nn.Params, step int) {
	for _, w := range p.Trainable {
		s.Scope(func() {
			x := s.Use(w)
			x.AddScalar(math.Sin(float64(step))).Square().Mul(x.Detach().Cos()).Sum().Backward()
		})
	}
}

func train(t *testing.T, p *nn.Params, a *optim.AdamW, from, to int) {
	t.Helper()
	torchtest.Do(t, func(s *torch.Session) {
		for step := from; step < to; step++ {
			quadratic(s, p, step)
			a.Step(s, optim.WarmupHoldCosine(.05, 0, 5, 5, 20)(step), 1)
		}
	})
}

func named(prefix string, all iter.Seq2[string, torch.Tensor]) (tensors []safetensors.Named) {
	for name, t := range all {
		tensors = append(tensors, safetensors.Named{Name: prefix + name, Tensor: t})
	}
	return tensors
}

func TestAResumedRunEqualsOneWithoutStopToTheBit(t *testing.T) {
	const n, k = 20, 7
	config := optim.Config{WeightDecay: .1, ClipNorm: 1, Groups: []optim.Group{{Scope: "head", RateScale: 3}}}

	whole := build(t, weights)
	train(t, whole, newAdamW(t, whole.Each, config), 0, n)

	path := filepath.Join(t.TempDir(), "checkpoint.safetensors")
	first := build(t, weights)
	a := newAdamW(t, first.Each, config)
	train(t, first, a, 0, k)
	saved := append(named("model.", first.Each), named("optim.", a.Each)...)
	if err := safetensors.Write(path, saved, nil); err != nil {
		t.Fatal(err)
	}

	f := torchtest.Open(t, path)
	second := build(t, weights)
	b := newAdamW(t, second.Each, config)
	if err := second.Load(f.Section("model.")); err != nil {
		t.Fatal(err)
	}
	if err := b.Load(f.Section("optim.")); err != nil {
		t.Fatal(err)
	}
	train(t, second, b, k, n)

	torchtest.Do(t, func(s *torch.Session) {
		for name, w := range whole.Each {
			if !bytes.Equal(w.Bytes(), second.Tensor(s, name).Bytes()) {
				t.Errorf("%s: got other bytes after a stop, want the same", name)
			}
		}
	})
}

func TestStateOfAnotherModelIsRefused(t *testing.T) {
	p, other := build(t, weights), build(t, func(p nn.Scope) { p.Sub("encoder").Param("weight", nn.Normal(1), 4, 4) })
	a, b := newAdamW(t, p.Each, optim.Config{}), newAdamW(t, other.Each, optim.Config{})
	path := filepath.Join(t.TempDir(), "state.safetensors")
	if err := safetensors.Write(path, named("", a.Each), nil); err != nil {
		t.Fatal(err)
	}
	f := torchtest.Open(t, path)
	err := b.Load(f.Section(""))
	for _, want := range []string{"m.encoder.weight is [4 3] in the file, want [4 4]", "step.head.weight"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got error %v, want one with %q", err, want)
		}
	}
}

// bits are a weight's bytes; reading them needs a session for its errors.
func bits(t *testing.T, p *nn.Params) map[string]string {
	t.Helper()
	all := map[string]string{}
	torchtest.Do(t, func(*torch.Session) {
		for name, w := range p.Each {
			all[name] = string(w.Bytes())
		}
	})
	return all
}

func moved(before, after map[string]string) (names []string) {
	for name := range before {
		if before[name] != after[name] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func TestFrozenWeightsStay(t *testing.T) {
	p := build(t, weights)
	a := newAdamW(t, p.Each, optim.Config{WeightDecay: .5})
	train(t, p, a, 0, 2)
	torchtest.Do(t, func(s *torch.Session) { quadratic(s, p, 2) }) // a gradient from before is no reason to move
	if err := p.Freeze("encoder"); err != nil {
		t.Fatal(err)
	}
	before := bits(t, p)
	train(t, p, a, 2, 4)
	if got, want := moved(before, bits(t, p)), []string{"encoder2.weight", "head.weight"}; !slices.Equal(got, want) {
		t.Errorf("got %v moved, want %v", got, want)
	}
	for _, w := range p.Each {
		w.SetRequiresGrad(true)
	}
	before = bits(t, p)
	train(t, p, a, 4, 5)
	if got := moved(before, bits(t, p)); len(got) != 4 {
		t.Errorf("got %v moved once unfrozen, want all four", got)
	}
}

func TestAGradientThatIsNotFiniteMovesNothing(t *testing.T) {
	p := build(t, weights)
	a := newAdamW(t, p.Each, optim.Config{ClipNorm: 1})
	train(t, p, a, 0, 3)
	before := bits(t, p)
	torchtest.Do(t, func(s *torch.Session) {
		pull(s, p, func(string) torch.Tensor { return s.Scalar(math.Inf(1)) })
		if norm := a.Step(s, .1, 1).Item(); !math.IsInf(norm, 0) && !math.IsNaN(norm) {
			t.Errorf("got norm %v, want one that is not finite", norm)
		}
		for name, st := range a.Each {
			if strings.HasPrefix(name, "step.") && s.Use(st).Item() != 3 {
				t.Errorf("%s: got %v, want 3", name, s.Use(st).Item())
			}
		}
	})
	if got := moved(before, bits(t, p)); len(got) != 0 {
		t.Errorf("got %v moved, want none", got)
	}
	train(t, p, a, 3, 4)
	if got := moved(before, bits(t, p)); len(got) != 4 {
		t.Errorf("got %v moved by the step after, want all four", got)
	}
}

// A rate that lies on the device makes the same steps as one that is a number: to
// the bit on the CPU, where both are in double precision.
func TestARateOnTheDeviceMakesTheSameSteps(t *testing.T) {
	config := optim.Config{ClipNorm: .5, WeightDecay: .1, Groups: []optim.Group{{Scope: "encoder", RateScale: .3}}}
	rate := optim.WarmupHoldCosine(.05, 0, 5, 5, 20)
	ends := map[string]map[string]string{}
	for _, way := range []string{"a number", "on the device"} {
		p := build(t, weights)
		a := newAdamW(t, p.Each, config)
		if way == "on the device" {
			if err := torch.Do(torchtest.Device(t), a.Recordable); err != nil {
				t.Fatal(err)
			}
		}
		torchtest.Do(t, func(s *torch.Session) {
			for step := range 8 {
				quadratic(s, p, step)
				if way == "a number" {
					a.Step(s, rate(step), 1)
				} else {
					a.SetRate(s, rate(step))
					a.StepAtRate(s, 1)
				}
			}
		})
		ends[way] = bits(t, p)
	}
	if torchtest.Device(t) != torch.CPU {
		return // a GPU's kernel has the number in double precision, and the scalar in single
	}
	if got := moved(ends["a number"], ends["on the device"]); len(got) != 0 {
		t.Errorf("%v differ, want none", got)
	}
}

// Without a gradient's pull, decay alone scales a weight by 1 − rate·decay.
func TestMatricesOnlyLeavesVectorsFromDecaying(t *testing.T) {
	p := build(t, weights)
	a := newAdamW(t, p.Each, optim.Config{WeightDecay: .5, MatricesOnly: true})
	before := bits(t, p)
	torchtest.Do(t, func(s *torch.Session) {
		pull(s, p, func(string) torch.Tensor { return s.Scalar(0) })
		want := p.Tensor(s, "head.weight").MulScalar(1 - .1*.5)
		a.Step(s, .1, 1)
		near(t, "head.weight", p.Tensor(s, "head.weight"), want)
	})
	if got, want := moved(before, bits(t, p)), []string{"encoder.weight", "head.weight"}; !slices.Equal(got, want) {
		t.Errorf("got %v moved, want %v", got, want)
	}
}

func TestALoneTensorDescends(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		z := s.FromFloats([]float32{3, -2}, 2).SetRequiresGrad(true)
		a, err := optim.NewAdamW(func(yield func(string, torch.Tensor) bool) { yield("z", z) }, optim.Config{})
		s.Check(err)
		defer a.Close()
		const steps = 300
		rate := optim.WarmupHoldCosine(.1, 0, 15, 225, steps)
		for step := range steps {
			s.Scope(func() { z.Square().Sum().Backward() })
			a.Step(s, rate(step), 1)
		}
		if got := z.Norm().Item(); got > .01 {
			t.Errorf("got %v from the bottom of the bowl, want 0", got)
		}
	})
}

func TestConfigsAreCheckedAllAtOnce(t *testing.T) {
	p := build(t, weights)
	for _, c := range []struct {
		config optim.Config
		want   []string
	}{
		{optim.Config{Beta1: 1, Beta2: -1, Eps: -1, WeightDecay: -1, ClipNorm: -1}, []string{"beta1 is 1", "beta2 is -1", "eps is -1", "weight decay is -1", "clip norm is -1"}},
		{optim.Config{Groups: []optim.Group{{Scope: "head", RateScale: -1, WeightDecay: -2}}}, []string{"group head: rate scale is -1", "group head: weight decay is -2"}},
		{optim.Config{Groups: []optim.Group{{Scope: "enc"}}}, []string{"group enc: no weight that learns"}},
	} {
		_, err := optim.NewAdamW(p.Each, c.config)
		for _, want := range c.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got error %v, want one with %q", err, want)
			}
		}
	}
	if err := p.Freeze(); err != nil {
		t.Fatal(err)
	}
	if _, err := optim.NewAdamW(p.Each, optim.Config{}); err == nil {
		t.Error("got no error where nothing learns, want one")
	}
}
