package sky

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// A floodlit town, of which each part stands between columns of a map 256 wide.
var (
	floodlitFront = [2]int{20, 60}   // a front in yellow light, with windows
	floodlitTower = [2]int{90, 98}   // covered in blue neon
	floodlitTree  = [2]int{120, 140} // in the yellow light
	darkTrees     = [2]int{160, 230} // with a lamp among them
	lampAmid      = 195
)

// floodlit is a deck on which neon glitters, and a town that lamps light, under the
// glow of a sky. quay is the radiance of the ground before it.
func floodlit(w int, quay float64) *hdr.Image {
	im := hdr.New(w, w/2)
	s := raster.NewSphere(im.W, im.H)
	r := rand.New(rand.NewPCG(4, 4))
	for y := range im.H {
		for x := range im.W {
			at, el := x*256/w, s.Elevation[y]
			grain := math.Exp2(.5 * (r.Float64() - .5))
			in := func(part [2]int, top float64) bool { return at >= part[0] && at < part[1] && el > 0 && el < top }
			v := rgb.Times([3]float64{.05, .04, .08}, 1+math.Exp(-max(el, 0)/10))
			switch {
			case el < 0 && el > -5:
				v = rgb.Times([3]float64{1, .8, .6}, quay*grain)
			case el < 0:
				v = rgb.Times([3]float64{.035, .03, .025}, grain)
				if el > -12 && at%16 < 4 {
					v = rgb.Plus(v, [2][3]float64{{.01, .02, .12}, {.15, .02, .09}}[at/16%2])
				}
			case in(floodlitFront, 20):
				v = rgb.Times([3]float64{4, 1.9, .02}, grain)
				if x%4 == 0 && y%3 == 0 {
					v = rgb.Times(v, .25)
				}
			case in(floodlitTower, 24):
				v = rgb.Times([3]float64{.3, .6, 6}, grain)
			case in(floodlitTree, 14):
				v = rgb.Times([3]float64{.3, .28, .03}, grain)
			case at == lampAmid && el > 2 && el < 5:
				v = [3]float64{9, 5, .5}
			case in(darkTrees, 12):
				v = rgb.Times([3]float64{.006, .007, .004}, grain)
			}
			for c := range v {
				im.Row(y)[3*x+c] = float32(v[c])
			}
		}
	}
	return im
}

// seenBetween is the median colour of a map between columns of one 256 wide, and
// elevations in degrees.
func seenBetween(im *hdr.Image, part [2]int, least, most float64) (v [3]float64) {
	s := raster.NewSphere(im.W, im.H)
	for c := range v {
		p := raster.NewPlane(im.W, im.H).Each(func(i int) float32 { return im.Pix[3*i+c] })
		v[c] = float64(raster.Quantile(p.Where(func(x, y int) bool {
			at := x * 256 / im.W
			return at >= part[0] && at < part[1] && s.Elevation[y] > least && s.Elevation[y] < most
		}), .5))
	}
	return v
}

// By day what floodlights and neon cover is plain material: as bright as stone, hardly
// coloured, and darker than a cloudy sky.
func TestFloodlitTownsAreStoneByDay(t *testing.T) {
	t.Parallel()
	for _, w := range []int{256, 512} {
		sc := analysed(t, floodlit(w, .03), Night)
		for _, name := range []string{"clear noon", "overcast"} {
			target, _ := sc.Preset(name)
			out := rendered(t, sc, target)
			white := sc.plan(target).relit.new.level()
			for part, where := range map[string][2]int{"front": floodlitFront, "tower": floodlitTower} {
				v := seenBetween(out, where, 4, 14)
				if albedo := rgb.Lum(v) / (rgb.Lum(white) / math.Pi); albedo < .12 || albedo > .5 {
					t.Errorf("%d wide, %s: the %s is as bright as a reflectance of %.2f, want stone, .12 to .5", w, name, part, albedo)
				}
				warm := math.Log2(v[0]/v[2]) - adapted*math.Log2(white[0]/white[2])
				if warm < .2 || warm > .6 {
					t.Errorf("%d wide, %s: the %s has %.2f stops of red over blue beside the day's, want stone's, .2 to .6", w, name, part, warm)
				}
				if sky := seenBetween(out, where, 28, 40); name == "overcast" && rgb.Lum(v) > .8*rgb.Lum(sky) {
					t.Errorf("%d wide, %s: the %s is %.2f times as bright as the sky over it, want it darker", w, name, part, rgb.Lum(v)/rgb.Lum(sky))
				}
			}
		}
	}
}

