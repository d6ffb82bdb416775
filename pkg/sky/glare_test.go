package sky

import (
	"math"
	"testing"

	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// A sun that has set leaves no disc behind: neither where it stood nor where a
// moon would.
func TestAfterSunsetNoDiscIsLeft(t *testing.T) {
	sc := analysed(t, field(atmosphere.Light{SunElevation: num.Radians(2.5), SunAzimuth: num.Radians(30), Haze: .3}, 512, false), Dusk)
	if !sc.Sun.Found {
		t.Fatal("the low sun was not found")
	}
	target, _ := sc.Preset("blue hour")
	for _, elevation := range []float64{-2, -4, -6} {
		target.SunElevation = num.Radians(elevation)
		out := rendered(t, sc, target)
		lum, s := raster.Luminances(out), raster.NewSphere(out.W, out.H)
		peak, at := float32(0), 0
		for i, v := range lum.V[:len(lum.V)/2] {
			if v > peak {
				peak, at = v, i
			}
		}
		around := raster.Quantile(lum.Where(func(x, y int) bool {
			return s.Elevation[y] > 0 && s.Towards(x, y, s.Direction(at%s.W, at/s.W)) > math.Cos(num.Radians(3))
		}), .5)
		if peak > 2*around {
			t.Errorf("the sun at %v°: a spot is %.1f times as bright as the sky around it, at %.1f°", elevation, peak/around, s.Elevation[at/s.W])
		}
	}
}

// The path of light that a low sun draws on water goes when the sun does.
func TestPathOfLightGoesWithItsSun(t *testing.T) {
	im := field(atmosphere.Light{SunElevation: num.Radians(4), SunAzimuth: 0, Haze: .3}, 512, false)
	s := raster.NewSphere(im.W, im.H)
	litBy(im, func(x, y int) bool {
		return y >= im.H/2 && y < s.Row(-14) && math.Abs(float64(x)-float64(im.W)/2) < 8
	}, 8, 5, 3)
	sc := analysed(t, im, Dusk)
	target, _ := sc.Preset("overcast")
	out := rendered(t, sc, target)
	in := func(p raster.Plane, least, most float64) float32 {
		return raster.Quantile(p.Where(func(x, y int) bool {
			aside := math.Abs(float64(x) - float64(s.W)/2)
			return s.Elevation[y] < -2 && s.Elevation[y] > -7 && aside >= least && aside < most
		}), .5)
	}
	before, after := raster.Luminances(im), raster.Luminances(out)
	had := in(before, 0, 7) / in(before, 100, 200)
	if has := in(after, 0, 7) / in(after, 100, 200); has > 2 || has > had/2 {
		t.Errorf("the path is %.2f times as bright as the water aside, and was %.2f times", has, had)
	}
}

// Beside a beach of brown sand the sea that a low sun shone on stays sea.
func TestSeaTakesNoColourOfTheBeach(t *testing.T) {
	im := field(atmosphere.Light{SunElevation: num.Radians(4), SunAzimuth: 0, Haze: .3}, 512, false)
	s := raster.NewSphere(im.W, im.H)
	sea := func(x, y int) bool {
		return s.Elevation[y] < 0 && s.Elevation[y] > -8 && math.Abs(float64(x)-float64(im.W)/2) < 70
	}
	for y := im.H / 2; y < im.H; y++ {
		for x := range im.W {
			v := im.Row(y)[3*x : 3*x+3]
			colour := [3]float32{1.6, 1, .5}
			if sea(x, y) { // grey-blue, and brighter before the sun
				near := float32(1 + 3*math.Exp(-math.Pow((float64(x)-float64(im.W)/2)/30, 2)))
				colour = [3]float32{1.4 * near, 1.8 * near, 3.6 * near}
			}
			for c := range v {
				v[c] *= colour[c]
			}
		}
	}
	sc := analysed(t, im, Dusk)
	target, _ := sc.Preset("overcast")
	target.Fog = 0
	out := rendered(t, sc, target)
	middle := func(x, y int) bool { return sea(x, y) && math.Abs(float64(x)-float64(im.W)/2) < 12 }
	aside := func(x, y int) bool { return sea(x, y) && math.Abs(float64(x)-float64(im.W)/2) > 60 }
	_, red := looksOf(out, middle)
	_, beside := looksOf(out, aside)
	if math.Abs(red-beside) > .4 {
		t.Errorf("the sea before the old sun is %.2f stops redder than aside", red-beside)
	}
}
