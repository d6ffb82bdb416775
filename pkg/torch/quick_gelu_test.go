package torch_test

import (
	"math"
	"testing"

	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
)

// spelt is QuickGELU from the ops that its equation names.
func spelt(x torch.Tensor) torch.Tensor { return x.Mul(x.MulScalar(1.702).Sigmoid()) }

// The fused op, its gradient and its gradient's gradient are those of the
// equation: over the whole range of f32, in any layout, in both types that it
// has loops for and in one that it has none for.
func TestQuickGELUIsItsEquation(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		s.Seed(1)
		for _, c := range []struct {
			name    string
			x       torch.Tensor
			dtype   torch.DType
			tol     float64 // of the value, relative to max(1, |x|)
			gradTol float64
		}{
			{"small", s.Uniform(-12, 12, 3, 1001), torch.Float32, 2e-7, 2e-6},
			{"many threads", s.Randn(400, 700), torch.Float32, 2e-7, 1e-6},
			{"transposed", s.Randn(20, 30).Transpose(0, 1), torch.Float32, 2e-7, 1e-6},
			{"large", s.FromFloats([]float32{-3e38, -1e38, -1e4, -89, -52.3, -51.9, -51, 0, 51, 53, 1e4, 1e38}, 12), torch.Float32, 2e-7, 2e-6},
			{"empty", s.Zeros(0, 3), torch.Float32, 0, 0},
			{"bf16", s.Uniform(-12, 12, 5, 333), torch.BFloat16, 1e-2, 2e-2},
			{"f64", s.Randn(5, 7), torch.Float64, 1e-12, 1e-12},
		} {
			x := c.x.To(c.dtype).Detach().SetRequiresGrad(true)
			exact := x.Detach().To(torch.Float64).SetRequiresGrad(true)
			y, want := x.QuickGELU(), spelt(exact)
			slope, wantSlope := torch.Grad(y.Sum(), x)[0], torch.Grad(want.Sum(), exact)[0]
			for _, p := range []struct {
				what      string
				got, want []float32
				tol       float64
			}{
				{"value", y.Floats(), want.Floats(), c.tol},
				{"slope", slope.Floats(), wantSlope.Floats(), c.gradTol},
			} {
				at := x.Floats()
				for i := range p.got {
					if off := math.Abs(float64(p.got[i]) - float64(p.want[i])); !(off <= p.tol*max(1, math.Abs(float64(at[i])))) && math.Abs(float64(at[i])) < 1e38 {
						t.Errorf("%s: %s at %v: got %v, want %v", c.name, p.what, at[i], p.got[i], p.want[i])
						break
					}
				}
			}
		}
	})
}

func TestQuickGELUKeepsWhatIsNoNumber(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		for _, dtype := range []torch.DType{torch.Float32, torch.BFloat16} {
			x := s.FromFloats([]float32{float32(math.NaN()), float32(math.Inf(1)), -3e38}, 3).To(dtype)
			y := x.QuickGELU().Floats()
			if !math.IsNaN(float64(y[0])) || !math.IsInf(float64(y[1]), 1) || y[2] != 0 {
				t.Errorf("%v: got %v of NaN, +Inf and -3e38, want NaN, +Inf and 0", dtype, y)
			}
		}
	})
}

// What the loops cannot do, a gradient of the gradient, the equation does.
func TestQuickGELUHasASecondDerivative(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		s.Seed(2)
		draw := s.Randn(6)
		second := func(f func(torch.Tensor) torch.Tensor) []float32 {
			x := draw.Detach().SetRequiresGrad(true)
			first := torch.GradWith(f(x).Sum(), torch.Tensor{}, true, x)[0]
			return torch.Grad(first.Square().Sum(), x)[0].Floats()
		}
		got, want := second(torch.Tensor.QuickGELU), second(spelt)
		for i := range got {
			if math.Abs(float64(got[i]-want[i])) > 1e-5 {
				t.Errorf("got %v, want %v", got, want)
				break
			}
		}
	})
}

// Copies that pass the caches by are copies: whatever their length and wherever
// they begin.
func TestLargeCopiesAreExact(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		s.Seed(3)
		for _, n := range []int64{1 << 18, 1<<18 + 1, 1<<19 + 13, 1 << 21} {
			for _, skip := range []int64{0, 1, 3} {
				src := s.Randn(n+skip).Narrow(0, skip, n)
				whole := s.Zeros(n + 5)
				whole.Narrow(0, 2, n).CopyFrom(src)
				got, want := whole.Floats(), src.Floats()
				if got[0] != 0 || got[1] != 0 || got[n+2] != 0 || got[n+4] != 0 {
					t.Errorf("%d floats: what lies beside them was overwritten", n)
				}
				for i, v := range want {
					if got[2+i] != v {
						t.Errorf("%d floats from %d on: got %v at %d, want %v", n, skip, got[2+i], i, v)
						break
					}
				}
			}
		}
	})
}
