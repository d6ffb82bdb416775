package envmap

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

var resizes = []struct{ w, h, toW, toH int }{
	{128, 64, 32, 16}, {128, 64, 50, 25}, {100, 50, 64, 32}, {64, 32, 128, 64}, {64, 32, 100, 50},
	{30, 15, 128, 64}, {128, 64, 200, 16}, {64, 32, 40, 90}, {64, 32, 1, 1}, {2, 1, 64, 32}, {512, 256, 8, 4},
}

func TestResizeKeepsEnergy(t *testing.T) {
	for _, c := range resizes {
		t.Run(fmt.Sprintf("%dx%d to %dx%d", c.w, c.h, c.toW, c.toH), func(t *testing.T) {
			im := noise(c.w, c.h, 4)
			want := Mean(im)
			got := Mean(must(Resize(im, c.toW, c.toH)))
			for i := range got {
				near(t, "mean radiance", got[i], want[i], 1e-5*want[i])
			}
		})
	}
}

// Suns of one texel are the hardest: each shows the weights of its own place.
func TestResizeKeepsTheEnergyOfSuns(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	size := func() int {
		if random.IntN(4) == 0 {
			return 1 + random.IntN(8)
		}
		return 1 + random.IntN(600)
	}
	pairs := [][4]int{{512, 256, 514, 257}, {512, 256, 513, 256}, {514, 257, 512, 256}, {256, 256, 257, 255}, {1, 1, 600, 600}, {2, 2, 3, 3}}
	for range 150 {
		pairs = append(pairs, [4]int{size(), size(), size(), size()})
	}
	for _, p := range pairs {
		im := constant(p[0], p[1], .1, .1, .1)
		for c := range 3 { // suns in each channel, one of them beside a pole
			im.Pix[3*random.IntN(p[0]*p[1])+c] = 1e5
			im.Pix[3*random.IntN(p[0])+c] = 1e4
		}
		want, got := Mean(im), Mean(must(Resize(im, p[2], p[3])))
		for c := range 3 {
			if d := math.Abs(got[c]/want[c] - 1); d > 1e-5 {
				t.Errorf("%d×%d to %d×%d, channel %d: the mean moves by %.2g, want at most 1e-5", p[0], p[1], p[2], p[3], c, d)
			}
		}
	}
}

func TestResizeKeepsAConstant(t *testing.T) {
	for _, c := range resizes {
		got := must(Resize(constant(c.w, c.h, 1, 10, .1), c.toW, c.toH))
		if d := farthest(t, got, constant(c.toW, c.toH, 1, 10, .1)); d > 1e-5 {
			t.Errorf("%v: constant moved by %v, want at most 1e-5", c, d)
		}
	}
}

func TestResizeCommutesWithRoll(t *testing.T) {
	im := noise(64, 32, 5)
	for _, w := range []int{32, 128} {
		a := must(Resize(Roll(im, 6), w, w/2))
		b := Roll(must(Resize(im, w, w/2)), 6*w/64)
		if d := farthest(t, a, b); d > 1e-2 { // the sun is 3e4
			t.Errorf("to %d: resized after a roll differs by %v, want 0", w, d)
		}
	}
}

func TestResizeMakesNoNegativeLight(t *testing.T) {
	for _, c := range resizes {
		for _, v := range must(Resize(noise(c.w, c.h, 6), c.toW, c.toH)).Pix {
			if v < 0 {
				t.Fatalf("%v: got %v, want at least 0", c, v)
			}
		}
	}
}

func TestEnlargedSmoothMapIsTheMap(t *testing.T) {
	// A chord errs by at most an eighth of the curvature times the step's
	// square: 1.3e-3 in each direction here.
	small, want := smooth(64, 32), smooth(256, 128)
	for _, c := range []struct {
		filter Filter
		within float64
	}{{Bilinear, 4e-3}, {Bicubic, 2e-4}} {
		got := must(Interpolate(small, 256, 128, c.filter))
		if d := farthest(t, got, want); d > c.within {
			t.Errorf("filter %v: differs by %v, want at most %v", c.filter, d, c.within)
		}
	}
	// What keeps the energy draws the outermost rows' values out to the poles,
	// by half a row.
	got := must(Resize(small, 256, 128))
	if d := farthest(t, got, want); d > 5e-2 {
		t.Errorf("resize: differs by %v, want at most 5e-2", d)
	}
	beyond := 3 * 256 * 8 // two rows of the small map at each pole
	got.Pix, want.Pix = got.Pix[beyond:len(got.Pix)-beyond], want.Pix[beyond:len(want.Pix)-beyond]
	got.H, want.H = got.H-16, want.H-16
	if d := farthest(t, got, want); d > 1e-2 {
		t.Errorf("resize away from the poles: differs by %v, want at most 1e-2", d)
	}
}

func TestHalvingIsTheWeightedMeanOfFour(t *testing.T) {
	im := noise(8, 4, 7)
	got := must(Resize(im, 4, 2))
	top, bottom := SolidAngle(0, 8, 4), SolidAngle(1, 8, 4)
	a, b, c, d := texel(im, 2, 0), texel(im, 3, 0), texel(im, 2, 1), texel(im, 3, 1)
	want := (top*float64(a[0]+b[0]) + bottom*float64(c[0]+d[0])) / (2 * (top + bottom))
	near(t, "texel", float64(texel(got, 1, 0)[0]), want, 1e-5*math.Abs(want))
}

func TestResizeRefusesNothing(t *testing.T) {
	_, err := Resize(smooth(8, 4), 0, 4)
	if got, want := fmt.Sprint(err), "envmap: resize to 0×4, want at least 1×1"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func BenchmarkResize4KTo128(b *testing.B) {
	im := constant(4096, 2048, 1, 2, 3)
	b.SetBytes(int64(4 * len(im.Pix)))
	for b.Loop() {
		must(Resize(im, 128, 64))
	}
}

func BenchmarkResize128To4K(b *testing.B) {
	im := constant(128, 64, 1, 2, 3)
	for b.Loop() {
		must(Resize(im, 4096, 2048))
	}
}

func BenchmarkYaw4K(b *testing.B) {
	im := constant(4096, 2048, 1, 2, 3)
	for b.Loop() {
		Yaw(im, .1234)
	}
}
