package torch_test

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
)

// takingBlocks skips a test where convolutions do not take maps in blocks.
func takingBlocks(t *testing.T, s *torch.Session) {
	t.Helper()
	if !s.Ones(1, 3, 4, 6).TakesBlocks(s.Ones(32, 3, 3, 3)) {
		t.Skip("this machine's convolutions take no maps in blocks")
	}
}

// learning returns copies that gradients flow to.
func learning(xs ...torch.Tensor) (leaves []torch.Tensor) {
	for _, x := range xs {
		leaves = append(leaves, x.Detach().Clone().SetRequiresGrad(true))
	}
	return leaves
}

// farthest is the greatest difference, where the greatest of want is 1.
func farthest(got, want torch.Tensor) float64 {
	if fmt.Sprint(got.Shape()) != fmt.Sprint(want.Shape()) {
		return math.Inf(1)
	}
	return got.Sub(want).Abs().Max().Item() / math.Max(want.Abs().Max().Item(), 1e-30)
}

// A network on a map in blocks is the network on its rows, and so are its
// gradients: padding, convolutions of both strides, a norm of groups of 4 to 32
// channels, and what is between them.
func TestMapsInBlocksAreTheMapsInRows(t *testing.T) {
	for _, c := range []struct{ n, in, first, second, groups, h, w, stride int64 }{
		{2, 3, 32, 32, 8, 8, 16, 1}, {3, 3, 32, 64, 8, 6, 12, 2}, {1, 5, 64, 32, 8, 4, 10, 2},
		{2, 16, 128, 64, 8, 4, 8, 1}, {2, 3, 256, 16, 8, 3, 6, 1}, {64, 32, 64, 128, 16, 4, 8, 2},
	} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			torchtest.Do(t, func(s *torch.Session) {
				takingBlocks(t, s)
				s.Seed(1)
				leaves := learning(s.Randn(c.n, c.in, c.h, c.w).AddScalar(3),
					s.Randn(c.first, c.in, 3, 3).MulScalar(.3), s.Randn(c.first),
					s.Randn(c.first), s.Randn(c.first),
					s.Randn(c.second, c.first, 3, 3).MulScalar(.1))
				w, b, gain, shift, second := leaves[1], leaves[2], leaves[3], leaves[4], leaves[5]
				of := func(conv func(x, w, b torch.Tensor, stride int64) torch.Tensor, norm func(x torch.Tensor) torch.Tensor) torch.Tensor {
					x := conv(leaves[0].PanoramaPad(1), w, b, 1)
					x = x.Add(norm(x).SiLU())
					return conv(x.PanoramaPad(1), second, torch.Tensor{}, c.stride)
				}
				inRows := of(func(x, w, b torch.Tensor, stride int64) torch.Tensor {
					return x.Conv2d(w, b, torch.ConvOptions{Stride: stride})
				}, func(x torch.Tensor) torch.Tensor { return x.GroupNorm(c.groups, gain, shift, 1e-5) })
				inBlocks := of(torch.Tensor.Conv2dBlocks, func(x torch.Tensor) torch.Tensor { return x.GroupNormBlocks(c.groups, gain, shift, 1e-5) })
				if !inBlocks.InBlocks() || inRows.InBlocks() {
					t.Fatalf("results are %v and %v, want the first in blocks and the second not", inBlocks.Shape(), inRows.Shape())
				}
				if off := farthest(inBlocks.Rows(), inRows); off > 2e-6 {
					t.Errorf("result: got a difference of %v, want at most 2e-6", off)
				}
				weight := s.Randn(inRows.Shape()...)
				got, want := torch.Grad(inBlocks.Rows().Mul(weight).Sum(), leaves...), torch.Grad(inRows.Mul(weight).Sum(), leaves...)
				for i, what := range []string{"map", "weight", "bias", "gain", "shift", "second weight"} {
					if off := farthest(got[i], want[i]); off > 2e-5 {
						t.Errorf("gradient of the %s: got a difference of %v, want at most 2e-5", what, off)
					}
				}
			})
		})
	}
}

