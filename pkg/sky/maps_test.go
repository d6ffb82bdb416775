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

// field is a map of grained ground under a light: as a photographer meets
// it, exposed so that the ground is about .1.
func field(l atmosphere.Light, w int, trees bool) *hdr.Image {
	h := w / 2
	sky := atmosphere.New(l)
	im := &hdr.Image{W: w, H: h, Pix: sky.Render(w, h)}
	beam, up := sky.Beam(), sky.Source()[1]
	level := rgb.Plus(sky.Horizontal(), rgb.Times(beam, max(up, 0)))
	r := rand.New(rand.NewPCG(5, 7))
	s := raster.NewSphere(w, h)
	for y := range h {
		for x := range w {
			v := im.Row(y)[3*x : 3*x+3]
			top := 0.
			if trees {
				top = 12*math.Sin(7*math.Pi*2*float64(x)/float64(w)) + 3*r.Float64() - 4
			}
			if s.Elevation[y] < max(top, 0) {
				albedo := [3]float64{.2, .18, .1}
				grain := math.Exp2(.6 * (r.Float64() - .5))
				if s.Elevation[y] > 0 {
					grain *= .4
				}
				for c := range v {
					v[c] = float32(albedo[c] * grain * level[c] / math.Pi)
				}
			}
		}
	}
	if rgb.Lum(beam) > 0 {
		sky.AddDisc(im.Pix, w, h)
	}
	gain := float32(.1 / (.18 * rgb.Lum(level) / math.Pi))
	for i := range im.Pix {
		im.Pix[i] *= gain
	}
	return im
}

func noonField(w int) *hdr.Image {
	return field(atmosphere.Light{SunElevation: num.Radians(40), SunAzimuth: num.Radians(36), Haze: .25}, w, true)
}

// litBy has more red, green and blue fall on a part of a map, by factors.
func litBy(im *hdr.Image, in func(x, y int) bool, by ...float32) {
	for y := range im.H {
		for x := range im.W {
			if in(x, y) {
				for c, f := range by {
					im.Row(y)[3*x+c] *= f
				}
			}
		}
	}
}

func analysed(t *testing.T, im *hdr.Image, kind Kind) *Scene {
	t.Helper()
	sc, err := AnalyseAs(im, kind)
	if err != nil {
		t.Fatal(err)
	}
	return sc
}

func rendered(t *testing.T, sc *Scene, target Target) *hdr.Image {
	t.Helper()
	out, err := sc.Render(target)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// stopsApart are the mean and the largest distance of two maps in stops of
// luminance, by solid angle, where ok.
func stopsApart(a, b *hdr.Image, ok func(d envmap.Vec) bool) (mean, most float64) {
	s := raster.NewSphere(a.W, a.H)
	la, lb := raster.Luminances(a), raster.Luminances(b)
	var all float64
	for y := range s.H {
		for x := range s.W {
			if ok != nil && !ok(s.Direction(x, y)) {
				continue
			}
			i := y*s.W + x
			d := math.Abs(math.Log2((float64(la.V[i]) + 1e-7) / (float64(lb.V[i]) + 1e-7)))
			mean += s.Solid[y] * d
			all += s.Solid[y]
			most = max(most, d)
		}
	}
	return mean / all, most
}
