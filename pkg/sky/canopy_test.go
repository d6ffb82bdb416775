package sky

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// wood is a field under leaves in tufts of two degrees, which hide the sun and most
// of a clear sky. What they let through makes spots on the ground.
func wood(w int, spots bool) *hdr.Image {
	l := atmosphere.Light{SunElevation: num.Radians(40), SunAzimuth: num.Radians(36), Haze: .25}
	im := field(l, w, false)
	s, r := raster.NewSphere(w, w/2), rand.New(rand.NewPCG(9, 3))
	tufts := raster.NewPlane(180, 90)
	for i := range tufts.V {
		tufts.V[i] = float32(r.Float64())
	}
	sun := vec(atmosphere.Toward(l.SunElevation, l.SunAzimuth))
	for y := range s.H {
		for x := range s.W {
			tuft := tufts.Row(y * tufts.H / s.H)[x*tufts.W/s.W]
			p := im.Row(y)[3*x : 3*x+3]
			switch {
			case y >= s.H/2:
				shade := float32(.08)
				if spots && tuft > .93 {
					shade = 1
				}
				for c := range p {
					p[c] *= shade
				}
			case tuft < .6 || s.Towards(x, y, sun) > .99:
				leaf := float32(.006 * math.Exp2(r.Float64()))
				copy(p, []float32{.8 * leaf, 1.2 * leaf, .4 * leaf})
			}
		}
	}
	return im
}

// A wood by day whose sun leaves hide has a sun: put into another clear day, its
// leaves keep their green and the sky in its gaps is no dusk.
func TestASunBehindLeavesIsThere(t *testing.T) {
	im := wood(512, true)
	sc := analysed(t, im, Day)
	if sc.Sun.Found || sc.canopy.leaves < .8 || sc.dappled() < .8 {
		t.Fatalf("a sun is found: %v, want none; leaves overhead are told by %.2f and spots of sun by %.2f, want .8 and more", sc.Sun.Found, sc.canopy.leaves, sc.dappled())
	}
	target, _ := sc.Preset("clear noon")
	out := rendered(t, sc, target)
	target.KeepEnergy = true
	if by := envmap.Stops(envmap.IrradianceFromAbove(im), envmap.IrradianceFromAbove(rendered(t, sc, target))); math.Abs(by) > 1.5 {
		t.Errorf("noon that keeps energy moves it by %.2f stops", by)
	}
	leaves := func(x, y int) bool { return sc.Mask.Alpha.Row(y)[x] < .05 && sc.s.Elevation[y] > 10 }
	ground := func(x, y int) bool { return sc.s.Elevation[y] < -10 }
	gaps := func(x, y int) bool { return sc.Mask.Alpha.Row(y)[x] > .95 && sc.s.Elevation[y] > 10 }
	for _, c := range []struct {
		name         string
		in           func(x, y int) bool
		lum, colours float64
	}{{"leaves", leaves, .6, .3}, {"ground", ground, .4, .3}, {"sky", gaps, 2, 1.2}} {
		was, wasRed := looksOf(im, c.in)
		is, isRed := looksOf(out, c.in)
		if math.Abs(is-was) > c.lum || math.Abs(isRed-wasRed) > c.colours {
			t.Errorf("%s: noon changes them by %.2f stops and %.2f of red over blue, want at most %v and %v", c.name, is-was, isRed-wasRed, c.lum, c.colours)
		}
	}
}

// Without spots of sun grey gaps are an overcast sky's.
func TestAWoodWithoutSpotsHasItsOwnCover(t *testing.T) {
	spotted, even := analysed(t, wood(512, true), Day), analysed(t, wood(512, false), Day)
	if even.dappled() > .2 || spotted.Light.Cover > .1 || even.Light.Cover <= spotted.Light.Cover {
		t.Errorf("even ground shows spots by %.2f, want none; cover %.2f with spots and %.2f without", even.dappled(), spotted.Light.Cover, even.Light.Cover)
	}
}

