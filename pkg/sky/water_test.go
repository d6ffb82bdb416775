package sky

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
	"github.com/clipenv/toolkit/pkg/sky/water"
)

// bay says where the water of coast lies: from the horizon down to 26°, over a
// quarter of the circle about the seam.
func bay(s *raster.Sphere, x, y int) bool {
	lon := 360 * (float64(x) + .5) / float64(s.W)
	shore := 4 * math.Sin(num.Radians(5*lon))
	return s.Elevation[y] < 0 && s.Elevation[y] > -22+shore && (lon < 50 || lon > 310)
}

// coast is a field under a light with a bay that mirrors the sky by Fresnel's law,
// over water that sends back a little blue-green.
func coast(l atmosphere.Light, w int) *hdr.Image {
	im := field(l, w, false)
	s, r := raster.NewSphere(w, w/2), rand.New(rand.NewPCG(3, 1))
	ground := raster.Quantile(raster.Luminances(im).Where(func(_, y int) bool { return s.Elevation[y] < -40 }), .5)
	body := [3]float32{.05 * ground, .22 * ground, .25 * ground}
	for y := range s.H {
		for x := range s.W {
			if bay(s, x, y) {
				up := im.Row(s.H - 1 - y)[3*x:]
				share := float32(water.Fresnel(-s.Elevation[y]) * (1 + .06*(r.Float64()-.5)))
				for c := range body {
					im.Row(y)[3*x+c] = share*up[c] + body[c]
				}
			}
		}
	}
	return im
}

// inside and outside are the means of a plane of a map with a bay, a little away
// from its shore.
func acrossTheBay(s *raster.Sphere, p raster.Plane) (inside, outside float64) {
	var in, out float64
	for y := s.H / 2; y < s.H; y++ {
		for x := range s.W {
			near := false
			for _, d := range [...][2]int{{0, 0}, {-9, 0}, {9, 0}, {0, -9}, {0, 9}} {
				yy := y + d[1]*s.H/256
				near = near || yy < s.H && bay(s, (x+d[0]*s.W/512+s.W)%s.W, max(yy, s.H/2)) != bay(s, x, y)
			}
			switch {
			case near:
			case bay(s, x, y):
				inside += s.Solid[y] * float64(p.Row(y)[x])
				in += s.Solid[y]
			default:
				outside += s.Solid[y] * float64(p.Row(y)[x])
				out += s.Solid[y]
			}
		}
	}
	return inside / in, outside / out
}

var daylights = []atmosphere.Light{
	{SunElevation: num.Radians(45), SunAzimuth: num.Radians(100), Haze: .25},
	{SunElevation: num.Radians(9), SunAzimuth: num.Radians(-80), Haze: .4},
	{SunElevation: num.Radians(35), SunAzimuth: 2, Haze: .3, Cover: .5},
}

func TestWaterIsWhatMirrorsTheSky(t *testing.T) {
	t.Parallel()
	for _, l := range daylights {
		for _, w := range []int{512, 1024} {
			sc := analysed(t, coast(l, w), Day)
			if !sc.wetness().some {
				t.Errorf("%+v, %d texels wide: no water is found", l, w)
				continue
			}
			if in, out := acrossTheBay(sc.s, sc.wetness().share); in < .85 || out > .02 {
				t.Errorf("%+v, %d texels wide: %.3f of the bay and %.3f of the land are water, want more than .85 and less than .02", l, w, in, out)
			}
		}
	}
}

