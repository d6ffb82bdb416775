package sky

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
