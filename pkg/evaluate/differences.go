package evaluate

import (
	"fmt"
	"math"
	"slices"
)

// ClaimTable holds the paper's sentences against both.
func (r Results) ClaimTable() Table {
	t := Table{Title: "What the paper says, held against these results", Head: []string{"claim", "here", "", "95 % over the maps", "p", "in the paper's own figures"}}
	maps := 0
	for _, c := range r.Claims() {
		paper := c.Paper
		if paper == "" {
			paper = dash
		}
		interval, p := dash, dash
		if d := c.Difference; d.known() {
			interval, p = fmt.Sprintf("%+.4f to %+.4f", d.Low, d.High), probability(d.P)
		}
		maps = max(maps, c.Difference.N)
		t.Rows = append(t.Rows, []string{c.Text, c.here(), c.Detail, interval, p, paper})
	}
	t.Note = chance(maps, len(r.Seeds))
	return t
}

// chance says what the intervals and p of a table are.
func chance(maps, seeds int) string {
	if maps < leastPaired {
		return fmt.Sprintf("Of %d maps no interval can be told: that takes %d.", maps, leastPaired)
	}
	over := ""
	if seeds > 1 {
		over = fmt.Sprintf(", the mean over %d seeds", seeds)
	}
	return fmt.Sprintf("Intervals and p are of the differences of %d maps, one a map%s: Hartigan's of their subsets' means, and the sign-flip test.", maps, over)
}

// AgainstTable holds each combination against the first of its CLIP, over all
// prompts: what a sweep or a trial of one's own came to, and what of it the maps
// tell from chance.
func (r Results) AgainstTable() Table {
	first := map[string]string{} // by CLIP
	var rows [][2]string
	for _, key := range r.rows() {
		if _, ok := first[key[0]]; !ok {
			first[key[0]] = key[1]
			continue
		}
		rows = append(rows, key)
	}
	if len(rows) == 0 {
		return Table{}
	}
	t := Table{Title: "Each combination against the first of its CLIP", Head: append(r.nameHead(), "against")}
	table := make([][]string, len(rows))
	for i, key := range rows {
		table[i] = append(r.named(key[0], key[1]), first[key[0]])
	}
	var maps []string
	for _, c := range r.table() {
		for _, m := range c.maps() {
			if !slices.Contains(maps, m.Map) {
				maps = append(maps, m.Map)
			}
		}
	}
	for _, one := range []struct{ figure, head string }{{ClipAfter, "final cosine"}, {JudgeAfter, "judge"}, {Detail, "detail"}} {
		lines := make([][]float64, len(rows))
		known := false
		for i, key := range rows {
			var pairs []pair
			for _, prompt := range r.Prompts {
				pairs = append(pairs, pair{key[0], key[1], key[0], first[key[0]], prompt.Name})
			}
			d := r.differences(one.figure, pairs)
			known = known || len(d) > 0
			for _, name := range maps {
				v, ok := d[name]
				if !ok {
					v = math.NaN()
				}
				lines[i] = append(lines[i], v)
			}
		}
		if !known {
			continue
		}
		t.Head = append(t.Head, one.head+", difference", "p")
		for i, p := range Together(lines) {
			d := PairedOf(lines[i])
			if !d.known() {
				p = math.NaN()
			}
			table[i] = append(table[i], d.interval(), probability(p))
		}
	}
	t.Rows, t.Note = table, chance(len(maps), len(r.Seeds))
	if len(maps) >= leastPaired {
		t.Note += " p is of all lines of its column together (Westfall & Young's max-T)."
	}
	return t
}
