package sky

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
	"github.com/clipenv/toolkit/pkg/sky/room"
)

// testRoom is a room with grained warm walls, a window on the right and a lamp under
// the ceiling on the left: azimuths and elevations in degrees.
type testRoom struct {
	window, lamp [3]float64 // radiance; the walls have about .2
	walls        [3]float64 // radiance; those of a warm room unless given
	round        bool       // the window is a disc, as soft boxes are
	leaves       bool       // stand before what is seen through it
	pane         [3]float64 // radiance of a pane over the window
	lit          float64    // the wall beside the window has so much of its radiance
	softBox      [3]float64 // radiance of a disc of 12° on the other side
	garden       bool       // is dark under a sky with a pole before it
	clouds       float64    // of that sky, stops
	bars         [3]float64 // radiance of the window's, nearly black unless given
	patch        [3]float64 // radiance on the floor before the window
	house        [3]float64 // radiance of what hides the lower left of the view
	slant        float64    // by which its top falls from left to right
	reveal       [3]float64 // radiance of the last 6° at its right
	seed         uint64
}

const (
	windowAt, windowWide = 60., 25. // to the right of the middle, half of its width
	windowLow, windowTop = -12., 32.
	poleAt               = windowAt + 2
)

var daylight, white = [3]float64{7, 8, 11}, [3]float64{.2, .2, .2}

func (b testRoom) draw(w int) *hdr.Image {
	h := w / 2
	im := hdr.New(w, h)
	s := raster.NewSphere(w, h)
	r := rand.New(rand.NewPCG(b.seed, 3))
	for y := range h {
		for x := range w {
			d := s.Direction(x, y)
			el, az := d.Elevation(), d.Azimuth()
			walls := b.walls
			if rgb.Lum(walls) == 0 {
				walls = [3]float64{.24, .2, .15}
			}
			c := rgb.Times(walls, math.Exp2(.5*(r.Float64()-.5)))
			off := math.Abs(math.Remainder(az-windowAt, 360))
			in := off < windowWide && el > windowLow && el < windowTop-b.slant*(az-windowAt+windowWide)
			if b.round {
				in = math.Hypot(off, el-10) < 22
			}
			switch {
			case in && rgb.Lum(b.reveal) > 0 && az > windowAt+windowWide-6:
				c = b.reveal
			case in && rgb.Lum(b.house) > 0 && az < windowAt-10 && el < 16:
				c = rgb.Times(b.house, math.Exp2(.5*(r.Float64()-.5)))
			case in && (math.Abs(off-8) > 1 || b.round): // between its bars
				// Sky, above a darker garden.
				c = rgb.Times(b.window, .6+.4*num.Step(-4, 4, el)+.05*r.Float64())
				c = rgb.Times(c, math.Exp2(b.clouds*math.Sin(az/2)*math.Sin(el/2)))
				switch {
				case b.leaves:
					c = rgb.Times(c, math.Exp2(-4*r.Float64()))
				case b.garden && (el < 0 || math.Abs(az-poleAt) < .8):
					c = rgb.Times([3]float64{.09, .11, .06}, rgb.Lum(b.window))
				}
			case in:
				if c = b.bars; rgb.Lum(c) == 0 {
					c = [3]float64{.05, .05, .05}
				}
			case rgb.Lum(b.patch) > 0 && math.Abs(az-windowAt) < 12 && math.Abs(el+35) < 8:
				c = b.patch
			case math.Hypot(az+100, el-50) < 4:
				c = b.lamp
			case rgb.Lum(b.pane) > 0 && off < windowWide && el > windowTop+2 && el < windowTop+8:
				c = b.pane
			case rgb.Lum(b.softBox) > 0 && math.Hypot(az+100, el-15) < 12:
				c = b.softBox
			default:
				c = rgb.Plus(c, rgb.Times(b.window, b.lit*math.Exp(-off*off/3000-el*el/3000)))
			}
			for k := range c {
				im.Row(y)[3*x+k] = float32(c[k])
			}
		}
	}
	return im
}

func sunlitRoom() *hdr.Image {
	return testRoom{window: daylight, lamp: [3]float64{40, 30, 16}, seed: 1}.draw(512)
}

// meanOf is the mean radiance where ok.
func meanOf(im *hdr.Image, ok func(d envmap.Vec) bool) (sum [3]float64) {
	s, all := raster.NewSphere(im.W, im.H), 0.
	for y := range s.H {
		for x := range s.W {
			if !ok(s.Direction(x, y)) {
				continue
			}
			all += s.Solid[y]
			for c := range sum {
				sum[c] += s.Solid[y] * float64(im.Row(y)[3*x+c])
			}
		}
	}
	return rgb.Times(sum, 1/max(all, 1e-30))
}

