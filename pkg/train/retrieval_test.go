package train

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/dataset"
)

// axes are n unit vectors, each at a right angle to the others.
func axes(n int) [][]float32 {
	all := make([][]float32, n)
	for i := range all {
		all[i] = make([]float32, n)
		all[i][i] = 1
	}
	return all
}

// own says that caption i is true of map i alone.
func own(n int) []float32 {
	match := make([]float32, n*n)
	for i := range n {
		match[i*n+i] = 1
	}
	return match
}

func TestWhatIsFound(t *testing.T) {
	const n = 12
	turned := append(axes(n)[1:], axes(n)[0]) // each caption finds the map of the next
	one := make([][]float32, n)
	for i := range one {
		one[i] = axes(n)[0]
	}
	all := make([]float32, n*n)
	for i := range all {
		all[i] = 1
	}
	for _, c := range []struct {
		name       string
		said, seen [][]float32
		match      []float32
		want       map[string]float64
	}{
		{"each finds its own", axes(n), axes(n), own(n),
			map[string]float64{"maps_r1_": 1, "captions_r1_": 1, "maps_rank_": 1, "captions_rank_": 1, "same_": 1. / n, "alike_": 0}},
		// Behind the wrong one stand all the others, as far away as the right one.
		{"each finds another's", turned, axes(n), own(n),
			map[string]float64{"maps_r1_": 0, "maps_r10_": 0, "captions_r5_": 0, "maps_rank_": n, "captions_rank_": n, "same_": 1. / n}},
		{"all maps are one", axes(n), one, own(n),
			map[string]float64{"maps_r1_": 0, "maps_rank_": n, "same_": 1, "alike_": 1}},
		{"all captions are one", one, axes(n), own(n),
			map[string]float64{"maps_r1_": 1. / n, "captions_r1_": 0, "same_": 1, "alike_": 0}},
		{"every caption is true of every map", turned, axes(n), all,
			map[string]float64{"maps_r1_": 1, "captions_r1_": 1, "maps_rank_": 1}},
	} {
		got := ranked(c.said, c.seen, c.match)
		for name, want := range c.want {
			if math.Abs(got[name]-want) > 1e-6 {
				t.Errorf("%s: %s is %v, want %v", c.name, name, got[name], want)
			}
		}
		for _, name := range retrievalNames() {
			if _, ok := got[name]; !ok {
				t.Errorf("%s: no figure %s", c.name, name)
			}
		}
		if len(got) != len(retrievalNames()) {
			t.Errorf("%s: got %d figures, want the %d that have names", c.name, len(got), len(retrievalNames()))
		}
	}
}

func TestACollapseIsTold(t *testing.T) {
	const n = 12
	one := make([][]float32, n)
	for i := range one {
		one[i] = axes(n)[3]
	}
	maps := make([]dataset.Map, n)
	for _, c := range []struct {
		said, seen [][]float32
		maps       []dataset.Map
		want       string
	}{
		{axes(n), axes(n), maps, ""},
		{one, axes(n), maps, "100 % of the captions find one and the same of the 12 maps (held out)"},
		{axes(n), one, maps, "100 % of the captions find one and the same"},
		{one, axes(n), maps[:5], ""},
	} {
		figures := map[string]float64{}
		for name, v := range ranked(c.said, c.seen, own(n)) {
			figures[name+"held_out"] = v
		}
		got := collapsed(figures, look{"held_out", "held out", c.maps})
		if (got == "") != (c.want == "") || !strings.HasPrefix(got, c.want) {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
	alike := map[string]float64{"same_trained": .2, "alike_trained": .995, "maps_r1_trained": .1}
	if got := collapsed(alike, look{"trained", "trained on", maps}); !strings.Contains(got, fmt.Sprintf("at a mean cosine of %v", .995)) {
		t.Errorf("got %q, want the mean cosine told", got)
	}
}
