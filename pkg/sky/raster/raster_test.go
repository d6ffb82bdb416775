package raster

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
)

func TestPartsGoRoundTheSeam(t *testing.T) {
	const w, h = 8, 4
	in := make([]bool, w*h)
	for _, i := range []int{0, w - 1, 2*w + 3, 2*w + 4, 3*w + 4} {
		in[i] = true
	}
	p := Connect(in, w, h)
	if p.Count != 2 || p.Of[0] != p.Of[w-1] || p.Of[2*w+3] != p.Of[3*w+4] || p.Of[0] == p.Of[2*w+3] {
		t.Errorf("got %d parts: %v, want two", p.Count, p.Of)
	}
}

func TestBlurKeepsWhatIsEven(t *testing.T) {
	p := NewPlane(32, 16).Each(func(int) float32 { return 3 })
	for _, sigma := range []float64{.3, 1, 4, 30} {
		for _, v := range p.Blur(sigma).V {
			if math.Abs(float64(v)-3) > 1e-5 {
				t.Fatalf("blur by %v makes %v of 3", sigma, v)
			}
		}
	}
}

// A point at the zenith spreads over the pole: as much to the other side.
func TestBlurGoesOverThePole(t *testing.T) {
	p := NewPlane(32, 16)
	p.Row(0)[3] = 1
	out := p.BlurBy(.01, 2)
	if a, b := out.Row(1)[3], out.Row(0)[19]; math.Abs(float64(a-b)) > .2*float64(a) || b == 0 {
		t.Errorf("below the point is %v, over the pole %v", a, b)
	}
	var sum float32
	for _, v := range out.V {
		sum += v
	}
	if math.Abs(float64(sum)-1) > 1e-4 {
		t.Errorf("the point's light sums to %v, want 1", sum)
	}
}

func TestBlurHasItsWidth(t *testing.T) {
	p := NewPlane(256, 128)
	for y := range p.H {
		p.Row(y)[128] = 1
	}
	for _, sigma := range []float64{.8, 2.5, 9} {
		var sum, second float64
		for x, v := range p.Blur(sigma).Row(64) {
			sum += float64(v)
			second += float64(v) * float64(x-128) * float64(x-128)
		}
		if got := math.Sqrt(second / sum); math.Abs(got-sigma) > .03*sigma {
			t.Errorf("blur by %v has the deviation %v", sigma, got)
		}
	}
}

func TestPullPushKeepsWhatIsThere(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	p, w := NewPlane(64, 32), NewPlane(64, 32)
	for i := range p.V {
		p.V[i] = float32(1 + r.Float64())
		if r.Float64() < .2 {
			w.V[i] = 1
		} else {
			p.V[i] = 1e6
		}
	}
	for i, v := range PullPush(p, w).V {
		if w.V[i] == 1 && v != p.V[i] {
			t.Fatalf("a texel that was there moves from %v to %v", p.V[i], v)
		}
		if v < .99 || v > 2.01 {
			t.Fatalf("a hole is filled with %v, want 1 to 2", v)
		}
	}
}

// A mask that is a linear function of the guide comes back as it was.
func TestGuidedFilterKeepsLinearFunctions(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	var guide [3]Plane
	for c := range guide {
		guide[c] = NewPlane(32, 16).Each(func(int) float32 { return float32(r.Float64()) })
	}
	p := NewPlane(32, 16).Each(func(i int) float32 { return .2 + .5*guide[0].V[i] - .3*guide[2].V[i] })
	read, out := NewGuided(guide, p, 2, 1e-9).Reader(32, 16), make([]float32, 32)
	for y := range 16 {
		read.Row(y, [3][]float32{guide[0].Row(y), guide[1].Row(y), guide[2].Row(y)}, out)
		for x, v := range out {
			if math.Abs(float64(v-p.Row(y)[x])) > 1e-3 {
				t.Fatalf("row %d: %v, want %v", y, v, p.Row(y)[x])
			}
		}
	}
}

func TestQuantile(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for range 200 {
		v := make([]float32, 1+r.IntN(40))
		for i := range v {
			v[i] = float32(r.IntN(12))
		}
		share := r.Float64()
		sorted := slices.Sorted(slices.Values(v))
		want := sorted[min(int(share*float64(len(v))), len(v)-1)]
		if got := Quantile(v, share); got != want {
			t.Fatalf("quantile %v of %v is %v, want %v", share, sorted, got, want)
		}
	}
}

// Means of values that lie far apart are the same bits on any number of processors.
func TestMeansKnowNoProcessors(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	p := NewPlane(64, 32)
	for i := range p.V {
		p.V[i] = r.Float32() * 1e-9
	}
	p.V[3*p.W] = 1e9 // a sum forgets what is small beside it
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	want := p.Blur(3)
	for _, processors := range []int{2, 3, 5} {
		runtime.GOMAXPROCS(processors)
		if got := p.Blur(3); !slices.Equal(got.V, want.V) {
			t.Errorf("on %d processors the means are others than on one", processors)
		}
	}
}