// Under leaves less light falls than over them; a field, a hedge and a roof have none
// overhead.
func TestOnlyLeavesOverheadAreACanopy(t *testing.T) {
	if sc := analysed(t, wood(512, true), Day); sc.below() < .15 || sc.below() > .6 {
		t.Errorf("a share of %.2f of the light comes through leaves, want .15 to .6", sc.below())
	}
	roof := noonField(512)
	s := raster.NewSphere(roof.W, roof.H)
	for y := range s.H / 2 {
		for x := range s.W {
			if s.Elevation[y] > 25 && (x < 200 || x > 330) {
				copy(roof.Row(y)[3*x:], []float32{.02, .02, .02})
			}
		}
	}
	for name, im := range map[string]*hdr.Image{"field": noonField(512), "hedge": thicket(512), "roof": roof} {
		sc := analysed(t, im, Day)
		if sc.canopy.leaves > 0 || sc.below() != 1 || rgb.Lum(sc.canopy.beam) > 0 {
			t.Errorf("%s: leaves are overhead by %.2f, %.2f of the light comes through", name, sc.canopy.leaves, sc.below())
		}
	}
}

// A wood asked for its own light comes back, hidden sun and all.
func TestAWoodInItsOwnLight(t *testing.T) {
	im := wood(512, true)
	sc := analysed(t, im, Day)
	if mean, _ := stopsApart(im, rendered(t, sc, sc.Own()), nil); mean > .02 {
		t.Errorf("its own light moves a wood by %.3f stops on the mean", mean)
	}
}

// A glade in a wood does not make the gaps between the other leaves things.
func TestGapsBesideAGladeAreSky(t *testing.T) {
	im, open := wood(512, true), field(atmosphere.Light{SunElevation: num.Radians(40), SunAzimuth: num.Radians(36), Haze: .25}, 512, false)
	s := raster.NewSphere(im.W, im.H)
	glade := func(x, y int) bool { return s.Elevation[y] > 5 && s.Elevation[y] < 60 && x > 40 && x < 90 }
	for y := range s.H {
		for x := range s.W {
			if glade(x, y) {
				copy(im.Row(y)[3*x:3*x+3], open.Row(y)[3*x:])
			}
		}
	}
	sc := analysed(t, im, Day)
	if _, area := sc.f.Flood(true); area < .31 || area > 1.3 { // as the mask adds leaves
		t.Fatalf("the glade shows %.2f sr of sky, want .31 to 1.3", area)
	}
	var found, all float64
	for y := s.Row(70); y < s.Row(12); y++ {
		for x := 120; x < 480; x++ {
			if im.Row(y)[3*x] > .8*open.Row(y)[3*x] { // no leaf's
				found, all = found+s.Solid[y]*float64(sc.Mask.Alpha.Row(y)[x]), all+s.Solid[y]
			}
		}
	}
	if share := found / all; share < .35 {
		t.Errorf("%.2f of the gaps far from the glade are sky, want .35 or more", share)
	}
}

// In a lane that shows a strip of blue sky a pale warm wall in the sun is a wall.
func TestAWarmWallInALaneIsNoSky(t *testing.T) {
	im := field(atmosphere.Light{SunElevation: num.Radians(40), SunAzimuth: num.Radians(36), Haze: .1}, 512, false)
	s := raster.NewSphere(im.W, im.H)
	strip := func(x, y int) bool { return s.Elevation[y] > 50 && s.Elevation[y] < 65 && x > 200 && x < 320 }
	wall := func(x, y int) bool { return s.Elevation[y] > 15 && s.Elevation[y] < 48 && x > 200 && x < 320 }
	for i := len(im.Pix) / 2; i < len(im.Pix); i++ {
		im.Pix[i] *= .1 // shade
	}
	for y := range s.H / 2 {
		for x := range s.W {
			p := im.Row(y)[3*x : 3*x+3]
			grain := 1 + 1.5*float32((3*x+5*y)%7)/7
			switch {
			case strip(x, y):
				p[0], p[1], p[2] = .15, .3, .6
			case wall(x, y):
				p[0], p[1], p[2] = .7*grain, .5*grain, .3*grain
			default:
				p[0], p[1], p[2] = .03*grain, .025*grain, .02*grain
			}
		}
	}
	alpha := analysed(t, im, Day).Mask.Alpha
	share := func(in func(x, y int) bool) (mean float64) {
		var n float64
		for y := range s.H / 2 {
			for x := range s.W {
				if in(x, y) {
					mean, n = mean+float64(alpha.Row(y)[x]), n+1
				}
			}
		}
		return mean / n
	}
	if sky, lit := share(strip), share(wall); sky < .8 || lit > .1 {
		t.Errorf("%.2f of the sky and %.2f of the wall are sky, want .8 or more and .1 at most", sky, lit)
	}
}
