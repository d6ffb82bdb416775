package sky

import (
	"math"
	"testing"

	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
)

// Cast shadows fade under cloud as far as they are to soften, and stay in the sun.
func TestShadowsSoftenUnderCloud(t *testing.T) {
	l := atmosphere.Light{SunElevation: radians(40), SunAzimuth: radians(36), Haze: .25}
	im := field(l, 512, false)
	s, sky := newSphere(im.W, im.H), atmosphere.New(l)
	shaded := func(x, y int) bool { return x%64 < 10 && s.elevation[y] < -15 && s.elevation[y] > -50 }
	lit := func(x, y int) bool { return x%64 > 20 && x%64 < 54 && s.elevation[y] < -15 && s.elevation[y] > -50 }
	level := plus(sky.Horizontal(), times(sky.Beam(), sky.Source()[1]))
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
		lum := luminances(im)
		return math.Log2(float64(quantile(lum.where(lit), .5) / quantile(lum.where(shaded), .5)))
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
