package sky

import (
	"math"
	"testing"

	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// sunlitClouds is a plain under a blue sky with white clouds of about two and a
// half stops over it, and a function that says where one is.
func sunlitClouds(w int) (im *hdr.Image, cloud func(x, y int) bool) {
	l := atmosphere.Light{SunElevation: num.Radians(45), SunAzimuth: num.Radians(90), Haze: .1}
	im = field(l, w, false)
	model := atmosphere.New(l)
	light := rgb.Plus(model.Horizontal(), model.Beam())
	s := raster.NewSphere(im.W, im.H)
	cloud = func(x, y int) bool {
		el := s.Elevation[y]
		return el > 15 && el < 45 && math.Mod(num.Degrees(math.Atan2(s.SinLon[x], s.CosLon[x]))+360, 40) < 12
	}
	sky := im.Row(s.Row(30))[0:3]
	by := 6 * float64(sky[1]) / rgb.Lum(light)
	for y := range s.H / 2 {
		for x := range s.W {
			if cloud(x, y) && s.Towards(x, y, vec(model.Source())) < math.Cos(num.Radians(40)) {
				for c := range 3 {
					im.Row(y)[3*x+c] = float32(by * light[c])
				}
			}
		}
	}
	return im, cloud
}

// compared are the medians, in stops, of the clouds' luminance over the sky's
// beside them and of their red over blue.
func compared(out *hdr.Image, to atmosphere.Light, cloud func(x, y int) bool) (bright, red float64) {
	s, lum := raster.NewSphere(out.W, out.H), raster.Luminances(out)
	far := vec(atmosphere.Toward(num.Radians(45), num.Radians(90)))
	in := func(p raster.Plane, want bool) float64 {
		return math.Log2(float64(raster.Quantile(p.Where(func(x, y int) bool {
			return s.Elevation[y] > 20 && s.Elevation[y] < 40 && cloud(x, y) == want && s.Towards(x, y, far) < 0
		}), .5)))
	}
	channel := func(c int) raster.Plane { return lum.Like().Each(func(i int) float32 { return out.Pix[3*i+c] }) }
	return in(lum, true) - in(lum, false), in(channel(0), true) - in(channel(2), true)
}

// What the sun lit is grey structure once cloud hides the sun: seen, and no
// brighter than half a stop over the sky around.
func TestCloudsAreGreyWithoutTheirSun(t *testing.T) {
	im, cloud := sunlitClouds(512)
	sc := analysed(t, im, Day)
	had, _ := compared(im, sc.Light, cloud)
	for _, name := range []string{"overcast", "winter snow", "foggy morning"} {
		target, _ := sc.Preset(name)
		target.Detail = 1
		bright, red := compared(rendered(t, sc, target), target.Light, cloud)
		if bright < .05 || bright > .55 || math.Abs(red) > .2 {
			t.Errorf("%s: clouds lie %.2f stops over the sky, and %.2f before; red over blue %.2f, want .05 to .55 and about none", name, bright, had, red)
		}
	}
}

// A cloud is as white as the light that it stands in: no bluer at noon, and warm
// under a low sun, however blue the sky behind.
func TestCloudsTakeTheColourOfTheirLight(t *testing.T) {
	im, cloud := sunlitClouds(512)
	sc := analysed(t, im, Day)
	for _, c := range []struct {
		name        string
		least, most float64
	}{{"clear noon", -.3, .6}, {"golden hour", .2, 1.6}} {
		target, _ := sc.Preset(c.name)
		target.Detail, target.Warmth = 1, 0
		bright, red := compared(rendered(t, sc, target), target.Light, cloud)
		if red < c.least || red > c.most || bright < 1 {
			t.Errorf("%s: clouds have %.2f stops of red over blue and lie %.2f over the sky, want %.1f to %.1f and more than 1", c.name, red, bright, c.least, c.most)
		}
	}
}

// Before a low sun a cloud that was white at noon is less bright over its sky, and
// the less the nearer it stands to that sun, which lights the side that is not seen.
func TestALowSunLightsCloudsFromTheSide(t *testing.T) {
	im, cloud := sunlitClouds(512)
	sc := analysed(t, im, Day)
	had, _ := compared(im, sc.Light, cloud)
	target, _ := sc.Preset("sunset")
	target.Detail, target.SunAzimuth, target.FindOpenSky = 1, num.Radians(-90), false
	out := rendered(t, sc, target)
	s, lum := raster.NewSphere(out.W, out.H), raster.Luminances(out)
	over := func(least, most float64) float64 {
		in := func(want bool) float64 {
			return math.Log2(float64(raster.Quantile(lum.Where(func(x, y int) bool {
				turn := s.SinLon[x] // the cosine of the azimuth to the new sun's
				return s.Elevation[y] > 20 && s.Elevation[y] < 35 && turn > least && turn < most && cloud(x, y) == want
			}), .5)))
		}
		return in(true) - in(false)
	}
	towards, aside := over(.7, 1), over(-.3, .3)
	if aside > had-.8 || aside < .3 || towards > aside-.3 {
		t.Errorf("clouds that lay %.2f stops over the sky lie %.2f over it aside of the low sun and %.2f towards it, want less, and less again", had, aside, towards)
	}
}

// The glow of a sun that has set lights clouds near it: they are brighter than those
// aside, and warmer than the blue sky beside them.
func TestASetSunsGlowLightsClouds(t *testing.T) {
	im, cloud := sunlitClouds(512)
	sc := analysed(t, im, Day)
	target, _ := sc.Preset("blue hour")
	target.Detail, target.SunAzimuth = 1, num.Radians(-90)
	out := rendered(t, sc, target)
	s, lum := raster.NewSphere(out.W, out.H), raster.Luminances(out)
	red := lum.Like().Each(func(i int) float32 { return out.Pix[3*i] / out.Pix[3*i+2] })
	of := func(p raster.Plane, want bool, least, most float64) float64 {
		return math.Log2(float64(raster.Quantile(p.Where(func(x, y int) bool {
			turn := s.SinLon[x] // the cosine of the azimuth to the set sun's
			return s.Elevation[y] > 20 && s.Elevation[y] < 35 && turn > least && turn < most && cloud(x, y) == want
		}), .5)))
	}
	if near, aside := of(lum, true, .7, 1), of(lum, true, -.3, .3); near < aside+.25 {
		t.Errorf("clouds near the glow have %.2f stops, those aside %.2f, want them brighter", near, aside)
	}
	if near, sky := of(red, true, .7, 1), of(red, false, .7, 1); near < sky+.4 {
		t.Errorf("red over blue is %.2f stops of clouds near the glow and %.2f of the sky beside them, want them warmer", near, sky)
	}
}

// By a low sun the shade of clouds is violet, with less green than red and blue, and redder
// towards the sun. By day it is grey.
func TestALowSunsShadeIsViolet(t *testing.T) {
	shade := func(elevation float64) (low float32, h hues) {
		l := atmosphere.Light{SunElevation: num.Radians(elevation), Haze: .3, Cover: .6}
		d := draw(Target{Light: l}, gaps(l), 128)
		in := d.onClouds(Target{Light: l})
		return in.shade()
	}
	low, h := shade(3)
	away, towards := h.at(-1), h.at(1)
	if low != 1 || away[2]-away[1] < .1 || away[0]+away[2] < 2*away[1] {
		t.Errorf("away from a sun at 3° shade of %.2f shows, red, green and blue %.2f stops, want all of it and violet", low, away)
	}
	if rise := (towards[0] - towards[2]) - (away[0] - away[2]); rise < .3 {
		t.Errorf("towards the sun it has %.2f stops of red over blue more, want .3", rise)
	}
	if low, _ := shade(40); low != 0 {
		t.Errorf("by a sun at 40° shade is coloured by %.2f, want 0", low)
	}
}
