package sky

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/clipenv/toolkit/pkg/hdr"
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
	lum, n, all := luminances(im), 0, 0
	s := newSphere(im.W, im.H)
	for y := 4; y < s.row(20); y++ {
		row := lum.row(y)
		for x, v := range row {
			near := []float32{row[(x+2)%s.w], row[(x+3)%s.w], row[(x+s.w-2)%s.w], row[(x+s.w-3)%s.w]}
			if v > 1.33*quantile(near, .5) {
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
		target.SunAzimuth, target.FindOpenSky = radians(170), false
		out := luminances(rendered(t, sc, target)).blur(2)
		row := out.row(sc.s.row(35))
		over := math.Log2(float64(row[im.W/2] / (row[im.W/2-70]/2 + row[im.W/2+70]/2)))
		if there := over > .12; there != want {
			t.Errorf("%d stars: a band lies %.2f stops over the sky beside it by day; one is wanted: %v", stars, over, want)
		}
	}
}

// What is opened is no brighter, commutes with a turn, and keeps what is wide.
func TestOpened(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	p := newPlane(40, 12).each(func(int) float32 { return r.Float32() })
	for y := 3; y < 9; y++ {
		for x := 36; x < 44; x++ {
			p.row(y)[x%40] = 5
		}
	}
	p.row(1)[20] = 9
	o := p.opened(2)
	turned := p.like().fill(func(x, y int) float32 { return p.row(y)[(x+7)%40] }).opened(2)
	for y := range p.h {
		for x := range p.w {
			if o.row(y)[x] > p.row(y)[x] {
				t.Fatalf("%d,%d rises from %v to %v", x, y, p.row(y)[x], o.row(y)[x])
			}
			if turned.row(y)[x] != o.row(y)[(x+7)%40] {
				t.Fatalf("%d,%d is not that of the turned plane", x, y)
			}
		}
	}
	if math.Abs(float64(o.row(5)[39])-5) > 0 || o.row(1)[20] > 1 {
		t.Errorf("a patch of 5 is %v, want 5; a speck of 9 is %v, want it gone", o.row(5)[39], o.row(1)[20])
	}
}
