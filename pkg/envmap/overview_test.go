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

func TestBeforeAfterShowsBothMapsAndTheirBalls(t *testing.T) {
	day, night := constant(256, 128, .5, .5, .5), constant(256, 128, .005, .005, .005)
	const ball = 48 // more than a third of the height
	picture := must(BeforeAfter(day, night, 0, "a night"))
	if got, want := picture.Bounds().Size(), image.Pt(256+8+ball+2*8, 2*(3*ball+sheetLine)+3*8); got != want {
		t.Fatalf("picture is %v, want %v", got, want)
	}
	// The middles of the map and of each ball: matte, metal and mirror are all
	// as bright as an even map that lights them, and darker at night.
	top, below := 8+sheetLine, 2*(8+sheetLine)+3*ball
	for name, at := range map[string]image.Point{
		"map": {8 + 128, 64}, "matte": {8 + 256 + 8 + ball/2, ball / 2},
		"metal": {8 + 256 + 8 + ball/2, 3 * ball / 2}, "mirror": {8 + 256 + 8 + ball/2, 5 * ball / 2},
	} {
		before, after := picture.NRGBAAt(at.X, top+at.Y), picture.NRGBAAt(at.X, below+at.Y)
		if !(after.R+40 < before.R && before.R > 100) {
			t.Errorf("%s: by day %v, at night %v, want it bright and then dark", name, before, after)
		}
	}
}