// Neither grass nor asphalt, sand, snow and wet-looking smooth ground is water, in
// whatever light.
func TestGroundIsNoWater(t *testing.T) {
	t.Parallel()
	albedos := map[string][3]float64{
		"grass": {.05, .11, .03}, "asphalt": {.1, .1, .1}, "blue paint": {.1, .14, .3},
		"sand": {.4, .33, .22}, "snow": {.8, .8, .8}, "slate": {.05, .055, .06},
	}
	for _, l := range append(daylights, atmosphere.Light{SunElevation: num.Radians(35), Cover: 1}, atmosphere.Light{SunElevation: num.Radians(-2), Haze: .3}) {
		ground := field(l, 512, true)
		for name, albedo := range albedos {
			for _, smooth := range []float32{.02, 1} {
				if smooth == 1 && l.Cover < 1 && l.SunElevation > 0 {
					continue // as the others, at twice the time
				}
				im := &hdr.Image{W: ground.W, H: ground.H, Pix: slices.Clone(ground.Pix)}
				for i := 3 * im.W * im.H / 2; i < len(im.Pix); i += 3 {
					even := rgb.Lum([3]float64{.2, .18, .1})
					grain := float32(envmap.Luminance(im.Pix[i], im.Pix[i+1], im.Pix[i+2])) / float32(even)
					level := float32(.1 / .18)
					grain = level * (1 + smooth*(grain/level-1))
					for c, a := range albedo {
						im.Pix[i+c] = float32(a) * grain
					}
				}
				sc := analysed(t, im, Day)
				if sc.wetness().some {
					_, out := acrossTheBay(sc.s, sc.wetness().share)
					t.Errorf("%+v: %.3f of %s with %v of its grain is water", l, out, name, smooth)
				}
			}
		}
	}
}

func TestSnowKeepsOffWater(t *testing.T) {
	t.Parallel()
	for _, l := range daylights {
		sc := analysed(t, coast(l, 512), Day)
		if in, out := acrossTheBay(sc.s, sc.newSnow(1).cover); in > .12 || out < .8 {
			t.Errorf("%+v: snow covers %.2f of the bay and %.2f of the land, want less than .12 and more than .8", l, in, out)
		}
	}
}

// Water takes the colour of the sky that it mirrors; the land beside it keeps more
// of its own.
func TestWaterFollowsTheSky(t *testing.T) {
	im := coast(daylights[0], 512)
	sc := analysed(t, im, Day)
	target, _ := sc.Preset("overcast")
	out := rendered(t, sc, target)
	bluer := func(m *hdr.Image) (raster.Plane, float64) {
		blue := raster.NewPlane(m.W, m.H).Each(func(i int) float32 {
			return num.Log2((m.Pix[3*i+2] + 1e-6) / (m.Pix[3*i] + 1e-6))
		})
		low := blue.Where(func(x, y int) bool { return sc.s.Elevation[y] > 3 && sc.s.Elevation[y] < 15 })
		return blue, float64(raster.Quantile(low, .5))
	}
	was, skyWas := bluer(im)
	is, skyIs := bluer(out)
	change := is.Like().Each(func(i int) float32 { return is.V[i] - was.V[i] })
	water, land := acrossTheBay(sc.s, change)
	if sky := skyIs - skyWas; math.Abs(water-sky) > .7*math.Abs(land-sky) {
		t.Errorf("the sky's blue over red changes by %.2f stops, the water's by %.2f and the land's by %.2f: want the water's nearer the sky's", sky, water, land)
	}
}

// surf is a coast whose bay breaks on its shore: grain of as many stops as gravel's, in
// white that is lit by the sky.
func surf(l atmosphere.Light, w int) *hdr.Image {
	im := coast(l, w)
	s, r := raster.NewSphere(w, w/2), rand.New(rand.NewPCG(8, 2))
	level := atmosphere.New(l).Horizontal()
	ground := raster.Quantile(raster.Luminances(im).Where(func(_, y int) bool { return s.Elevation[y] < -40 }), .5)
	for y := range s.H {
		for x := range s.W {
			if bay(s, x, y) && s.Elevation[y] < -9 {
				foam := float64(ground) * math.Exp2(1.2*(r.Float64()-.5)) / rgb.Lum(level)
				for c := range level {
					im.Row(y)[3*x+c] = float32(foam * level[c])
				}
			}
		}
	}
	return im
}

// Surf is told by its colour, where the ground has another.
func TestSurfIsWater(t *testing.T) {
	t.Parallel()
	for _, l := range daylights[:2] {
		sc := analysed(t, surf(l, 512), Day)
		if in, out := acrossTheBay(sc.s, sc.wetness().share); in < .97 || out > .02 {
			t.Errorf("%+v: %.3f of the bay and %.3f of the land are water, want more than .97 and less than .02", l, in, out)
		}
	}
}

