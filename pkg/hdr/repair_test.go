package hdr

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestRepairFollowsItsRule(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	negativeZero := float32(math.Copysign(0, -1))
	tests := []struct {
		pix, want []float32
		counts    Repairs
	}{
		{[]float32{1, 2, 3}, []float32{1, 2, 3}, Repairs{}},
		{[]float32{0, negativeZero, math.MaxFloat32}, []float32{0, negativeZero, math.MaxFloat32}, Repairs{}},
		{[]float32{nan, 5, 3}, []float32{0, 5, 3}, Repairs{NaN: 1}},
		{[]float32{inf, 5, 3}, []float32{5, 5, 3}, Repairs{Inf: 1}},
		{[]float32{-inf, 5, -3}, []float32{0, 5, 0}, Repairs{Negative: 2}},
		{[]float32{inf, nan, -1, inf, 0, 7}, []float32{7, 0, 0, 7, 0, 7}, Repairs{NaN: 1, Inf: 2, Negative: 1}},
		{[]float32{inf, inf, -inf}, []float32{1, 1, 0}, Repairs{Inf: 2, Negative: 1}},
	}
	for _, test := range tests {
		im := &Image{W: len(test.pix) / 3, H: 1, Pix: slices.Clone(test.pix)}
		if got := Repair(im); got != test.counts {
			t.Errorf("%v: got %+v, want %+v", test.pix, got, test.counts)
		}
		if !slices.Equal(im.Pix, test.want) {
			t.Errorf("%v: got %v, want %v", test.pix, im.Pix, test.want)
		}
		if again := Repair(im); again.Total() != 0 {
			t.Errorf("%v: a second repair made %+v, want none", test.pix, again)
		}
		if got := test.counts.String() == ""; got != (test.counts.Total() == 0) {
			t.Errorf("%v: report is %q", test.pix, test.counts)
		}
	}
}

// An image large enough to be mended in parts is mended by the same rule.
func TestRepairOfManyParts(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	faults := []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)), -1}
	const w, h, peak = 300, 200, 1e6
	im := New(w, h)
	var want Repairs
	for i := range im.Pix {
		im.Pix[i] = random.Float32()
		if random.IntN(1000) == 0 {
			k := random.IntN(len(faults))
			im.Pix[i] = faults[k]
			*[]*int{&want.NaN, &want.Inf, &want.Negative, &want.Negative}[k]++
		}
	}
	im.Pix[len(im.Pix)-1] = peak // in the last part, while the first has infinities
	im.Pix[0] = float32(math.Inf(1))
	want.Inf++
	mended := slices.Clone(im.Pix)
	for i, v := range mended {
		switch {
		case v != v || v < 0:
			mended[i] = 0
		case v > peak:
			mended[i] = peak
		}
	}
	if got := Repair(im); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if !slices.Equal(im.Pix, mended) {
		t.Error("got other values than the rule gives")
	}
}
