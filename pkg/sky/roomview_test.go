package sky

import (
	"math"
	"testing"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// clearRoom has a window of clear glass: a garden under a sky with clouds of so many
// stops.
func clearRoom(clouds float64) *hdr.Image {
	return testRoom{window: rgb.Times(daylight, 3), garden: true, bars: rgb.Times(daylight, .3), clouds: clouds, seed: 1}.draw(512)
}

func atPole(d envmap.Vec) bool {
	return math.Abs(d.Azimuth()-poleAt) < .4 && d.Elevation() > 10 && d.Elevation() < windowTop-4
}

func atGarden(d envmap.Vec) bool {
	return math.Abs(d.Azimuth()-windowAt) < 5 && d.Elevation() < -2 && d.Elevation() > -9
}

// openSky is the sky in the window, away from the pole.
func openSky(d envmap.Vec) bool { return atSky(d) && math.Abs(d.Azimuth()-poleAt) > 2 }

// The sky in a clear window is the new one, whatever clouds the old one had, and what
// stands before it still does.
func TestClearWindowsShowTheNewSky(t *testing.T) {
	t.Parallel()
	even, cloudy := analysed(t, clearRoom(0), Indoor), analysed(t, clearRoom(.6), Indoor)
	before, _ := stopsApart(clearRoom(0), clearRoom(.6), openSky)
	for _, name := range Presets {
		a, _ := even.Preset(name)
		b, _ := cloudy.Preset(name)
		b.SunAzimuth = a.SunAzimuth
		one, two := rendered(t, even, a), rendered(t, cloudy, b)
		alike(two, one, openSky)
		if after, _ := stopsApart(one, two, openSky); after > .35*before {
			t.Errorf("%s: what were clouds of %.3f stops is %.3f, want at most a third", name, before, after)
		}
		if by := stopsOf(meanOf(one, openSky), meanOf(one, atPole)); by < 1 {
			t.Errorf("%s: the pole is %.2f stops under the sky behind it, want 1 or more", name, by)
		}
	}
}

// A window away from the sun has a darker, bluer sky, which is sky too.
func TestEachWindowHasItsOwnBrightestSky(t *testing.T) {
	t.Parallel()
	const turn = 160 // texels to the other window
	s := raster.NewSphere(512, 256)
	room := func(clouds float64) *hdr.Image {
		im, away := clearRoom(clouds), clearRoom(clouds)
		for y := range im.H {
			for x := range im.W {
				d := s.Direction(x, y)
				if math.Abs(d.Azimuth()-windowAt) > windowWide+2 || d.Elevation() > windowTop+2 || d.Elevation() < windowLow-2 {
					continue
				}
				for k, by := range []float32{.2, .25, .33} {
					im.Row(y)[3*((x+turn)%im.W)+k] = by * away.Row(y)[3*x+k]
				}
			}
		}
		return im
	}
	even, cloudy := room(0), room(.6)
	other := func(d envmap.Vec) bool {
		return openSky(vecAt(d.Azimuth()-turn*360./512, d.Elevation()))
	}
	before, _ := stopsApart(even, cloudy, other)
	a, b := analysed(t, even, Indoor), analysed(t, cloudy, Indoor)
	ta, _ := a.Preset("clear noon")
	tb, _ := b.Preset("clear noon")
	tb.SunAzimuth = ta.SunAzimuth
	one, two := rendered(t, a, ta), rendered(t, b, tb)
	alike(two, one, other)
	if after, _ := stopsApart(one, two, other); after > .5*before {
		t.Errorf("clouds of %.3f stops in the darker window are %.3f, want at most half", before, after)
	}
}

// alike scales a map so that it has another's luminance at a place: old clouds make a
// room's light another.
func alike(im, as *hdr.Image, at func(envmap.Vec) bool) {
	by := float32(math.Exp2(stopsOf(meanOf(as, at), meanOf(im, at))))
	for i := range im.Pix {
		im.Pix[i] *= by
	}
}

// vecAt is the direction of an azimuth and an elevation in degrees.
func vecAt(azimuth, elevation float64) envmap.Vec {
	to := atmosphere.Toward(num.Radians(elevation), num.Radians(azimuth))
	return vec(to)
}

// By a sky that falls to the zenith the top of the window is darker than its middle,
// though the old sky was even.
func TestSkiesInWindowsHaveTheirGradient(t *testing.T) {
	t.Parallel()
	sc := analysed(t, clearRoom(0), Indoor)
	target, _ := sc.Preset("clear noon")
	target.SunElevation, target.SunAzimuth = num.Radians(30), num.Radians(windowAt+180)
	band := func(from, to float64) func(envmap.Vec) bool {
		return func(d envmap.Vec) bool { return openSky(d) && d.Elevation() > from && d.Elevation() < to }
	}
	out := rendered(t, sc, target)
	low, high := meanOf(out, band(9, 13)), meanOf(out, band(23, 28))
	if by := stopsOf(low, high); by < .15 || warmth(low) < warmth(high)+.05 {
		t.Errorf("the low sky is %.2f stops over the high one, and its warmth %.2f to %.2f: want brighter and less blue", by, warmth(low), warmth(high))
	}
}

// Clear windows lack the clouds that words ask for and get them; curtains do not.
func TestCloudsInWindows(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		im    *hdr.Image
		clear bool
	}{"clear glass": {clearRoom(0), true}, "an even window": {sunlitRoom(), false},
		"frosted glass": {testRoom{window: daylight, clouds: .8, seed: 1}.draw(512), false}} {
		sc := analysed(t, c.im, Indoor)
		target := sc.Own()
		target.Cover = .45
		if got := sc.LacksClouds(target); got != c.clear {
			t.Errorf("%s lacks clouds: %v, want %v", name, got, c.clear)
			continue
		}
		if !c.clear {
			continue
		}
		without := rendered(t, sc, target)
		with, borrowed, err := sc.BorrowClouds(target, 1)
		if err != nil {
			t.Fatal(err)
		}
		if mean, _ := stopsApart(rendered(t, sc, with), without, openSky); mean < .1 {
			t.Errorf("clouds of %s change the window by %.3f stops, want some", borrowed.From, mean)
		}
		if mean, most := stopsApart(rendered(t, sc, with), without, atWall); mean > .01 || most > .05 {
			t.Errorf("clouds of %s change a wall by %.3f stops, %.3f at most, want none", borrowed.From, mean, most)
		}
	}
}

