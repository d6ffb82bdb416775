package train

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/clipenv/toolkit/internal/ranks"
	"github.com/clipenv/toolkit/pkg/clip"
	"github.com/clipenv/toolkit/pkg/dataset"
	"github.com/clipenv/toolkit/pkg/label"
	"github.com/clipenv/toolkit/pkg/torch"
)

// The beginnings of the names of what retrieval is measured by. Each caption
// looks for its map among all, and each map for its caption; any map that a
// caption holds of counts as its own.
const (
	mapsR, captionsR       = "maps_r", "captions_r"         // then 1, 5 or 10 and _: shares whose first right one is among so many
	mapsRank, captionsRank = "maps_rank_", "captions_rank_" // median place of the first right one, from 1
	sameMap                = "same_"                        // greatest share of the captions that find one and the same map
	alikeMaps              = "alike_"                       // mean cosine between two maps
)

// withins are the k of recall at k.
var withins = []int{1, 5, 10}

// retrievalNames are the beginnings of all figures of [retrieve].
func retrievalNames() (names []string) {
	for _, k := range withins {
		names = append(names, fmt.Sprintf("%s%d_", mapsR, k), fmt.Sprintf("%s%d_", captionsR, k))
	}
	return append(names, mapsRank, captionsRank, sameMap, alikeMaps)
}

// retrieve measures, of maps and the unit vectors that the model has of them,
// how well the longest caption of each finds its map, and each map its caption.
// The captions are the same at each look.
func retrieve(s *torch.Session, m *clip.Model, seen [][]float32, set []dataset.Map) map[string]float64 {
	defer s.Tidy()()
	var captions []label.Caption
	var texts []string
	words := make([]label.Words, len(set))
	for i, one := range set {
		words[i] = one.Words
		if c := label.Sentence(one.Attributes, rand.New(rand.NewPCG(3, uint64(i)))); c.Text != "" {
			captions, texts = append(captions, c), append(texts, c.Text)
		}
	}
	if len(captions) == 0 {
		return nil
	}
	said := rows(m.EncodeText(s, texts))
	return ranked(said, seen, label.Match(captions, words))
}

// ranked measures retrieval between the unit vectors of captions and of maps,
// where match, [len(said), len(seen)], is 1 for each right pair. A wrong one
// that is as near as a right one counts as nearer: a model to which all is the
// same finds nothing.
func ranked(said, seen [][]float32, match []float32) map[string]float64 {
	near := make([][]float32, len(said))
	for i, a := range said {
		near[i] = make([]float32, len(seen))
		for j, b := range seen {
			near[i][j] = dot(a, b)
		}
	}
	right := func(i, j int) bool { return match[i*len(seen)+j] > 0 }
	var ofMaps, ofCaptions []int
	found := make([]int, len(seen))
	for i, row := range near {
		ofMaps = append(ofMaps, ranks.Place(len(seen), func(j int) (float32, bool) { return row[j], right(i, j) }))
		found[nearestOf(row)]++
	}
	for j := range seen {
		ofCaptions = append(ofCaptions, ranks.Place(len(said), func(i int) (float32, bool) { return near[i][j], right(i, j) }))
	}
	figures := map[string]float64{
		mapsRank: ranks.Median(ofMaps), captionsRank: ranks.Median(ofCaptions),
		sameMap: float64(slices.Max(found)) / float64(len(said)), alikeMaps: meanCosine(seen),
	}
	for _, k := range withins {
		figures[fmt.Sprintf("%s%d_", mapsR, k)] = ranks.Within(ofMaps, k)
		figures[fmt.Sprintf("%s%d_", captionsR, k)] = ranks.Within(ofCaptions, k)
	}
	return figures
}

func nearestOf(row []float32) (at int) {
	for j := range row {
		if row[j] > row[at] {
			at = j
		}
	}
	return at
}

// meanCosine is over all pairs of two unit vectors, 1 of a single one.
func meanCosine(seen [][]float32) float64 {
	if len(seen) < 2 {
		return 1
	}
	// The square of the sum is the sum over all pairs, each with itself too.
	sum := make([]float64, len(seen[0]))
	var own float64
	for _, v := range seen {
		for k := range v {
			sum[k] += float64(v[k])
			own += float64(v[k]) * float64(v[k])
		}
	}
	var all float64
	for _, x := range sum {
		all += x * x
	}
	n := float64(len(seen))
	return (all - own) / (n * (n - 1))
}

// What a collapsed model looks like: most captions find one map, or all maps
// look the same (https://github.com/openai/CLIP/issues/99). With fewer maps
// chance alone would.
const (
	collapsedSame  = .5
	collapsedAlike = .98
	collapseMaps   = 8
)

// collapsed says by the figures of a look why a model has collapsed, "" where
// it has not.
func collapsed(figures map[string]float64, l look) string {
	if len(l.maps) < collapseMaps {
		return ""
	}
	same, alike := figures[sameMap+l.name], figures[alikeMaps+l.name]
	const hint = "the model has collapsed: begin again with a lower learning_rate, a longer warmup or a larger batch"
	switch {
	case same >= collapsedSame && figures[mapsR+"1_"+l.name] < collapsedSame:
		return fmt.Sprintf("%.0f %% of the captions find one and the same of the %d maps (%s): %s", 100*same, len(l.maps), l.label, hint)
	case alike >= collapsedAlike:
		return fmt.Sprintf("the %d maps (%s) are all alike to the model, at a mean cosine of %.4f: %s", len(l.maps), l.label, alike, hint)
	}
	return ""
}
