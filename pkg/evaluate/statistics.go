package evaluate

import (
	"cmp"
	"math"
	"slices"

	"github.com/clipenv/toolkit/internal/ranks"
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
)

// Spread is the mean of some numbers, and their standard deviation (of a
// sample; 0 for one).
type Spread struct {
	Mean, Deviation float64
	N               int
}

// SpreadOf leaves out what is not finite.
func SpreadOf(values []float64) Spread {
	var s Spread
	var some []float64
	for _, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			some = append(some, v)
			s.Mean += v
		}
	}
	if s.N = len(some); s.N == 0 {
		return Spread{math.NaN(), math.NaN(), 0}
	}
	s.Mean /= float64(s.N)
	if s.N > 1 {
		for _, v := range some {
			s.Deviation += (v - s.Mean) * (v - s.Mean)
		}
		s.Deviation = math.Sqrt(s.Deviation / float64(s.N-1))
	}
	return s
}

// RankCorrelation is Spearman's: Pearson's correlation of the ranks, equal
// values sharing the mean of theirs. NaN where either has no order.
func RankCorrelation(a, b []float64) float64 {
	if len(a) != len(b) || len(a) < 2 {
		return math.NaN()
	}
	ra, rb := ranked(a), ranked(b)
	mean := float64(len(a)+1) / 2
	var ab, aa, bb float64
	for i := range ra {
		x, y := ra[i]-mean, rb[i]-mean
		ab, aa, bb = ab+x*y, aa+x*x, bb+y*y
	}
	return ab / math.Sqrt(aa*bb)
}

// ranked are the ranks of values, from 1.
func ranked(values []float64) []float64 {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(values[i], values[j]) })
	out := make([]float64, len(values))
	for first := 0; first < len(order); {
		last := first
		for last+1 < len(order) && values[order[last+1]] == values[order[first]] {
			last++
		}
		for _, i := range order[first : last+1] {
			out[i] = float64(first+last)/2 + 1
		}
		first = last + 1
	}
	return out
}

// Recall is how well captions find their maps: cosine[i][j] is of map i with
// caption j, and owner[j] is the map that caption j is of.
type Recall struct {
	At1, At5, At10 float64 // share of captions whose map is among the first
	MedianRank     float64 // of the map, from 1
	Matched        Spread  // cosines of maps with their own captions
}

// RecallOf ranks the maps for every caption. Equal cosines count against it.
func RecallOf(cosine [][]float64, owner []int) Recall {
	if len(owner) == 0 {
		return Recall{MedianRank: math.NaN(), Matched: SpreadOf(nil)}
	}
	var places []int
	var own []float64
	for j, of := range owner {
		places = append(places, ranks.Place(len(cosine), func(i int) (float64, bool) { return cosine[i][j], i == of }))
		own = append(own, cosine[of][j])
	}
	return Recall{ranks.Within(places, 1), ranks.Within(places, 5), ranks.Within(places, 10), ranks.Median(places), SpreadOf(own)}
}

// Diversity says how far the pictures of some maps lie apart: the root mean
// square difference of two of them, over all pairs. The maps have one size. NaN
// for fewer than two. An edit that ends in one picture whatever it begins with
// has none.
func Diversity(maps []*hdr.Image) float64 {
	var sum float64
	n := 0
	for i, a := range maps {
		for _, b := range maps[:i] {
			var square float64
			for k := range a.Pix {
				d := float64(envmap.Picture(a.Pix[k]) - envmap.Picture(b.Pix[k]))
				square += d * d
			}
			sum += math.Sqrt(square / float64(len(a.Pix)))
			n++
		}
	}
	return sum / float64(n) // NaN for 0 of 0
}

// DetailKept says how far the edges of an edit are those of the input, of the
// same size: the correlation of the differences between neighbouring texels in
// log luminance. It is 1 where the edit only brightens, darkens or tints, and
// about 0 for another scene, or a blur.
func DetailKept(input, edit *hdr.Image) float64 {
	a, b := logs(input), logs(edit)
	w := input.W
	var ab, aa, bb float64
	for i := range a {
		right, down := i+1, i+w
		if right%w == 0 {
			right -= w // longitude closes on itself
		}
		for _, k := range []int{right, down} {
			if k >= len(a) {
				continue
			}
			x, y := a[k]-a[i], b[k]-b[i]
			ab, aa, bb = ab+x*y, aa+x*x, bb+y*y
		}
	}
	return ab / math.Sqrt(aa*bb) // NaN where either has no edges
}

func logs(im *hdr.Image) []float64 {
	out := make([]float64, im.W*im.H)
	for i := range out {
		p := im.Pix[3*i:]
		out[i] = math.Log(float64(envmap.Luminance(p[0], p[1], p[2])) + 1e-4)
	}
	return out
}
