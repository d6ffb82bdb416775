package rgb_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/clipenv/toolkit/pkg/rgb"
)

// White has its own luminance, and each channel its weight, in both precisions.
func TestLuminanceIsTheWeightedSum(t *testing.T) {
	for i, weight := range rgb.Weights {
		var c [3]float64
		c[i] = 1
		if got := rgb.Luminance(c[0], c[1], c[2]); math.Abs(got-float64(weight)) > 1e-8 {
			t.Errorf("channel %d: got %v, want %v", i, got, weight)
		}
		if got := rgb.Luminance(float32(c[0]), float32(c[1]), float32(c[2])); got != weight {
			t.Errorf("channel %d in single precision: got %v, want %v", i, got, weight)
		}
	}
	if got := rgb.Luminance(3., 3, 3); math.Abs(got-3) > 1e-12 {
		t.Errorf("white of 3: got %v, want 3", got)
	}
}

func TestMatricesAreThoseOfAlgebra(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	near := func(what string, got, want [3]float64) {
		t.Helper()
		for i := range got {
			if !(math.Abs(got[i]-want[i]) < 1e-9) {
				t.Errorf("%s: got %v, want %v", what, got, want)
				return
			}
		}
	}
	for range 20 {
		var a, b rgb.Matrix
		for i := range 9 {
			a[i/3][i%3], b[i/3][i%3] = r.NormFloat64(), r.NormFloat64()
			if i%4 == 0 {
				a[i/3][i/3] += 5 // far from one that cannot be undone
			}
		}
		v := [3]float64{r.NormFloat64(), r.NormFloat64(), r.NormFloat64()}
		product, back, bv := a.Times(b), a.Inverse(), b.Apply(v)
		near("a·b on v", product.Apply(v), a.Apply(bv))
		near("back from b·v", back.Apply(a.Apply(v)), v)
		scale := rgb.Diagonal(v)
		near("a diagonal", scale.Apply([3]float64{1, 2, 3}), [3]float64{v[0], 2 * v[1], 3 * v[2]})
	}
}
