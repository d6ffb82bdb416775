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

// spotted is a wood with grain on its ground and warm spots of sun of three sizes: of
// 3, 10 and 40 texels at 512×256. inside tells how far what is seen there lies in one.
func spotted(w int) (im *hdr.Image, inside func(x, y int) bool) {
	im = wood(w, false)
	s, r := raster.NewSphere(w, w/2), rand.New(rand.NewPCG(4, 8))
	scale := float64(w) / 512
	in := make([]bool, w*w/2)
	for _, size := range []struct {
		wide float64
		n    int
	}{{40, 4}, {10, 40}, {3, 200}} {
		for range size.n {
			cx, cy := r.Float64()*float64(w), float64(w)/4+r.Float64()*float64(w)/4
			half := size.wide * scale / 2
			for y := int(cy - half); y < int(cy+half); y++ {
				for x := int(cx - half); x < int(cx+half); x++ {
					if y > s.Row(-8) && y < s.Row(-60) {
						in[y*w+(x+w)%w] = true
					}
				}
			}
		}
	}
	for y := s.H / 2; y < s.H; y++ {
		for x := range w {
			p := im.Row(y)[3*x : 3*x+3]
			for c, by := range [3]float32{1.2, 1, .7} {
				if in[y*w+x] {
					p[c] *= 8 * by
				}
			}
		}
	}
	return im, func(x, y int) bool { return in[y*w+x] }
}

// grainOf is the deviation of log2 luminance from texel to texel where all that is near
// lies in a set.
func grainOf(im *hdr.Image, in func(x, y int) bool) float64 {
	const near = 7
	lum := raster.Luminances(im)
	var sum, n float64
	for y := near; y < im.H-near; y++ {
		for x := near; x < im.W-near; x++ {
			if in(x, y) && in(x-near, y) && in(x+near, y) && in(x, y-near) && in(x, y+near) {
				d := math.Log2(float64(lum.Row(y)[x+1] / lum.Row(y)[x]))
				sum, n = sum+d*d, n+1
			}
		}
	}
	return math.Sqrt(sum / n)
}

// Spots of sun under leaves go where the light softens, be they large or small, and
// their warmth with them; what the ground is made of stays, and so does its light. At
// noon they stay.
func TestSpotsUnderLeavesGoUnderCloud(t *testing.T) {
	im, inside := spotted(512)
	sc := analysed(t, im, Day)
	if sc.canopy.spots < .5 {
		t.Fatalf("spots are told by %.2f, want .5 and more", sc.canopy.spots)
	}
	s := sc.s
	ground := func(x, y int) bool { return s.Elevation[y] < -8 && s.Elevation[y] > -60 }
	shade := func(x, y int) bool { return ground(x, y) && !inside(x, y) }
	over := func(im *hdr.Image) (stops, warmer float64) {
		l, r := looksOf(im, inside)
		ls, rs := looksOf(im, shade)
		return l - ls, r - rs
	}
	was, wasWarm := over(im)
	for _, name := range []string{"overcast", "foggy morning", "winter snow"} {
		target, _ := sc.Preset(name)
		target.Fog, target.Snow, target.Softened = 0, 0, 1
		out := rendered(t, sc, target)
		if is, warm := over(out); is > .4*was || is < 0 || warm > .6*wasWarm || warm < -.1 {
			t.Errorf("%s: spots of %.2f stops, %.2f warmer, have %.2f and are %.2f warmer, want .4 and .6 of that at most, and no less than the shade", name, was, wasWarm, is, warm)
		}
		if before, after := grainOf(im, inside), grainOf(out, inside); after < .75*before || after > 1.2*before {
			t.Errorf("%s: the grain in spots goes from %.3f to %.3f stops", name, before, after)
		}
		target.Softened = 0
		hard := rendered(t, sc, target)
		if by := math.Log2(sum(raster.Luminances(out).Where(ground)) / sum(raster.Luminances(hard).Where(ground))); math.Abs(by) > .2 {
			t.Errorf("%s: without its spots the ground has %.2f stops more light", name, by)
		}
	}
	target, _ := sc.Preset("clear noon")
	if is, _ := over(rendered(t, sc, target)); is < .9*was {
		t.Errorf("at noon spots of %.2f stops have %.2f", was, is)
	}
	if is, _ := over(rendered(t, sc, sc.Own())); math.Abs(is-was) > .02 {
		t.Errorf("in their own light spots of %.2f stops have %.2f", was, is)
	}
}

func sum(v []float32) (all float64) {
	for _, x := range v {
		all += float64(x)
	}
	return all
}

// Spots turn with the map.
func TestSpotsTurnWithTheMap(t *testing.T) {
	im, _ := spotted(256)
	const by = 64
	a, b := analysed(t, im, Day), analysed(t, envmap.Roll(im, by), Day)
	ta, _ := a.Preset("overcast")
	tb, _ := b.Preset("overcast")
	if mean, most := stopsApart(envmap.Roll(rendered(t, a, ta), by), rendered(t, b, tb), nil); mean > 1e-3 || most > .1 {
		t.Errorf("overcast of a turned wood is %.4f stops from the turned one, %.3f at most", mean, most)
	}
}

// What turns its side to a low sun is no brighter than level ground once the sun is
// gone; and pale things stay pale.
func TestClodsLoseALowSun(t *testing.T) {
	l := atmosphere.Light{SunElevation: num.Radians(10), SunAzimuth: num.Radians(36), Haze: .1}
	im, model := field(l, 512, false), atmosphere.New(l)
	s := raster.NewSphere(im.W, im.H)
	band := func(x, y, from, to int) bool {
		return x%64 >= from && x%64 < to && s.Elevation[y] < -15 && s.Elevation[y] > -50
	}
	clod := func(x, y int) bool { return band(x, y, 0, 4) }
	pale := func(x, y int) bool { return band(x, y, 36, 38) }
	plain := func(x, y int) bool { return band(x, y, 12, 28) }
	level := rgb.Plus(model.Horizontal(), rgb.Times(model.Beam(), model.Source()[1]))
	facing := rgb.Plus(rgb.Times(model.Horizontal(), .8), rgb.Times(model.Beam(), .7))
	for y := range im.H {
		for x := range im.W {
			for c := range level {
				switch {
				case clod(x, y):
					im.Row(y)[3*x+c] *= float32(facing[c] / level[c])
				case pale(x, y):
					im.Row(y)[3*x+c] *= 3
				}
			}
		}
	}
	sc := analysed(t, im, Day)
	if !sc.shadow.hard {
		t.Fatal("the sun casts no shadows")
	}
	over := func(im *hdr.Image, in func(x, y int) bool) (stops, warmer float64) {
		a, ar := looksOf(im, in)
		b, br := looksOf(im, plain)
		return a - b, ar - br
	}
	was, warm := over(im, clod)
	target, _ := sc.Preset("overcast")
	out := rendered(t, sc, target)
	if is, still := over(out, clod); is > .6*was || still > .7*warm {
		t.Errorf("clods of %.2f stops, %.2f warmer, have %.2f and are %.2f warmer under cloud, want .6 and .7 of that at most", was, warm, is, still)
	}
	before, _ := over(im, pale)
	if after, _ := over(out, pale); after < .7*before {
		t.Errorf("pale things of %.2f stops have %.2f under cloud, want .7 of that or more", before, after)
	}
}
