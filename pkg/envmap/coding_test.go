package envmap

import (
	"fmt"
	"math"
	"testing"
)

func TestCodingsAreInvertedAndRise(t *testing.T) {
	for _, c := range []Coding{DeepShadows, EvenLight, {Mu: 10}} {
		limit := c.Max
		if limit == 0 {
			limit = 1e6
		}
		last := float32(-1)
		for x := 1e-6; x <= limit; x *= 1.5 {
			code := c.Encode(float32(x))
			if !(code > last) {
				t.Errorf("%v: code of %v is %v, want above %v", c, x, code, last)
			}
			last = code
			// A code near 2.3 has a step of 2.4e-7, which is 2e-6 of radiance.
			near(t, fmt.Sprint(c, " round trip"), float64(c.Decode(code)), x, 5e-6*x+1e-9)
		}
		near(t, "code of white", float64(c.Encode(1)), 1, 1e-7)
		near(t, "code of black", float64(c.Encode(0)), 0, 0)
	}
}

func TestCodingClamps(t *testing.T) {
	c := DeepShadows
	for _, v := range []float32{-1, float32(math.NaN()), float32(math.Inf(-1))} {
		near(t, "code", float64(c.Encode(v)), 0, 0)
	}
	near(t, "code above the limit", float64(c.Encode(1e6)), float64(c.Encode(65536)), 0)
	near(t, "radiance above the limit", float64(c.Decode(9)), 65536, 0)
	near(t, "radiance below black", float64(c.Decode(-1)), 0, 0)
}

func TestPlanarAndBack(t *testing.T) {
	im := noise(16, 8, 1)
	pix := Planar(im)
	if got, want := pix[2*16*8+3*16+5], texel(im, 5, 3)[2]; got != want {
		t.Errorf("blue of column 5, row 3: got %v, want %v", got, want)
	}
	if d := farthest(t, must(FromPlanar(pix, 16, 8)), im); d != 0 {
		t.Errorf("planar and back differs by %v, want 0", d)
	}
	_, err := FromPlanar(pix, 16, 9)
	if got, want := fmt.Sprint(err), "envmap: 384 values as a map of 3 channels, 16×9, want 432"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestPictureIsThePower(t *testing.T) {
	last := float32(0)
	for v := float32(1e-6); v < 1.01; v *= 1.0003 {
		got, want := Picture(v), math.Pow(min(max(float64(v), float64(float32(1e-5))), 1), 1/2.2)
		if math.Abs(float64(got)-want) > 1e-7*want {
			t.Fatalf("picture of %v: got %v, want %v", v, got, want)
		}
		if got < last {
			t.Fatalf("picture of %v: got %v, less than %v of less light", v, got, last)
		}
		last = got
	}
}

func TestPictureIsFixedAndBounded(t *testing.T) {
	floor := math.Pow(1e-5, 1/2.2)
	for _, c := range []struct{ radiance, want float64 }{
		{0, floor}, {-3, floor}, {math.NaN(), floor}, {1e-5, floor}, {.5, math.Pow(.5, 1/2.2)}, {1, 1}, {1e5, 1}, {math.Inf(1), 1},
	} {
		near(t, fmt.Sprint("picture of ", c.radiance), float64(Picture(float32(c.radiance))), c.want, 1e-7)
	}
	// Twice the light is brighter, never normalised away.
	im := constant(4, 2, .1, .2, .3)
	twice := constant(4, 2, .2, .4, .6)
	a, b := make([]float32, len(im.Pix)), make([]float32, len(im.Pix))
	PictureRow(a, im.Pix)
	PictureRow(b, twice.Pix)
	for i := range a {
		near(t, "ratio", float64(b[i]/a[i]), math.Pow(2, 1/2.2), 1e-6)
	}
}
