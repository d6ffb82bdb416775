package torch_test

import (
	"math"
	"testing"

	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
)

// In 16 bits attention and its gradient are those of f32, but for the rounding
// of operands, result and gradient: bf16 has 8 bits.
func TestAttentionIn16Bits(t *testing.T) {
	for _, causal := range []bool{false, true} {
		torchtest.Do(t, func(s *torch.Session) {
			s.Seed(1)
			attend := func(qkv torch.Tensor) (y, grad torch.Tensor) {
				parts := qkv.Chunk(3, 0)
				y = torch.Attention(parts[0].Squeeze(0), parts[1].Squeeze(0), parts[2].Squeeze(0), torch.Tensor{}, causal, 0)
				return y, torch.Grad(y.To(torch.Float32).Square().Mean(), qkv)[0]
			}
			rounded := s.Randn(3, 2, 4, 9, 16).To(torch.BFloat16)
			want, wantGrad := attend(rounded.To(torch.Float32).SetRequiresGrad(true))

			check := func(name string, got, want torch.Tensor) {
				t.Helper()
				if got.DType() != torch.BFloat16 {
					t.Errorf("%s, causal %v: got %v, want bf16", name, causal, got.DType())
				}
				off := got.To(torch.Float32).Sub(want).Abs().Max().Item()
				if limit := want.Abs().Max().Item() / 64; math.IsNaN(off) || off > limit {
					t.Errorf("%s, causal %v: got %v off, want at most %v", name, causal, off, limit)
				}
			}
			y, grad := attend(rounded.Detach().SetRequiresGrad(true))
			check("result", y, want)
			check("gradient", grad, wantGrad)
			s.Autocast(torch.BFloat16, func() { y, grad = attend(rounded.Detach().SetRequiresGrad(true)) })
			check("result under autocast", y, want)
			check("gradient under autocast", grad, wantGrad)
		})
	}
}

// A mask may be of 16 bits, or bool, beside operands of 16 bits.
func TestAttentionIn16BitsWithAMask(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		s.Seed(1)
		x := s.Randn(1, 2, 5, 8).To(torch.BFloat16)
		keep := s.Ones(5, 5).Tril(0)
		added := keep.AddScalar(-1).MulScalar(1e9)
		want := torch.Attention(x, x, x, torch.Tensor{}, true, 0).Floats()
		for _, mask := range []torch.Tensor{keep.To(torch.Bool), added, added.To(torch.BFloat16)} {
			for i, got := range torch.Attention(x, x, x, mask, false, 0).Floats() {
				if math.Abs(float64(got-want[i])) > 0.01 {
					t.Errorf("mask %v: element %d: got %v, want %v", mask, i, got, want[i])
				}
			}
		}
	})
}
