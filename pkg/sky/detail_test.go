package sky

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// cloudy is a clear plain with soft clouds of up to a stop, the same whatever
// the sun does.
func cloudy(w int) (*Scene, error) {
	im := field(atmosphere.Light{SunElevation: num.Radians(40), SunAzimuth: num.Radians(90), Haze: .2}, w, false)
	r := rand.New(rand.NewPCG(11, 12))
	noise := raster.NewPlane(im.W, im.H).Each(func(int) float32 { return float32(r.NormFloat64()) }).Blur(float64(w) / 60)
	peak := raster.Quantile(slices.Clone(noise.V), .999)
	for y := range im.H / 2 {
		for x := range im.W {
			for c := range 3 {
				im.Row(y)[3*x+c] *= num.Exp2(noise.Row(y)[x] / peak)
			}
		}
	}
	return AnalyseAs(im, Day)
}

func TestDetailTurnsWithTheSun(t *testing.T) {
	sc, err := cloudy(256)
	if err != nil {
		t.Fatal(err)
	}
	d, ok := sc.CloudDetail()
	if !ok {
		t.Fatal("no clouds under an open sky")
	}
	const by = 24
	turned := d.turned(d.planes, d.azimuth+2*math.Pi*by/256, 256, 128)
	for c, p := range turned {
		for y := range p.H {
			for x, v := range p.Row(y) {
				if want := d.planes[c].Row(y)[(x-by+256)%256]; math.Abs(float64(v-want)) > 1e-4 {
					t.Fatalf("texel %d,%d is %v, want %v of %d texels left of it", x, y, v, want, by)
				}
			}
		}
	}
}

// A clear sky takes the clouds of another map: what is brighter there is
// brighter here.
func TestCloudsOfAnotherMap(t *testing.T) {
	from, err := cloudy(256)
	if err != nil {
		t.Fatal(err)
	}
	sc := analysed(t, field(atmosphere.Light{SunElevation: num.Radians(40), SunAzimuth: num.Radians(-30), Haze: .2}, 256, false), Day)
	target := sc.Own()
	clear := raster.Luminances(rendered(t, sc, target))
	target.Clouds, _ = from.CloudDetail()
	with := raster.Luminances(rendered(t, sc, target))
	want := target.Clouds.turned(target.Clouds.planes, target.SunAzimuth, 256, 128)[1]
	var xy, xx, yy float64
	for y := sc.s.Row(70); y < sc.s.Row(5); y++ {
		for x := range sc.s.W {
			if envmap.AngleBetween(sc.s.Direction(x, y), sc.Sun.Direction) < 20 {
				continue
			}
			a := float64(num.Log2(with.Row(y)[x] / clear.Row(y)[x]))
			b := float64(want.Row(y)[x])
			xy, xx, yy = xy+a*b, xx+a*a, yy+b*b
		}
	}
	if r := xy / math.Sqrt(xx*yy); !(r > .9) {
		t.Errorf("the sky correlates with the clouds by %.2f, want more than .9", r)
	}
}
