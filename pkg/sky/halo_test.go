package sky

import (
	"math"
	"testing"

	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// What a halo hides of the sky shows no clouds: what is seen there is the lamp's.
func TestAHaloShowsNoClouds(t *testing.T) {
	im := glowing(256)
	spot := func(x, y int) bool { return x >= 60 && x < 66 && y >= 30 && y < 36 }
	for y := range im.H {
		for x := range im.W {
			if spot(x, y) {
				for c := range 3 {
					im.Row(y)[3*x+c] *= 1.4
				}
			}
		}
	}
	sc := analysed(t, im, Night)
	stands := func() float64 {
		target, _ := sc.Preset("overcast")
		target.FindOpenSky = false
		lum := raster.Luminances(rendered(t, sc, target))
		return math.Log2(float64(lum.Row(32)[62] / lum.Row(32)[76]))
	}
	if cloud := stands(); cloud < .03 {
		t.Fatalf("a cloud stands %.3f stops over the sky, want it seen", cloud)
	}
	sc.halo.part, sc.halo.over = raster.NewPlane(256, 128), raster.NewPlane(256, 128).Fill(func(x, y int) float32 {
		if x > 50 && x < 74 && y > 20 && y < 46 {
			return 1
		}
		return 0
	})
	sc.takeDetail()
	sc.grainOnce = once[smooth]{}
	if cloud := stands(); math.Abs(cloud) > .05 {
		t.Errorf("behind a halo a cloud stands %.3f stops over the sky, want none", cloud)
	}
}
