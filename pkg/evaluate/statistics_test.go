package evaluate

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/clipenv/toolkit/pkg/hdr"
)

func TestRankCorrelation(t *testing.T) {
	for _, c := range []struct {
		a, b []float64
		want float64
	}{
		{[]float64{1, 2, 3, 4}, []float64{10, 20, 25, 90}, 1},
		{[]float64{1, 2, 3, 4}, []float64{9, 5, 4, -1}, -1},
		{[]float64{1, 2, 3}, []float64{2, 1, 3}, .5},
		{[]float64{1, 2, 2, 4}, []float64{1, 2, 3, 4}, .9486832980505138}, // scipy.stats.spearmanr
		{[]float64{1, 1, 1}, []float64{1, 2, 3}, math.NaN()},
		{[]float64{1}, []float64{1}, math.NaN()},
	} {
		if got := RankCorrelation(c.a, c.b); !(math.Abs(got-c.want) < 1e-12) && !(math.IsNaN(got) && math.IsNaN(c.want)) {
			t.Errorf("%v with %v: got %v, want %v", c.a, c.b, got, c.want)
		}
	}
}

func TestSpreadLeavesOutWhatIsNotFinite(t *testing.T) {
	got := SpreadOf([]float64{1, math.NaN(), 3, math.Inf(1)})
	if got.N != 2 || got.Mean != 2 || math.Abs(got.Deviation-math.Sqrt2) > 1e-12 {
		t.Errorf("got %+v", got)
	}
	if got := SpreadOf(nil); got.N != 0 || !math.IsNaN(got.Mean) {
		t.Errorf("of none: %+v", got)
	}
}

// Captions that lie nearest their own maps are all found at once; one whose map
// comes third is found among five and not first; equal cosines do not count as
// found.
func TestRecall(t *testing.T) {
	own := RecallOf([][]float64{{.9, .1}, {.2, .8}}, []int{0, 1})
	if own.At1 != 1 || own.MedianRank != 1 || math.Abs(own.Matched.Mean-.85) > 1e-12 {
		t.Errorf("got %+v", own)
	}
	third := RecallOf([][]float64{{.1}, {.2}, {.3}}, []int{0})
	if third.At1 != 0 || third.At5 != 1 || third.MedianRank != 3 {
		t.Errorf("third: %+v", third)
	}
	same := RecallOf([][]float64{{.5, .5}, {.5, .5}}, []int{0, 1})
	if same.At1 != 0 || same.MedianRank != 2 {
		t.Errorf("a CLIP that sees one thing everywhere: %+v", same)
	}
}

func TestDiversity(t *testing.T) {
	grey := func(v float32) *hdr.Image {
		im := hdr.New(4, 2)
		for i := range im.Pix {
			im.Pix[i] = v
		}
		return im
	}
	if got := Diversity([]*hdr.Image{grey(.2), grey(.2), grey(.2)}); got != 0 {
		t.Errorf("of equal maps: %v, want 0", got)
	}
	if got := Diversity([]*hdr.Image{grey(1), grey(0)}); math.Abs(got-1) > .01 {
		t.Errorf("of white and black: %v, want 1 but for the darkest of a picture", got)
	}
	if got := Diversity([]*hdr.Image{grey(1)}); !math.IsNaN(got) {
		t.Errorf("of one map: %v, want NaN", got)
	}
}

// Brighter, darker and tinted keep all detail, another scene and a blur none.
func TestDetailKept(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	noise := func() *hdr.Image {
		im := hdr.New(32, 16)
		for i := range im.Pix {
			im.Pix[i] = float32(math.Exp(r.NormFloat64()))
		}
		return im
	}
	input := noise()
	tinted, flat := hdr.New(32, 16), hdr.New(32, 16)
	for i, v := range input.Pix {
		tinted.Pix[i], flat.Pix[i] = 4*v, .5
	}
	if got := DetailKept(input, tinted); !(got > .999) {
		t.Errorf("two stops brighter: %v, want 1", got)
	}
	if got := DetailKept(input, noise()); !(math.Abs(got) < .15) {
		t.Errorf("another scene: %v, want about 0", got)
	}
	if got := DetailKept(input, flat); !math.IsNaN(got) {
		t.Errorf("without edges: %v, want NaN", got)
	}
}
