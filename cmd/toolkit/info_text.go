package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/clipenv/toolkit/internal/app/mapfile"
	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/internal/run"
)

// writeInfo writes a report as lines for a reader: a word, then what there is
// to say.
func writeInfo(w io.Writer, r *mapfile.MapReport) error {
	var text strings.Builder
	line := func(label, format string, args ...any) {
		said := strings.ReplaceAll(fmt.Sprintf(format, args...), "\n", "\n"+strings.Repeat(" ", 12))
		fmt.Fprintf(&text, "%-11s %s\n", label, said)
	}
	line("file", "%s, %s", quote.Text(r.File), run.Bytes(r.Bytes))
	line("format", "%s", formatWords(r))
	if len(r.Layers) > 0 {
		line("layers", "%s; read: %s", quote.Text(strings.Join(r.Layers, ", ")), quote.Text(r.Layer))
	}
	if r.Equirectangular {
		line("size", "%d×%d, equirectangular", r.Width, r.Height)
	} else {
		line("size", "%d×%d", r.Width, r.Height)
		line("", "%s", strings.TrimPrefix(r.Shape, "hdr: "))
	}
	if r.LDR {
		line("white", "sRGB made linear: no light above white, the sun is no brighter than paper")
	}
	for _, note := range r.Notes {
		line("note", "%s", note)
	}
	if r.Repairs == "" {
		line("values", "all finite, none negative")
	} else {
		line("values", "%s", r.Repairs)
	}
	if l := r.Light; l != nil {
		if l.Peak == nil {
			line("range", "none: the map is black")
		} else {
			line("range", "%.1f stops, from what 1 %% of the lit sphere lies below, to the peak", l.RangeStops)
			line("peak", "%+.1f EV above radiance 1, %s; RGB %s", l.Peak.EV, l.Peak.Words(), rgb(l.Peak.Radiance))
		}
		line("mean", "RGB %s, over the sphere", rgb(l.Mean))
		line("from above", "RGB %s, irradiance on level ground; π under a sky of 1", rgb(l.Above))
	}
	if r.Primaries != nil {
		line("primaries", "%s", *r.Primaries)
	}
	for _, name := range slices.Sorted(maps.Keys(r.Attributes)) {
		line("says", "%s: %s", quote.Text(name), quotedLines(r.Attributes[name]))
	}
	for _, comment := range r.Comments {
		line("comment", "%s", quote.Text(comment))
	}
	if len(r.Recipe) > 0 {
		line("recipe", "%s", recipeWords(r.Recipe))
	}
	_, err := io.WriteString(w, text.String())
	return err
}

func formatWords(r *mapfile.MapReport) string {
	name := map[string]string{"radiance": "Radiance", "exr": "OpenEXR", "png": "PNG", "jpeg": "JPEG", "webp": "WebP"}[r.Format]
	words := []string{name, r.Encoding}
	if r.Compression != "" {
		words = append(words, r.Compression)
	}
	if r.Envmap != "" {
		words = append(words, "envmap "+r.Envmap)
	}
	return strings.Join(words, ", ")
}

func rgb(c [3]float64) string { return fmt.Sprintf("%.4g %.4g %.4g", c[0], c[1], c[2]) }

// recipeWords says the gist of a recipe; --json has the whole. What another
// program wrote is shown as it is.
func recipeWords(text json.RawMessage) string {
	var foreign string
	if json.Unmarshal(text, &foreign) == nil {
		return quotedLines(foreign)
	}
	r, err := run.ParseRecipe(string(text))
	if err != nil || r.Command == "" {
		return quotedLines(string(text))
	}
	words := fmt.Sprintf("toolkit %s %s", quote.Text(r.Versions.Toolkit), quote.Text(r.Command))
	for i, f := range r.Inputs {
		if i == 3 {
			words += fmt.Sprintf(" and %d more", len(r.Inputs)-i)
			break
		}
		words += " " + quote.Text(f.Name)
	}
	if r.Prompt != "" {
		words += fmt.Sprintf(", \"%s\", seed %d", quote.Text(r.Prompt), r.Seed)
	}
	if len(r.Before) > 0 {
		words += "\nbefore: " + recipeWords(r.Before)
	}
	return words
}

// mostShownLines is how many lines of a text from outside are shown.
const mostShownLines = 12

// quotedLines is a text from outside, line by line.
func quotedLines(text string) string {
	lines := strings.SplitN(strings.TrimSuffix(text, "\n"), "\n", mostShownLines+1)
	if len(lines) > mostShownLines {
		lines[mostShownLines] = "…"
	}
	for i, l := range lines {
		lines[i] = quote.Text(l)
	}
	return strings.Join(lines, "\n")
}
