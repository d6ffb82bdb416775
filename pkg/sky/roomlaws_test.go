package sky

import (
	"math"
	"testing"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

func atPatch(d envmap.Vec) bool {
	return math.Abs(d.Azimuth()-windowAt) < 8 && math.Abs(d.Elevation()+35) < 5
}

func besidePatch(d envmap.Vec) bool {
	return math.Abs(math.Abs(d.Azimuth()-windowAt)-24) < 5 && math.Abs(d.Elevation()+35) < 5
}

// The sun that lies on the floor goes with the sun; what a lamp throws there stays.
func TestPatchesOfSunGoWithTheSun(t *testing.T) {
	t.Parallel()
	sun, lamp := [3]float64{2.2, 2, 1.6}, [3]float64{4, 1.5, .5}
	for name, c := range map[string]struct {
		patch       [3]float64
		least, most float64 // of the stops over the floor that stay
	}{"sun": {sun, 0, .45}, "lamp": {lamp, .8, 1.2}} {
		im := testRoom{window: daylight, patch: c.patch, seed: 1}.draw(512)
		sc := analysed(t, im, Indoor)
		over := func(preset string) float64 {
			target, _ := sc.Preset(preset)
			out := rendered(t, sc, target)
			return stopsOf(meanOf(out, atPatch), meanOf(out, besidePatch))
		}
		had := stopsOf(meanOf(im, atPatch), meanOf(im, besidePatch))
		if stays := over("overcast") / had; stays < c.least || stays > c.most {
			t.Errorf("%s: under cloud %.2f of the patch's %.2f stops over the floor stay, want %v to %v", name, stays, had, c.least, c.most)
		}
		if stays := over("clear noon") / had; stays < .8 {
			t.Errorf("%s: at noon %.2f of the patch's %.2f stops stay, want nearly all", name, stays, had)
		}
	}
}

// A patch in the light of another sun has the colour that this one's beam has beside the
// old: at noon it is no warmer.
func TestPatchesOfSunKeepTheirColour(t *testing.T) {
	t.Parallel()
	im := testRoom{window: daylight, patch: [3]float64{2.2, 2, 1.6}, seed: 1}.draw(512)
	sc := analysed(t, im, Indoor)
	at := func(preset string) float64 {
		target, _ := sc.Preset(preset)
		return warmth(meanOf(rendered(t, sc, target), atPatch))
	}
	was := warmth(meanOf(im, atPatch))
	if noon := at("clear noon"); noon > was+.05 {
		t.Errorf("at noon a patch of sun has a warmth of %.2f, and had %.2f: want no warmer", noon, was)
	}
	if sunset := at("sunset"); sunset < was+.5 {
		t.Errorf("at sunset a patch of sun has a warmth of %.2f, and had %.2f: want warmer", sunset, was)
	}
}

// What lies four stops under the view is the wall around it: it takes the room's colour,
// and not the sky's.
func TestRevealsHaveTheRoomsColour(t *testing.T) {
	t.Parallel()
	im := testRoom{window: rgb.Times(daylight, 3), bars: rgb.Times(daylight, 3./16), lamp: [3]float64{400, 300, 160}, seed: 1}.draw(512)
	sc := analysed(t, im, Indoor)
	bar := func(d envmap.Vec) bool {
		return math.Abs(math.Abs(d.Azimuth()-windowAt)-8) < .4 && d.Elevation() > 8 && d.Elevation() < windowTop-4
	}
	for _, name := range []string{"sunset", "blue hour"} {
		target, _ := sc.Preset(name)
		target.Rods = 0
		out := rendered(t, sc, target)
		turned := func(at func(envmap.Vec) bool) float64 { return warmth(meanOf(out, at)) - warmth(meanOf(im, at)) }
		sky, wall, got := turned(atSky), turned(atWall), turned(bar)
		if math.Abs(sky-wall) < .3 {
			t.Fatalf("%s turns the sky by %.2f stops and the wall by %.2f: no case", name, sky, wall)
		}
		if math.Abs(got-wall) > .45*math.Abs(sky-wall) {
			t.Errorf("%s turns a bar by %.2f stops of red over blue, want nearer to the wall's %.2f than to the sky's %.2f", name, got, wall, sky)
		}
	}
}

// A reveal has the light that the room's lamps give it when night falls, though it is seen
// within the window.
func TestRevealsKeepTheRoomsLight(t *testing.T) {
	t.Parallel()
	im := testRoom{window: rgb.Times(daylight, 1.5), garden: true, reveal: [3]float64{1.2, 1, .75}, lamp: [3]float64{4000, 3000, 1600}, seed: 1}.draw(512)
	sc := analysed(t, im, Indoor)
	target, _ := sc.Preset("moonlit night")
	out := rendered(t, sc, target)
	at := func(d envmap.Vec) bool {
		return math.Abs(d.Azimuth()-windowAt-windowWide+2.5) < 1.5 && math.Abs(d.Elevation()-12) < 12
	}
	if by := stopsOf(meanOf(out, at), meanOf(out, atWall)); by < -1.6 {
		t.Errorf("by night the reveal is %.2f stops from the walls, want -1.6 or more", by)
	}
}

// A texel that shows some of the window and most of the wall beside it has by night the
// wall's light, and little of what the day was.
func TestAWindowsEndHoldsSomeOfTheWall(t *testing.T) {
	t.Parallel()
	im := testRoom{window: rgb.Times(daylight, 3), garden: true, lamp: [3]float64{4000, 3000, 1600}, seed: 1}.draw(512)
	s := raster.NewSphere(im.W, im.H)
	left, _ := s.Texel(vecAt(windowAt-windowWide, 10))
	ends := func(d envmap.Vec) bool {
		x, _ := s.Texel(d)
		return x == left && d.Elevation() > 4 && d.Elevation() < windowTop-6
	}
	for y := range s.H {
		row := im.Row(y)
		for c := range 3 {
			row[3*left+c] = .85*row[3*(left-3)+c] + .15*row[3*(left+3)+c]
		}
	}
	sc := analysed(t, im, Indoor)
	target, _ := sc.Preset("moonlit night")
	out := rendered(t, sc, target)
	if by := stopsOf(meanOf(out, ends), meanOf(out, atWall)); math.Abs(by) > .6 {
		t.Errorf("by night what is a little window is %.2f stops from the walls, want within .6", by)
	}
}

// What is bright on a wall is no sun on a floor: it changes as the wall does.
func TestPatchesOfSunLieOnTheFloor(t *testing.T) {
	t.Parallel()
	im := testRoom{window: daylight, softBox: [3]float64{1.6, 1.4, 1.1}, seed: 1}.draw(512)
	sc := analysed(t, im, Indoor)
	target, _ := sc.Preset("overcast")
	at := func(d envmap.Vec) bool { return math.Hypot(d.Azimuth()+100, d.Elevation()-15) < 9 }
	out := rendered(t, sc, target)
	had, has := stopsOf(meanOf(im, at), meanOf(im, atWall)), stopsOf(meanOf(out, at), meanOf(out, atWall))
	if math.Abs(has-had) > .3 {
		t.Errorf("under cloud a bright disc on the wall is %.2f stops over it, and was %.2f: want the same", has, had)
	}
}

// mirrored is a map with left and right exchanged.
func mirrored(im *hdr.Image) *hdr.Image {
	out := hdr.New(im.W, im.H)
	for y := range im.H {
		for x := range im.W {
			copy(out.Row(y)[3*x:3*x+3], im.Row(y)[3*(im.W-1-x):])
		}
	}
	return out
}

// The wall beside a window that is seen aslant is none of it, and a dim house that is seen
// through one is.
func TestFramesOfWindows(t *testing.T) {
	t.Parallel()
	const slant = .5
	var want float64
	for az := -windowWide + .05; az < windowWide; az += .1 {
		want += num.Radians(.1) * (math.Sin(num.Radians(windowTop-slant*(az+windowWide))) - math.Sin(num.Radians(windowLow)))
	}
	whole := num.Radians(2*windowWide) * (math.Sin(num.Radians(windowTop)) - math.Sin(num.Radians(windowLow)))
	aslant := testRoom{window: daylight, leaves: true, slant: slant, lit: .06, seed: 1}.draw(512)
	housed := testRoom{window: daylight, leaves: true, house: [3]float64{.5, .5, .5}, seed: 1}.draw(512)
	for name, c := range map[string]struct {
		im   *hdr.Image
		want float64
	}{
		"falls to the right": {aslant, want}, "falls to the left": {mirrored(aslant), want},
		"has a house to the left": {housed, whole}, "has a house to the right": {mirrored(housed), whole},
	} {
		if got := analysed(t, c.im, Indoor).Windows(); math.Abs(got-c.want) > .1*c.want {
			t.Errorf("a window that %s is %.3f sr, want %.3f", name, got, c.want)
		}
	}
}

// By night windows darken by a part of what they outshone the room by: no camera is set for
// them. By day they do not.
func TestNoCameraIsSetForWindowsByNight(t *testing.T) {
	t.Parallel()
	change := func(window [3]float64, preset string) float64 {
		im := testRoom{window: window, seed: 1}.draw(512)
		sc := analysed(t, im, Indoor)
		target, _ := sc.Preset(preset)
		return stopsOf(meanOf(rendered(t, sc, target), atSky), meanOf(im, atSky))
	}
	const brighter = 4.
	for preset, want := range map[string]float64{"moonlit night": -undazzledLaw * math.Log2(brighter), "overcast": 0} {
		if got := change(rgb.Times(daylight, brighter), preset) - change(daylight, preset); math.Abs(got-want) > .1 {
			t.Errorf("%s: windows that are %v times as bright beside the room change by %.2f stops more, want %.2f", preset, brighter, got, want)
		}
	}
}

// undazzledLaw is the part of what windows outshine a room by that they lose by night.
const undazzledLaw = .25

// By night a window is darker than walls that lamps light, however it outshone them by day,
// and where there are no lamps it is brighter.
func TestWindowsAreDarkBesideLampsByNight(t *testing.T) {
	t.Parallel()
	lamp := [3]float64{4000, 3000, 1600}
	for _, c := range []struct {
		name   string
		room   testRoom
		darker bool
	}{
		{"lamps", testRoom{window: daylight, lamp: lamp, seed: 1}, true},
		{"lamps and a bright day", testRoom{window: rgb.Times(daylight, 16), lamp: rgb.Times(lamp, 4), seed: 1}, true},
		{"no lamps", testRoom{window: rgb.Times(daylight, 16), seed: 1}, false},
	} {
		sc := analysed(t, c.room.draw(512), Indoor)
		target, _ := sc.Preset("moonlit night")
		out := rendered(t, sc, target)
		if by := stopsOf(meanOf(out, atSky), meanOf(out, atWall)); by < -.1 != c.darker {
			t.Errorf("%s: by night the window is %.2f stops over the walls, want darker %v", c.name, by, c.darker)
		}
	}
}

// A patch of sun on a floor of red wood fades under cloud, as one on a grey floor does.
func TestPatchesOfSunOnWoodFade(t *testing.T) {
	t.Parallel()
	at := func(d envmap.Vec) bool { return math.Abs(d.Azimuth()-windowAt) < 9 && math.Abs(d.Elevation()+35) < 5 }
	for name, patch := range map[string][3]float64{"a grey floor": {5, 4.4, 3.3}, "red wood": {7, 4.5, 2.5}} {
		im := testRoom{window: daylight, patch: patch, seed: 1}.draw(512)
		sc := analysed(t, im, Indoor)
		target, _ := sc.Preset("overcast")
		out := rendered(t, sc, target)
		had, has := stopsOf(meanOf(im, at), meanOf(im, atWall)), stopsOf(meanOf(out, at), meanOf(out, atWall))
		if has > .5*had {
			t.Errorf("%s: under cloud a patch of sun is %.2f stops over the walls, and was %.2f: want at most half", name, has, had)
		}
	}
}
