package atmosphere

import (
	"math"
	"testing"
)

func TestExpIsExp(t *testing.T) {
	for x := -699.9; x < 20; x += .0137 {
		if got, want := exp(x), math.Exp(x); math.Abs(got/want-1) > 1e-13 {
			t.Fatalf("e^%v: got %v, want %v", x, got, want)
		}
	}
	for _, x := range []float64{-701, math.Inf(-1), math.NaN()} {
		if got := exp(x); got != 0 {
			t.Errorf("e^%v: got %v, want 0", x, got)
		}
	}
}
