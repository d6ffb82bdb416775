package evaluate

import (
	"fmt"
	"math"

	"github.com/clipenv/toolkit/internal/ranks"
	"github.com/clipenv/toolkit/pkg/label"
)

// Two CLIPs' cosines do not compare: the scale on them is learnt, and where all
// maps and all sentences lie in a narrow cone every cosine is high. What does
// compare is how far a map's cosine with its words lies above its cosines with
// other sentences, in their standard deviations (the t-norm of Auckenthaler,
// Carey & Lloyd-Thomas 2000, of speakers), and its words' place among these
// (the R-precision of Park et al. 2021, of pictures made of texts).

// OtherSentences are those that an edit's words are held against, unless they are
// the same: those that test a CLIP by opposites.
func OtherSentences() (texts []string) {
	seen := map[string]bool{}
	for _, p := range label.Pairs() {
		for _, t := range append(append([]string{}, p.Right...), p.Wrong...) {
			if !seen[t] {
				seen[t] = true
				texts = append(texts, t)
			}
		}
	}
	return texts
}

// Scaled are the names of the figures that place a cosine among a map's cosines
// with other sentences; of is "clip", the CLIP that was optimised, or "judge".
type Scaled struct{ Before, After, Place string }

// ScaledBy names the figures.
func ScaledBy(of string) Scaled { return Scaled{of + "_z_before", of + "_z_after", of + "_place"} }

// Above returns how far a cosine lies above others, in their standard
// deviations, and its place among them, from 1; equal ones come first. NaN where
// the others do not differ.
func Above(cosine float64, others []float64) (z, place float64) {
	s := SpreadOf(others)
	at := 1
	for _, o := range others {
		if o >= cosine {
			at++
		}
	}
	z = (cosine - s.Mean) / s.Deviation
	if math.IsInf(z, 0) {
		z = math.NaN()
	}
	return z, float64(at)
}

// ScaleTable says on one scale how far each combination came.
func (r Results) ScaleTable() Table {
	t := Table{Title: "On one scale: the words against other sentences", Head: append(r.nameHead(), "by the CLIP that was optimised", "first", "median place", "by the judge", "first", "median place")}
	known := false
	for _, s := range r.standings() {
		row := r.named(s.clip, s.way)
		for _, of := range []Scaled{ScaledBy("clip"), ScaledBy("judge")} {
			places := s.places(of.Place)
			row = append(row, arrow("%.2f", s.of(of.Before), s.of(of.After)))
			if len(places) == 0 {
				row = append(row, dash, dash)
				continue
			}
			known = true
			row = append(row, fmt.Sprintf("%.0f %%", 100*ranks.Within(places, 1)), number("%.1f", ranks.Median(places)))
		}
		t.Rows = append(t.Rows, row)
	}
	if !known {
		return Table{}
	}
	t.Note = fmt.Sprintf("How far a map's cosine with its words lies above its cosines with %d other sentences, in their standard deviations, before → after; how many of the edits have their words first among all of them. Unlike a cosine, this compares from one CLIP to another.", len(OtherSentences()))
	return t
}

// places are those of the words after each edit, over all prompts and seeds.
func (s standing) places(figure string) (all []int) {
	for _, c := range s.cells {
		for _, one := range c.each() {
			for _, v := range one.Of(figure) {
				if !math.IsNaN(v) {
					all = append(all, int(v))
				}
			}
		}
	}
	return all
}
