package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/clipenv/toolkit/internal/app/mapfile"
	"github.com/clipenv/toolkit/internal/quote"
)

// writeLight writes a report as lines for a reader: a word, then what there is
// to say.
func writeLight(w io.Writer, r *mapfile.SkyReport) error {
	var text strings.Builder
	line := func(label, format string, args ...any) {
		fmt.Fprintf(&text, "%-11s %s\n", label, fmt.Sprintf(format, args...))
	}
	line("file", "%s", quote.Text(r.File))
	seen := "no sky to be seen"
	if r.SkySeen {
		seen = "the sky is seen"
	}
	line("scene", "%s, %s", r.Scene, seen)
	if s := r.Sun; s == nil {
		line("sun", "none found: no disc stands out from what is around it and from all other lights")
		if b := r.Brightest; b != nil {
			line("brightest", "%s; irradiance RGB %s", b.Words(), rgb(b.Irradiance))
		}
	} else {
		line("sun", "%s", s.Words())
		line("gives", "RGB %s, luminance %.4g: irradiance of a surface that faces it", rgb(s.Irradiance), s.Luminance)
		line("clipped", "%s", clippedWords(*s))
		if s.Kelvin != nil {
			line("colour", "%.0f K, Duv %+.4f", *s.Kelvin, s.Duv)
		} else {
			line("colour", "that of no black body, Duv %+.4f", s.Duv)
		}
		line("across", "%.2f°, as the map shows it", s.Across)
		line("over sky", "%+.1f stops, its brightest texel over the sky around it", s.OverSky)
		if s.OverRest != nil {
			line("", "%+.1f stops, its light on level ground over all other", *s.OverRest)
		}
	}
	line("from above", "RGB %s, irradiance on level ground; π under a sky of 1", rgb(r.Above))
	line("sky alone", "RGB %s, the same without the sun", rgb(r.Sky))
	_, err := io.WriteString(w, text.String())
	return err
}

func clippedWords(s mapfile.SunReport) string {
	switch {
	case s.Clipped == nil:
		return "not known: there is no ground to tell it by"
	case *s.Clipped == 1:
		return "no"
	}
	return fmt.Sprintf("%.3g times, %.1f stops: the ground sends back more than the map's RGB %s could light", *s.Clipped, s.ClippedStops(), rgb(s.InMap))
}
