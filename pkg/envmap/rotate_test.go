package envmap

import (
	"math"
	"testing"
)

func TestYawByWholeTexelsIsExactAndUndone(t *testing.T) {
	im := noise(64, 32, 1)
	for _, n := range []int{0, 1, 17, -5, 64, 1000} {
		turned := Yaw(im, 2*math.Pi*float64(n)/64)
		if d := farthest(t, turned, Roll(im, n)); d != 0 {
			t.Errorf("yaw by %d texels differs from a roll by %v, want 0", n, d)
		}
		if d := farthest(t, Yaw(turned, -2*math.Pi*float64(n)/64), im); d != 0 {
			t.Errorf("yaw by %d texels and back differs by %v, want 0", n, d)
		}
	}
	if got, want := texel(Roll(im, 3), 3, 7), texel(im, 0, 7); got != want {
		t.Errorf("column 3 after a roll by 3: got %v, want column 0, %v", got, want)
	}
}

func TestFractionalYawKeepsRowMeans(t *testing.T) {
	im := noise(64, 32, 2)
	for _, angle := range []float64{.01, 1, -2.5, 7} {
		turned := Yaw(im, angle)
		for y := range im.H {
			var got, want float64
			for x := range im.Row(y) {
				got += float64(turned.Row(y)[x])
				want += float64(im.Row(y)[x])
			}
			near(t, "sum of a row", got, want, 1e-6*want)
		}
	}
}

func TestFractionalYawAndBackOfASmoothMap(t *testing.T) {
	im := smooth(256, 128)
	if d := farthest(t, Yaw(Yaw(im, .3), -.3), im); d > 1e-3 {
		t.Errorf("there and back differs by %v, want at most 1e-3", d)
	}
}

func TestYawInPlaceIsYaw(t *testing.T) {
	for _, angle := range []float64{0, .3, -7, 2 * math.Pi * 3 / 64, 100} {
		im := noise(64, 32, 8)
		want := Yaw(im, angle)
		YawInPlace(im, angle)
		if d := farthest(t, im, want); d != 0 {
			t.Errorf("by %v: differs by %v, want 0", angle, d)
		}
	}
}
