package sky

import (
	"math"
	"testing"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// A room of which no window is sure is lit by what shines in it: that, large or small,
// fades with the walls when the light outside does.
func TestWhatLightsAnEnclosedRoomFadesWithIt(t *testing.T) {
	im := testRoom{window: [3]float64{9, 8, 7}, round: true, seed: 1}.draw(512)
	s := raster.NewSphere(im.W, im.H)
	small := func(d envmap.Vec) bool { return math.Hypot(d.Azimuth()+100, d.Elevation()-30) < 2 }
	large := func(d envmap.Vec) bool { return math.Hypot(d.Azimuth()-windowAt, d.Elevation()-10) < 18 }
	for y := range s.H {
		for x := range s.W {
			if small(s.Direction(x, y)) {
				copy(im.Row(y)[3*x:], []float32{9, 8, 7})
			}
		}
	}
	sc := analysed(t, im, Indoor)
	if sc.Windows() > 0 {
		t.Fatal("the soft box is taken for a window")
	}
	for _, name := range []string{"sunset", "moonlit night"} {
		target, _ := sc.Preset(name)
		out := rendered(t, sc, target)
		fell := func(ok func(d envmap.Vec) bool) float64 { return -stopsOf(meanOf(out, ok), meanOf(im, ok)) }
		lamp, box, walls := fell(small), fell(large), fell(atWall)
		if walls < .5 || math.Abs(box-walls) > .02 || math.Abs(lamp-walls) > .02 {
			t.Errorf("%s: the walls fall by %.2f stops, the lamp by %.2f and the soft box by %.2f, want the same", name, walls, lamp, box)
		}
	}
}

// A room of which no window is sure is warm when the sun is low, everywhere alike, and the
// wall that a lamp lights changes as all walls do.
func TestAnEnclosedRoomIsWarmAtSunset(t *testing.T) {
	im := testRoom{window: [3]float64{9, 8, 7}, round: true, lit: .25, seed: 1}.draw(512)
	sc := analysed(t, im, Indoor)
	if sc.Windows() > 0 {
		t.Fatal("the soft box is taken for a window")
	}
	target, _ := sc.Preset("sunset")
	out := rendered(t, sc, target)
	lit := func(d envmap.Vec) bool {
		off := math.Hypot(d.Azimuth()-windowAt, d.Elevation()-10)
		return off > 25 && off < 30
	}
	up := func(d envmap.Vec) bool { return d.Elevation() > 60 }
	walls := warmth(meanOf(out, atWall)) - warmth(meanOf(im, atWall))
	if walls < .5 {
		t.Errorf("a sunset turns the walls by %.2f stops of red over blue, want .5 or more", walls)
	}
	for name, at := range map[string]func(envmap.Vec) bool{"lit wall": lit, "ceiling": up} {
		if by := warmth(meanOf(out, at)) - warmth(meanOf(im, at)); math.Abs(by-walls) > .05 {
			t.Errorf("a sunset turns the %s by %.2f stops, and the walls by %.2f, want the same", name, by, walls)
		}
	}
}

// A sky that is too small to be drawn anew, of a hole in a roof or of a map of few texels,
// is as much darker in a darker light as what stands before it.
func TestATooSmallSkyIsLitAsAllElse(t *testing.T) {
	for w, roof := range map[int]float64{512: 76, 8: 0} {
		im, s := hdr.New(w, w/2), raster.NewSphere(w, w/2)
		for y, el := range s.Elevation {
			for x := range w {
				grain := .8 + .4*float32((7*x+3*y)%5)/4
				if copy(im.Row(y)[3*x:], []float32{.1 * grain, .11 * grain, .09 * grain}); el > roof {
					copy(im.Row(y)[3*x:], []float32{.3, .5, .9})
				}
			}
		}
		sc := analysed(t, im, Day)
		if sc.SkySeen() || sc.Mask.Share == 0 {
			t.Fatalf("%d texels: of the sky a share of %v is seen, and it is changed: %v; want some that is not", w, sc.Mask.Share, sc.SkySeen())
		}
		target := sc.Own()
		target.ExposureStops = -1
		out := rendered(t, sc, target)
		if mean, most := stopsApart(out, im, func(envmap.Vec) bool { return true }); math.Abs(mean-1) > .01 || math.Abs(most-1) > .02 {
			t.Errorf("%d texels: a stop less takes %.2f stops, and %.2f at most", w, mean, most)
		}
	}
}
