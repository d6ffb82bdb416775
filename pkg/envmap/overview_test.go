package envmap

import (
	"image"
	"image/color"
	"testing"
)

func TestOverviewShowsTheMapItsPeakAndTheBalls(t *testing.T) {
	im := constant(64, 32, .18, .18, .18)
	bare := must(Overview(im, Light{PeakStops: Measure(constant(4, 2, 0, 0, 0)).PeakStops}, 0, "grey"))
	lit := must(Overview(im, Light{PeakDirection: Direction(0, 16, 64, 32)}, 0, "grey"))
	want := image.Pt(3*overviewBall+2*sheetMargin, 32+overviewBall+2*sheetLine+3*sheetMargin)
	if got := lit.Bounds().Size(); got != want {
		t.Errorf("overview is %v, want %v: no wider than the balls, no higher than both", got, want)
	}
	if same := bare.Bounds() == lit.Bounds(); !same {
		t.Errorf("overviews of one map are %v and %v", bare.Bounds(), lit.Bounds())
	}
	// The ring about a peak on the seam has a part on each side.
	white := color.NRGBA{255, 255, 255, 255}
	sides := [2]int{}
	for y := range 32 {
		for x := range 64 {
			at := lit.NRGBAAt(sheetMargin+x, sheetMargin+sheetLine+y)
			if at == white && bare.NRGBAAt(sheetMargin+x, sheetMargin+sheetLine+y) != white {
				sides[x/32]++
			}
		}
	}
	if sides[0] == 0 || sides[0] != sides[1] {
		t.Errorf("ring has %d pixels left and %d right of the seam, want as many", sides[0], sides[1])
	}
}
