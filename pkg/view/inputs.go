package view

import "github.com/clipenv/toolkit/pkg/torch"

// Inputs hold on a device what was drawn for a view. A step that reads them is
// the same ops at the same places whatever was drawn, so that it can be recorded
// and played again with other draws in them.
type Inputs struct {
	columns torch.Tensor // i64 [N,1,1,W]: of each column of the view, that of the map
	gains   torch.Tensor // [N,3,1,1]
	blur    torch.Tensor // 1 or 0
	noise   torch.Tensor // [N,3,H,W]
}

// NewInputs makes room for views of n maps of h×w. Free frees it.
func NewInputs(s *torch.Session, n, h, w int64) *Inputs {
	defer s.Tidy()()
	return &Inputs{
		columns: s.Full(0, torch.Int64, n, 1, 1, w).Own(), gains: s.Zeros(n, 3, 1, 1).Own(),
		blur: s.Scalar(0).Own(), noise: s.Zeros(n, 3, h, w).Own(),
	}
}

// Set puts draws in.
func (in *Inputs) Set(s *torch.Session, d Draws) {
	defer s.Tidy()()
	w := d.w
	columns := make([]int64, 0, d.n*w)
	for i, by := range d.shifts {
		for c := range w {
			if d.mirrored[i] {
				c = w - 1 - c
			}
			columns = append(columns, ((c-by)%w+w)%w)
		}
	}
	in.columns.CopyFrom(s.FromInts(columns, d.n, 1, 1, w))
	in.gains.CopyFrom(s.FromFloats(d.gains, d.n, 3, 1, 1))
	blur := 0.
	if d.blurred {
		blur = 1
	}
	in.blur.CopyFrom(s.Scalar(blur))
	if d.noise != nil {
		in.noise.CopyFrom(s.FromFloats(d.noise, d.n, 3, d.h, d.w))
	}
}

// View is [Draws.View] by what lies in the inputs.
func (in *Inputs) View(radiance torch.Tensor) (picture torch.Tensor) {
	defer radiance.Tidy(&picture)()
	s, shape := radiance.Session(), radiance.Shape()

	turned := radiance.Gather(3, s.Use(in.columns).Expand(shape...))
	sharp := Picture(turned.Mul(in.gains))
	soft := soften(sharp)
	blur := s.Use(in.blur)
	return soft.Mul(blur).Add(sharp.Mul(blur.Neg().AddScalar(1))).Add(in.noise)
}

// Free frees the inputs; nil has none.
func (in *Inputs) Free() {
	if in != nil {
		for _, t := range []torch.Tensor{in.columns, in.gains, in.blur, in.noise} {
			t.Free()
		}
	}
}
