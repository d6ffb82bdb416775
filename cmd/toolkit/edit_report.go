package main

import (
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/figures"
	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/pkg/clip"
	"github.com/clipenv/toolkit/pkg/edit"
)

// editReport is what edit prints. Its JSON keys stay as they are.
type editReport struct {
	Output string `json:"output"`
	*edit.Result
	UnknownWords []string          `json:"unknown_words,omitempty"` // that the model has no meaning for
	Warnings     []string          `json:"warnings,omitempty"`      // why the edit may not be what the words say
	Undefined    map[string]string `json:"undefined,omitempty"`     // figures that are null, and why
}

// reader is a model that tells which words it knows.
type reader interface {
	Read(text string) (clip.Reading, error)
}

// doubt finds why the edit may not be what the words say: the model knows half
// of them or fewer, does not read them to their end, or its judge sees no rise.
func (r *editReport) doubt(model edit.Encoder, phrases []edit.Phrase) error {
	warn := func(format string, args ...any) { r.Warnings = append(r.Warnings, fmt.Sprintf(format, args...)) }
	if reads, ok := model.(reader); ok {
		words, unknown := 0, 0
		for _, p := range phrases {
			reading, err := reads.Read(p.Text)
			if err != nil {
				return err
			}
			words, unknown = words+reading.Words, unknown+len(reading.Unknown)
			r.UnknownWords = append(r.UnknownWords, reading.Unknown...)
			if reading.Cut {
				warn("the model does not read \"%s\" to its end: say it in fewer words", quote.Text(p.Text))
			}
		}
		switch {
		case words == 0:
			warn("the prompt holds no word that says something to the model")
		case 2*unknown >= words:
			warn("the model knows %d of the prompt's %s; it never learnt %s, and what it makes of that is chance", words-unknown, plural(words, "word"), list(r.UnknownWords))
		}
	}
	if j := r.Judge; j != nil && !(j.After > j.Before) {
		warn("the judge does not find the output nearer the words than the input (%.3f to %.3f): it may be in that light already, or the words mean nothing to the models", j.Before, j.After)
	}
	return nil
}

// list is a few words in quotes.
func list(words []string) string {
	const most = 8
	var quoted []string
	for _, w := range words[:min(len(words), most)] {
		quoted = append(quoted, fmt.Sprintf("\"%s\"", quote.Text(w)))
	}
	if more := len(words) - most; more > 0 {
		quoted = append(quoted, fmt.Sprintf("%d more", more))
	}
	return strings.Join(quoted, ", ")
}

// whyUndefined says why a figure of an edit is no number.
func whyUndefined(name string) string {
	switch name {
	case "above_stops":
		return "no light comes from above in the input, or in the output"
	case "seam_before", "seam_after":
		return "the map is too small for it"
	}
	return "it came out as no finite number"
}

func undefined(missing []string) map[string]string {
	why := map[string]string{}
	for _, name := range missing {
		why[name] = whyUndefined(name)
	}
	return why
}

func (r *editReport) print(c *cli.Context) error {
	for _, w := range r.Warnings {
		fmt.Fprintf(c.App.ErrWriter, "edit: %s\n", w)
	}
	w := c.App.Writer
	if c.Bool("json") {
		_, missing, err := figures.Marshal(r.Result)
		if err != nil {
			return err
		}
		r.Undefined = undefined(missing)
		return writeFigures(w, r)
	}
	fmt.Fprintf(w, "%s: similarity %.3f to %.3f", quote.Text(r.Output), r.CLIP.Before, r.CLIP.After)
	if r.Judge != nil {
		fmt.Fprintf(w, ", judge %.3f to %.3f", r.Judge.Before, r.Judge.After)
	}
	above := "none before or after"
	if !math.IsNaN(r.AboveStops) && !math.IsInf(r.AboveStops, 0) {
		above = fmt.Sprintf("%+.1f stops", r.AboveStops)
	}
	_, err := fmt.Fprintf(w, ", light from above %s, seam %.2f to %.2f\n", above, r.SeamBefore, r.SeamAfter)
	return err
}

// writeFigures prints v as a line of JSON, where figures that are no numbers
// are null.
func writeFigures(w io.Writer, v any) error {
	data, _, err := figures.Marshal(v)
	if err != nil {
		return err
	}
	_, err = w.Write(append(data, '\n'))
	return err
}
