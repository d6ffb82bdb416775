package sky

import (
	"math"
	"testing"

	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// front is a wall under a clear sky, with panes that mirror that, a shop painted in
// the green of the sea and one in ultramarine. Each stands between two columns.
func front(w int) (im *hdr.Image, pane, sea, ultramarine [2]int) {
	im = field(atmosphere.Light{SunElevation: num.Radians(40), SunAzimuth: num.Radians(140), Haze: .1}, w, false)
	s := raster.NewSphere(im.W, im.H)
	pane, sea, ultramarine = [2]int{w / 8, w / 4}, [2]int{w / 4, w * 3 / 8}, [2]int{w * 3 / 8, w / 2}
	high := [3]float32(im.Row(s.Row(45))[3*w/4:])
	for y := s.Row(20); y < s.Row(-3); y++ {
		for x := w / 16; x < w*9/16; x++ {
			v := im.Row(y)[3*x : 3*x+3]
			grain := .06 * (1 + .3*float32((x*7+y*13)%5)/5)
			for c := range v {
				switch at := [3]float32{1.05, 1, .9}; {
				case x >= pane[0] && x < pane[1]:
					v[c] = .5 * high[c] * (1 + .3*float32((x*5+y*11)%7)/7)
				case x >= sea[0] && x < sea[1]:
					v[c] = grain * [3]float32{.3, 1, .9}[c]
				case x >= ultramarine[0] && x < ultramarine[1]:
					v[c] = grain * [3]float32{.05, .1, 1.5}[c]
				default:
					v[c] = grain * at[c]
				}
			}
		}
	}
	return im, pane, sea, ultramarine
}

// Panes that mirror a blue sky are grey under a grey one, and as blue as before under
// a blue; what is painted keeps its colour.
func TestPanesMirrorTheNewSky(t *testing.T) {
	t.Parallel()
	im, pane, sea, ultramarine := front(512)
	sc := analysed(t, im, Day)
	blue := func(im *hdr.Image, part [2]int) float64 {
		s := raster.NewSphere(im.W, im.H)
		var sum [3]float64
		for y := s.Row(14); y < s.Row(3); y++ {
			for x := part[0] + 4; x < part[1]-4; x++ {
				sum = rgb.Plus(sum, [3]float64{float64(im.Row(y)[3*x]), float64(im.Row(y)[3*x+1]), float64(im.Row(y)[3*x+2])})
			}
		}
		return math.Log2(sum[2] / sum[0])
	}
	if had := blue(im, pane); had < .8 {
		t.Fatalf("the panes are blue by %.2f stops, want a blue sky in them", had)
	}
	for _, name := range []string{"overcast", "winter snow"} {
		target, _ := sc.Preset(name)
		target.Fog = 0
		out := rendered(t, sc, target)
		x, y := out.W*7/8, raster.NewSphere(out.W, out.H).Row(45)
		over := math.Log2(float64(out.Row(y)[3*x+2] / out.Row(y)[3*x])) // the new sky's
		if has := blue(out, pane); math.Abs(has-over) > .35 {
			t.Errorf("%s: the panes are blue by %.2f stops, want it to be the sky's %.2f", name, has, over)
		}
		for paint, part := range map[string][2]int{"sea green": sea, "ultramarine": ultramarine} {
			if had, has := blue(im, part), blue(out, part); has < had-.6 {
				t.Errorf("%s: %s is blue by %.2f stops, and was by %.2f, want it kept", name, paint, has, had)
			}
		}
	}
	target, _ := sc.Preset("clear noon")
	if has := blue(rendered(t, sc, target), pane); has < .6 {
		t.Errorf("clear noon: the panes are blue by %.2f stops, want a blue sky in them", has)
	}
}
