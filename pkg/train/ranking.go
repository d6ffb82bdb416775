package train

import (
	"cmp"
	"slices"

	"github.com/clipenv/toolkit/pkg/clip"
	"github.com/clipenv/toolkit/pkg/dataset"
	"github.com/clipenv/toolkit/pkg/dataset/label"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/view"
)

// see returns the unit vectors of maps.
func (o *clipRun) see(s *torch.Session, set []dataset.Map) [][]float32 {
	seen := make([][]float32, len(set))
	for i, one := range set {
		s.Scope(func() {
			x := s.FromFloats(one.Radiance(), 1, 3, int64(o.size.H), int64(o.size.W))
			seen[i] = o.model.EncodeImage(view.Picture(x)).Floats()
		})
	}
	return seen
}

// rankedRight compares, for every map and every pair of opposite prompts of
// which one is true of it, each right prompt with each wrong one.
func rankedRight(s *torch.Session, m *clip.Model, seen [][]float32, set []dataset.Map) (share float64, judged int) {
	defer s.Tidy()()
	right := 0
	for _, pair := range label.Pairs() {
		is, isNot := rows(m.EncodeText(s, pair.Right)), rows(m.EncodeText(s, pair.Wrong))
		for i, one := range set {
			if !pair.Is.Holds(one.Attributes) {
				continue
			}
			for _, a := range is {
				for _, b := range isNot {
					judged++
					if dot(seen[i], a) > dot(seen[i], b) {
						right++
					}
				}
			}
		}
	}
	return float64(right) / float64(max(judged, 1)), judged
}

// nearest is how many maps are looked at for a sentence.
const nearest = 5

// foundRight looks the strange sentences up, those that at least nearest of the
// maps answer: the share of the nearest maps that do.
func foundRight(s *torch.Session, m *clip.Model, seen [][]float32, set []dataset.Map) (share float64, judged int) {
	defer s.Tidy()()
	right := 0
	order := make([]int, len(set))
	for _, strange := range label.Stranges() {
		answers := 0
		for i, one := range set {
			order[i] = i
			if strange.Is.Holds(one.Attributes) {
				answers++
			}
		}
		if answers < nearest {
			continue
		}
		text := rows(m.EncodeText(s, []string{strange.Text}))[0]
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(dot(seen[b], text), dot(seen[a], text)) })
		for _, i := range order[:nearest] {
			judged++
			if strange.Is.Holds(set[i].Attributes) {
				right++
			}
		}
	}
	return float64(right) / float64(max(judged, 1)), judged
}

func rows(x torch.Tensor) [][]float32 {
	n, e := int(x.Size(0)), int(x.Size(1))
	flat := x.Floats()
	out := make([][]float32, n)
	for i := range out {
		out[i] = flat[i*e : (i+1)*e]
	}
	return out
}

func dot(a, b []float32) (sum float32) {
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}