// An old sun's path on water goes with the sun: what lies in it, here up to 8 stops
// brighter, becomes about as bright as what lies beside it, and as grey.
func TestWaterForgetsTheOldSun(t *testing.T) {
	t.Parallel()
	// Over the bay, about the seam.
	l := atmosphere.Light{SunElevation: num.Radians(5), SunAzimuth: math.Pi, Haze: .3}
	im := coast(l, 512)
	s := raster.NewSphere(im.W, im.H)
	sun := vec(atmosphere.Toward(l.SunElevation, l.SunAzimuth))
	sx, _ := s.Texel(sun)
	path := func(x, y int) bool {
		d := (x-sx+s.W+s.W/2)%s.W - s.W/2
		return bay(s, x, y) && math.Abs(float64(d)) < 4 && s.Elevation[y] > -16
	}
	if !path(sx, s.H/2+4) {
		t.Fatalf("the sun stands in column %d, not over the bay", sx)
	}
	litBy(im, path, 9, 4, 1)
	sc := analysed(t, im, Dusk)
	target, _ := sc.Preset("overcast")
	out := rendered(t, sc, target)
	for y := s.Row(-2); y < s.Row(-14); y++ {
		look := func(from, to int) (light, warm float64) {
			var sum [3]float64
			for d := from; d < to; d++ {
				for c := range sum {
					sum[c] += float64(out.Row(y)[3*((sx+d+s.W)%s.W)+c])
				}
			}
			return math.Log2(rgb.Lum(sum) / float64(to-from)), math.Log2(sum[0] / sum[2])
		}
		light, warm := look(-3, 4)
		beside, cool := look(40, 50)
		if math.Abs(light-beside) > .7 || math.Abs(warm-cool) > .7 {
			t.Errorf("%.1f degrees under the horizon the old sun's path is %.2f stops brighter and %.2f warmer than what lies beside it, want less than .7", -s.Elevation[y], light-beside, warm-cool)
		}
	}
}

// Water before a low sun mirrors as much of the sky at the horizon as farther down.
func TestWaterMirrorsTheSkyUpToTheHorizon(t *testing.T) {
	sc := analysed(t, coast(daylights[1], 512), Day)
	part, x := sc.wetness().sky, 10
	if far, near := part.Row(sc.s.H / 2)[x], part.Row(sc.s.H/2 + 20)[x]; near < .9 || far < .9*near {
		t.Errorf("the sky gives %.2f of the light of water at the horizon, and %.2f farther down: want as much", far, near)
	}
}

// What stands beyond a sea is as far as its horizon: it goes with the sky, as lit air does,
// and not with the ground.
func TestLandBeyondASeaGoesWithTheSky(t *testing.T) {
	sc := analysed(t, coast(daylights[1], 512), Day)
	target, _ := sc.Preset("overcast")
	c := sc.plan(target).compositor(sc.s.W, sc.s.H)
	y := sc.s.H/2 - 2
	c.fit.Read(y)
	c.horizon.Read(y)
	x := slices.IndexFunc(c.beyond, func(v float32) bool { return v >= 1 })
	if x < 0 {
		t.Fatal("no water reaches the horizon")
	}
	old := rgb.Luminance(num.Exp2(c.fit[0].At[x]), num.Exp2(c.fit[1].At[x]), num.Exp2(c.fit[2].At[x]))
	v := [3]float32{2 * c.horizon.At[x], 2 * c.horizon.At[x], 2 * c.horizon.At[x]}
	c.dim(x, 1, old/16, 1, &v)
	if want := c.horizon.At[x] / 4; math.Abs(float64(v[1]/want-1)) > .01 {
		t.Errorf("land that was 4 stops under the sky has %.3g, want %.3g, 2 under the new", v[1], want)
	}
	v = [3]float32{}
	if c.dim(x, 1, old/16, 1, &v); v != [3]float32{} {
		t.Error("land is brightened")
	}
}
