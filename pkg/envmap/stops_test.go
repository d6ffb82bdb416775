package envmap

import (
	"math"
	"testing"

	"github.com/clipenv/toolkit/pkg/hdr"
)

// Where there is nothing to measure, the figure is NaN, never a number that
// looks like a measurement.
func TestNothingToMeasureIsNaN(t *testing.T) {
	black, grey, twice := [3]float64{}, [3]float64{.5, .5, .5}, [3]float64{1, 1, 1}
	for _, pair := range [][2][3]float64{{black, black}, {black, grey}, {grey, black}} {
		if got := Stops(pair[0], pair[1]); !math.IsNaN(got) {
			t.Errorf("from %v to %v: got %v stops, want NaN", pair[0], pair[1], got)
		}
	}
	if got := Stops(grey, twice); got != 1 {
		t.Errorf("got %v stops, want 1", got)
	}
	if got, err := Discontinuity(hdr.New(4, 2)); err == nil || !math.IsNaN(got) {
		t.Errorf("a map of 4×2: got %v (%v), want NaN", got, err)
	}
	if got, err := Discontinuity(hdr.New(16, 8)); err != nil || got != 0 {
		t.Errorf("a black map: got %v (%v), want 0", got, err)
	}
}
