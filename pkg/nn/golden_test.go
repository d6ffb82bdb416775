package nn_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/nn"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/safetensors"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
)

// golden is made by scripts/golden/nn.py.
func golden(t testing.TB) *safetensors.File {
	t.Helper()
	return torchtest.Open(t, "testdata/layers.safetensors")
}

// inputs are those of a case, and the zero Tensor where it has none.
type inputs struct{ x, context, mask torch.Tensor }

type forward func(inputs) torch.Tensor

// of is the forward pass of a layer of one operand.
func of(f func(torch.Tensor) torch.Tensor) forward {
	return func(in inputs) torch.Tensor { return f(in.x) }
}

func conv(c nn.ConvConfig) func(nn.Scope) forward {
	return func(p nn.Scope) forward { return of(nn.NewConv2d(p, c).Forward) }
}

func attention(heads int64, causal bool) func(nn.Scope) forward {
	return func(p nn.Scope) forward {
		a := nn.NewAttention(p, 8, heads)
		return func(in inputs) torch.Tensor { return a.Forward(in.x, nn.Mask{Tensor: in.mask, Causal: causal}) }
	}
}

func upsample(u nn.Upsample) func(nn.Scope) forward {
	return func(nn.Scope) forward { return of(u.Forward) }
}

var layers = map[string]func(nn.Scope) forward{
	"linear":     func(p nn.Scope) forward { return of(nn.NewLinear(p, 6, 5).Forward) },
	"projection": func(p nn.Scope) forward { return of(nn.NewProjection(p, 6, 5).Forward) },
	"embedding":  func(p nn.Scope) forward { return of(nn.NewEmbedding(p, 9, 4).Forward) },
	"group_norm": func(p nn.Scope) forward { return of(nn.NewGroupNorm(p, 2, 6).Forward) },
	"layer_norm": func(p nn.Scope) forward { return of(nn.NewLayerNorm(p, 8).Forward) },

	"conv":            conv(nn.ConvConfig{In: 3, Out: 4, Kernel: 3, Stride: 2, Padding: 1}),
	"conv_groups":     conv(nn.ConvConfig{In: 4, Out: 6, Kernel: 3, Padding: 2, Dilation: 2, Groups: 2, NoBias: true}),
	"conv_panorama":   func(p nn.Scope) forward { return of(nn.NewSame(p, 3, 4, 3).Forward) },
	"conv_panorama_5": conv(nn.ConvConfig{In: 2, Out: 3, Kernel: 5, Stride: 2, Padding: 2, Panorama: true}),
	"conv_panorama_1": func(p nn.Scope) forward { return of(nn.NewSame(p, 2, 3, 1).Forward) },

	"nearest":           upsample(nn.Upsample{Factor: 2, Mode: torch.Nearest}),
	"bilinear":          upsample(nn.Upsample{Factor: 3, Mode: torch.Bilinear}),
	"bilinear_panorama": upsample(nn.Upsample{Factor: 2, Mode: torch.Bilinear, Panorama: true}),
	"bicubic_panorama":  upsample(nn.Upsample{Factor: 4, Mode: torch.Bicubic, Panorama: true}),

	"attention":         attention(2, false),
	"attention_causal":  attention(4, true),
	"attention_added":   attention(2, false),
	"attention_allowed": attention(2, false),
	"attention_cross": func(p nn.Scope) forward {
		a := nn.NewAttention(p, 8, 2)
		return func(in inputs) torch.Tensor { return a.Cross(in.x, in.context, nn.Mask{}) }
	},
	"block_quick": func(p nn.Scope) forward {
		b := nn.NewBlock(p, nn.BlockConfig{Dim: 8, Heads: 2, Activation: torch.Tensor.QuickGELU})
		return func(in inputs) torch.Tensor { return b.Forward(in.x, nn.Mask{}) }
	},
	"transformer_causal": func(p nn.Scope) forward {
		b := nn.NewTransformer(p, 2, nn.BlockConfig{Dim: 8, Heads: 2, Activation: torch.Tensor.GELU})
		return func(in inputs) torch.Tensor { return b.Forward(in.x, nn.Mask{Causal: true}) }
	},
}

// tolerance is the greatest difference from PyTorch, in f32 on the CPU.
const tolerance = 1e-6

