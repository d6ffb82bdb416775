// Package evaluate measures edits over a grid: every setting on every map with
// every prompt, each cell one edit.
//
//	Grid.Cells: settings × maps × prompts -> cells, in order
//	Grid.Table: figures of the cells      -> means in Markdown
//	Grid.Sheet: pictures of the cells     -> one picture for each setting
//
// It knows neither models nor tensors: whoever makes the edits gives figures
// and pictures.
package evaluate

import (
	"cmp"
	"fmt"
	"image"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/metric"
)

// Grid is what an evaluation goes through.
type Grid struct {
	Settings []string // names of the ways to edit
	Maps     []string // names of the maps
	Prompts  []string
}

// Cell is one edit; the numbers index the grid's lists.
type Cell struct{ Setting, Map, Prompt int }

// Cells lists the edits in order: settings, within them maps, within those
// prompts.
func (g Grid) Cells() []Cell {
	var cells []Cell
	for s := range g.Settings {
		for m := range g.Maps {
			for p := range g.Prompts {
				cells = append(cells, Cell{s, m, p})
			}
		}
	}
	return cells
}

// Result is what came of a cell: its figures, or why there are none.
type Result struct {
	Figures   metric.Figures
	Generator string // name of what the edit went through; "" where that is not known
	Err       error
}

// Table is a Markdown table of means over the maps: a line for each setting
// and prompt, and one for each setting's mean, with the edits that failed below
// it. results are those of Cells, in that order. A mean is taken over the edits
// that have its figures; where some have not, it says over how many.
func (g Grid) Table(results []Result) (string, error) {
	cells := g.Cells()
	if len(results) != len(cells) {
		return "", fmt.Errorf("evaluate: %d results for %d cells", len(results), len(cells))
	}
	var b strings.Builder
	b.WriteString("| settings | words |")
	rule := "\n|---|---|"
	all := columns()
	for _, c := range all {
		fmt.Fprintf(&b, " %s |", c.head)
		rule += "---|"
	}
	b.WriteString(rule + "\n")
	line := func(setting int, words string, of func(Cell) bool) {
		var some []Result
		for i, c := range cells {
			if c.Setting == setting && of(c) {
				some = append(some, results[i])
			}
		}
		fmt.Fprintf(&b, "| %s | %s |", escape(g.Settings[setting]), escape(words))
		for _, c := range all {
			fmt.Fprintf(&b, " %s |", c.of(some))
		}
		b.WriteString("\n")
	}
	for s := range g.Settings {
		for p, words := range g.Prompts {
			line(s, words, func(c Cell) bool { return c.Prompt == p })
		}
		line(s, "**all**", func(Cell) bool { return true })
	}
	gap := "\n"
	for i, c := range cells {
		if err := results[i].Err; err != nil {
			fmt.Fprintf(&b, "%s- failed: %s, “%s” by %s: %s\n", gap, escape(g.Maps[c.Map]), escape(g.Prompts[c.Prompt]), escape(g.Settings[c.Setting]), escape(err.Error()))
			gap = ""
		}
	}
	return b.String(), nil
}

// column is one of the table's: its head, and what it says of some edits.
type column struct {
	head string
	of   func([]Result) string
}

// columns are the metrics that have one, behind the judge's how many rose, and
// last what the edits went through.
func columns() (all []column) {
	add := func(head string, of func([]metric.Figures) string) {
		all = append(all, column{head, func(some []Result) string {
			measured := make([]metric.Figures, len(some))
			for i, r := range some {
				measured[i] = r.Figures
			}
			return of(measured)
		}})
	}
	for _, m := range metric.All {
		if m.Column == "" {
			continue
		}
		head := m.Column
		if m.Unit != "" {
			head += ", " + m.Unit
		}
		if m.Paired() {
			add(head, func(some []metric.Figures) string { return change(some, m) })
		} else {
			add(head, func(some []metric.Figures) string { return average(some, m.Name, m.Format) })
		}
		if m.Name == metric.Judge {
			add("rise", func(some []metric.Figures) string { return risen(some, m) })
		}
	}
	return append(all, column{"generator", through})
}

// through says what edits went through, and how many where that is not one
// thing.
func through(some []Result) string {
	count := map[string]int{}
	for _, r := range some {
		if r.Generator != "" {
			count[r.Generator]++
		}
	}
	var said []string
	for _, name := range slices.Sorted(maps.Keys(count)) {
		text := escape(name)
		if len(count) > 1 {
			text += fmt.Sprintf(" %d", count[name])
		}
		said = append(said, text)
	}
	return cmp.Or(strings.Join(said, ", "), "–")
}

// escape keeps a text within its cell, and on its line.
func escape(words string) string { return strings.ReplaceAll(quote.Text(words), "|", `\|`) }

// with returns those figures that have all of the names.
func with(some []metric.Figures, names ...string) (have []metric.Figures) {
	for _, f := range some {
		if !slices.ContainsFunc(names, func(name string) bool {
			v, ok := f[name]
			return !ok || math.IsNaN(v) || math.IsInf(v, 0)
		}) {
			have = append(have, f)
		}
	}
	return have
}

// over says of how many of all a mean is, where it is not of all.
func over(have, all []metric.Figures) string {
	if len(have) == len(all) {
		return ""
	}
	return fmt.Sprintf(" (of %d)", len(have))
}

func mean(some []metric.Figures, name string) float64 {
	var sum float64
	for _, f := range some {
		sum += f[name]
	}
	return sum / float64(len(some))
}

func average(some []metric.Figures, name, format string) string {
	have := with(some, name)
	if len(have) == 0 {
		return "–"
	}
	return fmt.Sprintf(format, mean(have, name)) + over(have, some)
}

// change is of the edits that have both figures.
func change(some []metric.Figures, m metric.Metric) string {
	have := with(some, m.Before(), m.After())
	if len(have) == 0 {
		return "–"
	}
	return fmt.Sprintf(m.Format+" → "+m.Format, mean(have, m.Before()), mean(have, m.After())) + over(have, some)
}

// risen counts the edits that the judge finds nearer the words than the input.
func risen(some []metric.Figures, judge metric.Metric) string {
	have := with(some, judge.Before(), judge.After())
	if len(have) == 0 {
		return "–"
	}
	n := 0
	for _, f := range have {
		if f[judge.After()] > f[judge.Before()] {
			n++
		}
	}
	return fmt.Sprintf("%d of %d", n, len(have))
}

// Sheet draws the edits of one setting: a row for each map, the input first,
// then a column for each prompt. inputs are the maps' pictures, edits those of
// all cells.
func (g Grid) Sheet(setting int, inputs, edits []image.Image) (*image.NRGBA, error) {
	cells := g.Cells()
	if len(inputs) != len(g.Maps) || len(edits) != len(cells) {
		return nil, fmt.Errorf("evaluate: %d and %d pictures for %d maps and %d cells", len(inputs), len(edits), len(g.Maps), len(cells))
	}
	var pictures []image.Image
	var labels []string
	for i, c := range cells {
		if c.Setting != setting {
			continue
		}
		if c.Prompt == 0 {
			pictures, labels = append(pictures, inputs[c.Map]), append(labels, g.Maps[c.Map])
		}
		pictures, labels = append(pictures, edits[i]), append(labels, g.Prompts[c.Prompt])
	}
	return envmap.Sheet(pictures, labels, 1+len(g.Prompts))
}
