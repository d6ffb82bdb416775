package feature

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// plain is a smooth sky over grained ground.
func plain(w int, exposure float32) (*hdr.Image, *Features) {
	s, im, r := raster.NewSphere(w, w/2), hdr.New(w, w/2), rand.New(rand.NewPCG(1, 2))
	for y := range s.H {
		for x := range s.W {
			for c := range 3 {
				v := [3]float32{.3, .45, .8}[c]
				if s.Elevation[y] < 0 {
					v = .1 * float32(math.Exp2(2*r.Float64()-1))
				}
				im.Row(y)[3*x+c] = exposure * v
			}
		}
	}
	return im, New(im, s, raster.Luminances(im))
}

// The flood takes the sky of a plain, at any size and exposure.
func TestFloodTakesTheSky(t *testing.T) {
	for _, w := range []int{256, 1024} {
		for _, exposure := range []float32{1e-3, 1, 100} {
			_, f := plain(w, exposure)
			keep, area := f.Flood(true)
			if area < .9*2*math.Pi || area > 2*math.Pi {
				t.Errorf("%d texels wide, exposed %v times: %.2f sr are flooded, want nearly 2π", w, exposure, area)
			}
			for i := f.Sphere.W * f.Sphere.H / 2; i < len(keep); i++ {
				if keep[i] {
					t.Fatalf("%d texels wide: ground is flooded", w)
				}
			}
		}
	}
}

// A guide that is read row by row at the features' own size is theirs.
func TestGuideOfRowsIsThatOfFeatures(t *testing.T) {
	im, f := plain(256, 1)
	guide, r := f.Guide(), f.GuideReader(im.W, im.H)
	for y := range im.H {
		for c, row := range r.Row(y, im.Row(y)) {
			for x, v := range row {
				if want := guide[c].Row(y)[x]; math.Abs(float64(v-want)) > 1e-4 {
					t.Fatalf("value %d at %d,%d is %v, want %v", c, x, y, v, want)
				}
			}
		}
	}
}
