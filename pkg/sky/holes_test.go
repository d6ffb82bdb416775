package sky

import (
	"math"
	"testing"

	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// The black marks that a codec leaves beside a sun do not outlive it.
func TestMarksOfACodecGoWithTheSun(t *testing.T) {
	t.Parallel()
	im := field(atmosphere.Light{SunElevation: num.Radians(20), SunAzimuth: num.Radians(179), Haze: .3}, 512, false)
	s := raster.NewSphere(im.W, im.H)
	sun := analysed(t, im, Day).Sun.Direction
	var marks [][2]int
	s.Around(sun, 3, func(x, y int) {
		if off := num.Degrees(math.Acos(min(s.Towards(x, y, sun), 1))); off > 1.4 && off < 2.4 {
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
	lum := raster.Luminances(rendered(t, sc, target))
	around := raster.Quantile(lum.Where(func(x, y int) bool { return s.Towards(x, y, sun) > math.Cos(num.Radians(8)) }), .5)
	for _, m := range marks {
		if v := lum.V[m[1]*s.W+m[0]]; v < .8*around {
			t.Errorf("texel %v is %.3g where the sky around is %.3g", m, v, around)
		}
	}
}
