package main

import (
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/clipenv/toolkit/internal/app/editing"
	"github.com/clipenv/toolkit/internal/app/mapfile"
	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/pkg/edit"
)

// printEdit says in a line what came of an edit, and in another where its light stands.
func printEdit(w io.Writer, done *editing.Edited) error {
	f := done.Figures
	line := quote.Text(done.Output) + ": through the " + done.Generator
	if _, ok := f["clip_before"]; ok {
		line += fmt.Sprintf(", similarity %.3f to %.3f", f["clip_before"], f["clip_after"])
	}
	if before, ok := f["judge_before"]; ok {
		line += fmt.Sprintf(", judge %.3f to %.3f", before, f["judge_after"])
	}
	above := "none before or after"
	if !math.IsNaN(f["above_stops"]) {
		above = fmt.Sprintf("%+.1f stops", f["above_stops"])
	}
	if _, err := fmt.Fprintf(w, "%s, light from above %s, seam %.2f to %.2f\n", line, above, f["seam_before"], f["seam_after"]); err != nil || done.Light == nil {
		return err
	}
	_, err := fmt.Fprintf(w, "light: %s\n", lightWords(done.Light))
	return err
}

// lightWords says where the sun or the moon of a light stands, what differs in its air
// and sky from the map's, and what was taken at its word.
func lightWords(change *edit.LightChange) string {
	before, after := change.Before, change.After
	var said []string
	add := func(format string, args ...any) { said = append(said, fmt.Sprintf(format, args...)) }
	at := mapfile.Bearing{Azimuth: after.SunAzimuth, Elevation: math.Abs(after.SunElevation)}
	switch {
	case change.Enclosed:
		add("no sky or window is sure, all changes alike")
	case after.SunElevation > 0 && after.Cover >= .9:
		add("no shadows, the sun is behind cloud")
	case after.SunElevation > 0:
		add("the sun %s", at.Words())
	case after.Moon > 0:
		add("the moon %s", at.Words())
	case after.SunElevation > -18:
		at.Elevation = after.SunElevation
		add("the sun %s", at.Words())
	default:
		add("night, no moon")
	}
	if change.SunBehind > .5 {
		add("which things in the map hide")
	}
	for _, n := range []struct {
		name          string
		before, after float64
		least         float64 // a change that is told
	}{
		{"cover", before.Cover, after.Cover, .05}, {"haze", before.Haze, after.Haze, .05}, {"fog", before.Fog, after.Fog, .001},
		{"snow", before.Snow, after.Snow, .05}, {"sun's stops", before.SunStops, after.SunStops, .05}, {"exposure", before.Exposure, after.Exposure, .05},
	} {
		if math.Abs(n.after-n.before) > n.least {
			add("%s %.2g", n.name, math.Round(n.after*1000)/1000)
		}
	}
	if after.Kelvin > 0 {
		add("%.0f K", after.Kelvin)
	}
	line := strings.Join(said, ", ")
	if len(change.Said) > 0 {
		line += "; taken at their word: " + quote.List(change.Said)
	}
	return line
}
