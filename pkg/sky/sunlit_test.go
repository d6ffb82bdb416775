package sky

import (
	"math"
	"testing"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
	"github.com/clipenv/toolkit/pkg/sky/water"
)

// walled is a plain in shade under the sky of a low sun that stands behind the
// camera's own hill, with three walls: a grey one in the sun's light, and a grey
// and a red one in shade.
func walled(w int) (im *hdr.Image, lit, grey, red func(x, y int) bool) {
	model := atmosphere.New(atmosphere.Light{SunElevation: num.Radians(6), SunAzimuth: 0, Haze: .25})
	im = &hdr.Image{W: w, H: w / 2, Pix: model.Render(w, w/2)}
	s := raster.NewSphere(im.W, im.H)
	side := func(azimuth float64) func(x, y int) bool {
		return func(x, y int) bool {
			away := math.Remainder(num.Degrees(math.Atan2(-s.SinLon[x], s.CosLon[x]))-azimuth, 360)
			return math.Abs(away) < 25 && s.Elevation[y] > 0 && s.Elevation[y] < 20
		}
	}
	lit, grey, red = side(180), side(-90), side(90)
	shade, beam := rgb.Times(model.Horizontal(), .6), rgb.Times(model.Beam(), .9)
	for y := range s.H {
		for x := range s.W {
			var c [3]float64
			hill := s.Elevation[y] > 0 && s.Elevation[y] < 9+2*math.Sin(float64(x)/3) && s.CosLon[x] > .7
			grain := 1 + .15*math.Sin(1.7*float64(x))*math.Sin(2.3*float64(y))
			switch {
			case lit(x, y):
				c = rgb.Times(rgb.Plus(shade, beam), .4/math.Pi)
			case grey(x, y):
				c = rgb.Times(shade, .4/math.Pi)
			case red(x, y):
				c = rgb.Times(shade, 1/math.Pi)
				c = [3]float64{.6 * c[0], .12 * c[1], .06 * c[2]}
			case hill:
				c = rgb.Times(shade, .1/math.Pi)
			case s.Elevation[y] < 0:
				c = rgb.Times(model.Horizontal(), .15*grain/math.Pi)
			default:
				continue
			}
			for k := range c {
				im.Row(y)[3*x+k] = float32(c[k])
			}
		}
	}
	return im, lit, grey, red
}

// looksOf are the medians, in stops, of the luminance and of red over blue of some
// texels.
func looksOf(im *hdr.Image, in func(x, y int) bool) (lum, red float64) {
	median := func(p raster.Plane) float64 { return math.Log2(float64(raster.Quantile(p.Where(in), .5))) }
	p := raster.Luminances(im)
	channel := func(c int) raster.Plane { return p.Like().Each(func(i int) float32 { return im.Pix[3*i+c] }) }
	return median(p), median(channel(0)) - median(channel(2))
}

// A wall that a hidden low sun lit looks like one in shade once the sun is gone; and
// red paint in the shade stays red paint.
func TestALowSunLeavesNoGlowOnWalls(t *testing.T) {
	im, lit, grey, red := walled(512)
	sc := analysed(t, im, Day)
	if sc.Sun.Found {
		t.Fatal("a sun is found that is hidden")
	}
	litLum, litRed := looksOf(im, lit)
	greyLum, greyRed := looksOf(im, grey)
	_, redRed := looksOf(im, red)
	if litRed-greyRed < 1.5 || litLum-greyLum < 2.5 {
		t.Fatalf("the wall in the sun is only %.2f stops redder and %.2f brighter", litRed-greyRed, litLum-greyLum)
	}
	for name, most := range map[string]float64{"overcast": 1, "foggy morning": 1.2, "clear noon": 2} { // noon's own sun shines on it
		target, _ := sc.Preset(name)
		target.Fog = 0
		out := rendered(t, sc, target)
		l, r := looksOf(out, lit)
		gl, gr := looksOf(out, grey)
		_, rr := looksOf(out, red)
		if math.Abs(r-gr) > .5 || math.Abs(l-gl) > most {
			t.Errorf("%s: the wall that the sun lit is %.2f stops redder and %.2f brighter than one in shade, and was %.2f and %.2f",
				name, r-gr, l-gl, litRed-greyRed, litLum-greyLum)
		}
		if rr-gr < .8*(redRed-greyRed) {
			t.Errorf("%s: the red wall is %.2f stops redder than the grey one, and was %.2f", name, rr-gr, redRed-greyRed)
		}
	}
}

