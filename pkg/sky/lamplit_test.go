package sky

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// glowing is a night of a long exposure under a town's glow: a bright sky, warm
// and brightest low, over dark ground.
func glowing(w int) *hdr.Image {
	im := hdr.New(w, w/2)
	s := raster.NewSphere(im.W, im.H)
	r := rand.New(rand.NewPCG(8, 2))
	for y := range im.H {
		for x := range im.W {
			dome := .07 * (1 + 1.5*math.Exp(-max(s.Elevation[y], 0)/14))
			v := [3]float64{1.1 * dome, dome, .95 * dome}
			if s.Elevation[y] < 0 {
				v = rgb.Times([3]float64{.009, .008, .006}, math.Exp2(.8*(r.Float64()-.5)))
			}
			for c := range v {
				im.Row(y)[3*x+c] = float32(v[c])
			}
		}
	}
	return im
}

// haloed gives the lamp of square a halo in the sky around.
func haloed(w int) *hdr.Image {
	im := square(w)
	for y := range im.H {
		for x := range im.W {
			d := math.Hypot(float64(x-w/3), float64(y)-float64(w)/4+18*float64(w)/360) * 256 / float64(w)
			v := im.Row(y)[3*x : 3*x+3]
			if v[0] > .02 && d > 2 {
				continue // walls and ground
			}
			for c, lamp := range [3]float64{90, 80, 60} {
				if d < 2 {
					v[c] = float32(lamp)
				} else {
					v[c] += float32(lamp * .002 * math.Pow(2/d, 2.2))
				}
			}
		}
	}
	return im
}

// middle is the median, in stops, of what lies between elevations in degrees.
func middle(im *hdr.Image, least, most float64) float64 {
	s := raster.NewSphere(im.W, im.H)
	return math.Log2(float64(raster.Quantile(raster.Luminances(im).Where(func(_, y int) bool { return s.Elevation[y] > least && s.Elevation[y] < most }), .5)))
}

func TestANightsOwnLightLeavesIt(t *testing.T) {
	t.Parallel()
	for name, im := range map[string]*hdr.Image{"lamps": square(256), "glow": glowing(256), "halo": haloed(256)} {
		sc := analysed(t, im, Night)
		if mean, most := stopsApart(rendered(t, sc, sc.Own()), im, nil); mean > .01 || most > .3 {
			t.Errorf("%s: own light moves the map by %.3f stops, %.3f at most", name, mean, most)
		}
		target := sc.Own()
		target.ExposureStops = -2
		twice := rendered(t, sc, target)
		for i := range twice.Pix {
			twice.Pix[i] *= 4
		}
		if mean, most := stopsApart(twice, im, nil); mean > .01 || most > .3 {
			t.Errorf("%s: two stops less and two more move the map by %.3f stops, %.3f at most", name, mean, most)
		}
	}
}

// Who asks for a moonlit night has a dark blue sky over a night's ground, however
// bright the map's own night was; and every light is as much darker than noon for a
// darker map.
func TestANightUnderGlowBecomesANight(t *testing.T) {
	im := glowing(256)
	sc := analysed(t, im, Night)
	of := func(name string) *hdr.Image {
		target, _ := sc.Preset(name)
		return rendered(t, sc, target)
	}
	noon, blue, night := of("clear noon"), of("blue hour"), of("moonlit night")
	if fell := middle(im, 30, 80) - middle(night, 30, 80); fell < 3 {
		t.Errorf("the sky falls by %.2f stops, want 3 or more", fell)
	}
	if under := middle(noon, 30, 80) - middle(night, 30, 80); under < 1.5 {
		t.Errorf("the night's sky lies %.2f stops under noon's, want 1.5 or more", under)
	}
	if a, b, c := middle(noon, -60, -15), middle(blue, -60, -15), middle(night, -60, -15); !(a > b+1 && b > c) {
		t.Errorf("the ground has %.2f stops at noon, %.2f in the blue hour, %.2f by night, want them to fall", a, b, c)
	}
	if fell := middle(im, -60, -15) - middle(night, -60, -15); fell < 1.5 || fell > 3.5 {
		t.Errorf("the ground falls by %.2f stops, want a night that is still seen: 1.5 to 3.5", fell)
	}
	red, bluest := night.Row(40)[0], night.Row(40)[2]
	if bluest < 1.5*red {
		t.Errorf("the night's sky has blue %.2g over red %.2g, want it blue", bluest, red)
	}
}

// Lamps stay on by night, as bright beside what they light as they were.
func TestLampsStayOnByNight(t *testing.T) {
	im := square(256)
	sc := analysed(t, im, Night)
	lamps := func(im *hdr.Image) float64 { return math.Log2(float64(raster.Luminances(im).Row(60)[256/3])) }
	for _, name := range []string{"moonlit night", "blue hour"} {
		target, _ := sc.Preset(name)
		out := rendered(t, sc, target)
		if name == "blue hour" { // which lights the ground, too
			if fell := lamps(im) - lamps(out); fell < .3 || fell > 2.5 {
				t.Errorf("%s: lamps fall by %.2f stops", name, fell)
			}
			continue
		}
		before, after := lamps(im)-middle(im, -60, -15), lamps(out)-middle(out, -60, -15)
		if math.Abs(after-before) > .4 {
			t.Errorf("%s: lamps stand %.2f stops over the ground, and stood %.2f", name, after, before)
		}
	}
}

