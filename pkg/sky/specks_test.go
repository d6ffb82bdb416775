package sky

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// withStars puts stars into the sky of a map, texels many times brighter than
// what is around.
func withStars(im *hdr.Image, count int) *hdr.Image {
	r := rand.New(rand.NewPCG(1, 2))
	for range count {
		x, y := r.IntN(im.W), 4+r.IntN(im.H/2-im.H/8)
		for c := range 3 {
			im.Row(y)[3*x+c] *= 6
		}
	}
	return im
}

// sparkling is the share of the sky above 20° that is brighter by a third than the
// middle of its row's surroundings.
func sparkling(im *hdr.Image) float64 {
	lum, n, all := raster.Luminances(im), 0, 0
	s := raster.NewSphere(im.W, im.H)
	for y := 4; y < s.Row(20); y++ {
		row := lum.Row(y)
		for x, v := range row {
			near := []float32{row[(x+2)%s.W], row[(x+3)%s.W], row[(x+s.W-2)%s.W], row[(x+s.W-3)%s.W]}
			if v > 1.33*raster.Quantile(near, .5) {
				n++
			}
			all++
		}
	}
	return float64(n) / float64(all)
}

// No star shines by day.
func TestStarsGoByDay(t *testing.T) {
	for _, w := range []int{256, 512} {
		im := withStars(square(w), w)
		sc := analysed(t, im, Night)
		for _, name := range []string{"clear noon", "overcast"} {
			target, _ := sc.Preset(name)
			had, has := sparkling(im), sparkling(rendered(t, sc, target))
			if had < 1e-3 || has > had/20 {
				t.Errorf("%d wide, %s: a share of %.5f of the sky is stars, and was %.5f", w, name, has, had)
			}
		}
	}
}

// The Milky Way, a band among many stars, goes with them by day; clouds of a night
// that shows few stay.
func TestTheMilkyWayGoesWithTheStars(t *testing.T) {
	const w = 512
	for stars, want := range map[int]bool{w * 8: false, 20: true} {
		im := square(w)
		for y := range im.H / 2 {
			for x := range im.W {
				off := float64(x-im.W/2) / 24
				for c := range 3 {
					im.Row(y)[3*x+c] *= float32(1 + .6*math.Exp(-off*off))
				}
			}
		}
		sc := analysed(t, withStars(im, stars), Night)
		target, _ := sc.Preset("clear noon")
		target.SunAzimuth, target.FindOpenSky = num.Radians(170), false
		out := raster.Luminances(rendered(t, sc, target)).Blur(2)
		row := out.Row(sc.s.Row(35))
		over := math.Log2(float64(row[im.W/2] / (row[im.W/2-70]/2 + row[im.W/2+70]/2)))
		if there := over > .12; there != want {
			t.Errorf("%d stars: a band lies %.2f stops over the sky beside it by day; one is wanted: %v", stars, over, want)
		}
	}
}