// Fog hides what stands outside, and not the room.
func TestFogOutside(t *testing.T) {
	t.Parallel()
	sc := analysed(t, clearRoom(0), Indoor)
	target, _ := sc.Preset("overcast")
	without := rendered(t, sc, target)
	target.Fog = .05
	out := rendered(t, sc, target)
	under := func(im *hdr.Image) float64 { return stopsOf(meanOf(im, openSky), meanOf(im, atGarden)) }
	if under(out) > .5*under(without) {
		t.Errorf("in fog the garden is %.2f stops under the sky, and %.2f without: want half at most", under(out), under(without))
	}
	if a, b := warmth(meanOf(out, atWall)), warmth(meanOf(without, atWall)); math.Abs(a-b) > .2 {
		t.Errorf("in fog the walls' warmth goes from %.2f to %.2f", b, a)
	}
}

// The glow of a curtain goes on without a step into what is beside.
func TestGlowOfACurtainHasNoEdge(t *testing.T) {
	t.Parallel()
	im := testRoom{window: daylight, lit: .25, lamp: [3]float64{40, 30, 16}, seed: 1}.draw(512)
	sc := analysed(t, im, Indoor)
	if sc.Windows() == 0 {
		t.Fatal("the window is not found")
	}
	target, _ := sc.Preset("moonlit night")
	out := rendered(t, sc, target)
	gain := func(x float64) float64 {
		at := func(d envmap.Vec) bool {
			return math.Abs(d.Azimuth()-windowAt-windowWide-x) < .4 && math.Abs(d.Elevation()-12) < 8
		}
		return stopsOf(meanOf(out, at), meanOf(im, at))
	}
	whole := gain(14) - gain(-3)
	for x := .7; x < 8; x += .7 {
		if by := gain(x+.7) - gain(x); by > .3*whole {
			t.Errorf("%.1f° beside the window %.2f of %.2f stops lie within .7°, want three tenths at most", x, by, whole)
		}
	}
}

