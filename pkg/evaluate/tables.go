package evaluate

import (
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/clipenv/toolkit/pkg/metric"
)

// Table is a table as all reports show it: text, Markdown, HTML.
type Table struct {
	Title string
	Note  string
	Head  []string
	Rows  [][]string
}

// Markdown is the table in GitHub's.
func (t Table) Markdown() string {
	var b strings.Builder
	line := func(cells []string) {
		for _, c := range cells {
			fmt.Fprintf(&b, "| %s ", escape(c))
		}
		b.WriteString("|\n")
	}
	fmt.Fprintf(&b, "## %s\n\n", t.Title)
	line(t.Head)
	b.WriteString(strings.Repeat("|---", len(t.Head)) + "|\n")
	for _, row := range t.Rows {
		line(row)
	}
	if t.Note != "" {
		fmt.Fprintf(&b, "\n%s\n", t.Note)
	}
	return b.String()
}

const dash = "–"

func number(format string, v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return dash
	}
	return fmt.Sprintf(format, v)
}

// rows lists what the tables have a line for, each once, in order.
func (r Results) rows() (keys [][2]string) {
	for _, c := range r.table() {
		key := [2]string{c.Trial.CLIP, c.Way.Name}
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return keys
}

// named leaves the CLIP out where there is only the models' own.
func (r Results) named(clip, way string) []string {
	if len(r.CLIPs) == 0 {
		return []string{way}
	}
	return []string{clip, way}
}

func (r Results) nameHead() []string { return r.named("CLIP", "combination") }

// CosineTable is Fig. 3: the mean final cosine over the maps of each cell, its
// deviation, and what it began with; beside it, where the experiment compares,
// the paper's and the difference.
func (r Results) CosineTable() Table {
	t := Table{Title: "Final cosine with the words, by the CLIP that was optimised", Head: r.nameHead()}
	compared := r.Compare == DOrazio
	for _, p := range r.Prompts {
		t.Head = append(t.Head, p.Name)
		if compared {
			t.Head = append(t.Head, "paper", "difference")
		}
	}
	var ours, theirs []float64
	for _, key := range r.rows() {
		row := r.named(key[0], key[1])
		for _, p := range r.Prompts {
			c, _ := r.find(key[0], key[1], p.Name)
			s := SpreadOf(c.Of(ClipAfter))
			cell := dash
			if s.N > 0 {
				cell = fmt.Sprintf("%.4f ± %.3f (from %s)", s.Mean, s.Deviation, number("%.3f", c.Mean(ClipBefore)))
				if seeds := c.OverSeeds(ClipAfter); seeds.N > 1 {
					cell += fmt.Sprintf(", seeds ± %.4f", seeds.Deviation)
				}
			}
			if c.Err != "" {
				cell = "failed"
			}
			row = append(row, cell)
			if !compared {
				continue
			}
			paper, ok := Published(key[0], key[1], p.Name)
			if !ok {
				row = append(row, dash, dash)
				continue
			}
			row = append(row, fmt.Sprintf("%.4f", paper), number("%+.4f", s.Mean-paper))
			if s.N > 0 {
				ours, theirs = append(ours, s.Mean), append(theirs, paper)
			}
		}
		t.Rows = append(t.Rows, row)
	}
	for _, p := range r.Prompts {
		t.Note += fmt.Sprintf("%s: “%s”. ", p.Name, p.Words)
	}
	if compared && len(ours) > 1 {
		t.Note += fmt.Sprintf("Rank correlation of our cells with the paper's, over %d of them: %s.", len(ours), number("%.2f", RankCorrelation(ours, theirs)))
	}
	t.Note = strings.TrimSpace(t.Note)
	return t
}

// others are the names of the CLIPs that took no part in some cells.
func (r Results) others() (names []string) {
	for _, c := range r.table() {
		if c.Outcome == nil {
			continue
		}
		for _, m := range c.Outcome.Maps {
			for figure := range m.Figures {
				name, ok := strings.CutPrefix(figure, "by_")
				if name, after := strings.CutSuffix(name, "_after"); ok && after && !slices.Contains(names, name) {
					names = append(names, name)
				}
			}
		}
	}
	slices.Sort(names)
	return names
}

// JudgeTable is what the paper lacks: each combination over all prompts, seen
// by CLIPs that took no part, by the figures of an edit, and by how different
// its maps still are.
func (r Results) JudgeTable() Table {
	t := Table{Title: "Seen by those that took no part, over all prompts", Head: r.nameHead()}
	t.Head = append(t.Head, "judge", "rise")
	others := r.others()
	for _, name := range others {
		t.Head = append(t.Head, "by "+name)
	}
	var house []metric.Metric
	for _, m := range metric.All {
		if m.Column != "" && m.Name != metric.Judge && m.Name != "judge_decoded" && m.Name != "clip" {
			house = append(house, m)
			head := m.Column
			if m.Unit != "" {
				head += ", " + m.Unit
			}
			t.Head = append(t.Head, head)
		}
	}
	t.Head = append(t.Head, "detail", "diversity", "seconds a map")
	for _, s := range r.standings() {
		row := r.named(s.clip, s.way)
		row = append(row, arrow("%.2f", s.of(JudgeBefore), s.of(JudgeAfter)), fmt.Sprintf("%d of %d", s.up, s.judged))
		for _, name := range others {
			before, after := ByOther(name)
			row = append(row, arrow("%.2f", s.of(before), s.of(after)))
		}
		for _, m := range house {
			if m.Paired() {
				row = append(row, arrow(m.Format, s.of(m.Before()), s.of(m.After())))
			} else {
				row = append(row, number(m.Format, s.of(m.Name)))
			}
		}
		row = append(row, number("%.2f", s.of(Detail)), arrow("%.3f", s.cell(DiversityBefore), s.cell(DiversityAfter)), number("%.1f", s.seconds()))
		t.Rows = append(t.Rows, row)
	}
	t.Note = "Detail says how far the edit's edges are the input's (correlation of neighbouring texels' differences in log luminance). Diversity is the mean difference of two of the maps' pictures: an edit that ends in one picture has none."
	return t
}

func arrow(format string, before, after float64) string {
	if math.IsNaN(before) && math.IsNaN(after) {
		return dash
	}
	return number(format, before) + " → " + number(format, after)
}

// standing is a combination over all its prompts.
type standing struct {
	clip, way  string
	cells      []Tried
	up, judged int
}

func (r Results) standings() (all []standing) {
	for _, key := range r.rows() {
		s := standing{clip: key[0], way: key[1]}
		for _, p := range r.Prompts {
			if c, ok := r.find(key[0], key[1], p.Name); ok {
				s.cells = append(s.cells, c)
				up, of := c.Rises(JudgeBefore, JudgeAfter)
				s.up, s.judged = s.up+up, s.judged+of
			}
		}
		all = append(all, s)
	}
	return all
}

func (s standing) of(figure string) float64 {
	var all []float64
	for _, c := range s.cells {
		all = append(all, c.Of(figure)...)
	}
	return SpreadOf(all).Mean
}

func (s standing) cell(figure string) float64 {
	var all []float64
	for _, c := range s.cells {
		if c.Outcome != nil {
			if v, ok := c.Outcome.Figures[figure]; ok {
				all = append(all, v)
			}
		}
	}
	return SpreadOf(all).Mean
}

func (s standing) seconds() float64 {
	var all []float64
	for _, c := range s.cells {
		if c.Outcome != nil && len(c.Outcome.Maps) > 0 {
			all = append(all, c.Outcome.Seconds/float64(len(c.Outcome.Maps)))
		}
	}
	return SpreadOf(all).Mean
}

// Ranked is a CLIP with how it finds maps by their captions: Fig. 4.
type Ranked struct {
	CLIP string
	Recall
	Captions, Maps int
}

// RecallTable is Fig. 4 with recall.
func RecallTable(all []Ranked) Table {
	t := Table{Title: "Captions and the maps they are of", Head: []string{"CLIP", "cosine with its own caption", "R@1", "R@5", "R@10", "median rank", "captions", "maps"}}
	for _, r := range all {
		t.Rows = append(t.Rows, []string{r.CLIP, fmt.Sprintf("%s ± %s", number("%.4f", r.Matched.Mean), number("%.3f", r.Matched.Deviation)),
			number("%.2f", r.At1), number("%.2f", r.At5), number("%.2f", r.At10), number("%.1f", r.MedianRank), fmt.Sprint(r.Captions), fmt.Sprint(r.Maps)})
	}
	return t
}

// WriteCSV writes every figure of every edit, a line each.
func (r Results) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	_ = out.Write([]string{"clip", "combination", "prompt", "gallery", "words", "seed", "map", "figure", "value"})
	for _, c := range r.Cells {
		if c.Outcome == nil {
			continue
		}
		seed := "" // the settings' own
		if c.Trial.Seed != nil {
			seed = fmt.Sprint(*c.Trial.Seed)
		}
		for _, m := range c.Outcome.Maps {
			for _, name := range slices.Sorted(maps.Keys(m.Figures)) {
				_ = out.Write([]string{c.Trial.CLIP, c.Way.Name, c.Prompt, c.Gallery, c.Trial.Words, seed, m.Map, name, number("%g", m.Figures[name])})
			}
		}
	}
	out.Flush()
	return out.Error()
}
