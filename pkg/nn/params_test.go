package nn_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/nn"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
)

// build makes weights that are freed with the test.
func build(t testing.TB, seed int64, f func(nn.Scope)) *nn.Params {
	t.Helper()
	torchtest.NoLeaks(t)
	p, err := nn.Build(torchtest.Device(t), seed, f)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

func buildError(t testing.TB, f func(nn.Scope)) error {
	t.Helper()
	torchtest.NoLeaks(t)
	p, err := nn.Build(torchtest.Device(t), 1, f)
	if err == nil {
		p.Close()
		t.Fatal("got no error")
	}
	return err
}

func twoConvs(p nn.Scope) {
	for _, part := range []string{"encoder", "decoder"} {
		nn.NewConv2d(p.Sub(part).Sub("conv1"), nn.ConvConfig{In: 3, Out: 4, Kernel: 3})
	}
}

// contents returns each weight's bytes by name.
func contents(t testing.TB, p *nn.Params) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	err := torch.Do(p.Device(), func(*torch.Session) {
		for name, w := range p.Each {
			all[name] = w.Bytes()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func same(a, b map[string][]byte) bool {
	for name := range a {
		if !bytes.Equal(a[name], b[name]) {
			return false
		}
	}
	return len(a) == len(b)
}

func TestNamesAreThoseOfCheckpointsInOrderOfCreation(t *testing.T) {
	p := build(t, 1, twoConvs)
	want := []string{"encoder.conv1.weight", "encoder.conv1.bias", "decoder.conv1.weight", "decoder.conv1.bias"}
	if got := p.Names(); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got, want := p.Shape("decoder.conv1.weight"), []int64{4, 3, 3, 3}; !slices.Equal(got, want) {
		t.Errorf("got shape %v, want %v", got, want)
	}
	if all, learn := p.Count(); all != 2*(4*27+4) || learn != all {
		t.Errorf("got %d numbers, %d learning, want %d and all", all, learn, 2*(4*27+4))
	}
}

func TestDuplicateNamesAreRefused(t *testing.T) {
	err := buildError(t, func(p nn.Scope) {
		nn.NewLinear(p.Sub("fc"), 2, 2)
		nn.NewLinear(p.Sub("fc"), 2, 2)
	})
	if want := "two parameters are named fc.weight"; !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %q", err, want)
	}
}

// Scopes are values: making one does not move another.
func TestSiblingsKeepTheirNames(t *testing.T) {
	p := build(t, 1, func(p nn.Scope) {
		deep := p.Sub("a").Sub("b").Sub("c")
		left, right := deep.Sub("left"), deep.Sub("right")
		nn.NewProjection(left, 1, 1)
		nn.NewProjection(right, 1, 1)
	})
	want := []string{"a.b.c.left.weight", "a.b.c.right.weight"}
	if got := p.Names(); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestTheSameSeedGivesTheSameBytes(t *testing.T) {
	a, b, c := build(t, 7, twoConvs), build(t, 7, twoConvs), build(t, 8, twoConvs)
	if !same(contents(t, a), contents(t, b)) {
		t.Error("got other weights from the same seed, want the same")
	}
	if same(contents(t, a), contents(t, c)) {
		t.Error("got the same weights from another seed, want others")
	}
}

func TestBuildLeavesTheCallersDrawsAlone(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		s.Seed(3)
		want := s.Randn(4).Floats()
		s.Seed(3)
		p, err := nn.Build(torchtest.Device(t), 9, twoConvs)
		s.Check(err)
		defer p.Close()
		if got := s.Randn(4).Floats(); !slices.Equal(got, want) {
			t.Errorf("got %v after a Build, want %v", got, want)
		}
	})
}

func TestLoadNamesAllThatDisagrees(t *testing.T) {
	file := build(t, 1, func(p nn.Scope) {
		nn.NewConv2d(p.Sub("encoder.conv1"), nn.ConvConfig{In: 3, Out: 64, Kernel: 3})
		nn.NewLinear(p.Sub("old"), 1, 1)
	})
	want := func(p nn.Scope) {
		nn.NewConv2d(p.Sub("encoder.conv1"), nn.ConvConfig{In: 3, Out: 128, Kernel: 3})
		nn.NewLinear(p.Sub("fc"), 2, 2)
	}
	model := build(t, 2, want)
	before := contents(t, model)
	_, buildErr := nn.BuildFrom(torchtest.Device(t), file, want)
	for _, err := range []error{model.Load(file), buildErr} {
		var faults *nn.LoadError
		if !errors.As(err, &faults) {
			t.Fatalf("got error %v, want a LoadError", err)
		}
		for _, part := range []string{
			"encoder.conv1.weight is [64 3 3 3] in the file, want [128 3 3 3]",
			"encoder.conv1.bias is [64] in the file, want [128]",
			"missing in the file: fc.weight, fc.bias",
			"in the file but not in the model: old.weight, old.bias",
		} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("got %v, want it to say %q", err, part)
			}
		}
	}
	if !same(before, contents(t, model)) {
		t.Error("got weights changed by a load that failed, want them as they were")
	}
}