// A lamp that hangs before a window stays lit by night, and keeps its colour though eyes
// see none.
func TestLampsBeforeAWindow(t *testing.T) {
	t.Parallel()
	at := func(d envmap.Vec) bool { return math.Hypot(d.Azimuth()-windowAt-14, d.Elevation()-20) < 3 }
	im := clearRoom(0)
	s := raster.NewSphere(im.W, im.H)
	for y := range s.H {
		for x := range s.W {
			if d := s.Direction(x, y); math.Hypot(d.Azimuth()-windowAt-14, d.Elevation()-20) < 5 {
				copy(im.Row(y)[3*x:], []float32{90, 50, 12})
			}
		}
	}
	sc := analysed(t, im, Indoor)
	target, _ := sc.Preset("moonlit night")
	was, is := meanOf(im, at), meanOf(rendered(t, sc, target), at)
	if by := stopsOf(is, was); math.Abs(by) > .4 || math.Abs(warmth(is)-warmth(was)) > .4 {
		t.Errorf("by night the lamp changes by %.2f stops, its warmth from %.2f to %.2f: want it as it was", by, warmth(was), warmth(is))
	}
}

// What is as bright as the sky and has its colour is none under what stands on the ground,
// nor is a leaf as bright.
func TestWhatIsNoSkyInAWindow(t *testing.T) {
	t.Parallel()
	wall := func(d envmap.Vec) bool {
		return math.Abs(d.Azimuth()-windowAt+16) < 5 && d.Elevation() > 2 && d.Elevation() < 6
	}
	tree := func(d envmap.Vec) bool {
		return math.Abs(d.Azimuth()-windowAt+16) < 7 && d.Elevation() > 6 && d.Elevation() < 15
	}
	leaves := func(d envmap.Vec) bool {
		return math.Abs(d.Azimuth()-windowAt-16) < 5 && d.Elevation() > 10 && d.Elevation() < 26
	}
	im := clearRoom(0)
	s := raster.NewSphere(im.W, im.H)
	for y := range s.H {
		for x := range s.W {
			d := s.Direction(x, y)
			c, rough := [3]float32{24, 27, 37}, float32(math.Exp2(.4*float64((x+y)%2)))
			switch {
			case wall(d):
			case tree(d):
				c, rough = [3]float32{24, 44, 37}, 1
			case leaves(d):
				if rough = 1; x%4 == 0 && y%4 == 0 {
					c = [3]float32{24, 44, 37}
				}
			default:
				continue
			}
			for k := range c {
				im.Row(y)[3*x+k] = c[k] * rough
			}
		}
	}
	sc := analysed(t, im, Indoor)
	target, _ := sc.Preset("clear noon")
	out := rendered(t, sc, target)
	roughness := func(im *hdr.Image, at func(envmap.Vec) bool) (sum float64) {
		lum, n := raster.Luminances(im), 0.
		for y := range s.H {
			for x := range s.W - 1 {
				if at(s.Direction(x, y)) && at(s.Direction(x+1, y)) {
					sum += math.Abs(math.Log2(float64(lum.Row(y)[x] / lum.Row(y)[x+1])))
					n++
				}
			}
		}
		return sum / n
	}
	for name, at := range map[string]func(envmap.Vec) bool{"a wall under a tree": wall, "leaves": leaves} {
		if was, is := roughness(im, at), roughness(out, at); is < .6*was {
			t.Errorf("%s as bright as the sky keeps %.2f of its texture of %.2f stops, want nearly all", name, is/was, was)
		}
	}
}