func atSky(d envmap.Vec) bool {
	off := math.Abs(d.Azimuth() - windowAt)
	return off < windowWide-4 && math.Abs(off-8) > 2 && d.Elevation() > 8 && d.Elevation() < windowTop-4
}

func atLamp(d envmap.Vec) bool { return math.Hypot(d.Azimuth()+100, d.Elevation()-50) < 3 }

func atWall(d envmap.Vec) bool { return math.Abs(d.Azimuth()+160) < 40 && d.Elevation() < 20 }

func stopsOf(after, before [3]float64) float64 { return math.Log2(rgb.Lum(after) / rgb.Lum(before)) }

func warmth(c [3]float64) float64 { return math.Log2(c[0] / c[2]) }

func TestWindowsAreFound(t *testing.T) {
	t.Parallel()
	want := num.Radians(2*windowWide) * (math.Sin(num.Radians(windowTop)) - math.Sin(num.Radians(windowLow)))
	for _, c := range []struct {
		name   string
		im     *hdr.Image
		window bool
	}{
		{"a window", sunlitRoom(), true},
		{"a window across the seam", envmap.Roll(sunlitRoom(), 171), true},
		{"a large map", testRoom{window: daylight, seed: 1}.draw(2048), true},
		{"a dim one", testRoom{window: rgb.Times(daylight, .3), seed: 1}.draw(512), true},
		{"a room without", testRoom{window: [3]float64{.24, .2, .15}, lamp: [3]float64{40, 30, 16}}.draw(512), false},
		{"a soft box", testRoom{window: [3]float64{40, 34, 26}, round: true}.draw(512), false},
		{"a soft box as blue as day", testRoom{window: daylight, round: true}.draw(512), false},
		{"a lit wall", testRoom{window: [3]float64{2.4, 2, 1.5}}.draw(512), false},
		{"coloured light", testRoom{window: [3]float64{2, 4, 30}}.draw(512), false},
		{"a window in a room of its colour", testRoom{window: [3]float64{8, 8, 9}, walls: white, leaves: true, seed: 1}.draw(512), true},
		{"a panel in one", testRoom{window: [3]float64{8, 8, 9}, walls: white, seed: 1}.draw(512), false},
		{"a wall that the window lights", testRoom{window: daylight, leaves: true, lit: .12, seed: 1}.draw(512), true},
		{"a soft box that outshines the window", testRoom{window: daylight, softBox: rgb.Times(daylight, 30), seed: 1}.draw(512), true},
	} {
		got := analysed(t, c.im, Indoor).Windows()
		if c.window && math.Abs(got-want) > .2*want || !c.window && got != 0 {
			t.Errorf("%s: %.3f sr of windows, want %v of %.3f", c.name, got, c.window, want)
		}
	}
	if out := analysed(t, noonField(256), Day).Windows(); out != 0 {
		t.Errorf("out of doors there are %.3f sr of windows, want none", out)
	}
}

// A pane is of the window that it stands on, whatever is seen through it.
func TestPanesOfAWindow(t *testing.T) {
	t.Parallel()
	warm := [3]float64{9, 6, 4}
	one := analysed(t, testRoom{window: daylight, leaves: true, seed: 1}.draw(512), Indoor).Windows()
	two := analysed(t, testRoom{window: daylight, leaves: true, pane: warm, seed: 1}.draw(512), Indoor).Windows()
	want := num.Radians(2*windowWide) * (math.Sin(num.Radians(windowTop+8)) - math.Sin(num.Radians(windowTop+2)))
	if math.Abs(two-one-want) > .4*want {
		t.Errorf("a pane over a window of %.3f sr makes it %.3f, want %.3f more", one, two, want)
	}
	if alone := analysed(t, testRoom{window: [3]float64{.24, .2, .15}, pane: warm, seed: 1}.draw(512), Indoor).Windows(); alone != 0 {
		t.Errorf("alone it is a window of %.3f sr, want none", alone)
	}
}

// A soft box in a room with a window is a lamp: it stays lit by night.
func TestSoftBoxesAreLamps(t *testing.T) {
	t.Parallel()
	im := testRoom{window: daylight, softBox: rgb.Times(daylight, 30), seed: 1}.draw(512)
	sc := analysed(t, im, Indoor)
	target, _ := sc.Preset("moonlit night")
	at := func(d envmap.Vec) bool { return math.Hypot(d.Azimuth()+100, d.Elevation()-15) < 10 }
	if by := stopsOf(meanOf(rendered(t, sc, target), at), meanOf(im, at)); math.Abs(by) > .25 {
		t.Errorf("by night a soft box changes by %.2f stops, want it as it was", by)
	}
}

