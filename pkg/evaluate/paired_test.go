package evaluate

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// Of the intervals of many experiments without a difference 95 % hold 0, whatever
// the number of maps, and 0 lies outside just where the test says so.
func TestIntervalsCoverAsTheySay(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for n, runs := range map[int]int{6: 1000, 9: 1000, 40: 200} {
		missed := 0
		for range runs {
			d := make([]float64, n)
			for i := range d {
				d[i] = random.NormFloat64() * (1 + float64(i)) // maps are not alike
			}
			p := PairedOf(d)
			out := p.above() || p.below()
			if out {
				missed++
			}
			if out != (p.P <= .05) {
				t.Fatalf("of %v: the interval is [%v, %v], and p %v", d, p.Low, p.High, p.P)
			}
			if p.Low > p.Mean || p.High < p.Mean {
				t.Fatalf("of %v: the mean %v is outside [%v, %v]", d, p.Mean, p.Low, p.High)
			}
		}
		places := math.Exp2(float64(min(n, exactPaired)))
		want := 2 * math.Floor(.025*places) / places // .05, or a little less
		if share := float64(missed) / float64(runs); math.Abs(share-want) > 3*math.Sqrt(want/float64(runs)) {
			t.Errorf("of %d maps %.3f of the intervals miss 0, want %.3f", n, share, want)
		}
	}
}

// A shift of all differences shifts the interval, and their signs turn it round.
func TestIntervalsMoveWithTheirDifferences(t *testing.T) {
	d := []float64{.3, -.1, .25, .4, .05, .2, -.02}
	a := PairedOf(d)
	var moved, turned []float64
	for _, v := range d {
		moved, turned = append(moved, v+7), append(turned, -v)
	}
	b, c := PairedOf(moved), PairedOf(turned)
	for _, pair := range [][2]float64{{a.Mean + 7, b.Mean}, {a.Low + 7, b.Low}, {a.High + 7, b.High}, {-a.High, c.Low}, {-a.Low, c.High}, {a.P, c.P}} {
		if math.Abs(pair[0]-pair[1]) > 1e-12 {
			t.Errorf("of %v: %+v, moved %+v, turned %+v", d, a, b, c)
		}
	}
}

func TestFewMapsTellNothing(t *testing.T) {
	if p := PairedOf([]float64{.1, .1, .1, .1, .1}); p.known() || p.above() || !math.IsNaN(p.Low) || p.P <= .05 {
		t.Errorf("five maps: %+v, want no interval", p)
	}
	if p := PairedOf([]float64{.1, .2, .1, .3, .1, .2, math.NaN()}); !p.above() || p.N != 6 || p.P != 2./64 {
		t.Errorf("six maps that all rise: %+v, want p 2/64", p)
	}
	if p := PairedOf(nil); p.N != 0 || p.known() || !math.IsNaN(p.Mean) {
		t.Errorf("none: %+v", p)
	}
	if p := PairedOf(make([]float64, 9)); p.P != 1 || p.above() || p.below() {
		t.Errorf("no differences at all: %+v, want p 1", p)
	}
}

// One line alone has the p of its own test; of many without a difference one in
// twenty sets has a line at .05 or below; and a sure difference stays one among
// as many lines as you like.
func TestLinesTogether(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	draw := func(lines, maps int) [][]float64 {
		all := make([][]float64, lines)
		for l := range all {
			all[l] = make([]float64, maps)
			for i := range all[l] {
				all[l][i] = random.NormFloat64()
			}
		}
		return all
	}
	for range 50 {
		one := draw(1, 8)
		if got, want := Together(one)[0], PairedOf(one[0]).P; math.Abs(got-want) > 1e-12 {
			t.Fatalf("of %v alone: p %v, want %v", one, got, want)
		}
	}
	const runs = 400
	found := 0
	for range runs {
		if slices.Min(Together(draw(10, 8))) <= .05 {
			found++
		}
	}
	if share := float64(found) / runs; share < .02 || share > .083 { // .05 ± 3 standard errors
		t.Errorf("%.3f of the sets without a difference have a line that differs, want .05", share)
	}
	many := draw(40, 9)
	for i := range many[7] {
		many[7][i] = 5 + .1*float64(i)
	}
	if p := Together(many); p[7] > .01 || p[8] <= p[7] {
		t.Errorf("among 40 lines the sure one has p %v, and its neighbour %v", p[7], p[8])
	}
	gap := Together([][]float64{{1, 1, 1, 1, 1, 1, math.NaN()}, {1, -1, 1, -1, 1, -1, 1}, {0, 0, 0, 0, 0, 0, 0}})
	if gap[0] != 2./64+2./128 || gap[2] != 1 { // the second line reaches farther, where its signs agree, over seven maps
		t.Errorf("with a map that one line lacks: %v", gap)
	}
	if wide := Together(draw(2, 70)); !(wide[0] > 0 && wide[0] <= 1) {
		t.Errorf("of 70 maps: %v", wide)
	}
}
