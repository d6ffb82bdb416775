package app

import (
	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/metric"
)

// Measure returns the figures of an edit.
func Measure(input *hdr.Image, r *edit.Result, spheres bool) metric.Figures {
	return metric.Measure(metric.Edit{
		Input: input, Output: r.Output, CLIP: (*metric.Similarities)(r.CLIP), Judge: (*metric.Similarities)(r.Judge), Spheres: spheres,
	})
}
