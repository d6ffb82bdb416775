package sky

import (
	"math"
	"slices"
	"testing"

	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// farTown is an evening over a field with a hedge in which far lamps shine, each with
// its glare. lamp says where.
func farTown(w int) (im *hdr.Image, lamp func(x, y int) bool) {
	im = field(atmosphere.Light{SunElevation: num.Radians(-2), Haze: .4}, w, false)
	s := raster.NewSphere(im.W, im.H)
	level := s.Row(-1.2)
	lamp = func(x, y int) bool { return y == level && x%(w/32) == 3 && x < w/3 }
	for y := range im.H {
		for x := range im.W {
			v := im.Row(y)[3*x : 3*x+3]
			for c := range v {
				switch {
				case s.Elevation[y] > 0:
					v[c] *= 8 // as the afterglow is over shaded grass
				case s.Elevation[y] > -2.5:
					v[c] *= .5
				}
			}
		}
	}
	shine := 300 * raster.Quantile(raster.Luminances(im).Where(func(_, y int) bool { return s.Elevation[y] > 0 }), .99)
	for y := range im.H {
		for x := range im.W {
			if !lamp(x, y) {
				continue
			}
			for dy := -1; dy <= 1; dy++ {
				for dx := -1; dx <= 1; dx++ {
					at := im.Row(y + dy)[3*((x+dx+w)%w):]
					for c, colour := range [3]float32{.8, 1, .5} {
						at[c] += shine * colour * float32(math.Exp2(-9*math.Hypot(float64(dx), float64(dy))))
					}
				}
			}
		}
	}
	return im, lamp
}

// Far lamps go out by day, and become like what stands around: the hedge or the field
// before it. By night they shine on.
func TestFarLampsGoOutByDay(t *testing.T) {
	t.Parallel()
	for _, w := range []int{512, 1024} {
		im, lamp := farTown(w)
		sc := analysed(t, im, Dusk)
		if sc.Sun.Found {
			t.Fatal("a sun was found")
		}
		// Stops of the brightest lamp over the field, and of the darkest over the hedge.
		seen := func(im *hdr.Image) (most, least float64) {
			lum := raster.Luminances(im)
			middle := func(least, most float64) float64 {
				return math.Log2(float64(raster.Quantile(lum.Where(func(x, y int) bool {
					return !lamp(x, y) && sc.s.Elevation[y] > least && sc.s.Elevation[y] < most && x > w/2
				}), .5)))
			}
			v := lum.Where(lamp)
			return math.Log2(float64(slices.Max(v))) - middle(-8, -4), math.Log2(float64(slices.Min(v))) - middle(-2, -.5)
		}
		if _, least := seen(im); least < 8 {
			t.Fatalf("%d wide: a lamp shines by %.1f stops, want a lamp", w, least)
		}
		for _, name := range []string{"golden hour", "overcast", "clear noon", "winter snow", "sunset"} {
			target, _ := sc.Preset(name)
			if most, least := seen(rendered(t, sc, target)); most > 1 || least < -1 {
				t.Errorf("%d wide, %s: a lamp stands %.2f stops over the field, another %.2f over the hedge, want none a stop over the one or under the other", w, name, most, least)
			}
		}
		night, _ := sc.Preset("moonlit night")
		if _, least := seen(rendered(t, sc, night)); least < 4 {
			t.Errorf("%d wide: by night a lamp shines by %.2f stops, want them on", w, least)
		}
		if mean, most := stopsApart(rendered(t, sc, sc.Own()), im, nil); mean > .01 || most > .3 {
			t.Errorf("%d wide: own light moves the map by %.3f stops, %.3f at most", w, mean, most)
		}
	}
}

// What mirrors a sky is no lamp, and one that lights its place is no far one.
func TestMirrorsAndNearLampsAreNoFarLamps(t *testing.T) {
	t.Parallel()
	im, lamp := farTown(512)
	lum := raster.Luminances(im)
	sky := slices.Max(lum.Where(func(_, y int) bool { return y < lum.H/2 }))
	for y := range im.H {
		for x := range im.W {
			if lamp(x, y) {
				for c := range 3 {
					im.Row(y)[3*x+c] *= sky / lum.Row(y)[x]
				}
			}
		}
	}
	if sc := analysed(t, im, Dusk); sc.off.V != nil {
		t.Error("ponds as bright as the sky are taken for lamps")
	}
	if sc := analysed(t, square(256), Night); sc.off.V != nil {
		t.Error("the lamp of a square that it lights is taken for a far one")
	}
}
