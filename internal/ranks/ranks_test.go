package ranks

import "testing"

// Equal ones count against the right one; without a right one the place lies
// behind all.
func TestPlace(t *testing.T) {
	near := []float64{.9, .5, .5, .1}
	for want, right := range map[int]int{1: 0, 3: 1, 4: 3, 5: -1} {
		if got := Place(len(near), func(i int) (float64, bool) { return near[i], i == right }); got != want {
			t.Errorf("the right one is %d: got place %d, want %d", right, got, want)
		}
	}
}

func TestSharesAndMedians(t *testing.T) {
	places := []int{7, 1, 2, 30}
	if got := Within(places, 2); got != .5 {
		t.Errorf("within the first two: %v, want .5", got)
	}
	if got := Median(places); got != 4.5 {
		t.Errorf("median %v, want 4.5", got)
	}
	if got := Median(places[:3]); got != 2 {
		t.Errorf("median of three %v, want 2", got)
	}
}
