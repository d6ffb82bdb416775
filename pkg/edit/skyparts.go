package edit

import (
	"regexp"
	"strings"

	"github.com/clipenv/toolkit/pkg/sky"
)

// partWay is a way to say which part of a map is to be edited, or kept as it is.
type partWay struct {
	says  *regexp.Regexp
	keeps bool
}

var partWays = func() (all []partWay) {
	const (
		part = `(?:the\s)?(?P<part>sky|skies|ground|foreground|floor|landscape)`
		verb = `(?:change|edit|touch|relight|affect|alter|replace|modify)`
		same = `(?:\s(?:(?:exactly\s)?as\s(?:it\sis|is|it\swas)|untouched|unchanged|alone|the\ssame))`
	)
	add := func(says string, keeps bool) { all = append(all, partWay{regexp.MustCompile(`\b` + says), keeps}) }
	add(`(?:keep|leave|preserve|protect)\s`+part+same, true)
	add(`(?:keep|leave|preserve|protect)\s`+part+`$`, true)
	add(`(?:do\snot|don't|without|not)\s(?:`+verb+`|changing|editing|touching)\s`+part+`\b`, true)
	add(`(?:only|just)\s(?:`+verb+`\s)?`+part+`\b`, false)
	add(verb+`\s(?:only|just)\s`+part+`\b`, false)
	add(part+`\sonly\b`, false)
	return all
}()

// partSaid is the part of a map that a text says is to be edited, Whole where it says
// none; what says so, and the text without it.
func partSaid(text string) (part sky.Part, said, rest string) {
	rest = strings.TrimRight(unaccented.Replace(strings.ToLower(text)), " .!")
	for _, w := range partWays {
		for clause := range strings.FieldsFuncSeq(rest, func(r rune) bool { return r == ',' || r == ';' || r == '.' }) {
			clause = strings.TrimSpace(clause)
			at := w.says.FindStringSubmatch(clause)
			if at == nil {
				continue
			}
			named := wishParts[at[w.says.SubexpIndex("part")]]
			if named == sky.Whole {
				named = sky.GroundOnly
			}
			if w.keeps {
				named = sky.SkyOnly + sky.GroundOnly - named
			}
			return named, at[0], strings.Replace(rest, at[0], ",", 1)
		}
	}
	return sky.Whole, "", text
}

// partOf is partSaid of a prompt.
func partOf(prompt []Phrase) (part sky.Part, said []string) {
	for _, p := range prompt {
		if of, words, _ := partSaid(p.Text); p.Weight > 0 && of != sky.Whole {
			part, said = of, append(said, words)
		}
	}
	return part, said
}
