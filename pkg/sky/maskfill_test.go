package sky

import (
	"math"
	"testing"

	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// maskMean is the mean of a scene's mask between columns, and elevations in degrees.
func maskMean(sc *Scene, left, right int, least, most float64) float64 {
	var sum, n float64
	for y, el := range sc.s.Elevation {
		if el > least && el < most {
			for _, a := range sc.Mask.Alpha.Row(y)[left:right] {
				sum, n = sum+float64(a), n+1
			}
		}
	}
	return sum / n
}

// painted multiplies a map in a part by grain, of a mean that is given for each channel.
func painted(im *hdr.Image, in func(x int, el float64) bool, to func(c int, was float32) float32, grain float64) {
	s := raster.NewSphere(im.W, im.H)
	for y := range im.H {
		for x := range im.W {
			if in(x, s.Elevation[y]) {
				by := float32(math.Exp2(grain * (float64((3*x+5*y)%7)/3 - 1)))
				for c := range 3 {
					v := &im.Row(y)[3*x+c]
					*v = by * to(c, *v)
				}
			}
		}
	}
}

// White clouds that stand on the horizon by day are sky, and a white wall as bright,
// which is warm, is none.
func TestCloudsOnTheHorizonAreSky(t *testing.T) {
	im := field(atmosphere.Light{SunElevation: num.Radians(40), SunAzimuth: num.Radians(180), Haze: .1}, 512, false)
	bright := 2 * raster.Quantile(raster.Luminances(im).Row(im.H/2-10), .5)
	cloud := func(x int, el float64) bool { return x > 210 && x < 250 && el > 0 && el < 10 }
	wall := func(x int, el float64) bool { return x > 270 && x < 310 && el > 0 && el < 10 }
	painted(im, cloud, func(int, float32) float32 { return bright }, .5)
	painted(im, wall, func(c int, _ float32) float32 { return bright * [3]float32{1.15, 1, .75}[c] }, .5)
	sc := analysed(t, im, Day)
	if a := maskMean(sc, 214, 246, 2.5, 9); a < .9 {
		t.Errorf("%.2f of the cloud on the horizon is sky, want all", a)
	}
	if a := maskMean(sc, 280, 300, 2, 7); a > .2 {
		t.Errorf("%.2f of the middle of the white wall is sky, want none", a)
	}
}

// A pane that mirrors the sky, darker than that, is none of it; sky that is seen through
// a gap as large is.
func TestPanesThatMirrorTheSkyAreNone(t *testing.T) {
	im := field(atmosphere.Light{SunElevation: num.Radians(40), Cover: 1}, 512, false)
	pane := func(x int) bool { return x%20 > 6 && x%20 < 17 }
	house := func(x int, el float64) bool { return x > 200 && x < 300 && el > 0 && el < 30 }
	glass := func(x int, el float64) bool { return house(x, el) && pane(x) && x < 250 && el > 14 && el < 22 }
	gap := func(x int, el float64) bool { return house(x, el) && pane(x) && x >= 250 && el > 14 && el < 22 }
	even := [3]float32{.3, .36, .5}
	painted(im, func(_ int, el float64) bool { return el > 0 }, func(c int, _ float32) float32 { return even[c] }, 0)
	painted(im, glass, func(_ int, was float32) float32 { return .62 * was }, 0)
	painted(im, func(x int, el float64) bool { return house(x, el) && !glass(x, el) && !gap(x, el) },
		func(c int, _ float32) float32 { return [3]float32{.02, .017, .014}[c] }, .5)
	sc := analysed(t, im, Day)
	if a := maskMean(sc, 229, 235, 16, 20); a > .2 {
		t.Errorf("%.2f of the pane is sky, want none", a)
	}
	if a := maskMean(sc, 269, 275, 16, 20); a < .8 {
		t.Errorf("%.2f of the gap is sky, want all", a)
	}
}

// The dark underside of a cloud is sky, though a tree reaches up to it; a hill in mist
// whose edge is as soft stands, and is none.
func TestADarkCloudHangsAndAHillStands(t *testing.T) {
	im := field(atmosphere.Light{SunElevation: num.Radians(40), SunAzimuth: num.Radians(180), Cover: 1}, 512, false)
	s := raster.NewSphere(im.W, im.H)
	beside := func(x, middle int) float64 { return 1 - num.Step(50, 57, math.Abs(float64(x-middle))) }
	for y, el := range s.Elevation {
		for x := range im.W {
			if el < 0 {
				continue
			}
			cloud := beside(x, 180) * (1 - num.Step(2, 6, math.Abs(el-12)))
			hill := beside(x, 380) * (1 - num.Step(6, 10, el))
			stops := -1.4 * (cloud + hill)
			if x > 177 && x < 183 && el < 12 {
				stops = -4 + float64((3*x+5*y)%7)/7
			}
			for c := range 3 {
				im.Row(y)[3*x+c] *= float32(math.Exp2(stops))
			}
		}
	}
	sc := analysed(t, im, Day)
	if a := maskMean(sc, 195, 205, 10, 14); a < .9 {
		t.Errorf("%.2f of the dark middle of the cloud is sky, want all", a)
	}
	if a := maskMean(sc, 370, 390, 1, 5); a > .1 {
		t.Errorf("%.2f of the middle of the hill is sky, want none", a)
	}
	if a := maskMean(sc, 179, 182, 2, 8); a > .1 {
		t.Errorf("%.2f of the tree is sky, want none", a)
	}
}

// Leaves in the sun that outshine a blue sky and reach into it are no clouds.
func TestBrightLeavesAreNoClouds(t *testing.T) {
	im := field(atmosphere.Light{SunElevation: num.Radians(40), SunAzimuth: num.Radians(180), Haze: .1}, 512, false)
	bright := 1.4 * raster.Quantile(raster.Luminances(im).Row(im.H/2-20), .5)
	crown := func(x int, el float64) bool {
		return x > 210 && x < 250 && el > 0 && el < 14+3*math.Sin(float64(x))
	}
	painted(im, crown, func(c int, _ float32) float32 { return bright * [3]float32{.95, 1.15, .8}[c] }, .5)
	sc := analysed(t, im, Day)
	if a := maskMean(sc, 214, 246, 2, 11); a > .1 {
		t.Errorf("%.2f of the leaves is sky, want none", a)
	}
}