// What lamps shine upon by night sends no more light up to fronts by day.
func TestALitQuayLeavesFrontsByDay(t *testing.T) {
	dark, lit := analysed(t, floodlit(256, .03), Night), analysed(t, floodlit(256, 6), Night)
	albedo := func(sc *Scene, name string) float64 {
		target, _ := sc.Preset(name)
		return math.Log2(rgb.Lum(seenBetween(rendered(t, sc, target), floodlitFront, 10, 17)) / rgb.Lum(sc.plan(target).relit.new.level()))
	}
	for _, name := range []string{"clear noon", "overcast"} {
		if off := albedo(lit, name) - albedo(dark, name); math.Abs(off) > .25 {
			t.Errorf("%s: the front comes out %.2f stops brighter where lamps shone before it, want within .25", name, off)
		}
	}
}

// The windows of a floodlit front stay darker than its walls by day.
func TestFloodlitFrontsKeepTheirDetail(t *testing.T) {
	im := floodlit(256, .03)
	sc, s := analysed(t, im, Night), raster.NewSphere(256, 128)
	stands := func(im *hdr.Image) float64 {
		lum := raster.Luminances(im)
		of := func(window bool) float64 {
			return math.Log2(float64(raster.Quantile(lum.Where(func(x, y int) bool {
				return x > 24 && x < 56 && s.Elevation[y] > 4 && s.Elevation[y] < 16 && (x%4 == 0 && y%3 == 0) == window
			}), .5)))
		}
		return of(false) - of(true)
	}
	had := stands(im)
	for _, name := range []string{"clear noon", "overcast"} {
		target, _ := sc.Preset(name)
		if has := stands(rendered(t, sc, target)); has < .3*had || has > had {
			t.Errorf("%s: the wall stands %.2f stops over its windows, and stood %.2f", name, has, had)
		}
	}
}

// A tree in yellow light stays green and darker than the wall beside it.
func TestFloodlitTreesStayGreen(t *testing.T) {
	sc := analysed(t, floodlit(256, .03), Night)
	target, _ := sc.Preset("overcast")
	out := rendered(t, sc, target)
	tree, wall := seenBetween(out, floodlitTree, 3, 11), seenBetween(out, floodlitFront, 3, 11)
	if tree[1] < tree[0] || tree[1] < 1.2*tree[2] {
		t.Errorf("the tree is %.3g, want it green", tree)
	}
	if rgb.Lum(tree) > rgb.Lum(wall) {
		t.Errorf("the tree is %.2f times as bright as the wall, want it darker", rgb.Lum(tree)/rgb.Lum(wall))
	}
}

// What neon glitters on is of one colour by day.
func TestNeonLeavesTheDeck(t *testing.T) {
	im := floodlit(256, .03)
	sc, s := analysed(t, im, Night), raster.NewSphere(256, 128)
	apart := func(im *hdr.Image) float64 {
		of := func(pink bool) (v [3]float64) {
			for c := range v {
				p := raster.NewPlane(im.W, im.H).Each(func(i int) float32 { return im.Pix[3*i+c] })
				v[c] = float64(raster.Quantile(p.Where(func(x, y int) bool {
					return s.Elevation[y] < -5.5 && s.Elevation[y] > -11 && x%16 < 4 && (x/16%2 == 1) == pink
				}), .5))
			}
			return v
		}
		a, b := of(false), of(true)
		return math.Abs(math.Log2(a[0]/a[2]) - math.Log2(b[0]/b[2]))
	}
	had := apart(im)
	for _, name := range []string{"clear noon", "overcast", "sunset"} {
		target, _ := sc.Preset(name)
		if has := apart(rendered(t, sc, target)); has > .1*had {
			t.Errorf("%s: blue and pink glitter lie %.2f stops of red over blue apart, and lay %.2f", name, has, had)
		}
	}
}

