package curves

import (
	"io"
	"strconv"

	"github.com/clipenv/toolkit/internal/run"
)

// WriteTerms draws the run in dir into its curves.png: its loss, and below it
// the terms of that, figures by name, each times its weight, the figure
// name_weight.
func WriteTerms(dir *run.Dir, title string, terms []string) error {
	rows, err := dir.History()
	if err != nil {
		return err
	}
	return run.WriteFile(dir.Path(Name), func(w io.Writer) error {
		return drawn(w, rows, title, func(steps axis) diagram { return termsDiagram(rows, steps, terms) })
	})
}

// termsDiagram shows what each term adds to the loss. Over a logarithmic axis,
// where they differ by more than a few times, a term leaves a gap while it is
// zero, as the distance from the start is at first.
func termsDiagram(rows []run.Row, steps axis, terms []string) diagram {
	d := diagram{title: "terms by their weights", steps: steps}
	all := make([][]point, len(terms))
	for i, name := range terms {
		for _, p := range series(rows, name) {
			if weight := rows[len(rows)-1].Figures[name+"_weight"]; p.y != 0 {
				all[i] = append(all[i], point{p.x, p.y * weight})
			}
		}
	}
	if d.values = fit(true, all...); d.values.log {
		d.title += " (logarithmic)"
	}
	for i, name := range terms {
		label := name
		if weight := rows[len(rows)-1].Figures[name+"_weight"]; weight != 1 {
			label += " × " + strconv.FormatFloat(weight, 'g', 3, 64)
		}
		d.add(line{label: label, points: all[i], colour: colours[i%len(colours)], width: 2})
	}
	return d
}
