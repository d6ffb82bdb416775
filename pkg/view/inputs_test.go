package view_test

import (
	"math/rand/v2"
	"testing"

	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
	"github.com/clipenv/toolkit/pkg/view"
)

// A view by what lies in the inputs is the view as it was drawn, whatever was
// drawn, and so is its slope.
func TestAViewByItsInputsIsTheViewAsDrawn(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		s.Seed(1)
		radiance := s.Rand(3, 3, 8, 16)
		in := view.NewInputs(s, 3, 8, 16)
		defer in.Free()
		r := rand.New(rand.NewPCG(1, 2))
		for i := range 12 { // blurred and not, mirrored and not
			s.Scope(func() {
				d := view.Gentle.Draws(3, 8, 16, r)
				in.Set(s, d)
				of := func(draw func(torch.Tensor) torch.Tensor) (picture, slope torch.Tensor) {
					x := radiance.Detach().SetRequiresGrad(true)
					picture = draw(x)
					return picture, torch.Grad(picture.Square().Sum(), x)[0]
				}
				want, wantSlope := of(d.View)
				got, slope := of(in.View)
				if off := got.Sub(want).Abs().Max().Item(); off > torchtest.Tolerance(t, 0) {
					t.Errorf("draw %d: off by %v, want the same", i, off)
				}
				if off := slope.Sub(wantSlope).Abs().Max().Item(); off > torchtest.Tolerance(t, 0) {
					t.Errorf("draw %d: the slope is off by %v, want the same", i, off)
				}
			})
		}
	})
}
