package envmap

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestSolidAnglesCoverTheSphere(t *testing.T) {
	for _, h := range []int{1, 32, 33, 4096} {
		w, sum := 2*h, 0.
		for y := range h {
			sum += float64(w) * SolidAngle(y, w, h)
		}
		near(t, "sum of texels in sr", sum, 4*math.Pi, 1e-12)
	}
}

func TestDirectionsKnowTheirPlaces(t *testing.T) {
	const w, h = 64, 32
	for _, c := range []struct {
		x, y float64
		want Vec
	}{
		{0, 0, Vec{0, 1, 0}},
		{w, h, Vec{0, -1, 0}},
		{w / 2, h / 2, Vec{0, 0, 1}},
		{w / 4, h / 2, Vec{1, 0, 0}},
		{3 * w / 4, h / 2, Vec{-1, 0, 0}},
		{0, h / 2, Vec{0, 0, -1}},
		{w, h / 2, Vec{0, 0, -1}},
	} {
		got := Direction(c.x, c.y, w, h)
		if d := got.Add(c.want.Scale(-1)); d.Dot(d) > 1e-28 {
			t.Errorf("direction of (%v, %v): got %v, want %v", c.x, c.y, got, c.want)
		}
	}
	right := Direction(w/2+4, h/2-3, w, h)
	near(t, "azimuth in degrees", right.Azimuth(), 360*4./w, 1e-12)
	near(t, "elevation in degrees", right.Elevation(), 180*3./h, 1e-12)
}

func TestPositionUndoesDirection(t *testing.T) {
	const w, h = 128, 64
	rng := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		x, y := w*rng.Float64(), h*rng.Float64()
		d := Direction(x, y, w, h)
		near(t, "length", d.Dot(d), 1, 1e-14)
		gotX, gotY := Position(d.Scale(3), w, h)
		near(t, "x", gotX, x, 1e-9)
		near(t, "y", gotY, y, 1e-9)
	}
}

func TestMeanOfOneColourIsThatColour(t *testing.T) {
	got := Mean(constant(64, 32, 1, 2, 4))
	for i, want := range []float64{1, 2, 4} {
		near(t, "mean", got[i], want, 1e-12)
	}
}

func TestSampleHitsTexelCentresAndIsContinuous(t *testing.T) {
	im := smooth(64, 32)
	g := newGrid(im.W, im.H)
	for y := range im.H {
		for x := range im.W {
			got, want := Sample(im, g.direction(x, y)), texel(im, x, y)
			for c := range got {
				near(t, "channel", float64(got[c]), float64(want[c]), 1e-5)
			}
		}
	}
	// Across the seam and over the poles nearby directions see nearby light.
	for _, d := range []Vec{{0, 0, -1}, {0, 1, 0}, {0, -1, 0}} {
		a := Sample(im, d.Add(Vec{1e-7, 1e-7, 1e-7}))
		b := Sample(im, d.Add(Vec{-1e-7, -1e-7, -1e-7}))
		for c := range a {
			near(t, "step", float64(a[c]), float64(b[c]), 1e-3)
		}
	}
}

// Weighing rows by the cosine of their latitude is weighing texels by their
// solid angle.
func TestLatitudeWeightsAreSolidAngles(t *testing.T) {
	for _, h := range []int{1, 2, 7, 64} {
		weights, rows := LatitudeWeights(h), RowWeights(h)
		var mean float64
		for y, w := range weights {
			if got, want := w/weights[0], SolidAngle(y, 2*h, h)/SolidAngle(0, 2*h, h); math.Abs(got-want) > 1e-12*want {
				t.Errorf("h %d: row %d weighs %v times row 0, want %v", h, y, got, want)
			}
			mean += float64(rows[y]) / float64(h)
		}
		if math.Abs(mean-1) > 1e-6 {
			t.Errorf("h %d: row weights have the mean %v, want 1", h, mean)
		}
	}
}
