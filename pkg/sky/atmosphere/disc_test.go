package atmosphere

import (
	"math"
	"testing"
)

// gathered sums radiance times solid angle, and where the light comes from.
func gathered(pix []float32, w, h int) (sum [3]float64, middle [3]float64) {
	for y := range h {
		solid := solidAngle(y, w, h)
		for x := range w {
			i := 3 * (y*w + x)
			if pix[i] == 0 && pix[i+1] == 0 && pix[i+2] == 0 {
				continue
			}
			d := Toward(math.Pi*(.5-(float64(y)+.5)/float64(h)), math.Pi*(2*(float64(x)+.5)/float64(w)-1))
			for c := range 3 {
				sum[c] += solid * float64(pix[i+c])
				middle[c] += solid * float64(pix[i+1]) * d[c]
			}
		}
	}
	return sum, middle
}

func TestDiscHasItsEnergyAtEverySize(t *testing.T) {
	beam := [3]float64{900, 700, 300}
	for _, w := range []int{64, 65, 128, 1000, 1024, 4096, 8192} {
		h := w / 2
		pix := make([]float32, 3*w*h)
		for _, e := range []float64{90, 89.999, 89.8, 89, 60, 3.3, 0, -.1, -45, -90} {
			for _, a := range []float64{0, 180, -180, 179.95, 12.3} {
				if w > 2000 && (a != 179.95 || e == 60 || e < -1) {
					continue // large maps take long to sum
				}
				clear(pix)
				d := Toward(e*degree, a*degree)
				AddDisc(pix, w, h, d, beam)
				sum, middle := gathered(pix, w, h)
				for c := range sum {
					if math.Abs(sum[c]/beam[c]-1) > 1e-3 {
						t.Errorf("%d×%d at %v°, %v°: sums to %v, want %v", w, h, e, a, sum, beam)
					}
				}
				long := math.Sqrt(middle[0]*middle[0] + middle[1]*middle[1] + middle[2]*middle[2])
				away := math.Acos(min(1, (middle[0]*d[0]+middle[1]*d[1]+middle[2]*d[2])/long)) / degree
				if away > .75*180/float64(h)+.01 {
					t.Errorf("%d×%d at %v°, %v°: the disc lies %v° from its place", w, h, e, a, away)
				}
			}
		}
	}
}

// On a map with many texels across it the disc is as wide as it should be, and
// darker and redder at its edge.
func TestDiscIsRoundAndDarkensToItsLimb(t *testing.T) {
	const w, h = 2048, 4096
	d := Toward(90./h*degree, 180./w*degree)
	pix := make([]float32, 3*w*h)
	AddDisc(pix, w, h, d, [3]float64{1, 1, 1})
	column := func(y int) []float32 { return pix[3*(y*w+w/2):][:3] }
	var lit int
	for y := range h {
		if column(y)[1] > 0 {
			lit++
		}
	}
	if got := float64(lit) * 180 / h; got < .50 || got > .58 {
		t.Errorf("the disc is %v° high, want .53°", got)
	}
	middle, edge := column(h/2-1), column(h/2-1-5)
	if got := edge[1] / middle[1]; got < .4 || got > .85 {
		t.Errorf("near the edge the disc has %v of its middle's radiance", got)
	}
	if !(edge[0]/middle[0] > edge[1]/middle[1] && edge[1]/middle[1] > edge[2]/middle[2]) {
		t.Errorf("the edge %v is not redder than the middle %v", edge, middle)
	}
}

// What a texel gets changes little as the disc moves by little.
func TestDiscMovesSmoothly(t *testing.T) {
	const w, h = 512, 256
	var last []float32
	for i := range 40 {
		pix := make([]float32, 3*w*h)
		AddDisc(pix, w, h, Toward((45+.01*float64(i))*degree, .02*degree*float64(i)), [3]float64{1, 1, 1})
		for j := range last {
			if diff := math.Abs(float64(pix[j] - last[j])); diff > .12/solidAngle(h/4, w, h) {
				t.Fatalf("step %d moves %v of the disc's light from a texel", i, diff*solidAngle(h/4, w, h))
			}
		}
		last = pix
	}
}

func TestMapsOfAnotherSizeAreRefused(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a map of 10 numbers was taken for 4×2")
		}
	}()
	AddDisc(make([]float32, 10), 4, 2, [3]float64{0, 1, 0}, [3]float64{1, 1, 1})
}

func TestStarsKeepTheirLightAtEverySize(t *testing.T) {
	s := New(Light{SunElevation: -.8, Stars: 1, Haze: .2})
	var want [3]float64
	for i, w := range []int{2048, 1024, 512, 130, 65} {
		h := w / 2
		pix := make([]float32, 3*w*h)
		s.AddStars(pix, w, h, 7)
		sum, middle := gathered(pix, w, h)
		if i == 0 {
			want = sum
			if lit := lux(sum); lit < 1e-5 || lit > 1e-2 {
				t.Errorf("the stars sum to %v lx, want about a thousandth of the full moon's", lit)
			}
		}
		for c := range sum {
			if math.Abs(sum[c]/want[c]-1) > 1e-3 {
				t.Errorf("%d×%d: stars sum to %v, want %v", w, h, sum, want)
			}
		}
		if middle[1] <= 0 {
			t.Errorf("%d×%d: the stars stand below the horizon", w, h)
		}
		for y := h/2 + 2 + h/600; y < h; y++ {
			for x := range 3 * w {
				if pix[3*w*y+x] != 0 {
					t.Fatalf("%d×%d: a star in row %d, below the horizon", w, h, y)
				}
			}
		}
	}
}

func TestStarsAreTheSeeds(t *testing.T) {
	const w, h = 256, 128
	draw := func(seed uint64, l Light) []float32 {
		pix := make([]float32, 3*w*h)
		New(l).AddStars(pix, w, h, seed)
		return pix
	}
	night := Light{SunElevation: -.8, Stars: 1}
	same := func(a, b []float32) bool {
		for i := range a {
			if a[i] != b[i] {
				return false
			}
		}
		return true
	}
	if !same(draw(1, night), draw(1, night)) {
		t.Error("one seed gives two skies")
	}
	if same(draw(1, night), draw(2, night)) {
		t.Error("two seeds give one sky")
	}
	night.Cover = 1
	if !same(draw(1, night), make([]float32, 3*w*h)) {
		t.Error("stars shine through a closed cover")
	}
}
