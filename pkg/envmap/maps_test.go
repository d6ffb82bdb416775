package envmap

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/clipenv/toolkit/pkg/hdr"
)

// noise is a map of independent log-uniform values over ten stops, with a sun.
func noise(w, h int, seed uint64) *hdr.Image {
	rng := rand.New(rand.NewPCG(seed, 1))
	im := hdr.New(w, h)
	for i := range im.Pix {
		im.Pix[i] = float32(math.Exp2(10*rng.Float64() - 5))
	}
	sun := 3 * (h/4*w + w/3)
	im.Pix[sun], im.Pix[sun+1], im.Pix[sun+2] = 3e4, 2e4, 1e4
	return im
}

// smooth is a map whose radiance is a low polynomial of the direction, so
// that it has no seam and no pole.
func smooth(w, h int) *hdr.Image {
	im, g := hdr.New(w, h), newGrid(w, h)
	for y := range h {
		for x := range w {
			d := g.direction(x, y)
			i := 3 * (y*w + x)
			im.Pix[i] = float32(2 + d.X + .5*d.Y)
			im.Pix[i+1] = float32(1.5 + d.Y*d.Z)
			im.Pix[i+2] = float32(1 + .3*d.Z - .2*d.X*d.Y)
		}
	}
	return im
}

// constant is a map of one colour.
func constant(w, h int, r, g, b float32) *hdr.Image {
	im := hdr.New(w, h)
	for i := 0; i < len(im.Pix); i += 3 {
		im.Pix[i], im.Pix[i+1], im.Pix[i+2] = r, g, b
	}
	return im
}

// farthest is the largest difference between two maps of one size.
func farthest(t testing.TB, a, b *hdr.Image) float64 {
	t.Helper()
	if a.W != b.W || a.H != b.H {
		t.Fatalf("got a map of %d×%d, want %d×%d", a.W, a.H, b.W, b.H)
	}
	var worst float64
	for i, v := range a.Pix {
		worst = max(worst, math.Abs(float64(v)-float64(b.Pix[i])))
	}
	return worst
}

func near(t testing.TB, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: got %v, want %v within %v", what, got, want, tolerance)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
