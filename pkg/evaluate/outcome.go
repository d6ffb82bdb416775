package evaluate

import (
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
	Made        string       `json:"made_by"` // the version of the program
	Seconds     float64      `json:"seconds"`
	Curve       []float64    `json:"curve,omitempty"` // mean cosine before each step
	Maps        []MapOutcome `json:"maps"`
	Figures     figures.Map  `json:"figures"` // of all maps: diversity_before, diversity_after
}

// OutcomeFormat is the only one that is read.
const OutcomeFormat = 2

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
	Err string
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

// table are the cells of the prompts, without galleries.
func (r Results) table() []Tried {
	var some []Tried
	for _, c := range r.Cells {
		if c.Gallery == "" {
			some = append(some, c)
		}
	}
	return some
}

// find returns a cell of the tables.
func (r Results) find(clip, way, prompt string) (Tried, bool) {
	for _, c := range r.table() {
		if c.Trial.CLIP == clip && c.Way.Name == way && c.Prompt == prompt {
			return c, true
		}
	}
	return Tried{}, false
}
