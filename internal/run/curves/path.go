package curves

import (
	"fmt"
	"image/color"
	"image/png"
	"io"
	"strconv"
)

// Spot is a point of a path through two figures.
type Spot struct {
	X, Y   float64
	Label  string
	Strong bool // it is pointed out
}

// DrawPath writes, as PNG, a path through the plane of two figures, each spot
// with its label, in the picture's upper half.
func DrawPath(w io.Writer, title, axisX string, spots []Spot) error {
	c, err := newCanvas()
	if err != nil {
		return fmt.Errorf("curves: %w", err)
	}
	all, strong := line{label: "blends", colour: blue, width: 2, mark: true}, line{colour: color.NRGBA{213, 94, 0, 255}, width: 9, mark: true}
	turned := make([]point, len(spots))
	for i, s := range spots {
		all.points = append(all.points, point{s.X, s.Y})
		turned[i] = point{s.Y, s.X}
		if s.Strong {
			strong.points = append(strong.points, point{s.X, s.Y})
			strong.label = "chosen, " + s.Label
		}
	}
	x, y := fit(false, turned), fit(false, all.points)
	d := diagram{title: title, steps: x, values: y, across: axisX}
	d.add(all)
	d.add(strong)
	c.diagram(0, d)
	for i, s := range spots {
		at := left + (right-left)*x.at(s.X)
		height := float64(bottom) - (bottom-top)*y.at(s.Y)
		above := -10
		if i%2 == 1 {
			above = letters + 10
		}
		c.text(s.Label, int(at), int(height)+above, .5, ink)
	}
	return png.Encode(w, c.im.SubImage(c.upper()))
}

// stepLabel is what the axis of steps reads.
func (d diagram) stepLabel() string {
	if d.across != "" {
		return d.across
	}
	if d.best > 0 {
		return "step; the dark line marks the best model, of step " + strconv.Itoa(d.best)
	}
	return "step"
}
