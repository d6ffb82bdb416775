package envmap

import (
	"math"
	"testing"

	"github.com/clipenv/toolkit/pkg/hdr"
)

var toneMaps = []ToneMap{AgX, ACES, Reinhard, SRGB}

func TestToneMapsKeepGreyGreyAndRise(t *testing.T) {
	for _, tone := range toneMaps {
		last := -1.
		for stops := -12.; stops <= 12; stops += .25 {
			v := math.Exp2(stops)
			c := tone.Color([3]float64{v, v, v})
			near(t, tone.String()+": red of grey", c[0], c[1], 2e-3)
			near(t, tone.String()+": blue of grey", c[2], c[1], 2e-3)
			if c[1] < last-1e-3 {
				t.Errorf("%v: %v stops give %v, want at least %v", tone, stops, c[1], last)
			}
			last = c[1]
		}
		near(t, tone.String()+" of a sun", last, 1, .06)
	}
}

func TestToneMapsBoundAnything(t *testing.T) {
	odd := []float64{math.NaN(), math.Inf(1), math.Inf(-1), -1, 0, 1e-30, 3e38}
	for _, tone := range toneMaps {
		for _, r := range odd {
			for _, g := range odd {
				for i, v := range tone.Color([3]float64{r, g, 1}) {
					if !(v >= 0 && v <= 1) {
						t.Fatalf("%v of (%v, %v, 1): channel %d is %v, want within [0, 1]", tone, r, g, i, v)
					}
				}
			}
		}
	}
}

func TestBrightColoursTurnWhiteInAgX(t *testing.T) {
	c := AgX.Color([3]float64{1000, 1, 1})
	if lowest := min(c[0], c[1], c[2]); lowest < .3 {
		t.Errorf("a red light of 1000 shows as %v, want its path to white at .3 or more in every channel", c)
	}
	// A clipped map leaves it pure.
	if c := SRGB.Color([3]float64{1000, 0, 0}); c != [3]float64{1, 0, 0} {
		t.Errorf("srgb of a red light: got %v, want [1 0 0]", c)
	}
}

func TestRenderIsColorAndSRGB(t *testing.T) {
	im := noise(32, 16, 8)
	for _, tone := range toneMaps {
		got := tone.Render(im, 1.5)
		for y := range im.H {
			for x := range im.W {
				p := texel(im, x, y)
				g := math.Exp2(1.5)
				want := tone.Color([3]float64{g * float64(p[0]), g * float64(p[1]), g * float64(p[2])})
				i := got.PixOffset(x, y)
				for c := range want {
					near(t, tone.String(), float64(got.Pix[i+c]), 255*hdr.SRGBEncode(want[c]), .7)
				}
			}
		}
	}
}

func TestApplyIsRenderBeforeTheCurve(t *testing.T) {
	for _, tone := range toneMaps {
		im := noise(32, 16, 8)
		picture := tone.Render(im, -2)
		Expose(im, -2)
		tone.Apply(im)
		for i, v := range im.Pix {
			near(t, tone.String(), 255*hdr.SRGBEncode(float64(v)), float64(picture.Pix[i/3*4+i%3]), .7)
		}
	}
}

func TestExposeAndBackIsNothing(t *testing.T) {
	im := noise(32, 16, 9)
	Expose(im, 3)
	near(t, "a texel 3 stops up", float64(im.Pix[7]), 8*float64(noise(32, 16, 9).Pix[7]), 0)
	Expose(im, -3)
	if d := farthest(t, im, noise(32, 16, 9)); d != 0 {
		t.Errorf("up and down 3 stops differs by %v, want 0", d)
	}
	Expose(im, 200)
	if peak := im.Peak(); peak != math.MaxFloat32 {
		t.Errorf("peak 200 stops up is %v, want the largest float", peak)
	}
}

func TestPowerTable(t *testing.T) {
	for v := 0.; v <= 1.5; v += .000317 {
		near(t, "power", power22(v), math.Pow(v, 2.2), 1e-7)
	}
}

func TestToneMapNames(t *testing.T) {
	for _, tone := range toneMaps {
		if got := must(ParseToneMap(tone.String())); got != tone {
			t.Errorf("got %v, want %v", got, tone)
		}
	}
	_, err := ParseToneMap("hable")
	if got, want := err.Error(), `envmap: tone map "hable", want one of agx, aces, reinhard, srgb`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAutoExposureFollowsLight(t *testing.T) {
	near(t, "exposure of middle grey", AutoExposure(constant(32, 16, .18, .18, .18)), 0, 1e-5)
	near(t, "exposure of grey 3 stops down", AutoExposure(constant(32, 16, .0225, .0225, .0225)), 3, 1e-5)
}

func BenchmarkAgX1K(b *testing.B) {
	im := noise(1024, 512, 1)
	for b.Loop() {
		AgX.Render(im, 0)
	}
}
