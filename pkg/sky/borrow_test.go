package sky

import (
	"math"
	"slices"
	"testing"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// clearDay is an open field without a cloud.
func clearDay(t *testing.T) *Scene {
	t.Helper()
	return analysed(t, field(atmosphere.Light{SunElevation: num.Radians(40), SunAzimuth: num.Radians(20), Haze: .2}, 256, false), Day)
}

// A clear sky lacks the clouds of a light that has them, and a cloudy one, or
// the light of a clear day or of fog, lacks none.
func TestWhoLacksClouds(t *testing.T) {
	clear := clearDay(t)
	cloudy, err := cloudy(256)
	if err != nil {
		t.Fatal(err)
	}
	with := func(sc *Scene, cover, detail float64) Target {
		target := sc.Own()
		target.Cover, target.Detail = cover, detail
		return target
	}
	for name, c := range map[string]struct {
		sc     *Scene
		target Target
		want   bool
	}{
		"clear, scattered":                   {clear, with(clear, .3, 1), true},
		"clear, overcast":                    {clear, with(clear, 1, .5), true},
		"clear, own light":                   {clear, clear.Own(), false},
		"clear, fog":                         {clear, with(clear, .9, .15), false},
		"cloudy, broken":                     {cloudy, with(cloudy, .6, 1), false},
		"cloudy, overcast":                   {cloudy, with(cloudy, 1, .5), true},
		"cloudy, own light":                  {cloudy, cloudy.Own(), false},
		"clear, with clouds of the caller's": {clear, with(clear, .6, 1).Under(&Detail{}), false},
	} {
		if got := c.sc.LacksClouds(c.target); got != c.want {
			t.Errorf("%s lacks clouds: %v, want %v", name, got, c.want)
		}
	}
}

// A sky that has clouds stays blue between them where a light has broken ones, and
// has none left, but for its own blue, where a light leaves nothing of them.
func TestOwnCloudsLeaveTheSkyBetweenThemBlue(t *testing.T) {
	sc, err := cloudy(256)
	if err != nil {
		t.Fatal(err)
	}
	blue := func(im *hdr.Image) float64 { // of the bluest quarter of a part of the sky away from the sun
		var stops []float64
		for y := 16; y < 48; y++ {
			for x := range 64 {
				v := im.Row(y)[3*x : 3*x+3]
				stops = append(stops, math.Log2(float64(v[2]/v[0])))
			}
		}
		return raster.Quantile(stops, .75)
	}
	was := blue(sc.im)
	target := sc.Own()
	target.Cover, target.Detail = .4, 1.4
	if is := blue(rendered(t, sc, target)); is < was-.25 {
		t.Errorf("between clouds the sky has %.2f stops of blue over red, and had %.2f", is, was)
	}
	target.Cover, target.Detail = 0, 0
	out := analysed(t, rendered(t, sc, target), Day)
	if had, has := sc.cloudiness(), out.cloudiness(); has > .2*had {
		t.Errorf("without clouds the sky deviates by %.3f stops, and by %.3f with them", has, had)
	}
}

// Borrowed clouds are there, keep the light's level, and turn with the map; a
// seed tells them.
func TestBorrowedClouds(t *testing.T) {
	t.Parallel()
	im := field(atmosphere.Light{SunElevation: num.Radians(40), SunAzimuth: num.Radians(20), Haze: .2}, 256, false)
	sc := analysed(t, im, Day)
	want := sc.Own()
	want.Cover = .4
	plain := rendered(t, sc, want)
	looks := map[string]bool{}
	for seed := range int64(6) {
		target, from, err := sc.BorrowClouds(want, seed)
		if err != nil {
			t.Fatal(err)
		}
		again, same, err := sc.BorrowClouds(want, seed)
		if err != nil || *same != *from {
			t.Fatalf("seed %d took %+v, then %+v (%v)", seed, *from, *same, err)
		}
		out := rendered(t, sc, target)
		if !slices.Equal(out.Pix, rendered(t, sc, again).Pix) {
			t.Errorf("seed %d gives two maps", seed)
		}
		if by := analysed(t, out, Day).cloudiness(); by < clearDetail {
			t.Errorf("seed %d: the clouds of %s deviate by %.3f stops, which is a clear sky", seed, from.From, by)
		}
		if off := math.Abs(envmap.Stops(envmap.IrradianceFromAbove(plain), envmap.IrradianceFromAbove(out))); off > .5 {
			t.Errorf("seed %d: the clouds of %s change the light from above by %.2f stops", seed, from.From, off)
		}
		looks[from.From] = true

		const by = 64
		turned := analysed(t, envmap.Roll(im, by), Day)
		target = turned.Own()
		target.Cover = .4
		if target, _, err = turned.BorrowClouds(target, seed); err != nil {
			t.Fatal(err)
		}
		if mean, _ := stopsApart(envmap.Roll(out, by), rendered(t, turned, target), nil); mean > 2e-3 {
			t.Errorf("seed %d: the clouds of a turned map are %.4f stops from the turned ones", seed, mean)
		}
	}
	if len(looks) < 2 {
		t.Errorf("6 seeds took the clouds of %v, want those of some skies", looks)
	}
}

// What stands before a sky without clouds, thinner than its mask tells, stands
// before the clouds that the sky gets.
func TestThinThingsStandBeforeBorrowedClouds(t *testing.T) {
	im := field(atmosphere.Light{SunElevation: num.Radians(40), SunAzimuth: num.Radians(36), Haze: .25}, 1024, false)
	arm := func(x, y int) bool { return y == 150 && x > 100 && x < 260 }
	for y := range im.H {
		for x := range im.W {
			if arm(x, y) {
				for c := range 3 {
					im.Row(y)[3*x+c] *= .15
				}
			}
		}
	}
	sc := analysed(t, im, Day)
	target, _ := sc.Preset("clear noon")
	target.Cover, target.Detail = .4, 1.4
	if !sc.LacksClouds(target) {
		t.Fatal("a clear sky does not lack clouds")
	}
	with, _, err := sc.BorrowClouds(target, 1)
	if err != nil {
		t.Fatal(err)
	}
	lum := raster.Luminances(rendered(t, sc, with))
	var off []float64
	for x := 110; x < 250; x++ {
		here, beside := lum.Row(150)[x], (lum.Row(147)[x]+lum.Row(153)[x])/2
		off = append(off, math.Log2(float64(here/beside)))
	}
	if stops := raster.Quantile(off, .5); stops > -1.5 {
		t.Errorf("an arm that stood %.1f stops under its sky stands at %.1f", math.Log2(.15), stops)
	}
}

// A streak of haze before the glow of a low sun is no thing: it goes with the sky that
// it was darker than. A pole before the same glow, black against it, stays.
func TestAStreakBeforeALowSunIsNoThing(t *testing.T) {
	im := field(atmosphere.Light{SunElevation: num.Radians(6), SunAzimuth: 0, Haze: .25}, 1024, false)
	const sun, away = 512, 800
	streak := func(x, y int) bool { return y == 240 && (x > sun-40 && x < sun-4 || x > away-40 && x < away) }
	pole := func(x, y int) bool { return x == sun+20 && y > 200 && y < 256 }
	for y := range im.H {
		for x := range im.W {
			for c := range 3 {
				switch {
				case streak(x, y):
					im.Row(y)[3*x+c] *= .4
				case pole(x, y):
					im.Row(y)[3*x+c] *= .02
				}
			}
		}
	}
	sc := analysed(t, im, Day)
	target, _ := sc.Preset("overcast")
	with, _, err := sc.BorrowClouds(target, 1)
	if err != nil {
		t.Fatal(err)
	}
	lum := raster.Luminances(rendered(t, sc, with))
	stops := func(here, beside float32) float64 { return math.Log2(float64(here / beside)) }
	under := func(left int) float64 {
		var off []float64
		for x := left; x < left+30; x++ {
			off = append(off, stops(lum.Row(240)[x], (lum.Row(236)[x]+lum.Row(244)[x])/2))
		}
		return raster.Quantile(off, .5)
	}
	if near, far := under(sun-36), under(away-36); math.Abs(near) > .15 || far > -.6 {
		t.Errorf("a streak lies %.2f stops under an overcast sky where the sun was, and %.2f away from it: want none, and a thing", near, far)
	}
	if off := stops(lum.Row(225)[sun+20], lum.Row(225)[sun+25]); off > -1 {
		t.Errorf("a pole before a low sun lies %.2f stops under an overcast sky, want it dark", off)
	}
}

// A sky of one even grey gets clouds where less of it is to be covered, and none
// where it stays closed.
func TestAnEvenGreyLacksCloudsToo(t *testing.T) {
	im := field(atmosphere.Light{SunElevation: num.Radians(40), Cover: 1, Haze: .25}, 512, false)
	sc := analysed(t, im, Day)
	target, _ := sc.Preset("clear noon")
	target.Cover, target.Detail = .35, 1.4
	if !sc.LacksClouds(target) {
		t.Errorf("a grey sky of cover %.2f does not lack clouds for a cover of .35", sc.Light.Cover)
	}
	target.Cover = sc.Light.Cover
	if sc.LacksClouds(target) {
		t.Error("a grey sky lacks clouds for its own cover")
	}
}
