package edit_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
)

// scene is a map with a bright disc, a gradient and texture.
func scene(w, h int, seed uint64) *hdr.Image {
	r := rand.New(rand.NewPCG(seed, 1))
	im := hdr.New(w, h)
	for i := range im.Pix {
		im.Pix[i] = float32(.05 + .9*float64(i/3/w)/float64(h) + .2*r.Float64())
	}
	for x := range max(w/16, 1) {
		im.Pix[3*(h/4*w+x)] = 1e5
	}
	return im
}

func scaled(im *hdr.Image, by ...float32) *hdr.Image {
	out := hdr.New(im.W, im.H)
	for i, v := range im.Pix {
		out.Pix[i] = v * by[i%len(by)]
	}
	return out
}

func relight(t *testing.T, input, start, end *hdr.Image) *hdr.Image {
	t.Helper()
	out, err := edit.DefaultTransfer.Relight(input, start, end)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestNoChangeOfLightChangesNothing(t *testing.T) {
	for _, size := range [][2]int{{128, 64}, {500, 250}, {16, 8}} {
		input, small := scene(size[0], size[1], 1), scene(32, 16, 2)
		out := relight(t, input, small, small)
		for i := range out.Pix {
			if out.Pix[i] != input.Pix[i] {
				t.Fatalf("%v: value %d: got %v, want %v", size, i, out.Pix[i], input.Pix[i])
			}
		}
	}
}

func TestTurningTheMapsTurnsTheResult(t *testing.T) {
	input, start, end := scene(128, 64, 1), scene(32, 16, 2), scene(32, 16, 3)
	want := envmap.Roll(relight(t, input, start, end), 12)
	got := relight(t, envmap.Roll(input, 12), envmap.Roll(start, 3), envmap.Roll(end, 3))
	for i := range got.Pix {
		if math.Abs(float64(got.Pix[i]-want.Pix[i])) > 1e-4*float64(want.Pix[i])+1e-6 {
			t.Fatalf("value %d: got %v, want %v", i, got.Pix[i], want.Pix[i])
		}
	}
}

// Where all is well above the floor and nothing shines, half the light is half
// the light.
func TestADimmerMapDimsAlike(t *testing.T) {
	input, small := hdr.New(64, 32), hdr.New(32, 16)
	for i := range input.Pix {
		input.Pix[i] = .6
	}
	for i := range small.Pix {
		small.Pix[i] = .6
	}
	out := relight(t, input, small, scaled(small, .5))
	for i, v := range out.Pix {
		if math.Abs(float64(v)-.3) > .01 {
			t.Fatalf("value %d: got %v, want about .3", i, v)
		}
	}
}

// Whatever the change, a texel gains no more than the limits of exposure and
// cast, and loses no more than those of darkening, dimming, fading and cast; a
// change beyond all limits comes near to them.
func TestGainsStayWithinTheirLimits(t *testing.T) {
	input, start := scene(64, 32, 1), scene(32, 16, 2)
	limit := edit.DefaultTransfer
	plain := limit // a texel's light without lamps that go out and colours that fade
	plain.LampDimming, plain.FadeRadiance = 0, 0
	for _, c := range []struct {
		by        []float32
		low, high float64 // where the log gains of some texels must come near
	}{
		{[]float32{1e6, 1e6, 1e6}, limit.ExposureLimit, limit.ExposureLimit},
		{[]float32{1e-6, 1e-6, 1e-6}, -limit.DarkeningLimit, -limit.DarkeningLimit},
		{[]float32{1e5, 0, 1e5}, limit.ExposureLimit - limit.CastLimit, limit.ExposureLimit + limit.CastLimit},
		{[]float32{0, 0, 0}, -limit.DarkeningLimit, -limit.DarkeningLimit},
	} {
		low, high := math.Inf(1), math.Inf(-1)
		toLow, toHigh := math.Inf(1), math.Inf(1) // the nearest to c.low and c.high
		relit, err := plain.Relight(input, start, scaled(start, c.by...))
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range relit.Pix {
			if input.Pix[i] > .05 { // where the floor is little beside it
				gain := math.Log(float64(v) / float64(input.Pix[i]))
				low, high = min(low, gain), max(high, gain)
				toLow, toHigh = min(toLow, math.Abs(gain-c.low)), min(toHigh, math.Abs(gain-c.high))
			}
		}
		if least := -limit.DarkeningLimit - limit.CastLimit; low < least-1e-3 || high > limit.ExposureLimit+limit.CastLimit+1e-3 {
			t.Errorf("by %v: log gains are from %v to %v, want %v to %v", c.by, low, high, least, limit.ExposureLimit+limit.CastLimit)
		}
		if toLow > .2 || toHigh > .2 {
			t.Errorf("by %v: log gains are from %v to %v, want some near %v and %v", c.by, low, high, c.low, c.high)
		}
		for i, v := range relight(t, input, start, scaled(start, c.by...)).Pix {
			if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) || v < 0 {
				t.Fatalf("by %v: value %d is %v, want a finite one that is not negative", c.by, i, v)
			}
			if most := float64(input.Pix[i]) * math.Exp(limit.ExposureLimit+limit.CastLimit) * 1.001; float64(v) > most {
				t.Fatalf("by %v: value %d: got %v, want at most %v", c.by, i, v, most)
			}
		}
	}
}

