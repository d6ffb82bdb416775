package curves

import (
	"math"
	"testing"

	"github.com/clipenv/toolkit/internal/run"
)

// A line is a term times its weight, named with it, and a gap while it is zero.
func TestTermsAreDrawnByTheirWeights(t *testing.T) {
	var rows []run.Row
	for step := 1; step <= 10; step++ {
		rows = append(rows, run.Row{Step: step, Figures: map[string]float64{
			"similarity": .5, "similarity_weight": 1, "anchor": float64(step-1) / 100, "anchor_weight": .2,
		}})
	}
	d := termsDiagram(rows, axis{low: 0, high: 10}, []string{"similarity", "anchor"})
	if len(d.lines) != 2 || d.lines[0].label != "similarity" || d.lines[1].label != "anchor × 0.2" {
		t.Fatalf("got the lines %+v, want similarity and anchor × 0.2", d.lines)
	}
	anchor := d.lines[1].points
	if len(anchor) != 9 || anchor[0].x != 2 || math.Abs(anchor[8].y-.2*.09) > 1e-12 {
		t.Errorf("got the points %v, want those of steps 2 to 10, the last at .018", anchor)
	}
	if !d.values.log {
		t.Error("terms of .5 and .002 share a linear axis, want a logarithmic one")
	}
}
