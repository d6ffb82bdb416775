package envmap

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/clipenv/toolkit/pkg/hdr"
)

// golden is what scripts/golden/envmap.py computes with NumPy and SciPy.
type golden struct {
	PU21 struct{ Nits, Code []float64 }

	WSPSNR        float64 `json:"ws_psnr"`
	PU21PSNR      float64 `json:"pu21_psnr"`
	WSSSIM        float64 `json:"ws_ssim"`
	PU21SSIM      float64 `json:"pu21_ssim"`
	Discontinuity float64
	Colours       [][3]float64
	Tones         map[string][][3]float64
	SRGB          []float64
	Harmonics     SH9
}

func readGolden(t *testing.T) (g golden) {
	t.Helper()
	data, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

// goldenMaps are the two maps of the script, by the same formula.
func goldenMaps() (a, b *hdr.Image) {
	a, b = hdr.New(48, 24), hdr.New(48, 24)
	for i := range a.Pix {
		x, y, c := float64(i/3%48), float64(i/3/48), float64(i%3)
		stops := 5*math.Sin(.7*x+1.3*y+2.1*c) + 2.5*math.Cos(.37*x*(c+1)-.9*y)
		a.Pix[i] = float32(math.Exp2(stops))
		b.Pix[i] = float32(math.Exp2(stops + .4*math.Sin(2.3*x-.6*y+c)))
	}
	return a, b
}

func clipped(im *hdr.Image) *hdr.Image {
	out := hdr.New(im.W, im.H)
	for i, v := range im.Pix {
		out.Pix[i] = min(1, v)
	}
	return out
}

func TestMetricsAgreeWithNumPy(t *testing.T) {
	g := readGolden(t)
	for i, nits := range g.PU21.Nits {
		near(t, "PU21", PU21(nits), g.PU21.Code[i], 1e-9)
	}
	a, b := goldenMaps()
	near(t, "WS-PSNR", must(WSPSNR(clipped(a), clipped(b), 1)), g.WSPSNR, 1e-5)
	near(t, "PU21-PSNR", must(PU21PSNR(a, b, 100)), g.PU21PSNR, 1e-5)
	near(t, "WS-SSIM", must(WSSSIM(clipped(a), clipped(b), 1)), g.WSSSIM, 1e-5)
	near(t, "PU21-SSIM", must(PU21SSIM(a, b, 100)), g.PU21SSIM, 1e-5)
	near(t, "DS", must(Discontinuity(a)), g.Discontinuity, 1e-5*g.Discontinuity)
	for k, got := range ProjectSH(a) {
		for i, want := range g.Harmonics[k] {
			near(t, "harmonic", got[i], want, 1e-6*(1+math.Abs(want)))
		}
	}
}

func TestToneMapsAgreeWithNumPy(t *testing.T) {
	g := readGolden(t)
	for name, colours := range g.Tones {
		tone := must(ParseToneMap(name))
		for i, want := range colours {
			got := tone.Color(g.Colours[i])
			for c := range got {
				near(t, name, got[c], want[c], 1e-6)
			}
		}
	}
	for i, v := range []float64{0, .001, .0031308, .18, .5, 1} {
		near(t, "sRGB", hdr.SRGBEncode(v), g.SRGB[i], 1e-9)
	}
}

func TestPU21IsAnchoredAndRises(t *testing.T) {
	near(t, "code of 100 cd/m²", PU21(100), 256, 1)
	near(t, "code of the darkest", PU21(.005), 0, .1)
	near(t, "below the range", PU21(1e-9), PU21(.005), 0)
	for v := .005; v < 9000; v *= 1.1 {
		if !(PU21(v*1.1) > PU21(v)) {
			t.Errorf("code of %v is %v, want below that of %v, %v", v, PU21(v), v*1.1, PU21(v*1.1))
		}
	}
}

// metrics are those of two maps, by name.
var metrics = map[string]func(a, b *hdr.Image) (float64, error){
	"WS-PSNR":    func(a, b *hdr.Image) (float64, error) { return WSPSNR(a, b, 1) },
	"PU21-PSNR":  func(a, b *hdr.Image) (float64, error) { return PU21PSNR(a, b, WhiteNits) },
	"WS-SSIM":    func(a, b *hdr.Image) (float64, error) { return WSSSIM(a, b, 1) },
	"PU21-SSIM":  func(a, b *hdr.Image) (float64, error) { return PU21SSIM(a, b, WhiteNits) },
	"drift":      func(a, b *hdr.Image) (float64, error) { return ProjectSH(a).IrradianceDrift(ProjectSH(b)), nil },
	"two stops":  func(a, b *hdr.Image) (float64, error) { return Stops(Measure(a).Above, Measure(b).Above), nil },
	"two ranges": func(a, b *hdr.Image) (float64, error) { return Measure(a).RangeStops - Measure(b).RangeStops, nil },
}

func TestMetricsIgnoreACommonTurn(t *testing.T) {
	a, b := goldenMaps()
	for name, metric := range metrics {
		want := must(metric(a, b))
		for _, n := range []int{1, 13, 24} {
			near(t, name+" of turned maps", must(metric(Roll(a, n), Roll(b, n))), want, 1e-9*math.Abs(want)+1e-12)
		}
		near(t, name+" of mirrored maps", must(metric(swapped(a), swapped(b))), want, 1e-9*math.Abs(want)+1e-12)
	}
}

func TestMetricsOfEqualMaps(t *testing.T) {
	a, b := goldenMaps()
	for _, name := range []string{"WS-PSNR", "PU21-PSNR"} {
		if got := must(metrics[name](a, a)); !math.IsInf(got, 1) {
			t.Errorf("%s of a map and itself: got %v, want +Inf", name, got)
		}
	}
	for _, name := range []string{"WS-SSIM", "PU21-SSIM"} {
		near(t, name+" of a map and itself", must(metrics[name](a, a)), 1, 1e-9)
		near(t, name+" the other way", must(metrics[name](b, a)), must(metrics[name](a, b)), 1e-12)
	}
}

// A map that is off by d everywhere has a PSNR of 20·log10(peak/d), and counts
// a pole's texel as it counts any other.
func TestPSNRCountsTexelsAlike(t *testing.T) {
	off := func(y, rows int, d float32) float64 {
		ref, test := hdr.New(16, 8), hdr.New(16, 8)
		for i := range test.Pix[3*16*y : 3*16*(y+rows)] {
			test.Pix[3*16*y+i] = d
		}
		return must(PSNR(ref, test, 2))
	}
	near(t, "off by .1", off(0, 8, .1), 20*math.Log10(2/.1), 1e-4)
	near(t, "the pole against the horizon", off(0, 1, .5), off(4, 1, .5), 1e-9)
	if got := must(PSNR(hdr.New(16, 8), hdr.New(16, 8), 1)); !math.IsInf(got, 1) {
		t.Errorf("equal maps: got %v dB, want +Inf", got)
	}
	if _, err := PSNR(hdr.New(16, 8), hdr.New(32, 16), 1); err == nil {
		t.Error("maps of two sizes: got no error")
	}
}

func TestWSPSNRWeighsTheHorizonMost(t *testing.T) {
	a := constant(48, 24, .5, .5, .5)
	spoil := func(y int) float64 {
		b := clone(a)
		for i := range b.Row(y) {
			b.Row(y)[i] = .6
		}
		return must(WSPSNR(a, b, 1))
	}
	if pole, horizon := spoil(0), spoil(12); !(pole > horizon+10) {
		t.Errorf("a spoilt row costs: pole %v dB, horizon %v dB, want the pole 10 dB milder", pole, horizon)
	}
	// A constant error has the PSNR of that error whatever the weights.
	near(t, "constant error of 0.1", must(WSPSNR(a, constant(48, 24, .6, .6, .6), 1)), 20, 1e-5)
}

func TestMetricsRefuseDifferentSizes(t *testing.T) {
	_, err := WSPSNR(hdr.New(8, 4), hdr.New(4, 2), 1)
	if got, want := err.Error(), "envmap: compare a map of 8×4 with one of 4×2, want one size: resize first"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestDiscontinuityFollowsTheCut(t *testing.T) {
	// A seamless map, in CLIP's range, and the same with a cut at its edges.
	whole := scaled(smooth(96, 48), .25)
	cut := clone(whole)
	for y := range cut.H {
		for i := range cut.Row(y) {
			cut.Row(y)[i] *= .4 + .6*float32(i/3)/96
		}
	}
	seamless, torn := must(Discontinuity(whole)), must(Discontinuity(cut))
	if !(seamless < 1 && torn > 5*seamless) {
		t.Errorf("seamless %v, cut %v, want below 1 and five times more", seamless, torn)
	}
	rolled := Roll(cut, 48)
	near(t, "cut rolled to the middle, there", must(DiscontinuityAt(rolled, 48)), torn, 1e-9)
	if got := must(Discontinuity(rolled)); got > 1 {
		t.Errorf("cut rolled to the middle, at the edges: got %v, want below 1", got)
	}
	near(t, "mirrored", must(Discontinuity(swapped(cut))), torn, 1e-6)
}

// swapped has left and right change places.
func swapped(im *hdr.Image) *hdr.Image {
	out := hdr.New(im.W, im.H)
	for i := range im.W * im.H {
		x, y := i%im.W, i/im.W
		copy(out.Row(y)[3*(im.W-1-x):], im.Row(y)[3*x:3*x+3])
	}
	return out
}

func clone(im *hdr.Image) *hdr.Image { return Roll(im, 0) }

func BenchmarkPU21SSIM1K(b *testing.B) {
	x, y := noise(1024, 512, 1), noise(1024, 512, 2)
	for b.Loop() {
		must(PU21SSIM(x, y, 100))
	}
}

func BenchmarkWSPSNR4K(b *testing.B) {
	x, y := constant(4096, 2048, 1, 1, 1), constant(4096, 2048, 1, 2, 1)
	for b.Loop() {
		must(WSPSNR(x, y, 1))
	}
}
