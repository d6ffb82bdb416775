package evaluate

import (
	"maps"
	"slices"

	"github.com/clipenv/toolkit/pkg/figures"
	"github.com/clipenv/toolkit/pkg/metric"
)

// Outcome is what came of a trial, as it is kept: figures of each map, and of
// all of them together.
type Outcome struct {
	Format      int          `json:"format"` // OutcomeFormat
	Key         string       `json:"key"`    // of all that it depends on
	CLIP        string       `json:"clip"`
	Combination string       `json:"combination"`
	Words       string       `json:"words"`
	Seed        *int64       `json:"seed,omitempty"` // of those that the experiment lists
	Made        string       `json:"made_by"`        // the version of the program
	Seconds     float64      `json:"seconds"`
	Curve       []float64    `json:"curve,omitempty"` // mean cosine before each step
	Maps        []MapOutcome `json:"maps"`
	Figures     figures.Map  `json:"figures"` // of all maps: diversity_before, diversity_after

	Others map[string]string `json:"others,omitempty"` // hashes of the CLIPs that took no part but looked, by name
}

// OutcomeFormat is the only one that is read.
const OutcomeFormat = 3

// LookedAtBy has the CLIPs of these names and hashes, and no others, as those that
// took no part and looked: the figures of others are deleted. It returns, sorted, those
// whose figures are still to be found; nil where nothing is to be changed.
func (o *Outcome) LookedAtBy(hashes map[string]string) (missing []string) {
	if maps.Equal(o.Others, hashes) {
		return nil
	}
	for name, hash := range o.Others {
		if hashes[name] != hash {
			before, after := ByOther(name)
			for _, m := range o.Maps {
				delete(m.Figures, before)
				delete(m.Figures, after)
			}
		}
	}
	missing = []string{}
	for _, name := range slices.Sorted(maps.Keys(hashes)) {
		if o.Others[name] != hashes[name] {
			missing = append(missing, name)
		}
	}
	o.Others = maps.Clone(hashes)
	return missing
}

// MapOutcome is one edit of a cell.
type MapOutcome struct {
	Map     string      `json:"map"`
	Figures figures.Map `json:"figures"`
}

// Figures of a cell beside those that package metric alone names. Those by other
// CLIPs are by ByOther.
const (
	ClipBefore      = "clip_before" // of what the optimisation begins with
	ClipAfter       = "clip_after"
	Detail          = "detail" // how far the edit's edges are the input's: DetailKept
	DiversityBefore = "diversity_before"
	DiversityAfter  = "diversity_after"
)

// ByOther are the names of the figures of a CLIP that took no part.
func ByOther(name string) (before, after string) {
	return "by_" + name + "_before", "by_" + name + "_after"
}

// Tried is a trial with its outcome: nil where there is none, and why.
type Tried struct {
	Trial
	*Outcome
	Err   string
	seeds []Tried // that this one is the mean of; none: it is one
}

// maps are the edits of a cell, none where it has no outcome.
func (c Tried) maps() []MapOutcome {
	if c.Outcome == nil {
		return nil
	}
	return c.Outcome.Maps
}

// Of are the values of a figure over the maps.
func (c Tried) Of(figure string) []float64 {
	if c.Outcome == nil {
		return nil
	}
	var all []float64
	for _, m := range c.Outcome.Maps {
		if v, ok := m.Figures[figure]; ok {
			all = append(all, v)
		}
	}
	return all
}

// Mean is that of a figure over the maps: NaN without any.
func (c Tried) Mean(figure string) float64 { return SpreadOf(c.Of(figure)).Mean }

// Rises counts the maps whose figure after exceeds the one before, and those
// that have both.
func (c Tried) Rises(before, after string) (up, of int) {
	if c.Outcome == nil {
		return 0, 0
	}
	for _, m := range c.Outcome.Maps {
		a, oka := m.Figures[before]
		b, okb := m.Figures[after]
		if !oka || !okb || a != a || b != b {
			continue
		}
		if of++; b > a {
			up++
		}
	}
	return up, of
}

// JudgeBefore and JudgeAfter are the judge's figures.
var JudgeBefore, JudgeAfter = metric.Judge + "_before", metric.Judge + "_after"

// Results are the cells of an experiment, in the order of its trials.
type Results struct {
	Experiment
	Cells []Tried
}

// table are the cells of the prompts, without galleries, those of all seeds as
// one.
func (r Results) table() (all []Tried) {
	seeds := max(len(r.Seeds), 1) // lie beside each other
	for i, c := range r.Cells {
		if c.Gallery == "" && i%seeds == 0 {
			all = append(all, overSeeds(r.Cells[i:min(i+seeds, len(r.Cells))]))
		}
	}
	return all
}

// find returns a cell of the tables, over all seeds.
func (r Results) find(clip, way, prompt string) (Tried, bool) {
	of := func(c Tried) bool {
		return c.Gallery == "" && c.Trial.CLIP == clip && c.Way.Name == way && c.Prompt == prompt
	}
	if i := slices.IndexFunc(r.Cells, of); i >= 0 {
		return overSeeds(r.Cells[i:min(i+max(len(r.Seeds), 1), len(r.Cells))]), true
	}
	return Tried{}, false
}

// overSeeds is one cell of those that differ in their seeds alone: a map's
// figures are the means over its edits. Where one failed, it failed.
func overSeeds(cells []Tried) Tried {
	if len(cells) == 1 {
		return cells[0]
	}
	all := Tried{Trial: cells[0].Trial}
	all.Trial.Seed = nil
	for _, c := range cells {
		if c.Outcome == nil {
			all.Err = c.Err
			return all
		}
	}
	mean := func(of func(Outcome) figures.Map) figures.Map {
		out := figures.Map{}
		for name := range of(*cells[0].Outcome) {
			var some []float64
			for _, c := range cells {
				if v, ok := of(*c.Outcome)[name]; ok {
					some = append(some, v)
				}
			}
			out[name] = SpreadOf(some).Mean
		}
		return out
	}
	o := *cells[0].Outcome
	o.Seed, o.Curve, o.Maps, o.Seconds = nil, slices.Clone(o.Curve), slices.Clone(o.Maps), 0
	o.Figures = mean(func(x Outcome) figures.Map { return x.Figures })
	for k := range o.Maps {
		o.Maps[k].Figures = mean(func(x Outcome) figures.Map { return x.Maps[k].Figures })
	}
	for i := range o.Curve {
		o.Curve[i] = 0
		for _, c := range cells {
			o.Curve[i] += c.Outcome.Curve[i] / float64(len(cells))
		}
	}
	for _, c := range cells {
		o.Seconds += c.Outcome.Seconds / float64(len(cells))
	}
	all.Outcome, all.seeds = &o, cells
	return all
}

// each are the cells that this one is the mean of: itself, where it is one.
func (c Tried) each() []Tried {
	if len(c.seeds) == 0 {
		return []Tried{c}
	}
	return c.seeds
}

// OverSeeds is how the mean of a figure over the maps spreads over the seeds.
func (c Tried) OverSeeds(figure string) Spread {
	var means []float64
	for _, one := range c.each() {
		means = append(means, one.Mean(figure))
	}
	return SpreadOf(means)
}
