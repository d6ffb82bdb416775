package edit

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/clipenv/toolkit/pkg/hdr"
)

// A rounded value is within half of its last bit, is its own rounded value,
// holds every half float, and keeps the order of values.
func TestRounded(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	last, lastRounded := float32(0), float32(0)
	for range 100_000 {
		v := float32(math.Exp2(300*r.Float64() - 150))
		got := rounded(v)
		if off := math.Abs(float64(got)/float64(v) - 1); v > 0x1p-126 && off > 0x1p-13 {
			t.Fatalf("%g is off by %g, want at most 2⁻¹³", v, off)
		}
		if again := rounded(got); again != got {
			t.Fatalf("%g becomes %g, and that %g", v, got, again)
		}
		if (v > last && got < lastRounded) || (v < last && got > lastRounded) {
			t.Fatalf("%g and %g change their order: %g and %g", last, v, lastRounded, got)
		}
		last, lastRounded = v, got
	}
	for bits := range uint32(1 << 10) {
		half := float32(1+float64(bits)/(1<<10)) * 0x1p-14
		if got := rounded(half); got != half {
			t.Fatalf("the half float %g becomes %g", half, got)
		}
	}
	for _, v := range []float32{0, math.MaxFloat32, math.SmallestNonzeroFloat32, -math.MaxFloat32} {
		if got := rounded(v); math.IsInf(float64(got), 0) || math.Abs(float64(got-v)) > 0x1p-13*math.Abs(float64(v))+0x1p-140 {
			t.Errorf("%g becomes %g", v, got)
		}
	}
}

// What an edit has not changed stays the input's.
func TestTrimKeepsWhatStays(t *testing.T) {
	in := &hdr.Image{W: 2, H: 1, Pix: []float32{1.00001, 2.00002, 3.00003, 1, 1, 1}}
	out := &hdr.Image{W: 2, H: 1, Pix: []float32{1.00001, 2.00002, 3.00003, 1.00001, 1, 1}}
	trim(out, in)
	for i, want := range []float32{1.00001, 2.00002, 3.00003, 1, 1, 1} {
		if out.Pix[i] != want {
			t.Errorf("value %d is %v, want %v", i, out.Pix[i], want)
		}
	}
}
