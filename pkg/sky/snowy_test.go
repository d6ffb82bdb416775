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

// whiteField is a field of snow under a low sun, with shade on it in stripes, and in
// the shade dark twigs.
func whiteField() (im *hdr.Image, shaded, twig func(x, y int) bool) {
	l := atmosphere.Light{SunElevation: num.Radians(22), SunAzimuth: num.Radians(40), Haze: .1}
	im = field(l, 512, false)
	sky, light := atmosphere.New(l), onLevel(l)
	scale := .75 / .18 * .1 / rgb.Lum(light) // field's ground is .1 by an albedo of .18
	s := raster.NewSphere(im.W, im.H)
	shaded = func(x, y int) bool { return s.Elevation[y] < -6 && s.Elevation[y] > -14 && x%64 < 24 }
	twig = func(x, y int) bool { return shaded(x, y) && x%64 >= 8 && x%64 < 16 }
	for y := im.H / 2; y < im.H; y++ {
		for x := range im.W {
			from, by := light, scale*(.8+.4*float64((3*x+5*y)%7)/7) // too rough for water
			if shaded(x, y) {
				from = sky.Horizontal()
			}
			if twig(x, y) {
				by *= .07
			}
			for c := range 3 {
				im.Row(y)[3*x+c] = float32(by * from[c])
			}
		}
	}
	return im, shaded, twig
}

// What stands in blue shade on snow is as grey as the snow once its light is, be it as
// dark as twigs.
func TestDarkThingsInTheShadeOnSnowAreGrey(t *testing.T) {
	im, _, twig := whiteField()
	sc := analysed(t, im, Day)
	if !sc.snowy().some {
		t.Fatal("a field of snow is none")
	}
	target, _ := sc.Preset("overcast")
	out := rendered(t, sc, target)
	middle := func(in func(x, y int) bool) float64 {
		var all []float64
		for y := sc.s.Row(-8); y < sc.s.Row(-12); y++ {
			for x := range im.W {
				if in(x, y) {
					p := out.Row(y)[3*x:]
					all = append(all, math.Log2(float64(p[2]/p[0])))
				}
			}
		}
		return raster.Quantile(all, .5)
	}
	inner := func(x, y int) bool { return twig(x-2, y) && twig(x+2, y) }
	lit := func(x, y int) bool { return x%64 > 34 && x%64 < 54 }
	if off := middle(inner) - middle(lit); math.Abs(off) > .15 {
		t.Errorf("twigs in the shade are %.2f stops bluer than snow that was lit, want none", off)
	}
}

// How white lying snow turns goes with the light that softens, and not by a leap with
// how far its shadows are let follow.
func TestSnowTurnsWhiteWithoutALeap(t *testing.T) {
	im, _, _ := whiteField()
	sc := analysed(t, im, Day)
	target, _ := sc.Preset("overcast")
	at := func(softened float64) *hdr.Image {
		target.Softened = softened
		return rendered(t, sc, target)
	}
	most, a, b := 0., at(0), at(1e-3)
	for i, v := range a.Pix {
		most = max(most, math.Abs(math.Log2(float64(v/b.Pix[i]))))
	}
	if most > .01 {
		t.Errorf("a thousandth of softening changes snow by %.3f stops, want .01 at most", most)
	}
}

// In a wood less light falls: snow that lies there is told by what does.
func TestSnowInAWoodIsTold(t *testing.T) {
	im := wood(512, false)
	s, r := raster.NewSphere(im.W, im.H), rand.New(rand.NewPCG(9, 5))
	var tufts [45][90]float64
	for y := range tufts {
		for x := range tufts[y] {
			tufts[y][x] = r.Float64()
		}
	}
	for y := range s.H / 2 {
		for x := range s.W {
			// Under a grey sky, of which a fifth is seen.
			p, leaf := im.Row(y)[3*x:3*x+3], float32(.006*math.Exp2(r.Float64()))
			if tufts[y*45/s.H][x*90/s.W] < .8 {
				p[0], p[1], p[2] = .8*leaf, 1.2*leaf, .4*leaf
			} else {
				p[0], p[1], p[2] = .25, .25, .25
			}
		}
	}
	bare := analysed(t, im, Day)
	if bare.snowy().some {
		t.Error("a wood's bare ground is snow")
	}
	falls := rgb.Times(bare.old.level(), bare.below()*.72/math.Pi)
	lies := func(x int) bool { return x%32 < 14 } // in patches, between which the ground is bare
	for y := s.H / 2; y < s.H; y++ {
		for x := range s.W {
			grain := .95 + .1*float64((3*x+5*y)%7)/7
			for c := range 3 {
				if lies(x) {
					im.Row(y)[3*x+c] = float32(grain * falls[c])
				}
			}
		}
	}
	sc := analysed(t, im, Day)
	if min(sc.canopy.leaves, bare.canopy.leaves) < .5 {
		t.Fatalf("leaves are overhead by %.2f of a wood with snow and by %.2f without, want .5 and more", sc.canopy.leaves, bare.canopy.leaves)
	}
	if !sc.snowy().some {
		t.Error("a wood's snow is none")
	}
	if cover := raster.Quantile(sc.newSnow(1).cover.Where(func(x, y int) bool { return lies(x) && s.Elevation[y] < -20 }), .5); cover > .1 {
		t.Errorf("new snow covers %.2f of what lies in a wood, want none", cover)
	}
}

// In a gorge that shows little of the sky less light falls on snow than over it: as much
// as its dark ground tells. On a field, be it as dark, it is all.
func TestSnowInAGorgeIsLitAsItsGroundWas(t *testing.T) {
	im := field(atmosphere.Light{SunElevation: num.Radians(40), Cover: 1}, 512, false)
	s := raster.NewSphere(im.W, im.H)
	dark := func() *hdr.Image {
		m := hdr.New(im.W, im.H)
		copy(m.Pix, im.Pix)
		for i := len(m.Pix) / 2; i < len(m.Pix); i++ {
			m.Pix[i] *= .05
		}
		return m
	}
	gorge := dark()
	for y := range s.H / 2 {
		for x := range s.W {
			if s.Elevation[y] < 50 {
				rock := .004 * (1 + float32((3*x+5*y)%7)/7)
				copy(gorge.Row(y)[3*x:], []float32{1.1 * rock, rock, .9 * rock})
			}
		}
	}
	if open := analysed(t, dark(), Day).onGround(); open != 1 {
		t.Errorf("%.2f of the light falls on open ground, want all", open)
	}
	sc := analysed(t, gorge, Day)
	ground := raster.Quantile(sc.lum.Where(func(_, y int) bool { return s.Elevation[y] < -15 }), .5)
	snow := sc.onGround() * snowAlbedo * rgb.Lum(sc.old.level()) / math.Pi
	if over := snow / float64(ground); !sc.SkySeen() || over < 4 || over > snowAlbedo/soilAlbedo+2 {
		t.Errorf("snow in a gorge (%.2f of the sky) is %.1f times as bright as the ground was, want 4 to %.1f", sc.Mask.Share, over, snowAlbedo/soilAlbedo)
	}
}
