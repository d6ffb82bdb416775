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

func TestMirrorTwiceIsNothing(t *testing.T) {
	im := noise(64, 32, 3)
	if d := farthest(t, Mirror(Mirror(im)), im); d != 0 {
		t.Errorf("twice mirrored differs by %v, want 0", d)
	}
	if got, want := texel(Mirror(im), 0, 5), texel(im, 63, 5); got != want {
		t.Errorf("first column: got %v, want the last, %v", got, want)
	}
}

func TestRotateAgreesWithYaw(t *testing.T) {
	im := smooth(128, 64)
	got, want := Rotate(im, YawPitchRoll(.7, 0, 0)), Yaw(im, .7)
	if d := farthest(t, got, want); d > 1e-4 {
		t.Errorf("rotation about the vertical differs from yaw by %v, want at most 1e-4", d)
	}
}

func TestRotationMovesLightWhereItSays(t *testing.T) {
	// A polynomial of the direction can be rotated in closed form.
	im := smooth(256, 128)
	r := YawPitchRoll(.4, -1.1, 2)
	got, back := Rotate(im, r), r.Inverse()
	g := newGrid(im.W, im.H)
	var worst float64
	for y := range im.H {
		for x := range im.W {
			d := back.Apply(g.direction(x, y))
			worst = max(worst, math.Abs(float64(texel(got, x, y)[0])-(2+d.X+.5*d.Y)))
		}
	}
	near(t, "largest error", worst, 0, 2e-3)
}

func TestRotateAndBack(t *testing.T) {
	im, r := smooth(256, 128), YawPitchRoll(1, .5, -.3)
	if d := farthest(t, Rotate(Rotate(im, r), r.Inverse()), im); d > 4e-3 {
		t.Errorf("there and back differs by %v, want at most 4e-3", d)
	}
}

func TestYawPitchRollSigns(t *testing.T) {
	const e = .1
	if d := YawPitchRoll(e, 0, 0).Apply(Vec{Z: 1}); !(d.Azimuth() > 0) {
		t.Errorf("positive yaw: centre goes to azimuth %v, want right, above 0", d.Azimuth())
	}
	if d := YawPitchRoll(0, e, 0).Apply(Vec{Z: 1}); !(d.Elevation() > 0) {
		t.Errorf("positive pitch: centre goes to elevation %v, want above 0", d.Elevation())
	}
	if d := YawPitchRoll(0, 0, e).Apply(Vec{Y: 1}); !(d.X < 0) {
		t.Errorf("positive roll: zenith goes to x = %v, want right, below 0", d.X)
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
