package synth

import (
	"math"
	"slices"
	"testing"

	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/label"
)

const w, h = 96, 48

// mean is the mean colour, weighed by solid angle, of the rows whose elevation
// lies between low and high radians.
func mean(im *hdr.Image, low, high float64) vec {
	var sum vec
	var weight float64
	for y := range im.H {
		e := math.Pi/2 - math.Pi*(float64(y)+.5)/float64(im.H)
		if e < low || e > high {
			continue
		}
		k := math.Cos(e)
		for x := range im.W {
			p := im.Pix[3*(y*im.W+x):]
			sum = sum.add(vec{min(float64(p[0]), 2), min(float64(p[1]), 2), min(float64(p[2]), 2)}.scale(k))
			weight += k
		}
	}
	return sum.scale(1 / weight)
}

func TestSameSeedSameTexels(t *testing.T) {
	for i := range uint64(12) {
		a, b := New(5, i), New(5, i)
		if a.Attributes != b.Attributes {
			t.Errorf("map %d: got attributes %v, then %v", i, a.Attributes, b.Attributes)
		}
		p, q := a.Draw(w, h), b.Draw(w, h)
		if !slices.Equal(p.Pix, q.Pix) {
			t.Errorf("map %d: got other texels the second time", i)
		}
		if slices.Equal(p.Pix, New(5, i+1).Draw(w, h).Pix) || slices.Equal(p.Pix, New(6, i).Draw(w, h).Pix) {
			t.Errorf("map %d: got the texels of another map", i)
		}
	}
}

func TestTexelsAreFiniteAndNotNegative(t *testing.T) {
	for i := range uint64(60) {
		s := New(1, i)
		for _, v := range s.Draw(64, 32).Pix {
			if !(v >= 0 && v <= 60000) {
				t.Fatalf("map %d (%v): got a texel of %v, want 0 to 60000", i, s.Attributes, v)
			}
		}
	}
}

// The lights' energy does not depend on the size of the map.
func TestDiscsKeepTheirFlux(t *testing.T) {
	flux := vec{5, 4, 3}
	for _, size := range []int{32, 64, 128, 256, 512} {
		for _, e := range []float64{-.4, .02, .7, 1.5} {
			im := hdr.New(size, size/2)
			open := make([]float32, size*size/2)
			for i := range open {
				open[i] = 1
			}
			disc{to: direction(3.1, e), flux: flux, radius: .016, behind: true}.add(im, open, 1)
			var got float64
			for y := range im.H {
				top := math.Pi * float64(y) / float64(im.H)
				solid := 2 * math.Pi / float64(im.W) * (math.Cos(top) - math.Cos(top+math.Pi/float64(im.H)))
				for x := range im.W {
					got += solid * float64(im.Pix[3*(y*im.W+x)])
				}
			}
			if math.Abs(got-5) > 1e-3 {
				t.Errorf("%d wide, elevation %v: got flux %v, want 5", size, e, got)
			}
		}
	}
}

func TestASmallMapIsALargeOneMadeSmall(t *testing.T) {
	for _, i := range []uint64{1, 3, 8} {
		s := New(2, i)
		small, large := mean(s.Draw(48, 24), -2, 2), mean(s.Draw(192, 96), -2, 2)
		if d := math.Abs(small.luma() - large.luma()); d > .2*large.luma()+.003 {
			t.Errorf("map %d (%v): got mean %.4f at 48×24, want that at 192×96, %.4f", i, s.Attributes, small.luma(), large.luma())
		}
	}
}

// The step over the seam is no greater than the greatest step elsewhere.
func TestMapsCloseAroundTheViewer(t *testing.T) {
	for i := range uint64(30) {
		s := New(3, i)
		im := s.Draw(w, h)
		step := func(x int) (sum float64) {
			for y := range h {
				for c := range 3 {
					a, b := im.Pix[3*(y*w+x)+c], im.Pix[3*(y*w+(x+1)%w)+c]
					sum += math.Abs(math.Log1p(50*float64(a)) - math.Log1p(50*float64(b)))
				}
			}
			return sum
		}
		worst := 0.
		for x := range w - 1 {
			worst = max(worst, step(x))
		}
		if seam := step(w - 1); seam > 1.05*worst+.5 {
			t.Errorf("map %d (%v): got a step of %.2f over the seam, want at most %.2f", i, s.Attributes, seam, worst)
		}
	}
}

func like(t *testing.T, want label.Attributes, n int, see func(s *Scene, im *hdr.Image)) {
	t.Helper()
	for i := range uint64(n) {
		s := NewLike(11, i, want)
		if !s.Attributes.Has(want) {
			t.Errorf("wanted %v: got %v", want, s.Attributes)
		}
		see(s, s.Draw(64, 32))
	}
}

