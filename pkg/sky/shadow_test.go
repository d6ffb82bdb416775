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

// Cast shadows fade under cloud as far as they are to soften, and stay in the sun.
func TestShadowsSoftenUnderCloud(t *testing.T) {
	l := atmosphere.Light{SunElevation: num.Radians(40), SunAzimuth: num.Radians(36), Haze: .25}
	im := field(l, 512, false)
	s, sky := raster.NewSphere(im.W, im.H), atmosphere.New(l)
	shaded := func(x, y int) bool { return x%64 < 10 && s.Elevation[y] < -15 && s.Elevation[y] > -50 }
	lit := func(x, y int) bool { return x%64 > 20 && x%64 < 54 && s.Elevation[y] < -15 && s.Elevation[y] > -50 }
	level := rgb.Plus(sky.Horizontal(), rgb.Times(sky.Beam(), sky.Source()[1]))
	for y := range im.H {
		for x := range im.W {
			if shaded(x, y) {
				for c := range level {
					im.Row(y)[3*x+c] *= float32(sky.Horizontal()[c] / level[c])
				}
			}
		}
	}
	sc := analysed(t, im, Day)
	deep := func(im *hdr.Image) float64 {
		lum := raster.Luminances(im)
		return math.Log2(float64(raster.Quantile(lum.Where(lit), .5) / raster.Quantile(lum.Where(shaded), .5)))
	}
	was := deep(im)
	under := func(name string, softened float64) float64 {
		target, _ := sc.Preset(name)
		target.Softened = softened
		return deep(rendered(t, sc, target))
	}
	if hard := under("overcast", 0); math.Abs(hard-was) > .15*was {
		t.Errorf("shadows of %.2f stops that are not to soften have %.2f under cloud", was, hard)
	}
	if soft := under("overcast", 1); soft > .4*was {
		t.Errorf("shadows of %.2f stops have %.2f under cloud, want less than .4 of them", was, soft)
	}
	if sunny := under("clear noon", 1); sunny < .7*was {
		t.Errorf("shadows of %.2f stops have %.2f in the sun, want .7 of them or more", was, sunny)
	}
}