// By day a pool of lamplight is hardly brighter than the ground around it, and
// hardly warmer, and no lamp shines.
func TestLampsAreOffByDay(t *testing.T) {
	im := square(256)
	in := func(x, y int) bool { return x > 100 && x < 140 && y > 80 && y < 100 }
	beside := func(x, y int) bool { return x > 150 && x < 190 && y > 80 && y < 100 }
	litBy(im, in, 20, 14, 3)
	sc := analysed(t, im, Night)
	stands := func(im *hdr.Image) (light, warm float64) {
		colour := func(ok func(x, y int) bool) (lum, warm float64) {
			var at [3]float64
			for c := range at {
				p := raster.NewPlane(im.W, im.H).Each(func(i int) float32 { return im.Pix[3*i+c] })
				at[c] = float64(raster.Quantile(p.Where(ok), .5))
			}
			return math.Log2(rgb.Lum(at)), math.Log2(at[0] / at[2])
		}
		a, aw := colour(in)
		b, bw := colour(beside)
		return a - b, aw - bw
	}
	light, warm := stands(im)
	for _, name := range []string{"clear noon", "overcast"} {
		target, _ := sc.Preset(name)
		out := rendered(t, sc, target)
		if l, w := stands(out); l < 0 || l > .4*light || math.Abs(w) > .1*warm {
			t.Errorf("%s: the pool of light stands %.2f stops over the ground and %.2f warmer, and stood %.2f and %.2f", name, l, w, light, warm)
		}
		paper := rgb.Lum(sc.plan(target).relit.new.level()) / math.Pi
		s := raster.NewSphere(im.W, im.H)
		for _, v := range raster.Luminances(out).Where(func(_, y int) bool { return s.Elevation[y] < 4 }) {
			if float64(v) > paper {
				t.Fatalf("%s: something of the ground shines %.2f times as bright as white paper", name, float64(v)/paper)
			}
		}
	}
}

// A small lamp before the sky goes by day with its halo, and leaves sky; what stands
// beside it stays.
func TestHalosGoByDay(t *testing.T) {
	t.Parallel()
	for _, w := range []int{256, 512} {
		im, dark := haloed(w), square(w)
		sc, without := analysed(t, im, Night), analysed(t, dark, Night)
		s := raster.NewSphere(im.W, im.H)
		lampX, lampY := float64(w/3), float64(w)/4-18*float64(w)/360
		ring := func(im *hdr.Image, least, most float64) float64 {
			return math.Log2(float64(raster.Quantile(raster.Luminances(im).Where(func(x, y int) bool {
				d := math.Hypot(float64(x)-lampX, float64(y)-lampY) * 360 / float64(w)
				return d >= least && d < most && s.Elevation[y] > 16
			}), .5)))
		}
		for _, name := range []string{"clear noon", "overcast"} {
			target, _ := sc.Preset(name)
			target.SunAzimuth = math.Pi
			target.FindOpenSky = false
			out := rendered(t, sc, target)
			none := rendered(t, without, target)
			for part, at := range map[string][2]float64{"lamp": {0, 2}, "halo": {3, 7}} {
				stands := func(im, than *hdr.Image) float64 {
					return ring(im, at[0], at[1]) - ring(im, 25, 32) - (ring(than, at[0], at[1]) - ring(than, 25, 32))
				}
				if had, has := stands(im, dark), stands(out, none); had < 2 || math.Abs(has) > .3 {
					t.Errorf("%d wide, %s: the %s stands %.2f stops over the sky without it, and stood %.2f", w, name, part, has, had)
				}
			}
		}
		for y := range s.H {
			for x := range s.W {
				if wall := s.Elevation[y] < 3 && s.Elevation[y] > 0; wall && sc.halo.over.Row(y)[x] > .1 {
					t.Fatalf("%d wide: the wall at %d,%d is taken for a halo", w, x, y)
				}
			}
		}
	}
}

// A town's dome over the horizon is sky however bright; a wall as bright, which
// has an edge, is none.
func TestDomesAreSky(t *testing.T) {
	im := glowing(512)
	s := raster.NewSphere(im.W, im.H)
	for y := range im.H / 2 {
		for x := range im.W {
			by := float32(math.Exp2(4 * math.Exp(-s.Elevation[y]*s.Elevation[y]/30) * math.Exp(-math.Pow(float64(x-350)/25, 2))))
			wall := x > 100 && x < 160 && s.Elevation[y] < 12
			for c := range 3 {
				if im.Row(y)[3*x+c] *= by; wall {
					im.Row(y)[3*x+c] = .9 * (1 + .4*float32((3*x+5*y)%7)/7)
				}
			}
		}
	}
	m := analysed(t, im, Night).Mask.Alpha
	for y := s.Row(8); y < s.Row(2); y++ {
		if dome := m.Row(y)[350]; dome < .9 {
			t.Errorf("at %.1f° the dome is sky by %.2f, want 1", s.Elevation[y], dome)
		}
		if wall := m.Row(y)[130]; wall > .1 {
			t.Errorf("at %.1f° the wall is sky by %.2f, want 0", s.Elevation[y], wall)
		}
	}
}