// What lies brighter than all that the lines were fitted to, where brightness
// goes with darkening, loses no more than the limit all the same, and as much.
func TestDarkeningEndsAtItsLimit(t *testing.T) {
	grey := func(w, h int) *hdr.Image {
		im := hdr.New(w, h)
		for i := range im.Pix {
			im.Pix[i] = []float32{.1, .8}[(i/3%w*32/w)%2]
		}
		return im
	}
	input, start := grey(64, 32), grey(32, 16)
	end := scaled(start, 1)
	for i, v := range end.Pix {
		if v > .5 {
			end.Pix[i] = 0
		}
	}
	for i := 3 * 64 * 16; i < 3*64*16+12; i++ {
		input.Pix[i] = 30
	}
	limit := edit.DefaultTransfer
	limit.LampDimming, limit.FadeRadiance = 0, 0
	out, err := limit.Relight(input, start, end)
	if err != nil {
		t.Fatal(err)
	}
	least := 0.
	for i, v := range out.Pix {
		least = min(least, math.Log(float64(v/input.Pix[i])))
	}
	if least < -limit.DarkeningLimit-1e-3 || least > -limit.DarkeningLimit+.05 {
		t.Errorf("a texel loses %v in log radiance, want the limit of %v", -least, limit.DarkeningLimit)
	}
}

// At night a sun must not stay: it loses more than what it lit.
func TestLampsGoOutWhenItGetsDark(t *testing.T) {
	input := hdr.New(128, 64)
	for i := range input.Pix {
		input.Pix[i] = .5
	}
	sun := 3 * (16*128 + 40)
	for c := range 3 {
		input.Pix[sun+c] = 1e4
	}
	small, err := envmap.Resize(input, 32, 16)
	if err != nil {
		t.Fatal(err)
	}
	out := relight(t, input, small, scaled(small, .03))
	sunLoss, groundLoss := out.Pix[sun]/input.Pix[sun], out.Pix[3*(50*128+100)]/input.Pix[3*(50*128+100)]
	if sunLoss > groundLoss/10 {
		t.Errorf("the sun keeps %v of its light, the ground %v: want the sun to lose ten times more", sunLoss, groundLoss)
	}
}

func TestMapsOfTwoSizesAreRefused(t *testing.T) {
	if _, err := edit.DefaultTransfer.Relight(scene(64, 32, 1), scene(32, 16, 1), scene(16, 8, 1)); err == nil {
		t.Error("got no error for maps of two sizes")
	}
}

func BenchmarkRelight4K(b *testing.B) {
	input, start, end := scene(4096, 2048, 1), scene(128, 64, 2), scene(128, 64, 3)
	for b.Loop() {
		if _, err := edit.DefaultTransfer.Relight(input, start, end); err != nil {
			b.Fatal(err)
		}
	}
}