func TestLoadedWeightsAreTheFilesAndNotShared(t *testing.T) {
	file, model := build(t, 1, twoConvs), build(t, 2, twoConvs)
	if err := model.Load(file); err != nil {
		t.Fatal(err)
	}
	built, err := nn.BuildFrom(torchtest.Device(t), file, twoConvs)
	if err != nil {
		t.Fatal(err)
	}
	defer built.Close()
	want := contents(t, file)
	if !same(contents(t, model), want) || !same(contents(t, built), want) {
		t.Error("got other weights than the file's, want the same")
	}
	torchtest.Do(t, func(s *torch.Session) {
		for _, p := range []*nn.Params{model, built} {
			for _, w := range p.Each {
				w.CopyFrom(s.Zeros(w.Shape()...))
			}
		}
	})
	if !same(contents(t, file), want) {
		t.Error("got the file's weights changed by writing to a copy, want them as they were")
	}
}

func TestFreezeMeansTheNameAndWhatIsBelow(t *testing.T) {
	p := build(t, 1, func(p nn.Scope) {
		nn.NewLinear(p.Sub("encoder"), 2, 2)
		nn.NewLinear(p.Sub("encoder2"), 2, 2)
		p.Buffer("mean", nn.Constant(0), 2)
	})
	learning := func() (names []string) {
		for name := range p.Trainable {
			names = append(names, name)
		}
		return names
	}
	for _, step := range []struct {
		names []string
		want  []string
	}{
		{[]string{"encoder"}, []string{"encoder2.weight", "encoder2.bias"}},
		{[]string{"encoder2.bias"}, []string{"encoder2.weight"}},
		{nil, nil},
	} {
		if err := p.Freeze(step.names...); err != nil {
			t.Fatal(err)
		}
		if got := learning(); !slices.Equal(got, step.want) {
			t.Errorf("got %v learning, want %v", got, step.want)
		}
	}
	if err := p.Freeze("decoder"); err == nil || !strings.Contains(err.Error(), "decoder") {
		t.Errorf("got error %v, want one that names decoder", err)
	}
}

func TestLayersFollowWhenTheirWeightsAreConverted(t *testing.T) {
	var l nn.Linear
	p := build(t, 1, func(p nn.Scope) { l = nn.NewLinear(p.Sub("fc"), 8, 4) })
	torchtest.Do(t, func(s *torch.Session) {
		x := s.Randn(2, 8)
		want := l.Forward(x)
		s.Check(p.To(torch.BFloat16))
		y := l.Forward(x.To(torch.BFloat16))
		if y.DType() != torch.BFloat16 || !l.Weight.RequiresGrad() {
			t.Errorf("got %v from weights that learn: %v, want bf16 and true", y, l.Weight.RequiresGrad())
		}
		if got := y.To(torch.Float32).Sub(want).Abs().Max().Item(); got > 0.05 || got == 0 {
			t.Errorf("got a difference of %v from f32, want one of rounding to bf16", got)
		}
		y.Sum().Backward()
		if got := s.GradOf(l.Bias).Floats(); !slices.Equal(got, []float32{2, 2, 2, 2}) {
			t.Errorf("got bias gradient %v, want 2 each", got)
		}
		torch.ZeroGrad([]torch.Tensor{l.Bias, l.Weight})
	})
}

func TestHalfWeightsOfAFileAreReadAsF32(t *testing.T) {
	half := build(t, 1, twoConvs)
	for _, dtype := range []torch.DType{torch.Float16, torch.BFloat16} {
		if err := half.To(dtype); err != nil {
			t.Fatal(err)
		}
		p, err := nn.BuildFrom(torchtest.Device(t), half, twoConvs)
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		torchtest.Do(t, func(s *torch.Session) {
			for name, w := range p.Each {
				want := half.Tensor(s, name).Floats() // every half is an f32
				if w.DType() != torch.Float32 || !slices.Equal(w.Floats(), want) {
					t.Errorf("%s: got %v from %v, want the same values in f32", name, w, dtype)
				}
			}
		})
	}
}

func TestWhatCannotBeBuiltSaysWhy(t *testing.T) {
	for want, f := range map[string]func(nn.Scope){
		"nn: fill: no parameter is named head.scale":              func(p nn.Scope) { p.Sub("head").Fill("scale", nn.Constant(1)) },
		"nn: attention: width 10, want a multiple of the 4 heads": func(p nn.Scope) { nn.NewAttention(p, 10, 4) },
		"nn: mean: the initial value is [3], want [2]": func(p nn.Scope) {
			p.Buffer("mean", func(s *torch.Session, _ []int64) torch.Tensor { return s.Zeros(3) }, 2)
		},
		"torch: from slice: 3 values for [2], want 2":                  func(p nn.Scope) { p.Param("scale", nn.Values([]float32{1, 2, 3}), 2) },
		"nn: two parameters are named a.b: give each part its own Sub": func(p nn.Scope) { p.Param("a.b", nn.Constant(0)); p.Sub("a").Buffer("b", nn.Constant(0)) },
	} {
		if got := buildError(t, f).Error(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestAClosedModelIsAnErrorToUse(t *testing.T) {
	var l nn.Linear
	p := build(t, 1, func(p nn.Scope) { l = nn.NewLinear(p, 2, 2) })
	p.Close()
	if all, _ := p.Count(); all != 0 {
		t.Errorf("got %d numbers in a closed model, want 0", all)
	}
	err := torch.Do(torchtest.Device(t), func(s *torch.Session) { l.Forward(s.Zeros(1, 2)) })
	if err == nil || !strings.Contains(err.Error(), "freed") {
		t.Errorf("got error %v, want one that says freed", err)
	}
}