// By day a lamp among trees is hardly brighter than they are.
func TestALampAmidTreesIsOffByDay(t *testing.T) {
	im := floodlit(256, .03)
	sc := analysed(t, im, Night)
	lamp := [2]int{lampAmid, lampAmid + 1}
	for _, name := range []string{"clear noon", "overcast", "sunset"} {
		target, _ := sc.Preset(name)
		out := rendered(t, sc, target)
		shines, trees := seenBetween(out, lamp, 2, 5), seenBetween(out, darkTrees, 2, 11)
		if over := math.Log2(rgb.Lum(shines) / rgb.Lum(trees)); over > 2.5 {
			t.Errorf("%s: the lamp stands %.2f stops over the trees, and stood %.1f", name, over, math.Log2(rgb.Lum(seenBetween(im, lamp, 2, 5))/rgb.Lum(seenBetween(im, darkTrees, 2, 11))))
		}
		if white := rgb.Lum(sc.plan(target).relit.new.level()) / math.Pi; rgb.Lum(shines) > .35*white {
			t.Errorf("%s: the lamp is %.2f times as bright as paper, want it no brighter than stone", name, rgb.Lum(shines)/white)
		}
	}
}

// Towers that differed by night differ by day, though less, and neither is brighter
// than stone or darker than slate.
func TestFloodlitTowersDifferByDay(t *testing.T) {
	t.Parallel()
	for _, w := range []int{256, 512} {
		im := floodlit(w, .03)
		s := raster.NewSphere(im.W, im.H)
		bright, dark := [2]int{62, 68}, [2]int{68, 74}
		for y := range im.H {
			for x := range im.W {
				at := x * 256 / w
				if at < bright[0] || at >= dark[1] || s.Elevation[y] < 0 || s.Elevation[y] > 18 {
					continue
				}
				lit := [3]float32{3, 2.6, 2.8}
				if at >= dark[0] {
					lit = [3]float32{.25, .3, .4}
				}
				copy(im.Row(y)[3*x:3*x+3], lit[:])
			}
		}
		sc := analysed(t, im, Night)
		for _, name := range []string{"clear noon", "overcast"} {
			target, _ := sc.Preset(name)
			out := rendered(t, sc, target)
			white := rgb.Lum(sc.plan(target).relit.new.level()) / math.Pi
			a, b := rgb.Lum(seenBetween(out, bright, 4, 14)), rgb.Lum(seenBetween(out, dark, 4, 14))
			if apart := math.Log2(a / b); apart < .7 || apart > 2 {
				t.Errorf("%d wide, %s: the bright tower stands %.2f stops over the dark one, want .7 to 2", w, name, apart)
			}
			if a > .6*white || b < .06*white {
				t.Errorf("%d wide, %s: towers are as bright as reflectances of %.2f and %.2f, want .06 to .6", w, name, b/white, a/white)
			}
		}
	}
}

// By day a low sun lights a front that faces it brighter and warmer than one that stands
// against it, whatever lamp shone on it by night.
func TestALowSunLightsFrontsByItsSide(t *testing.T) {
	sc := analysed(t, floodlit(256, .05), Night)
	target, _ := sc.Preset("golden hour")
	target.FindOpenSky = false
	side := func(degrees float64) [3]float64 {
		at := 360*float64(floodlitFront[0]+floodlitFront[1])/2/256 - 180
		target.SunAzimuth = num.Radians(at + degrees)
		return seenBetween(rendered(t, sc, target), floodlitFront, 6, 17)
	}
	faces, against := side(180), side(0)
	if over := math.Log2(rgb.Lum(faces) / rgb.Lum(against)); over < .6 || over > 2 {
		t.Errorf("a front that faces the sun lies %.2f stops over one against it, want .6 to 2", over)
	}
	if warmer := math.Log2(faces[0] / faces[2] * against[2] / against[0]); warmer < .4 || warmer > 1.5 {
		t.Errorf("it has %.2f stops more of red over blue, want .4 to 1.5", warmer)
	}
}
