package edit_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/hdr"
)

// Whatever finite maps come in, radiance comes out.
func TestAnyFiniteMapsGiveRadiance(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	values := []float32{0, -1, 1e-30, 1e-3, .5, 1, 1e5, math.MaxFloat32, math.SmallestNonzeroFloat32}
	wild := func(w, h int) *hdr.Image {
		im := hdr.New(w, h)
		for i := range im.Pix {
			im.Pix[i] = values[r.IntN(len(values))]
		}
		return im
	}
	for _, size := range [][2]int{{1, 1}, {7, 3}, {16, 8}, {50, 25}, {64, 32}, {33, 100}} {
		input := wild(size[0], size[1])
		out := relight(t, input, wild(32, 16), wild(32, 16))
		if out.W != input.W || out.H != input.H {
			t.Errorf("%v: got %d×%d", size, out.W, out.H)
		}
		for i, v := range out.Pix {
			if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) || v < 0 {
				t.Fatalf("%v: %v became %v, want a finite value that is not negative", size, input.Pix[i], v)
			}
		}
	}
}

// A change of light that is smooth round the sphere leaves no step where the
// edges of the map meet, whatever the sizes.
func TestRelightingMakesNoSeam(t *testing.T) {
	smooth := func(w, h int, phase float64) *hdr.Image {
		im := hdr.New(w, h)
		for i := range im.Pix {
			x, y := (float64(i/3%w)+.5)/float64(w), (float64(i/3/w)+.5)/float64(h)
			im.Pix[i] = float32(.4 + .3*math.Sin(math.Pi*y)*math.Cos(2*math.Pi*x+phase))
		}
		return im
	}
	for _, size := range [][2]int{{128, 64}, {500, 250}, {97, 48}} {
		out := relight(t, smooth(size[0], size[1], 1), smooth(32, 16, 0), smooth(32, 16, 2))
		// curve is how far a texel lies off the middle of its neighbours: what
		// a step in an otherwise smooth row shows up in.
		curve := func(row []float32, x int) float64 {
			at := func(x int) float64 { return float64(row[3*((x+out.W)%out.W)]) }
			return math.Abs(2*at(x) - at(x-1) - at(x+1))
		}
		for y := range out.H {
			var inside float64
			for x := 2; x < out.W-2; x++ {
				inside = max(inside, curve(out.Row(y), x))
			}
			if seam := max(curve(out.Row(y), 0), curve(out.Row(y), out.W-1)); seam > inside+1e-6 {
				t.Fatalf("%v: row %d bends by %v at the seam and by at most %v elsewhere", size, y, seam, inside)
			}
		}
	}
}

// When it gets dark a sun comes down, yet not below the sky that it stands in.
func TestAStrongerLampStaysTheStronger(t *testing.T) {
	input := hdr.New(256, 32)
	for i := range input.Pix {
		input.Pix[i] = float32(math.Pow(10, 6*float64(i/3%256)/255-1)) // .1 to 1e5
	}
	flat := hdr.New(16, 8)
	for i := range flat.Pix {
		flat.Pix[i] = 1
	}
	for _, by := range []float32{.5, .1, .01} {
		out := relight(t, input, flat, scaled(flat, by))
		for x := 1; x < 256; x++ {
			if a, b := out.Pix[3*(x-1)], out.Pix[3*x]; b < a {
				t.Fatalf("dimmed to %v: radiance %v became %v, and %v became %v: want their order kept", by, input.Pix[3*(x-1)], a, input.Pix[3*x], b)
			}
		}
	}
}

// What gets dark loses colour, the darker the more; what gets bright keeps it.
func TestColoursFadeInTheDarkOnly(t *testing.T) {
	input := hdr.New(32, 16)
	for i := range input.Pix {
		input.Pix[i] = []float32{.6, .3, .1}[i%3]
	}
	flat := scaled(input, 1)
	for i := range flat.Pix {
		flat.Pix[i] = .3
	}
	saturation := func(by float32) float64 {
		p := relight(t, input, flat, scaled(flat, by)).Pix[:3]
		return float64(p[0] / p[2])
	}
	if got := saturation(3); math.Abs(got-6) > 1e-4 {
		t.Errorf("brighter: red over blue became %v, want 6 as it was", got)
	}
	before := saturation(1)
	for _, by := range []float32{.5, .1, .03} {
		now := saturation(by)
		if !(now < before && now > 1) {
			t.Errorf("darker by %v: red over blue is %v, want between 1 and %v", by, now, before)
		}
		before = now
	}
}

func TestTransfersThatAreRefused(t *testing.T) {
	bad := edit.Transfer{Floor: 0, Radius: -1, Smoothness: math.NaN(), ExposureLimit: 0, DarkeningLimit: 0, CastLimit: 0, LampDimming: -1, FadeRadiance: 2}
	err := bad.Validate()
	if err == nil {
		t.Fatal("got no error")
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || len(joined.Unwrap()) != 8 {
		t.Errorf("got %v, want all eight fields named", err)
	}
}
