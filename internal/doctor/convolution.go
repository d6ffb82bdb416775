package doctor

import (
	"fmt"
	"math"

	"github.com/clipenv/toolkit/pkg/torch"
)

// The convolution that is tried: x [1,channels,height,width] with w
// [filters,channels,3,3], zeros around, and the loss Σy².
const (
	channels, filters = 3, 4
	height, width     = 12, 20
)

// Kernels differ in order and rounding, some transform tiles (Winograd) or
// cut mantissas (TF32): what is broken is further off than this share of the
// largest value.
const convolutionTolerance = 2e-3

// checkConvolution runs the convolution forward and backward on d.
func checkConvolution(d torch.Device) Check {
	c := Check{Name: "convolution on " + d.String(), State: Good, Found: "forward and backward agree with plain Go"}
	x, w := wave(channels*height*width), wave(filters*channels*9)
	want := convolve(x, w)
	var got gradients
	err := torch.Do(d, func(s *torch.Session) {
		x := s.FromFloats(x, 1, channels, height, width).SetRequiresGrad(true)
		w := s.FromFloats(w, filters, channels, 3, 3).SetRequiresGrad(true)
		loss := x.Conv2d(w, torch.Tensor{}, torch.ConvOptions{Padding: 1}).Square().Sum()
		g := torch.Grad(loss, x, w)
		got = gradients{loss.Item(), g[0].Floats(), g[1].Floats()}
	})
	if err != nil {
		c.State, c.Found = Broken, err.Error()
	} else if off := got.distance(want); !(off <= convolutionTolerance) { // NaN is broken too
		c.State, c.Found = Broken, fmt.Sprintf("off by %.2g of the largest value, want at most %g", off, convolutionTolerance)
	}
	if c.State == Broken {
		c.Hint = "libtorch does not compute here: bring it anew (`make setup` after removing it), or try --device cpu"
	}
	return c
}

// wave gives whole numbers from −3 to 3 that repeat nowhere near the rows'
// lengths.
func wave(n int) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = float32((i*i+3*i)%7 - 3)
	}
	return v
}

// gradients are the loss and its derivatives by x and w.
type gradients struct {
	loss float64
	x, w []float32
}

// distance is the largest difference, as a share of the largest value of the
// same kind.
func (g gradients) distance(want gradients) float64 {
	off := math.Abs(g.loss-want.loss) / math.Abs(want.loss)
	return max(off, relative(g.x, want.x), relative(g.w, want.w))
}

func relative(got, want []float32) float64 {
	if len(got) != len(want) {
		return math.Inf(1)
	}
	var off, largest float64
	for i := range want {
		off = max(off, math.Abs(float64(got[i])-float64(want[i])))
		largest = max(largest, math.Abs(float64(want[i])))
	}
	return off / largest
}

// convolve is the same convolution in plain Go, exact for small whole numbers.
func convolve(x, w []float32) gradients {
	y := make([]float32, filters*height*width)
	eachProduct(func(iy, ix, iw int) { y[iy] += x[ix] * w[iw] })
	g := gradients{x: make([]float32, len(x)), w: make([]float32, len(w))}
	for _, v := range y {
		g.loss += float64(v) * float64(v)
	}
	eachProduct(func(iy, ix, iw int) {
		g.x[ix] += 2 * y[iy] * w[iw]
		g.w[iw] += 2 * y[iy] * x[ix]
	})
	return g
}

// eachProduct calls f with the places in y, x and w of each product of the
// convolution.
func eachProduct(f func(iy, ix, iw int)) {
	for d := range filters {
		for c := range channels {
			for i := range height {
				for j := range width {
					for k := range 3 {
						for l := range 3 {
							row, column := i+k-1, j+l-1
							if row < 0 || row >= height || column < 0 || column >= width {
								continue
							}
							f((d*height+i)*width+j, (c*height+row)*width+column, ((d*channels+c)*3+k)*3+l)
						}
					}
				}
			}
		}
	}
}