func TestNightIsDark(t *testing.T) {
	var sum float64
	like(t, label.Night, 24, func(s *Scene, im *hdr.Image) {
		m := mean(im, -2, 2).luma()
		sum += m / 24
		if m > .12 {
			t.Errorf("%v: got mean radiance %.3f, want .12 or less", s.Attributes, m)
		}
	})
	if sum < .004 || sum > .05 {
		t.Errorf("night: got mean radiance %.4f, want .004 to .05", sum)
	}
}

func TestDayIsBright(t *testing.T) {
	like(t, label.Day, 24, func(s *Scene, im *hdr.Image) {
		if m := mean(im, -2, 2).luma(); m < .02 || m > 1.2 {
			t.Errorf("%v: got mean radiance %.3f, want .02 to 1.2", s.Attributes, m)
		}
	})
}

func TestSunsetIsRedAtTheHorizonAndNoonIsBlueAbove(t *testing.T) {
	var all vec
	like(t, label.Sunset|label.Clear|label.Field, 16, func(s *Scene, im *hdr.Image) {
		m := mean(im, .05, .3)
		all = all.add(mean(im, 0, .5))
		if m.x < 1.3*m.z {
			t.Errorf("%v: got red %.3f over blue %.3f at the horizon, want 1.3 times", s.Attributes, m.x, m.z)
		}
	})
	if !(all.x > all.y && all.y > all.z) { // orange; purple has less green than blue
		t.Errorf("mean of sunsets: got %v, want red over green over blue", all)
	}
	like(t, label.Day|label.Clear|label.Field, 16, func(s *Scene, im *hdr.Image) {
		if m := mean(im, .5, 1.5); m.z < 1.2*m.x {
			t.Errorf("%v: got blue %.3f over red %.3f above, want 1.2 times", s.Attributes, m.z, m.x)
		}
	})
}

func TestOvercastSkiesAreGreyAndEven(t *testing.T) {
	like(t, label.Day|label.Overcast|label.Field, 16, func(s *Scene, im *hdr.Image) {
		m := mean(im, .3, 1.5)
		if r := m.x / m.z; r < .8 || r > 1.15 {
			t.Errorf("%v: got red over blue %.2f, want grey", s.Attributes, r)
		}
		white := 0
		for i := 0; i < len(im.Pix); i += 3 {
			if im.Pix[i+1] > 1 {
				white++
			}
		}
		if part := float64(white) / (64 * 32); part > .05 {
			t.Errorf("%v: got %.2f of the texels over 1, want at most .05", s.Attributes, part)
		}
	})
}

func TestSnowStaysUnderWhite(t *testing.T) {
	like(t, label.Day|label.Clear|label.Field|label.Snow, 12, func(s *Scene, im *hdr.Image) {
		if m := mean(im, -1.5, -.3).luma(); m < .15 || m > .95 {
			t.Errorf("%v: got snow of radiance %.2f, want .15 to .95", s.Attributes, m)
		}
	})
}

func TestPairsExcludeEachOtherOnMaps(t *testing.T) {
	pairs := label.Pairs()
	for i := range uint64(300) {
		a := NewLike(4, i, 0).Attributes
		for k := 0; k < len(pairs); k += 2 {
			if pairs[k].Is.Holds(a) && pairs[k+1].Is.Holds(a) {
				t.Errorf("map %d (%v): meets both sides of %s", i, a, pairs[k].Name)
			}
		}
	}
}

func BenchmarkDraw(b *testing.B) {
	for _, size := range []int{128, 512} {
		b.Run(map[int]string{128: "128x64", 512: "512x256"}[size], func(b *testing.B) {
			i := uint64(0)
			for b.Loop() {
				New(9, i).Draw(size, size/2)
				i++
			}
		})
	}
}

// Other texels than before are another Version: folders of drawn maps are gone
// on with, and caches of them kept, only where it is equal.
func TestVersionIsRaisedWithTheDrawings(t *testing.T) {
	const version, want = 1, 0xe1d6519b4efb7b75
	var sum uint64
	for i := range uint64(40) {
		s := New(1, i)
		sum = sum*31 + uint64(s.Attributes)
		for _, v := range s.Draw(64, 32).Pix {
			sum = sum*31 + uint64(math.Float32bits(v))
		}
	}
	if Version != version || sum != want {
		t.Errorf("got drawings %#x of version %d, want %#x of version %d: raise the version, and put both here", sum, Version, uint64(want), version)
	}
}
