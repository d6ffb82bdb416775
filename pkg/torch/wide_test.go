package torch_test

import (
	"testing"

	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
)

// A wide layer is the product that its equation names, whatever learns, in any
// layout, and its gradients are the product's, those of a gradient too.
func TestAWideLinearIsItsEquation(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		s.Seed(1)
		const in, out = 512, 640
		spelt := func(x, w, b torch.Tensor) torch.Tensor {
			y := x.MatMul(w.Transpose(0, 1))
			if b.IsZero() {
				return y
			}
			return y.Add(b)
		}
		w, b := s.Randn(out, in).MulScalar(1./16).Detach(), s.Randn(out).Detach()
		for _, c := range []struct {
			name    string
			x, w, b torch.Tensor
			learns  [3]bool // x, w, b
		}{
			{"frozen", s.Randn(3, 7, in), w, b, [3]bool{true, false, false}},
			{"learning", s.Randn(3, 7, in), w, b, [3]bool{true, true, true}},
			{"first layer", s.Randn(9, in), w, b, [3]bool{false, true, true}},
			{"without a bias", s.Randn(2, 3, 2, in), w, torch.Tensor{}, [3]bool{true, true, false}},
			{"one row", s.Randn(1, in), w, b, [3]bool{true, true, true}},
			{"turned", s.Randn(in, 5).Transpose(0, 1), w, b, [3]bool{true, true, true}},
			{"only the bias", s.Randn(5, in), w, b, [3]bool{false, false, true}},
		} {
			of := func(f func(x, w, b torch.Tensor) torch.Tensor) (results []torch.Tensor) {
				var leaves []torch.Tensor
				operands := []torch.Tensor{c.x, c.w, c.b}
				for i, learns := range c.learns {
					if learns {
						operands[i] = operands[i].Detach().SetRequiresGrad(true)
						leaves = append(leaves, operands[i])
					}
				}
				y := f(operands[0], operands[1], operands[2])
				first := torch.GradWith(y.Square().Sum(), torch.Tensor{}, true, leaves...)
				var sum torch.Tensor
				for i, g := range first {
					if i == 0 {
						sum = g.Square().Sum()
					} else {
						sum = sum.Add(g.Square().Sum())
					}
				}
				second := torch.Grad(sum, leaves...)
				once := torch.Grad(f(operands[0], operands[1], operands[2]).Square().Sum(), leaves...)
				return append(append(append([]torch.Tensor{y}, first...), second...), once...)
			}
			got, want := of(torch.Tensor.Linear), of(spelt)
			for i := range got {
				scale := max(want[i].Abs().Max().Item(), 1e-3)
				if off := got[i].Sub(want[i]).Abs().Max().Item() / scale; !(off <= torchtest.Tolerance(t, 2e-5)) {
					t.Errorf("%s: result %d is off by %g of its largest value", c.name, i, off)
				}
			}
		}
	})
}

// Padding is the same in any layout and its gradient is the padding's transpose:
// ⟨pad(x), g⟩ = ⟨x, gradient⟩. The layout stays.
func TestPanoramaPadKeepsTheLayout(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		s.Seed(1)
		for _, c := range []struct {
			shape []int64
			p     int64
			dtype torch.DType
			tol   float64
		}{
			{[]int64{2, 3, 4, 8}, 1, torch.Float32, 1e-5},
			{[]int64{3, 5, 2, 4}, 2, torch.Float32, 1e-5},
			{[]int64{1, 4, 6, 2}, 2, torch.Float32, 1e-5},
			{[]int64{2, 40, 16, 32}, 1, torch.Float32, 1e-5},
			{[]int64{2, 3, 4, 8}, 1, torch.BFloat16, 2e-2},
			{[]int64{2, 3, 4, 8}, 1, torch.Float64, 1e-6},
			{[]int64{0, 3, 4, 8}, 1, torch.Float32, 0},
		} {
			x := s.Randn(c.shape...).To(c.dtype)
			g := s.Randn(c.shape[0], c.shape[1], c.shape[2]+2*c.p, c.shape[3]+2*c.p).To(c.dtype)
			of := func(x torch.Tensor) (y, slope torch.Tensor) {
				x = x.Detach().SetRequiresGrad(true)
				y = x.PanoramaPad(c.p)
				return y, torch.GradWith(y, g, false, x)[0]
			}
			y, slope := of(x)
			last, lastSlope := of(x.ChannelsLast())
			if c.shape[0] == 0 {
				continue
			}
			if off := y.Sub(last).Abs().Max().Item(); off != 0 {
				t.Errorf("%v by %d: channels last differ by %v", c.shape, c.p, off)
			}
			if off := slope.Sub(lastSlope).Abs().Max().Item(); off > c.tol {
				t.Errorf("%v by %d: the slope of channels last differs by %v", c.shape, c.p, off)
			}
			one, other := y.Mul(g).To(torch.Float64).Sum().Item(), x.Mul(slope).To(torch.Float64).Sum().Item()
			if off := one - other; off > 100*c.tol || off < -100*c.tol {
				t.Errorf("%v by %d: ⟨pad(x), g⟩ is %v, ⟨x, slope⟩ %v", c.shape, c.p, one, other)
			}
		}
	})
}