// In bf16 a convolution of a map in blocks is that of its rows, and so are its gradients.
func TestMapsInBlocksConvolveInBF16(t *testing.T) {
	for _, c := range []struct{ n, in, out, h, w, stride int64 }{{2, 3, 32, 8, 16, 1}, {3, 32, 64, 6, 12, 2}, {64, 64, 64, 4, 8, 1}} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			torchtest.Do(t, func(s *torch.Session) {
				s.Seed(1)
				leaves := learning(s.Randn(c.n, c.in, c.h, c.w), s.Randn(c.out, c.in, 3, 3).MulScalar(.1), s.Randn(c.out))
				x, w, b := leaves[0], leaves[1], leaves[2]
				var inRows, inBlocks torch.Tensor
				s.Autocast(torch.BFloat16, func() {
					if !x.TakesBlocks(w) {
						t.Skip("this machine's convolutions of bf16 take no maps in blocks")
					}
					inRows = x.PanoramaPad(1).Conv2d(w, b, torch.ConvOptions{Stride: c.stride})
					inBlocks = x.PanoramaPad(1).Conv2dBlocks(w, b, c.stride).Rows()
				})
				if inBlocks.DType() != torch.BFloat16 {
					t.Fatalf("got a result of %v, want bf16", inBlocks.DType())
				}
				const rounding = 1. / 256
				if off := farthest(inBlocks.To(torch.Float32), inRows.To(torch.Float32)); off > rounding {
					t.Errorf("result: got a difference of %v, want at most %v", off, rounding)
				}
				weight := s.Randn(inRows.Shape()...)
				got, want := torch.Grad(inBlocks.Mul(weight).Sum(), leaves...), torch.Grad(inRows.Mul(weight).Sum(), leaves...)
				for i, what := range []string{"map", "weight", "bias"} {
					if off := farthest(got[i], want[i]); off > rounding || got[i].DType() != torch.Float32 {
						t.Errorf("gradient of the %s: got a difference of %v in %v, want at most %v in f32", what, off, got[i].DType(), rounding)
					}
				}
			})
		})
	}
}

// A norm of bf16 in blocks is the norm in f32 of the same numbers, rounded.
func TestMapsInBlocksNormInBF16(t *testing.T) {
	if torchtest.Device(t) != torch.CPU {
		t.Skip("a GPU takes no maps in blocks")
	}
	for _, c := range []struct{ n, blocks, groups int64 }{{2, 2, 8}, {3, 4, 8}, {2, 8, 8}, {2, 16, 8}, {1, 1, 1}} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			torchtest.Do(t, func(s *torch.Session) {
				s.Seed(1)
				rounded := func(x torch.Tensor) torch.Tensor { return x.To(torch.BFloat16) }
				leaves := learning(rounded(s.Randn(c.n, c.blocks, 6, 10, torch.Lanes).AddScalar(3)), s.Randn(c.blocks*torch.Lanes), s.Randn(c.blocks*torch.Lanes))
				full := learning(leaves[0].To(torch.Float32), leaves[1], leaves[2])
				norm := func(leaves []torch.Tensor) torch.Tensor {
					return leaves[0].GroupNormBlocks(c.groups, leaves[1], leaves[2], 1e-5)
				}
				got, want := norm(leaves), norm(full)
				if off := farthest(got.To(torch.Float32), rounded(want).To(torch.Float32)); off != 0 || got.DType() != torch.BFloat16 {
					t.Errorf("got a difference of %v in %v from the norm in f32, rounded, want none in bf16", off, got.DType())
				}
				weight := rounded(s.Randn(got.Shape()...))
				slopes, fullSlopes := torch.Grad(got.Mul(weight).Sum(), leaves...), torch.Grad(want.Mul(weight.To(torch.Float32)).Sum(), full...)
				for i, what := range []string{"map", "gain", "shift"} {
					if off := farthest(slopes[i].To(torch.Float32), fullSlopes[i].To(leaves[i].DType()).To(torch.Float32)); off != 0 {
						t.Errorf("gradient of the %s: got a difference of %v from that in f32, rounded, want none", what, off)
					}
				}
			})
		})
	}
	torchtest.Do(t, func(s *torch.Session) {
		x := s.Full(math.NaN(), torch.BFloat16, 1, 1, 2, 2, torch.Lanes)
		if y := x.GroupNormBlocks(1, s.Ones(torch.Lanes), s.Zeros(torch.Lanes), 1e-5); !math.IsNaN(y.Sum().To(torch.Float32).Item()) {
			t.Error("a norm of NaN is a number, want NaN")
		}
	})
}

