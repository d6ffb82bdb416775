package sky

import (
	"math"
	"slices"
	"testing"

	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// In the sun snow's hollows are bluer than its heights, as only the sky lights them, and the
// whole gets the light that falls there. Under cloud all of it has one colour.
func TestSnowInTheSunHasBlueShade(t *testing.T) {
	t.Parallel()
	sc := analysed(t, field(atmosphere.Light{SunElevation: num.Radians(30), Cover: 1}, 512, false), Day)
	shade := func(cover float64) float64 {
		target, _ := sc.Preset("winter snow")
		target.Cover, target.Fog, target.SunElevation = cover, 0, num.Radians(18)
		im := rendered(t, sc, target)
		var all [][2]float64 // luminance, stops of blue over red
		for i := 3 * sc.s.Row(-30) * im.W; i < 3*sc.s.Row(-55)*im.W; i += 3 {
			v := im.Pix[i : i+3]
			all = append(all, [2]float64{float64(rgb.Luminance(v[0], v[1], v[2])), math.Log2(float64(v[2] / v[0]))})
		}
		slices.SortFunc(all, func(a, b [2]float64) int { return int(math.Copysign(1, a[0]-b[0])) })
		blue := func(part [][2]float64) (sum float64) {
			for _, v := range part {
				sum += v[1] / float64(len(part))
			}
			return sum
		}
		return blue(all[:len(all)/10]) - blue(all[len(all)*9/10:])
	}
	if sun, cloud := shade(0), shade(1); sun < .15 || math.Abs(cloud) > .05 {
		t.Errorf("what is dark of snow is %.2f stops bluer in the sun and %.2f under cloud, want .15 or more and .05 at most", sun, cloud)
	}
}

// grooved is grey stone under a grey sky with narrow dark grooves from one elevation to another.
func grooved(from, to float64) (*hdr.Image, func(x, y int) bool) {
	im := field(atmosphere.Light{SunElevation: num.Radians(40), Cover: 1}, 512, false)
	s := raster.NewSphere(im.W, im.H)
	in := func(x, y int) bool { return x%16 < 3 && s.Elevation[y] < from && s.Elevation[y] > to }
	for y := range s.H {
		for x := range s.W {
			v := im.Row(y)[3*x : 3*x+3]
			if s.Elevation[y] < 0 {
				v[0], v[2] = v[1], v[1]
			}
			if in(x, y) {
				for k := range v {
					v[k] *= .2
				}
			}
		}
	}
	return im, in
}

// Snow buries gaps between stones underfoot. Things far off as wide on the picture, and posts
// that come down from the eye's level, stand out of it.
func TestSnowBuriesWhatIsSmallUnderfoot(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		of                 string
		from, to           float64 // elevations of grooves
		high, low          float64 // and where they are looked at
		leastSeen, mostHid float64 // cover
	}{
		{"gaps between stones underfoot", -30, -60, -40, -55, .7, 1},
		{"bare stones far off", -6, -11, -7, -10, 0, .6},
		{"posts", 10, -30, -18, -25, 0, .6},
	} {
		im, in := grooved(c.from, c.to)
		sc := analysed(t, im, Day)
		cover := sc.newSnow(1).cover
		var sum, n float64
		for y := sc.s.Row(c.high); y < sc.s.Row(c.low); y++ {
			for x, v := range cover.Row(y) {
				if in(x, y) {
					sum, n = sum+float64(v), n+1
				}
			}
		}
		if is := sum / n; is < c.leastSeen || is > c.mostHid {
			t.Errorf("snow covers %.2f of %s, want %g to %g", is, c.of, c.leastSeen, c.mostHid)
		}
	}
}
