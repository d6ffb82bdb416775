package evaluate

import (
	"fmt"
	"math"
)

// Verdict is which combination an artist should use, by those that took no
// part, and why.
type Verdict struct {
	CLIP, Combination string
	Text              string
}

// What a combination must keep to be used at all.
const (
	leastDiversity = .5  // of what the maps had: below it they end in one picture
	mostSeam       = 1.5 // after: 1 is a wrap like any other column
	leastUp        = .75 // share of the edits that the judge finds nearer the words
	leastDetail    = .5  // DetailKept: below it what comes out is another place, or a blur of this one
)

// Verdict takes the combination whose edits the judge finds farthest on their
// way to the words, among those that keep the maps apart and sharp, have no
// seam, and rise nearly always.
func (r Results) Verdict() Verdict {
	var best standing
	most := math.Inf(-1)
	passed, all := 0, 0
	for _, s := range r.standings() {
		rise := s.of(JudgeAfter) - s.of(JudgeBefore)
		if math.IsNaN(rise) {
			continue
		}
		all++
		kept := s.cell(DiversityAfter) / s.cell(DiversityBefore)
		seam := s.of("seam_after")
		if kept < leastDiversity || s.of(Detail) < leastDetail || seam > mostSeam || float64(s.up) < leastUp*float64(s.judged) {
			continue
		}
		passed++
		if rise > most {
			best, most = s, rise
		}
	}
	rule := fmt.Sprintf("The rule: of what keeps half of the difference between the maps, has the input's own detail (.5 or more), a seam of at most %.1f, and rises on %.0f %% of the maps, the one whose edits the judge finds farthest on their way to the words.",
		mostSeam, 100*leastUp)
	switch {
	case all == 0:
		return Verdict{Text: "No verdict: no edit was seen by a judge that took no part. " + rule}
	case passed == 0:
		return Verdict{Text: fmt.Sprintf("None of the %d combinations is fit for an artist. %s", all, rule)}
	}
	name := best.way
	if best.clip != "" {
		name = best.clip + ", " + best.way
	}
	return Verdict{best.clip, best.way, fmt.Sprintf("Use %s: the judge's cosine goes from %.2f to %.2f, up on %d of %d maps, and the maps keep %.0f %% of their difference. %d of %d combinations passed. %s",
		name, best.of(JudgeBefore), best.of(JudgeAfter), best.up, best.judged, 100*best.cell(DiversityAfter)/best.cell(DiversityBefore), passed, all, rule)}
}
