package room

import "testing"

// A wall that daylight reaches from above is blue, large and of no shape, and has a
// softer edge than a window of no shape.
func TestALitWallIsNoWindow(t *testing.T) {
	wall := opening{size: .22, low: -7, high: 18, middle: 5, flux: .22 * 7.6, contrast: 1.83, detail: .11, blue: .66, upright: .35, cut: 3}
	window := wall
	window.contrast = 2.85
	if wall.sure(2.3) || !window.sure(2.3) {
		t.Errorf("a lit wall is a window: %v, a window with a sharp edge is one: %v", wall.sure(2.3), window.sure(2.3))
	}
}

// A garden is greener than the sky in the windows that are sure, and is told by its light and
// shade: a lit wall has none, and a lamp more.
func TestGardensAreSeenThroughWindows(t *testing.T) {
	garden := opening{size: .09, low: -5, high: 19, middle: 9, flux: .09 * 12, contrast: 2.6, spread: 3.5, detail: .9, blue: -.6, upright: .14, cut: 4}
	wall, lamp, orange, dusty := garden, garden, garden, garden
	wall.detail = .1
	lamp.spread = 7.8
	orange.blue = -1.5
	dusty.contrast = 1.3
	const warmest = 0
	if garden.like(warmest, warmest) {
		t.Fatal("the garden is like the other window: no case")
	}
	if !garden.views(warmest) {
		t.Error("a garden is seen through no window")
	}
	for name, a := range map[string]*opening{"a lit wall": &wall, "a lamp": &lamp, "a lit door of wood": &orange, "a soft edge": &dusty} {
		if a.views(warmest) {
			t.Errorf("%s is a garden that is seen through a window", name)
		}
	}
}

// A window with a soft edge is told by the row that it stands in.
func TestWindowsStandInARow(t *testing.T) {
	first := opening{size: .06, low: -2, high: 12, middle: 5, flux: .06 * 90, contrast: 4, blue: .1, upright: .9}
	second := first
	second.high, second.flux, second.contrast, second.blue = 11, .06*10, 1.15, -.4
	lower, warm := second, second
	lower.low, lower.high, warm.blue = -8, 5, -.9
	if second.like(first.blue, first.blue) || !second.ranks(&first) {
		t.Errorf("a window beside one as high is like it: %v, is in a row with it: %v; want only that", second.like(first.blue, first.blue), second.ranks(&first))
	}
	if lower.ranks(&first) || warm.ranks(&first) {
		t.Error("what is lower or warmer is in a row with a window")
	}
}

// The mouth of a cave is of any shape, and what is seen through it is bright and dark. A soft
// box is even, and a lamp far brighter than its shade.
func TestMouthsOfCavesAreWindows(t *testing.T) {
	mouth := opening{size: .3, low: -17, high: 21, middle: 3, flux: .3 * 334, contrast: 3.2, spread: 5.4, detail: .34, blue: .4, upright: .37, cut: 4}
	box, spot, warm := mouth, mouth, mouth
	box.spread, box.detail = 2.5, .1
	spot.spread = 10
	const cool, warmer = 1.27, .2
	if !mouth.sure(cool) || box.sure(cool) || spot.sure(cool) || warm.sure(warmer) {
		t.Errorf("a mouth is a window: %v, a soft box %v, a spot %v, one of the room's colour %v; want the first alone", mouth.sure(cool), box.sure(cool), spot.sure(cool), warm.sure(warmer))
	}
}
