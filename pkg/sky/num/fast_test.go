package num

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestFastPowers(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		v := math.Exp2(200 * (r.Float64() - .5))
		if got := float64(Log2(float32(v))); math.Abs(got-math.Log2(v)) > 1e-5 {
			t.Fatalf("log2(%v) = %v, want %v", v, got, math.Log2(v))
		}
		e := 200 * (r.Float64() - .5)
		if got := float64(Exp2(float32(e))); math.Abs(got/math.Exp2(float64(float32(e)))-1) > 1e-5 {
			t.Fatalf("exp2(%v) = %v, want %v", e, got, math.Exp2(e))
		}
		c := 2.2*r.Float64() - 1.1
		if got, want := Acos(c), math.Acos(min(max(c, -1), 1)); math.Abs(got-want) > 4e-8 {
			t.Fatalf("acos(%v) = %v, want %v", c, got, want)
		}
		small := math.Exp2(-20 * r.Float64())
		if got := Acos(math.Cos(small)); math.Abs(got/small-1) > 1e-4 {
			t.Fatalf("acos of the cosine of %v = %v", small, got)
		}
	}
}
