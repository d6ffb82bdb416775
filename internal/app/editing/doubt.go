package editing

import (
	"fmt"
	"slices"
	"strings"

	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/pkg/clip"
	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/label"
)

// hiddenSun is the share of a disc behind things from which on an artist is told.
const hiddenSun = .5

// doubtSun says where a sun that was asked for is not to be seen, and why.
func (r *Edited) doubtSun(light *edit.LightChange, asked edit.SkyConfig) {
	if light == nil || asked.SunElevation == nil && asked.SunAzimuth == nil && !light.Placed || light.After.SunElevation <= 0 {
		return
	}
	warn := func(format string, args ...any) { r.Warnings = append(r.Warnings, fmt.Sprintf(format, args...)) }
	at := fmt.Sprintf("the sun at %.4g° of elevation and %.4g° of azimuth", light.After.SunElevation, light.After.SunAzimuth)
	switch {
	case light.Enclosed:
		warn("%s is not drawn: the map shows neither a sky nor a window that is sure, and changes in level and colour alone", at)
	case light.After.Cover >= .9 && asked.Cover == nil && asked.SunElevation == nil && asked.SunAzimuth == nil: // of words for an overcast day
	case light.After.Cover >= .9 && asked.Cover == nil:
		warn("%s casts no shadow: the sky is overcast, cover %.2g; --cover 0.3 lets it through", at, light.After.Cover)
	case light.SunBehind > hiddenSun && light.Placed && asked.SunAzimuth == nil:
		warn("%s stands behind what the map shows: its light is there, drawn before that; --sun-azimuth stands it elsewhere", at)
	case light.SunBehind > hiddenSun && asked.SunAzimuth == nil:
		warn("%s stands behind what the map shows, as it would all around: its light is there, drawn before that; more elevation brings it into the open", at)
	case light.SunBehind > hiddenSun:
		warn("%s stands behind what the map shows: its light is there, drawn before that; without --sun-azimuth it stands in the open", at)
	}
}

// reader is a model that tells which words it knows.
type reader interface {
	Read(text string) (clip.Reading, error)
}

// doubt finds why the edit may not be what the words say: the model knows half
// of them or fewer, does not read them to their end, they name a place and no
// light, or a light that nothing makes, or its judge sees no rise.
func (r *Edited) doubt(model edit.Encoder, phrases []edit.Phrase, came *edit.Result) error {
	warn := func(format string, args ...any) { r.Warnings = append(r.Warnings, fmt.Sprintf(format, args...)) }
	light := false
	var unmade []string
	for _, p := range phrases {
		if p.Weight > 0 {
			unmade = append(unmade, label.Unmade(p.Text)...)
		}
		r.PlaceWords = append(r.PlaceWords, label.Places(p.Text)...)
		light = light || label.Read(p.Text).Any(label.Light)
	}
	if len(r.PlaceWords) > 0 && !light {
		warn("an edit changes the light, not the place: %s stays as the map has it; say what light it is in", quote.List(r.PlaceWords))
	}
	if len(unmade) > 0 {
		warn("no edit makes %s: the map gets the sun or moon, the clouds and the air that go with the words", quote.List(unmade))
	}
	if reads, ok := model.(reader); ok {
		words, unknown := 0, 0
		for _, p := range phrases {
			reading, err := reads.Read(p.Text)
			if err != nil {
				return err
			}
			tell := edit.TellingWords(p.Text)
			reading.Unknown = slices.DeleteFunc(reading.Unknown, func(w string) bool { return tell[w] })
			words, unknown = words+reading.Words, unknown+len(reading.Unknown)
			r.UnknownWords = append(r.UnknownWords, reading.Unknown...)
			if reading.Cut {
				warn("the model does not read \"%s\" to its end: say it in fewer words, or in parts with | between", quote.Text(beginning(p.Text)))
			}
		}
		still := "what it makes of that is chance"
		switch {
		case came.Unchanged:
			still = "nothing was changed"
		case came.NumbersOnly:
			still = "only the numbers that were given were followed"
		}
		switch {
		case came.Unchanged && unknown < words:
			warn("the prompt says nothing of a light: nothing was changed")
		case words == 0:
			warn("the prompt holds no word that says something to the model: %s", still)
		case unknown == words && words == 1:
			warn("the model does not know the prompt's word, %s: %s", quote.List(r.UnknownWords), still)
		case unknown == words:
			warn("the model knows none of the prompt's %d words: %s", words, still)
		case 2*unknown >= words:
			warn("the model knows %d of the prompt's %s; it never learnt %s, and %s", words-unknown, quote.Plural(words, "word"), quote.List(r.UnknownWords), still)
		}
	}
	// A change of the map's own light ("warmer") is done as said, and no nearer to any picture.
	wished := came.Light != nil && len(came.Light.Near) == 0 && len(came.Light.Said) > 0
	before, judged := r.Figures["judge_before"]
	if after := r.Figures["judge_after"]; judged && !wished && !came.Unchanged && !(after > before) {
		warn("the judge does not find the output nearer the words than the input (%.3f to %.3f): it may be in that light already, or the words mean nothing to the models", before, after)
	}
	return nil
}

// beginning is what a long text is known by.
func beginning(text string) string {
	const words = 8
	if all := strings.Fields(text); len(all) > words {
		return strings.Join(all[:words], " ") + " …"
	}
	return text
}