func TestLayersEqualPyTorchForwardAndBackward(t *testing.T) {
	f := golden(t)
	seen := map[string]bool{}
	for _, e := range f.Entries() {
		name, _, _ := strings.Cut(e.Name, ".")
		seen[name] = true
	}
	for name := range seen {
		if layers[name] == nil && name != "init" && name != "ema" {
			t.Errorf("got no layer for the case %s of testdata, want one", name)
		}
	}
	for name, layer := range layers {
		t.Run(name, func(t *testing.T) { checkLayer(t, f, name, layer) })
	}
}

func checkLayer(t *testing.T, f *safetensors.File, name string, layer func(nn.Scope) forward) {
	torchtest.NoLeaks(t)
	var run forward
	p, err := nn.BuildFrom(torchtest.Device(t), f.Section(name+".w."), func(p nn.Scope) { run = layer(p) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	torchtest.Do(t, func(s *torch.Session) {
		read := func(key string) (x torch.Tensor) {
			if _, ok := f.Entry(name + "." + key); ok {
				x = f.Tensor(s, name+"."+key)
				if x.DType() == torch.Float32 {
					x.SetRequiresGrad(key != "mask")
				}
			}
			return x
		}
		in := inputs{read("x"), read("context"), read("mask")}
		y := run(in)
		near(t, "output", y, f.Tensor(s, name+".y"))
		y.BackwardWith(f.Tensor(s, name+".dy"), false)
		for key, x := range map[string]torch.Tensor{"dx": in.x, "dcontext": in.context} {
			if _, ok := f.Entry(name + "." + key); ok {
				near(t, key, s.GradOf(x), f.Tensor(s, name+"."+key))
			}
		}
		for key, w := range p.Each {
			near(t, "gradient of "+key, s.GradOf(w), f.Tensor(s, name+".dw."+key))
		}
	})
}

func near(t *testing.T, what string, got, want torch.Tensor) {
	t.Helper()
	if got.String() != want.String() {
		t.Errorf("%s: got %v, want %v", what, got, want)
		return
	}
	limit := float32(torchtest.Tolerance(t, tolerance))
	a, b := got.Floats(), want.Floats()
	for i := range a {
		if diff := max(a[i]-b[i], b[i]-a[i]); !(diff <= limit) {
			t.Errorf("%s: at %d got %v, want %v (off by %.2g, may be %.2g)", what, i, a[i], b[i], diff, limit)
			return
		}
	}
}

// PyTorch's own seed gives PyTorch's own weights, to the bit.
func TestInitialWeightsArePyTorchs(t *testing.T) {
	if torch.CPUCapability() == "DEFAULT" {
		t.Skip("without AVX2 libtorch draws in another order, PyTorch's too")
	}
	f := golden(t)
	p := build(t, 5, func(p nn.Scope) {
		nn.NewLinear(p.Sub("linear"), 37, 11)
		nn.NewConv2d(p.Sub("conv"), nn.ConvConfig{In: 6, Out: 10, Kernel: 3, Groups: 2})
		nn.NewEmbedding(p.Sub("embedding"), 13, 7)
		nn.NewAttention(p.Sub("attention"), 12, 3)
		nn.NewGroupNorm(p.Sub("norm"), 2, 4)
	})
	want := f.Section("init.")
	if got, want := len(p.Names()), len(want.Names()); got != want {
		t.Errorf("got %d weights, want %d", got, want)
	}
	torchtest.Do(t, func(s *torch.Session) {
		for name, w := range p.Each {
			if !bytes.Equal(w.Bytes(), want.Tensor(s, name).Bytes()) {
				t.Errorf("%s: got other values than PyTorch draws (%v, want %v)", name, w.Floats()[:2], want.Tensor(s, name).Floats()[:2])
			}
		}
	})
}

func TestEMAIsPyTorchsAveragedModel(t *testing.T) {
	f := golden(t)
	torchtest.NoLeaks(t)
	p, err := nn.BuildFrom(torchtest.Device(t), f.Section("ema.w0."), func(p nn.Scope) { nn.NewLinear(p, 4, 3) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	ema, err := nn.NewEMA(p, 0.9)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(ema.Close)
	torchtest.Do(t, func(s *torch.Session) {
		for _, step := range []string{"ema.w1.", "ema.w2.", "ema.w3."} {
			s.Check(p.Load(f.Section(step)))
			ema.Update()
		}
		mean := f.Section("ema.mean.")
		for name, w := range ema.Each {
			near(t, name, w, mean.Tensor(s, name))
		}
	})
}
