package sky

import (
	"math"
	"testing"

	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
)

// The black marks that a codec leaves beside a sun do not outlive it.
func TestMarksOfACodecGoWithTheSun(t *testing.T) {
	t.Parallel()
	im := field(atmosphere.Light{SunElevation: radians(20), SunAzimuth: radians(179), Haze: .3}, 512, false)
	s := newSphere(im.W, im.H)
	sun := analysed(t, im, Day).Sun.Direction
	var marks [][2]int
	s.around(sun, 3, func(x, y int) {
		if off := degrees(math.Acos(min(s.towards(x, y, sun), 1))); off > 1.4 && off < 2.4 {
			marks = append(marks, [2]int{x, y})
		}
	})
	if len(marks) < 8 {
		t.Fatalf("%d texels lie beside the sun, want some", len(marks))
	}
	for _, m := range marks {
		clear(im.Row(m[1])[3*m[0] : 3*m[0]+3])
	}
	sc := analysed(t, im, Day)
	if !sc.Sun.Found {
		t.Fatal("the sun was not found")
	}
	target, _ := sc.Preset("overcast")
	lum := luminances(rendered(t, sc, target))
	around := quantile(lum.where(func(x, y int) bool { return s.towards(x, y, sun) > math.Cos(radians(8)) }), .5)
	for _, m := range marks {
		if v := lum.v[m[1]*s.w+m[0]]; v < .8*around {
			t.Errorf("texel %v is %.3g where the sky around is %.3g", m, v, around)
		}
	}
}
