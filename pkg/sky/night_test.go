package sky

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// square is grained ground and pale walls in the light of lamps, under a black
// sky.
func square(w int) *hdr.Image {
	im := hdr.New(w, w/2)
	s := raster.NewSphere(im.W, im.H)
	r := rand.New(rand.NewPCG(3, 9))
	for y := range im.H {
		for x := range im.W {
			v := [3]float64{.0010, .0012, .0018}
			grain := math.Exp2(.8 * (r.Float64() - .5))
			switch el, top := s.Elevation[y], 8+4*math.Sin(6*math.Pi*float64(x)/float64(w)); {
			case el < 0:
				v = rgb.Times([3]float64{.13, .11, .07}, grain)
			case el < top:
				v = rgb.Times([3]float64{.32, .27, .17}, grain)
			}
			if d := math.Hypot(float64(x-w/3), float64(y)-float64(w)/4+6*float64(w)/360); d < 1.5 {
				v = [3]float64{90, 80, 60}
			}
			for c := range v {
				im.Row(y)[3*x+c] = float32(v[c])
			}
		}
	}
	return im
}

// A lamplit night that becomes a day is exposed as a day is: ground as bright
// as it was at noon and darker at sunset, walls no brighter than paint.
func TestNightBecomesDay(t *testing.T) {
	im := square(256)
	sc := analysed(t, im, Night)
	s := raster.NewSphere(im.W, im.H)
	seen := func(im *hdr.Image, least, most float64) float64 {
		return math.Log2(float64(raster.Quantile(raster.Luminances(im).Where(func(_, y int) bool { return s.Elevation[y] > least && s.Elevation[y] < most }), .5)))
	}
	ground := func(im *hdr.Image) float64 { return seen(im, -60, -15) }
	was := ground(im)
	for name, change := range map[string][2]float64{"clear noon": {-.8, .5}, "overcast": {-3, -.8}, "sunset": {-4, -1}} {
		target, _ := sc.Preset(name)
		p := sc.plan(target)
		out := rendered(t, sc, target)
		if got := ground(out) - was; got < change[0] || got > change[1] {
			t.Errorf("%s changes the ground by %.2f stops, want %v", name, got, change)
		}
		paper := math.Log2(rgb.Lum(p.relit.new.level()) / math.Pi)
		if walls := seen(out, 1, 4); walls > paper+.3 {
			t.Errorf("%s: walls lie %.2f stops over white paper on level ground", name, walls-paper)
		}
	}
}

// Lamps light snow as they light the ground that it lies on: it is brighter than that
// by night, and brighter where they shine from near.
func TestLampsLightSnow(t *testing.T) {
	const w = 512
	im := square(w)
	s := raster.NewSphere(w, w/2)
	near := func(x int) bool { return x > w/2 && x < w/2+120 }
	for y := s.Row(-3); y < s.H; y++ {
		for x := range w {
			for c := range 3 {
				if near(x) {
					im.Row(y)[3*x+c] *= 2.5
				}
			}
		}
	}
	sc := analysed(t, im, Night)
	target, _ := sc.Preset("moonlit night")
	bare := raster.Luminances(rendered(t, sc, target))
	target.Snow = 1
	snowy := raster.Luminances(rendered(t, sc, target))
	middle := func(p raster.Plane, at int) float64 {
		return float64(raster.Quantile(p.Where(func(x, y int) bool { return y > s.Row(-30) && y < s.Row(-60) && x > at && x < at+60 }), .5))
	}
	if over := middle(snowy, 30) / middle(bare, 30); over < 1.4 {
		t.Errorf("snow is %.2f times as bright as the ground under it, want 1.4 and more", over)
	}
	if over := middle(snowy, w/2+30) / middle(snowy, 30); over < 1.3 {
		t.Errorf("snow near lamps is %.2f times as bright as farther off, want 1.3 and more", over)
	}
}
