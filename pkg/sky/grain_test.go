package sky

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// A sensor's grain in a night's sky is none of a day's; a cloud of that night stays.
func TestGrainIsNoCloudByDay(t *testing.T) {
	const grain, cloud = .08, .8 // stops
	im := square(256)
	s, r := raster.NewSphere(im.W, im.H), rand.New(rand.NewPCG(5, 6))
	in := func(x, y, reach int) bool { return x >= 180-reach && x < 204+reach && y >= 26-reach && y < 36+reach }
	open := func(x, y int) bool { return s.Elevation[y] > 25 && s.Elevation[y] < 70 && !in(x, y, 12) }
	for y := range im.H {
		for x := range im.W {
			if s.Elevation[y] < 15 {
				continue
			}
			stops := grain * r.NormFloat64()
			if in(x, y, 0) {
				stops += cloud
			}
			for c := range 3 {
				im.Row(y)[3*x+c] *= float32(math.Exp2(stops))
			}
		}
	}
	sc := analysed(t, im, Night)
	target, _ := sc.Preset("clear noon")
	target.Detail = 1
	lum := raster.Luminances(rendered(t, sc, target))
	lg := lum.Like().Each(func(i int) float32 { return num.Log2(lum.V[i] + 1e-9) })
	var steps []float32
	for y := range s.H / 2 {
		for x := range s.W - 1 {
			if open(x, y) && open(x+1, y) {
				steps = append(steps, num.Abs(lg.Row(y)[x+1]-lg.Row(y)[x]))
			}
		}
	}
	if is := raster.Quantile(steps, .5); is > .4*grain {
		t.Errorf("half of the sky's texels differ by %.3f stops from the next, want at most %.3f", is, .4*grain)
	}
	within := raster.Quantile(lg.Where(func(x, y int) bool { return in(x, y, -2) }), .5)
	beside := raster.Quantile(lg.Where(func(x, y int) bool { return in(x, y, 8) && !in(x, y, 4) }), .5)
	if within-beside < .3*cloud {
		t.Errorf("a cloud stands %.2f stops over the sky beside it, want %.2f", within-beside, .3*cloud)
	}
}