// A night exposed otherwise becomes the same light exposed otherwise.
func TestANightsExposureCommutes(t *testing.T) {
	t.Parallel()
	im, bright := haloed(256), haloed(256)
	for i := range bright.Pix {
		bright.Pix[i] *= 8
	}
	a, b := analysed(t, im, Night), analysed(t, bright, Night)
	for _, name := range Presets {
		ta, _ := a.Preset(name)
		tb, _ := b.Preset(name)
		out := rendered(t, a, ta)
		for i := range out.Pix {
			out.Pix[i] *= 8
		}
		if mean, most := stopsApart(out, rendered(t, b, tb), nil); mean > .01 || most > .5 {
			t.Errorf("%s of a map three stops brighter is %.3f stops from three stops more, %.3f at most", name, mean, most)
		}
	}
}

// The level of a night goes without a jump from noon to moonlight.
func TestNightfallIsSmooth(t *testing.T) {
	t.Parallel()
	for name, im := range map[string]*hdr.Image{"lamps": square(256), "glow": glowing(256)} {
		sc := analysed(t, im, Night)
		last := map[bool]float64{}
		for el := 12.; el > -30; el-- {
			target := sc.Own()
			target.Light = atmosphere.Light{SunElevation: num.Radians(el), Haze: .1, Moon: num.Step(-5, -15, el)}
			for _, target.Anew = range []bool{true, false} {
				stops := sc.exposure(target)
				if was, any := last[target.Anew]; any && math.Abs(stops-was) > .7 {
					t.Fatalf("%s: from %.1f° to %.1f° the level jumps from %.2f to %.2f stops", name, el+1, el, was, stops)
				}
				last[target.Anew] = stops
			}
		}
	}
}

// A cloud in a town's light hangs in the sky and is sky; a lit tower as bright
// stands on the ground.
func TestCloudsOfATownAreSky(t *testing.T) {
	im := glowing(512)
	s := raster.NewSphere(im.W, im.H)
	for y := range im.H / 2 {
		for x := range im.W {
			el := s.Elevation[y]
			cloud := el > 10 && el < 16 && x > 300 && x < 340
			tower := el < 22 && x > 120 && x < 132
			if cloud || tower {
				for c := range 3 {
					im.Row(y)[3*x+c] *= 3 * (1 + .5*float32((3*x+5*y)%7)/7)
				}
			}
		}
	}
	m := analysed(t, im, Night).Mask.Alpha
	share := func(ok func(x int, el float64) bool) float64 {
		var sum, n float64
		for y := range s.H {
			for x, a := range m.Row(y) {
				if ok(x, s.Elevation[y]) {
					sum, n = sum+float64(a), n+1
				}
			}
		}
		return sum / n
	}
	if cloud := share(func(x int, el float64) bool { return el > 11 && el < 15 && x > 304 && x < 336 }); cloud < .9 {
		t.Errorf("%.2f of the cloud is sky, want all", cloud)
	}
	if tower := share(func(x int, el float64) bool { return el > 2 && el < 20 && x > 122 && x < 130 }); tower > .2 {
		t.Errorf("%.2f of the tower is sky, want none", tower)
	}
}

// A lamp that is put out by night is a thing like others and no black hole; one
// that stays on keeps its halo.
func TestLampsAndTheirHalosByNight(t *testing.T) {
	im := haloed(256)
	sc := analysed(t, im, Night)
	x, y := 256/3, 51
	over := func(im *hdr.Image, x int) float64 {
		lum := raster.Luminances(im).Row(y)
		return math.Log2(float64(lum[x] / lum[x+60]))
	}
	on, _ := sc.Preset("moonlit night")
	off := on
	off.Lamps = 0
	lit, dark := rendered(t, sc, on), rendered(t, sc, off)
	if shines := over(dark, x); !(shines > 0 && shines < 8) {
		t.Errorf("a lamp that is put out lies %.2f stops over the sky beside it, and on %.2f", shines, over(lit, x))
	}
	if halo, sky := over(dark, x+2), over(dark, x+3); math.Abs(halo-sky) > .3 {
		t.Errorf("the halo of a lamp that is put out lies %.2f stops over the sky, and what is beside it %.2f", halo, sky)
	}
	if on, off := over(lit, x+2), over(dark, x+2); on < off+1 {
		t.Errorf("a lamp's halo lies %.2f stops over the sky with the lamp on, and %.2f with it out", on, off)
	}
}