// A processor whose oneDNN has no blocks of 16, or no convolution of bf16 at all, as
// those without AVX-512, takes no maps in blocks, and computes in rows.
func TestOlderProcessorsConvolveInRows(t *testing.T) {
	const asked = "TOOLKIT_TEST_OLDER_PROCESSOR"
	if os.Getenv(asked) != "" {
		torchtest.Do(t, func(s *torch.Session) {
			x, w := s.Ones(1, 3, 4, 6), s.Ones(32, 3, 3, 3)
			for range 2 { // the answer is kept
				if x.TakesBlocks(w) {
					t.Error("a convolution of f32 takes blocks, want not")
				}
				s.Autocast(torch.BFloat16, func() {
					if x.TakesBlocks(w) {
						t.Error("a convolution of bf16 takes blocks, want not")
					}
					if got := x.Conv2d(w, torch.Tensor{}, torch.ConvOptions{}).To(torch.Float32).Max().Item(); got != 27 {
						t.Errorf("a convolution of ones came to %v, want 27", got)
					}
				})
			}
		})
		return
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, processor := range []string{"AVX2", "SSE41"} {
		c := exec.Command(self, "-test.run", "^TestOlderProcessorsConvolveInRows$", "-test.count=1")
		c.Env = append(os.Environ(), asked+"=1", "ONEDNN_MAX_CPU_ISA="+processor)
		if out, err := c.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", processor, err, out)
		}
	}
}

// What does not learn gets no gradient, and the rest is as it was.
func TestMapsInBlocksOfAFrozenLayer(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		takingBlocks(t, s)
		s.Seed(1)
		x, w, b := s.Randn(2, 3, 6, 10), s.Randn(32, 3, 3, 3), s.Randn(32)
		gain, shift := s.Randn(32), s.Randn(32)
		f := func(x torch.Tensor) torch.Tensor {
			return x.Conv2dBlocks(w, b, 1).GroupNormBlocks(8, gain, shift, 1e-5).Square().Sum()
		}
		leaf := learning(x)[0]
		want := torch.Grad(leaf.Conv2d(w, b, torch.ConvOptions{}).GroupNorm(8, gain, shift, 1e-5).Square().Sum(), leaf)[0]
		if off := farthest(torch.Grad(f(leaf), leaf)[0], want); off > 2e-4 {
			t.Errorf("gradient of the map: got a difference of %v, want at most 2e-4", off)
		}
		if f(x).RequiresGrad() {
			t.Error("nothing learns, and the result has a gradient")
		}
	})
}

func TestMapsInBlocksRefuse(t *testing.T) {
	for what, c := range map[string]struct {
		f    func(s *torch.Session)
		says string
	}{
		"a gradient's gradient": {func(s *torch.Session) {
			x := learning(s.Randn(1, 3, 4, 6))[0]
			torch.GradWith(x.Conv2dBlocks(s.Randn(16, 3, 3, 3), torch.Tensor{}, 1).Sum(), torch.Tensor{}, true, x)
		}, "has no gradient of its own"},
		"outputs that fill no block": {func(s *torch.Session) {
			s.Randn(1, 3, 4, 6).Conv2dBlocks(s.Randn(20, 3, 3, 3), torch.Tensor{}, 1)
		}, "want both f32 or bf16 on the CPU, a map in rows or blocks, and a multiple of 16 channels"},
		"a map and a weight of two types": {func(s *torch.Session) {
			s.Randn(1, 3, 4, 6).To(torch.BFloat16).Conv2dBlocks(s.Randn(32, 3, 3, 3), torch.Tensor{}, 1)
		}, "want both f32 or bf16"},
		"groups across blocks": {func(s *torch.Session) {
			s.Randn(1, 3, 4, 6, 16).GroupNormBlocks(2, s.Ones(48), s.Ones(48), 1e-5)
		}, "2 groups of 48 channels"},
	} {
		err := torch.Do(torch.CPU, c.f)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: got error %v, want one that says %q", what, err, c.says)
		}
	}
	err := torch.Do(torch.CPU, func(s *torch.Session) {
		for what, takes := range map[string]bool{
			"20 outputs": s.Ones(1, 3, 4, 6).TakesBlocks(s.Ones(20, 3, 3, 3)),
			"no maps":    s.Ones(0, 3, 4, 6).TakesBlocks(s.Ones(32, 3, 3, 3)),
			"two types":  s.Ones(1, 3, 4, 6).To(torch.BFloat16).TakesBlocks(s.Ones(32, 3, 3, 3)),
		} {
			if takes {
				t.Errorf("%s are taken in blocks, want not", what)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}
