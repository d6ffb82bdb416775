package sky

import (
	"math"
	"testing"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// brightened multiplies a map by 2^stops of the angle to a direction, in
// degrees, above the horizon.
func brightened(im *hdr.Image, at envmap.Vec, stops func(angle float64) float64) *hdr.Image {
	s := raster.NewSphere(im.W, im.H)
	for y := range im.H / 2 {
		for x := range im.W {
			by := math.Exp2(stops(num.Degrees(math.Acos(min(s.Towards(x, y, at), 1)))))
			for c := range 3 {
				im.Row(y)[3*x+c] *= float32(by)
			}
		}
	}
	return im
}

// stands is how many stops a map is brighter within some degrees of a direction
// than as far above the horizon a quarter turn away, by its medians.
func stands(im *hdr.Image, at envmap.Vec, least, most float64) float64 {
	s, lum := raster.NewSphere(im.W, im.H), raster.Luminances(im)
	near := func(d envmap.Vec) float64 {
		return math.Log2(float64(raster.Quantile(lum.Where(func(x, y int) bool {
			angle := num.Degrees(math.Acos(min(s.Towards(x, y, d), 1)))
			return s.Elevation[y] > 2 && angle >= least && angle < most
		}), .5)))
	}
	return near(at) - near(envmap.Vec{X: at.Z, Y: at.Y, Z: -at.X})
}

// A ring of a lens's glare around the sun goes with it.
func TestNoRingIsLeftWhereTheSunStood(t *testing.T) {
	l := atmosphere.Light{SunElevation: num.Radians(20), SunAzimuth: num.Radians(40), Haze: .3}
	sun := vec(atmosphere.Toward(l.SunElevation, l.SunAzimuth))
	im := brightened(field(l, 512, false), sun, func(angle float64) float64 {
		return .9*math.Exp(-math.Pow((angle-9)/2.5, 2)) - .5*math.Exp(-math.Pow((angle-16)/3, 2))
	})
	sc := analysed(t, im, Day)
	if !sc.Sun.Found {
		t.Fatal("the sun was not found")
	}
	target, _ := sc.Preset("clear noon")
	target.SunAzimuth += math.Pi
	target.Detail = 1
	out := rendered(t, sc, target)
	inner, ring, outer := stands(out, sun, 4, 6), stands(out, sun, 8, 10), stands(out, sun, 15, 17)
	if apart := max(inner, ring, outer) - min(inner, ring, outer); apart > .15 {
		t.Errorf("the old sun's rings at 5°, 9° and 16° differ by %.2f stops once it stands opposite (%.2f, %.2f, %.2f), want .15 or less", apart, inner, ring, outer)
	}
}

// The bright place behind which a sun hides in cloud goes when the sun moves.
func TestASunBehindCloudLeavesNoPatch(t *testing.T) {
	at := vec(atmosphere.Toward(num.Radians(42), num.Radians(-60)))
	im := brightened(field(atmosphere.Light{SunElevation: num.Radians(42), SunAzimuth: num.Radians(-60), Cover: 1}, 512, false), at, func(angle float64) float64 {
		return 3.8 * math.Exp(-math.Pow(angle/4, 2))
	})
	sc := analysed(t, im, Day)
	if sc.Sun.Found || !sc.glows {
		t.Fatalf("sun found %v, its glow %v (ratio %.1f, alone %.1f), want a glow only", sc.Sun.Found, sc.glows, sc.Sun.Ratio, sc.Sun.Alone)
	}
	target, _ := sc.Preset("golden hour")
	target.SunAzimuth += math.Pi
	target.FindOpenSky = false
	had, has := stands(im, at, 0, 4), stands(rendered(t, sc, target), at, 0, 4)
	if has > .4 || has > had/4 {
		t.Errorf("the patch is %.2f stops brighter than the sky aside, and was %.2f", has, had)
	}
}

// Hills that the air before them makes brighter than the ground go with the sky
// of dusk, and stay darker than it.
func TestLitAirBeforeHillsGoesWithTheSky(t *testing.T) {
	im := field(atmosphere.Light{SunElevation: num.Radians(-1), Haze: .4}, 512, false)
	s, lum := raster.NewSphere(im.W, im.H), raster.Luminances(im)
	ground := raster.Quantile(lum.Where(func(_, y int) bool { return s.Elevation[y] < -4 }), .9)
	hills := func(x, y int) bool { return s.Elevation[y] > 0 && s.Elevation[y] < 3 && x > 150 && x < 350 }
	for y := range im.H {
		for x := range im.W {
			if s.Elevation[y] > 0 {
				for c := range 3 {
					im.Row(y)[3*x+c] *= 8 // as the afterglow is over shaded grass
				}
			}
			if hills(x, y) {
				for c, v := range [3]float32{1.2, .95, .8} {
					im.Row(y)[3*x+c] = 10 * ground * v * (1 + .3*float32((x*7+y*13)%5)/5)
				}
			}
		}
	}
	sc := analysed(t, im, Dusk)
	target, _ := sc.Preset("clear noon")
	out := raster.Luminances(rendered(t, sc, target))
	has := raster.Quantile(out.Where(hills), .5)
	sky := raster.Quantile(out.Where(func(x, y int) bool { return s.Elevation[y] > 5 && s.Elevation[y] < 9 && x > 150 && x < 350 }), .5)
	if has > .6*sky {
		t.Errorf("hills are %.2f times as bright as the sky above them at noon, want darker", has/sky)
	}
}

// A level that differs by less than a map can tell is left alone, one that was
// asked for is not.
func TestSettledLevels(t *testing.T) {
	for _, stops := range []float64{-6, -2.5, -1, -.25, 0, .25, 1.5} {
		got := settled(stops)
		if small := math.Abs(stops) <= .25; small && math.Abs(got) > .1 || !small && math.Abs(got-stops) > .13 {
			t.Errorf("%v stops become %v", stops, got)
		}
	}
}

// What a cloud makes of the glare of one degree draws no ring, far out; near the disc
// glare is as sharp as it was seen.
func TestNoDegreeOfGlareStandsOut(t *testing.T) {
	var even, ring, inner [glowOuter + 1][3]float32
	for angle := range even {
		even[angle] = [3]float32{1, 2, 3}
	}
	ring[25][1], inner[glowInner][1] = 1, 1
	for angle, v := range evenGlare(even) {
		if num.Abs(v[2]-3) > 1e-5 {
			t.Errorf("even glare of 3 stops has %v at %d°", v[2], angle)
		}
	}
	for angle, v := range evenGlare(ring) {
		if v[1] > .15 {
			t.Errorf("of a degree that stands out by a stop %.2f are left at %d°, want .15 at most", v[1], angle)
		}
	}
	if out := evenGlare(inner); out[glowInner] != inner[glowInner] {
		t.Errorf("%d° from the disc glare becomes %v", glowInner, out[glowInner])
	}
}

// What the smooth sky missed around a sun by a tenth of a stop is no cloud of a clear sky.
func TestARippleOfAClearSkyIsNoCloud(t *testing.T) {
	l := atmosphere.Light{SunElevation: num.Radians(20), Haze: .25}
	at := vec(atmosphere.Toward(l.SunElevation, l.SunAzimuth))
	ripple := func(angle float64) float64 {
		if angle < 40 || angle > 56 {
			return 0
		}
		return .1 * math.Sin(math.Pi*(angle-40)/16)
	}
	sc := analysed(t, brightened(field(l, 512, false), at, ripple), Day)
	var ring []float32
	over := brightnessOver(sc.detail)
	for y := range sc.s.Row(5) {
		for x := range sc.s.W {
			if angle := num.Degrees(math.Acos(sc.s.Towards(x, y, at))); angle > 46 && angle < 50 {
				ring = append(ring, over.Row(y)[x])
			}
		}
	}
	if has := raster.Quantile(ring, .5); has > .04 {
		t.Errorf("a ripple of .1 stops is %.3f of cloud, want .04 at most", has)
	}
}
