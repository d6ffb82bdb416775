package train

import (
	"cmp"
	"slices"

	"github.com/clipenv/toolkit/pkg/clip"
	"github.com/clipenv/toolkit/pkg/dataset"
	"github.com/clipenv/toolkit/pkg/label"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/view"
)

// ranking is a share of judgements that are right, and of how many: of maps,
// and the unit vectors that the model has of them.
type ranking func(s *torch.Session, m *clip.Model, seen [][]float32, set []dataset.Map) (share float64, judged int)

// rankings are by the beginnings of their figures' names.
var rankings = map[string]ranking{"pairs_": rankedRight, "strange_": foundRight, "denied_": deniedRight}

// reconstructedHeldOut names the look at the held-out maps as the VAE gives them
// back.
const reconstructedHeldOut = "reconstructed_held_out"

// see returns the unit vectors of a look's maps.
func (o *clipRun) see(s *torch.Session, set look) [][]float32 {
	seen := make([][]float32, len(set.maps))
	for i, one := range set.maps {
		s.Scope(func() {
			x := s.FromFloats(one.Radiance(), 1, 3, int64(o.size.H), int64(o.size.W))
			if set.name == reconstructedHeldOut {
				x = o.reconstruct(x)
			}
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

// deniedRight compares, for every map of which a phrase or its denial is true
// ("fog", "no fog"), the one with the other.
func deniedRight(s *torch.Session, m *clip.Model, seen [][]float32, set []dataset.Map) (share float64, judged int) {
	defer s.Tidy()()
	right := 0
	for _, d := range label.Denials() {
		text := rows(m.EncodeText(s, []string{d.Said.Text, d.Denied.Text}))
		for i, one := range set {
			said, denied := d.Said.Holds(one.Attributes), d.Denied.Holds(one.Attributes)
			if said == denied {
				continue
			}
			judged++
			if (dot(seen[i], text[0]) > dot(seen[i], text[1])) == said {
				right++
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