// Doubling what comes through the window doubles its share over the lamp's, in
// every direction.
func TestWindowsShareGoesWithTheirRadiance(t *testing.T) {
	lamp := [3]float64{40, 30, 16}
	one := analysed(t, testRoom{window: daylight, lamp: lamp, seed: 1}.draw(512), Indoor).room
	two := analysed(t, testRoom{window: rgb.Times(daylight, 2), lamp: lamp, seed: 1}.draw(512), Indoor).room
	for _, d := range []envmap.Vec{{X: 1}, {Y: -1}, {Z: 1}, {X: -.6, Y: .8}} {
		share := func(r *room.Room) float64 { return rgb.Lum(room.Falls(d, r.Panes)) / rgb.Lum(room.Falls(d, r.Shining)) }
		if got := share(two) / share(one); math.Abs(got-2) > .05 {
			t.Errorf("towards %v twice the light gives %.3f times the share, want 2", d, got)
		}
	}
	var mean float64
	s := raster.NewSphere(64, 32)
	for y := range s.H {
		for x := range s.W {
			mean += s.Solid[y] / (4 * math.Pi) * room.Falls(s.Direction(x, y), []room.Emitter{{To: envmap.Vec{X: 1}, Solid: 1, Radiance: [3]float64{1, 1, 1}}})[1]
		}
	}
	if math.Abs(mean-1) > .01 {
		t.Errorf("what reaches all directions is %.3f on the mean, want 1", mean)
	}
}

// Windows take the new sky, walls the light that comes through them, and a lamp
// that was on stays so.
func TestRoomsTakeTheLightOutside(t *testing.T) {
	im := sunlitRoom()
	sc := analysed(t, im, Indoor)
	at := func(name string) (sky, wall, lamp [3]float64) {
		target, _ := sc.Preset(name)
		out := rendered(t, sc, target)
		return meanOf(out, atSky), meanOf(out, atWall), meanOf(out, atLamp)
	}
	sky0, wall0, lamp0 := meanOf(im, atSky), meanOf(im, atWall), meanOf(im, atLamp)
	for _, name := range Presets {
		if _, _, lamp := at(name); math.Abs(stopsOf(lamp, lamp0)) > .25 {
			t.Errorf("%s changes the lamp by %.2f stops, want it as it was", name, stopsOf(lamp, lamp0))
		}
	}
	sky, wall, _ := at("moonlit night")
	if by := stopsOf(sky, sky0); by > -3.5 || by < -9 || warmth(sky) > warmth(sky0) {
		t.Errorf("by night the window changes by %.2f stops, its warmth from %.2f to %.2f: want it dark and blue", by, warmth(sky0), warmth(sky))
	}
	if by := stopsOf(wall, wall0); by > -1 || by < stopsOf(sky, sky0)+1 {
		t.Errorf("by night the wall changes by %.2f stops and the window by %.2f: want what the lamp gives to stay", by, stopsOf(sky, sky0))
	}
	sky, wall, _ = at("sunset")
	if warmth(sky) < warmth(sky0)+.5 || warmth(wall) < warmth(wall0)+.3 || stopsOf(wall, wall0) > -.2 {
		t.Errorf("at sunset the window's warmth is %.2f, the wall's %.2f at %.2f stops: want both warmer than %.2f and %.2f, and dimmer", warmth(sky), warmth(wall), stopsOf(wall, wall0), warmth(sky0), warmth(wall0))
	}
	grey, _, _ := at("overcast")
	clear, _, _ := at("clear noon")
	if math.Abs(warmth(grey)) > .35 || warmth(clear) > warmth(grey)-.3 {
		t.Errorf("an overcast window's warmth is %.2f and a clear one's %.2f: want grey, and blue", warmth(grey), warmth(clear))
	}
}

func TestRoomsInTheirOwnLightStay(t *testing.T) {
	im := sunlitRoom()
	sc := analysed(t, im, Indoor)
	if mean, most := stopsApart(rendered(t, sc, sc.Own()), im, nil); mean > 1e-3 || most > .01 {
		t.Errorf("a room's own light moves it by %.4f stops, %.4f at most", mean, most)
	}
	up := sc.Own()
	up.ExposureStops = 1
	if mean, most := stopsApart(rendered(t, sc, up), im, nil); math.Abs(mean-1) > 1e-3 || most > 1.01 {
		t.Errorf("a stop of exposure moves a room by %.4f stops, %.4f at most", mean, most)
	}
	for _, name := range Presets {
		target, _ := sc.Preset(name)
		target.Strength = 0
		if !slices.Equal(rendered(t, sc, target).Pix, im.Pix) {
			t.Errorf("%s at strength 0 changes a room", name)
		}
	}
}