// Its own light leaves the glow where it is.
func TestOwnLightKeepsWhatTheSunLit(t *testing.T) {
	im, lit, _, _ := walled(512)
	sc := analysed(t, im, Day)
	if !sc.sunlit.any {
		t.Fatal("the lit wall is not found")
	}
	before, _ := looksOf(im, lit)
	if after, _ := looksOf(rendered(t, sc, sc.Own()), lit); math.Abs(after-before) > .02 {
		t.Errorf("own light moves the lit wall by %.3f stops", after-before)
	}
}

// A map that is turned has what the sun lit turned with it.
func TestWhatTheSunLitTurnsWithTheMap(t *testing.T) {
	im, _, _, _ := walled(256)
	const by = 64
	a, b := analysed(t, im, Day), analysed(t, envmap.Roll(im, by), Day)
	if !a.sunlit.any || !b.sunlit.any {
		t.Fatal("the lit wall is not found")
	}
	for _, name := range []string{"overcast", "golden hour"} {
		ta, _ := a.Preset(name)
		tb, _ := b.Preset(name)
		if mean, most := stopsApart(envmap.Roll(rendered(t, a, ta), by), rendered(t, b, tb), nil); mean > 1e-3 || most > .1 {
			t.Errorf("%s of a turned map is %.4f stops from the turned %s, %.3f at most", name, mean, name, most)
		}
	}
}

// What water shows of a wall that a hidden low sun lit loses the light that the wall
// loses.
func TestALowSunLeavesNoGlowInWater(t *testing.T) {
	im, lit, _, _ := walled(512)
	s := raster.NewSphere(im.W, im.H)
	ground := raster.Quantile(raster.Luminances(im).Where(func(_, y int) bool { return s.Elevation[y] < -40 }), .5)
	for y := s.H / 2; s.Elevation[y] > -24; y++ {
		for x := range s.W {
			if s.CosLon[x] < .5 {
				up := im.Row(s.H - 1 - y)[3*x:]
				for c, body := range [3]float32{.02, .1, .12} {
					im.Row(y)[3*x+c] = float32(water.Fresnel(-s.Elevation[y]))*up[c] + body*ground
				}
			}
		}
	}
	sc := analysed(t, im, Day)
	between := func(x, y int) bool { return lit(x, y) && s.Elevation[y] > 12 && s.Elevation[y] < 17 }
	below := func(x, y int) bool { return between(x, s.H-1-y) && sc.wetness().share.Row(y)[x] > .9 }
	target, _ := sc.Preset("overcast")
	out := rendered(t, sc, target)
	lost := func(in func(x, y int) bool) (light, red float64) {
		l, r := looksOf(im, in)
		light, red = looksOf(out, in)
		return l - light, r - red
	}
	wallLight, wallRed := lost(between)
	light, red := lost(below)
	albedo := sc.underKnownLight().albedo
	wall, shown := raster.Quantile(albedo.Where(between), .5), raster.Quantile(albedo.Where(below), .5)
	if shown < .8*wall || shown > 1.25*wall {
		t.Errorf("water shows an albedo of %.2f, and mirrors one of %.2f", shown, wall)
	}
	if wallLight < 3 || wallRed < 1.5 {
		t.Errorf("the wall loses %.2f stops, and %.2f of red over blue", wallLight, wallRed)
	}
	if math.Abs(light-wallLight) > 1 || math.Abs(red-wallRed) > .8 {
		t.Errorf("in the water it loses %.2f stops, and %.2f of red over blue; the wall itself loses %.2f and %.2f", light, red, wallLight, wallRed)
	}
}
