// Package curves draws how a run goes, from its metrics.jsonl: the loss, and
// below it the figures on held-out maps, or the terms of the loss.
//
//	rows of figures by step -> curves.png
//
// The picture is a function of the rows alone: a run that was resumed leaves
// the bytes of one that was not.
package curves

import (
	"fmt"
	"image/png"
	"io"
	"math"

	"github.com/clipenv/toolkit/internal/run"
)

// Name is the picture's in the run's directory.
const Name = "curves.png"

// HeldOut says what the lower diagram shows, over an axis that reads Axis.
type HeldOut struct {
	Axis    string
	Figures []Figure
}

// Figure is one of metrics.jsonl and what the legend calls it.
type Figure struct{ Name, Label string }

// score is the figure by which the best model is chosen, the larger the better.
const score = "score"

// Write draws the run in dir so far into its curves.png.
func Write(dir *run.Dir, held HeldOut) error {
	rows, err := dir.History()
	if err != nil {
		return err
	}
	return run.WriteFile(dir.Path(Name), func(w io.Writer) error { return Draw(w, rows, held) })
}

// Draw writes the picture as PNG. Figures that are no numbers leave a gap.
func Draw(w io.Writer, rows []run.Row, held HeldOut) error {
	return drawn(w, rows, "loss in training", func(steps axis) diagram { return heldOutDiagram(rows, steps, held) })
}

// drawn draws the loss, and below it the diagram that lower makes for these steps.
func drawn(w io.Writer, rows []run.Row, title string, lower func(steps axis) diagram) error {
	c, err := newCanvas()
	if err != nil {
		return fmt.Errorf("curves: %w", err)
	}
	steps := axis{low: 0, high: 1}
	for _, row := range rows {
		steps.high = math.Max(steps.high, float64(row.Step))
	}
	c.diagram(0, lossDiagram(rows, steps, title))
	c.diagram(Height/2, lower(steps))
	return png.Encode(w, c.im)
}

// lossDiagram shows the loss of each row as a light line and its moving mean
// as a strong one; where it falls by more than a few times, over a logarithmic
// axis.
func lossDiagram(rows []run.Row, steps axis, title string) diagram {
	points := series(rows, "loss")
	d := diagram{title: title, steps: steps, values: fit(true, points)}
	if d.values.log {
		d.title += " (logarithmic)"
	}
	d.add(line{label: "as logged", points: points, colour: faint(blue), width: 1})
	d.add(line{label: "moving mean", points: smooth(points), colour: blue, width: 2.5, last: true})
	return d
}

// heldOutDiagram shows a line with a mark at each evaluation for each figure,
// and which evaluation was the best.
func heldOutDiagram(rows []run.Row, steps axis, held HeldOut) diagram {
	d := diagram{title: held.Axis, steps: steps}
	var all [][]point
	for i, f := range held.Figures {
		points := series(rows, f.Name)
		all = append(all, points)
		d.add(line{label: f.Label, points: points, colour: colours[i%len(colours)], width: 2, mark: true, last: true})
	}
	d.values = fit(false, all...)
	best := math.Inf(-1)
	for _, p := range series(rows, score) {
		if p.y > best {
			best, d.best = p.y, int(p.x)
		}
	}
	return d
}

// series is a figure over steps, without what is not a number that a float32
// holds: the models compute in no more.
func series(rows []run.Row, name string) []point {
	var points []point
	for _, row := range rows {
		if v, ok := row.Figures[name]; ok && math.Abs(v) <= math.MaxFloat32 {
			points = append(points, point{float64(row.Step), v})
		}
	}
	return points
}

// smooth is the moving mean over a tenth of the points, seven at least. It is
// taken of a line through them by least squares, so that it neither lags nor
// follows the last points at the ends, and stays within their range.
func smooth(points []point) []point {
	out, reach := make([]point, len(points)), max(3, len(points)/20)
	for i, p := range points {
		window := points[max(0, i-reach):min(len(points), i+reach+1)]
		var x, y, xx, xy float64
		low, high := math.Inf(1), math.Inf(-1)
		for _, q := range window {
			x, y = x+q.x/float64(len(window)), y+q.y/float64(len(window))
			low, high = math.Min(low, q.y), math.Max(high, q.y)
		}
		for _, q := range window {
			xx, xy = xx+(q.x-x)*(q.x-x), xy+(q.x-x)*(q.y-y)
		}
		if xx > 0 {
			y += xy / xx * (p.x - x)
		}
		out[i] = point{p.x, min(max(y, low), high)}
	}
	return out
}