// What is to be edited alone is what is seen through windows, or the rest.
func TestPartsOfARoom(t *testing.T) {
	im := sunlitRoom()
	sc := analysed(t, im, Indoor)
	target, _ := sc.Preset("moonlit night")
	for part, still := range map[Part]func(envmap.Vec) bool{SkyOnly: atWall, GroundOnly: atSky} {
		target.Only = part
		out := rendered(t, sc, target)
		if got, want := meanOf(out, still), meanOf(im, still); math.Abs(stopsOf(got, want)) > 1e-6 {
			t.Errorf("part %d alone changes the other from %v to %v", part, want, got)
		}
		if mean, _ := stopsApart(out, im, nil); mean < .05 {
			t.Errorf("part %d alone changes the room by %.3f stops, want some", part, mean)
		}
	}
}

// The disc stands in a window that shows the place, and nowhere else.
func TestSunInAWindow(t *testing.T) {
	sc := analysed(t, sunlitRoom(), Indoor)
	for _, c := range []struct {
		elevation, azimuth float64
		seen               bool
	}{{15, windowAt - 4, true}, {15, -40, false}, {60, windowAt, false}} {
		target := sc.Own()
		target.SunElevation, target.SunAzimuth = num.Radians(c.elevation), num.Radians(c.azimuth)
		out := rendered(t, sc, target)
		at := func(d envmap.Vec) bool {
			return math.Hypot(d.Azimuth()-c.azimuth, d.Elevation()-c.elevation) < 1
		}
		if got := rgb.Lum(meanOf(out, at)); (got > 100) != c.seen {
			t.Errorf("a sun at %v°, %v° makes a spot of radiance %.3g, want it seen: %v", c.elevation, c.azimuth, got, c.seen)
		}
	}
}

func TestRoomsTurnAndGrow(t *testing.T) {
	t.Parallel()
	small, large := sunlitRoom(), testRoom{window: daylight, lamp: [3]float64{40, 30, 16}, seed: 1}.draw(2048)
	const by = 96
	a, b, c := analysed(t, small, Indoor), analysed(t, envmap.Roll(small, by), Indoor), analysed(t, large, Indoor)
	for _, name := range []string{"sunset", "overcast", "moonlit night"} {
		ta, _ := a.Preset(name)
		tb, _ := b.Preset(name)
		if mean, most := stopsApart(envmap.Roll(rendered(t, a, ta), by), rendered(t, b, tb), nil); mean > 1e-3 || most > .1 {
			t.Errorf("%s of a turned room is %.4f stops from the turned %s, %.3f at most", name, mean, name, most)
		}
		tc, _ := c.Preset(name)
		tc.SunAzimuth = ta.SunAzimuth // the brightest pane's, which their grain decides
		out := rendered(t, c, tc)
		less, err := envmap.Resize(out, 512, 256)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range []func(envmap.Vec) bool{atSky, atWall, atLamp} {
			if off := stopsOf(meanOf(less, part), meanOf(rendered(t, a, ta), part)); math.Abs(off) > .15 {
				t.Errorf("%s at four times the size is %.3f stops off", name, off)
			}
		}
	}
}

// Whatever a room shows and whatever is asked of it, its map is of numbers
// that a file holds.
func FuzzRooms(f *testing.F) {
	for _, seed := range []int64{1, 2, 3, 5, 8, 13} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed int64) {
		r := rand.New(rand.NewPCG(uint64(seed), 17))
		some := func(scale float64) [3]float64 {
			by := scale * math.Exp2(12*(r.Float64()-.5))
			return [3]float64{by * (.5 + r.Float64()), by, by * (.5 + 1.5*r.Float64())}
		}
		im := testRoom{window: some(8), lamp: some(40), round: r.IntN(4) == 0, seed: uint64(seed)}.draw(128)
		for range r.IntN(40) { // what a file may hold
			im.Pix[r.IntN(len(im.Pix))] = float32(math.Exp2(60 * (r.Float64() - .5)))
		}
		sc, err := AnalyseAs(im, Indoor)
		if err != nil {
			t.Fatal(err)
		}
		target, _ := sc.Preset(Presets[r.IntN(len(Presets))])
		target.SunElevation, target.SunAzimuth = math.Pi*(r.Float64()-.5), 2*math.Pi*r.Float64()
		target.Cover, target.Haze, target.Fog = r.Float64(), r.Float64(), r.Float64()
		target.SunStops, target.Kelvin = 8*(r.Float64()-.5), 2000+8000*r.Float64()
		target.Strength, target.KeepEnergy = MaxStrength*r.Float64(), r.IntN(2) == 0
		out, err := sc.Render(target)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range out.Pix {
			if !(v >= 0) || math.IsInf(float64(v), 0) {
				t.Fatalf("seed %d: value %d of %d is %v from %v", seed, i, len(out.Pix), v, im.Pix[i])
			}
		}
	})
}
