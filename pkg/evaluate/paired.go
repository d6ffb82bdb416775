package evaluate

import (
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
)

// Paired is what differences between two ways to edit the same maps tell, one
// difference a map. Maps differ from each other more than ways do, so that the
// map is what is drawn anew, never the edit: the edits of one map are no
// independent evidence.
type Paired struct {
	Mean      float64
	Low, High float64 // the 95 % interval of the mean; NaN for fewer than leastPaired maps
	P         float64 // of no difference, two-sided: the sign-flip test (Fisher 1935)
	N         int     // maps
}

const (
	// leastPaired is the fewest maps of which 95 % can be said: the outermost of
	// 2ⁿ equally likely places are 2 of 64.
	leastPaired = 6
	// exactPaired is the most maps whose 2ⁿ subsets are all looked at; of more,
	// as many are drawn.
	exactPaired = 14
)

// PairedOf weighs differences. The interval has the means of all subsets of
// them as its ends (Hartigan 1969, "Using subsample values as typical values"):
// where differences are as likely to lie so far above their centre as below it,
// the centre is as likely to lie between any two neighbouring ones of these
// means. Unlike the bootstrap's, which is too narrow for ten maps, it covers
// what it says for any number, and it leaves 0 out just where P is at most .05.
// Values that are not finite are left out.
func PairedOf(differences []float64) Paired {
	some := slices.DeleteFunc(slices.Clone(differences), func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) })
	n := len(some)
	none := math.NaN()
	if n == 0 {
		return Paired{none, none, none, none, 0}
	}
	means := subsetMeans(some)
	p := Paired{Mean: SpreadOf(some).Mean, Low: none, High: none, N: n}
	places := len(means) + 1
	up, down := 1, 1 // sign patterns whose sum is as far up, or down, as that of the differences
	for _, m := range means {
		if m <= 0 {
			up++
		}
		if m >= 0 {
			down++
		}
	}
	p.P = math.Min(1, 2*float64(min(up, down))/float64(places))
	if n >= leastPaired {
		k := int(.025 * float64(places))
		p.Low, p.High = means[k-1], means[len(means)-k]
	}
	return p
}

// subsetMeans are the means of the subsets of values, but for the empty one, in
// order: of all of them, or of as many as 2^exactPaired that are drawn.
func subsetMeans(values []float64) []float64 {
	n := len(values)
	means := make([]float64, 0, 1<<min(n, exactPaired)-1)
	if n <= exactPaired {
		for set := uint(1); set < 1<<n; set++ {
			var sum float64
			for rest := set; rest != 0; rest &= rest - 1 {
				sum += values[bits.TrailingZeros(rest)]
			}
			means = append(means, sum/float64(bits.OnesCount(set)))
		}
	} else {
		random := rand.New(rand.NewPCG(1969, uint64(n)))
		for len(means) < cap(means) {
			var sum float64
			of := 0
			for first := 0; first < n; first += 64 {
				draw := random.Uint64()
				for i, v := range values[first:min(first+64, n)] {
					if draw>>i&1 == 1 {
						sum += v
						of++
					}
				}
			}
			if of > 0 {
				means = append(means, sum/float64(of))
			}
		}
	}
	slices.Sort(means)
	return means
}

// above and below tell whether all of the interval lies there of 0.
func (p Paired) above() bool { return p.Low > 0 }
func (p Paired) below() bool { return p.High < 0 }

// known tells whether there are maps enough for an interval.
func (p Paired) known() bool { return p.N >= leastPaired }

// interval prints the difference with its interval: "+0.031 [+0.020, +0.042]".
func (p Paired) interval() string {
	if !p.known() {
		return number("%+.4f", p.Mean)
	}
	return fmt.Sprintf("%+.4f [%+.4f, %+.4f]", p.Mean, p.Low, p.High)
}

// probability prints P as tables do.
func probability(p float64) string {
	if p < .001 {
		return "< .001"
	}
	return number("%.3f", p)
}

// Together are the probabilities of PairedOf for several lines of differences that
// are looked at together, each with one a map, NaN where there is none: of no
// line with a difference, as small a one would come up in any (the max-T test of
// Westfall & Young 1993). The signs of a map are flipped in all lines at once, so
// that lines which rise and fall together cost little, and nine maps can tell
// something of any number of lines, as Bonferroni's correction cannot.
func Together(lines [][]float64) []float64 {
	n := 0
	for _, d := range lines {
		n = max(n, len(d))
	}
	scaled, at, most := make([][]float64, len(lines)), make([]float64, len(lines)), make([]int, len(lines))
	for l, d := range lines {
		var square float64
		for _, v := range d {
			if !math.IsNaN(v) {
				square += v * v
			}
		}
		scaled[l] = make([]float64, n)
		for i, v := range d {
			if !math.IsNaN(v) && square > 0 {
				scaled[l][i] = v / math.Sqrt(square)
			}
			at[l] += scaled[l][i]
		}
	}
	patterns := 1 << min(n, exactPaired)
	random := rand.New(rand.NewPCG(1993, uint64(n)))
	flip := make([]bool, n)
	for pattern := range patterns {
		for i := range flip { // the first pattern flips none
			flip[i] = pattern > 0 && (n <= exactPaired && pattern>>i&1 == 1 || n > exactPaired && random.Uint64()&1 == 1)
		}
		largest := 0.
		for _, d := range scaled {
			var sum float64
			for i, v := range d {
				if flip[i] {
					v = -v
				}
				sum += v
			}
			largest = math.Max(largest, math.Abs(sum))
		}
		for l := range lines {
			if largest >= math.Abs(at[l])-1e-12 {
				most[l]++
			}
		}
	}
	p := make([]float64, len(lines))
	for l := range p {
		p[l] = float64(most[l]) / float64(patterns)
	}
	return p
}
