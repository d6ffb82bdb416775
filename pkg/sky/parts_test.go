package sky

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
	p := connect(in, w, h)
	if p.count != 2 || p.of[0] != p.of[w-1] || p.of[2*w+3] != p.of[3*w+4] || p.of[0] == p.of[2*w+3] {
		t.Errorf("got %d parts: %v, want two", p.count, p.of)
	}
}

func TestBlurKeepsWhatIsEven(t *testing.T) {
	p := newPlane(32, 16).each(func(int) float32 { return 3 })
	for _, sigma := range []float64{.3, 1, 4, 30} {
		for _, v := range p.blur(sigma).v {
			if math.Abs(float64(v)-3) > 1e-5 {
				t.Fatalf("blur by %v makes %v of 3", sigma, v)
			}
		}
	}
}

// A point at the zenith spreads over the pole: as much to the other side.
func TestBlurGoesOverThePole(t *testing.T) {
	p := newPlane(32, 16)
	p.row(0)[3] = 1
	out := p.blurBy(.01, 2)
	if a, b := out.row(1)[3], out.row(0)[19]; math.Abs(float64(a-b)) > .2*float64(a) || b == 0 {
		t.Errorf("below the point is %v, over the pole %v", a, b)
	}
	var sum float32
	for _, v := range out.v {
		sum += v
	}
	if math.Abs(float64(sum)-1) > 1e-4 {
		t.Errorf("the point's light sums to %v, want 1", sum)
	}
}

func TestBlurHasItsWidth(t *testing.T) {
	p := newPlane(256, 128)
	for y := range p.h {
		p.row(y)[128] = 1
	}
	for _, sigma := range []float64{.8, 2.5, 9} {
		var sum, second float64
		for x, v := range p.blur(sigma).row(64) {
			sum += float64(v)
			second += float64(v) * float64(x-128) * float64(x-128)
		}
		if got := math.Sqrt(second / sum); math.Abs(got-sigma) > .03*sigma {
			t.Errorf("blur by %v has the deviation %v", sigma, got)
		}
	}
}

func TestFastPowers(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		v := math.Exp2(200 * (r.Float64() - .5))
		if got := float64(log2(float32(v))); math.Abs(got-math.Log2(v)) > 1e-5 {
			t.Fatalf("log2(%v) = %v, want %v", v, got, math.Log2(v))
		}
		e := 200 * (r.Float64() - .5)
		if got := float64(exp2(float32(e))); math.Abs(got/math.Exp2(float64(float32(e)))-1) > 1e-5 {
			t.Fatalf("exp2(%v) = %v, want %v", e, got, math.Exp2(e))
		}
		c := 2.2*r.Float64() - 1.1
		if got, want := acos(c), math.Acos(min(max(c, -1), 1)); math.Abs(got-want) > 4e-8 {
			t.Fatalf("acos(%v) = %v, want %v", c, got, want)
		}
		small := math.Exp2(-20 * r.Float64())
		if got := acos(math.Cos(small)); math.Abs(got/small-1) > 1e-4 {
			t.Fatalf("acos of the cosine of %v = %v", small, got)
		}
	}
}

func TestPullPushKeepsWhatIsThere(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	p, w := newPlane(64, 32), newPlane(64, 32)
	for i := range p.v {
		p.v[i] = float32(1 + r.Float64())
		if r.Float64() < .2 {
			w.v[i] = 1
		} else {
			p.v[i] = 1e6
		}
	}
	for i, v := range pullPush(p, w).v {
		if w.v[i] == 1 && v != p.v[i] {
			t.Fatalf("a texel that was there moves from %v to %v", p.v[i], v)
		}
		if v < .99 || v > 2.01 {
			t.Fatalf("a hole is filled with %v, want 1 to 2", v)
		}
	}
}

// A mask that is a linear function of the guide comes back as it was.
func TestGuidedFilterKeepsLinearFunctions(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	var guide [3]plane
	for c := range guide {
		guide[c] = newPlane(32, 16).each(func(int) float32 { return float32(r.Float64()) })
	}
	p := newPlane(32, 16).each(func(i int) float32 { return .2 + .5*guide[0].v[i] - .3*guide[2].v[i] })
	read, out := newGuided(guide, p, 2, 1e-9).reader(32, 16), make([]float32, 32)
	for y := range 16 {
		read.row(y, [3][]float32{guide[0].row(y), guide[1].row(y), guide[2].row(y)}, out)
		for x, v := range out {
			if math.Abs(float64(v-p.row(y)[x])) > 1e-3 {
				t.Fatalf("row %d: %v, want %v", y, v, p.row(y)[x])
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
		if got := quantile(v, share); got != want {
			t.Fatalf("quantile %v of %v is %v, want %v", share, sorted, got, want)
		}
	}
}

// Means of values that lie far apart are the same bits on any number of processors.
func TestMeansKnowNoProcessors(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	p := newPlane(64, 32)
	for i := range p.v {
		p.v[i] = r.Float32() * 1e-9
	}
	p.v[3*p.w] = 1e9 // a sum forgets what is small beside it
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	want := p.blur(3)
	for _, processors := range []int{2, 3, 5} {
		runtime.GOMAXPROCS(processors)
		if got := p.blur(3); !slices.Equal(got.v, want.v) {
			t.Errorf("on %d processors the means are others than on one", processors)
		}
	}
}
