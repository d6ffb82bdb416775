package label

import (
	"embed"
	"fmt"
	"strings"
	"sync"
)

// Theme is a word, or a few, that no caption has and that a person has with one
// kind of light: what is in the sky then, what people do and wear, whose season
// it is, which film, painter or place is known for it. When is what a map in
// that light has; it is empty for words that tell no light though a part of
// them would, as "snow white".
type Theme struct {
	Text string
	When Condition
	Weak bool // true of the light more often than not, and no more
}

// themeFiles have a theme a line, in order: what is said, a colon, its kinds of
// light, and ~ where that is weak. words.txt has things, beings and colours,
// works.txt films, games, books and pictures, craft.txt what lighters and
// photographers say, times.txt hours, seasons and feasts, places.txt places,
// tongues.txt the light and weather of German, French, Spanish, Italian and others.
//
//go:embed themes/*.txt
var themeFiles embed.FS

// themeKinds are the kinds of light that the files name.
var themeKinds = map[string]Condition{
	"stars": {Night, Stars}, "moon": {Night, Moon}, "night": {Night}, "dusk": {Dusk},
	"low": {lowSun}, "sunrise": {Sunrise}, "bright": {Bright},
	"sunny": {Day, Clear}, "clear": {Clear, Day | lowSun | Dusk}, "hazy": {Day, SunVisible, LowContrast}, "clouds": {Day, PartlyCloudy},
	"overcast": {Overcast}, "rain": {Rain}, "storm": {Day, Rain, Dark},
	"fog": {Fog}, "mist": {Fog, SunVisible}, "smoke": {Day, Fog, Warm}, "snow": {Snow},
	"none": {},
}

// Themes returns every theme, in a fixed order.
var Themes = sync.OnceValue(func() []Theme {
	files, err := themeFiles.ReadDir("themes")
	if err != nil {
		panic(err)
	}
	var all []Theme
	for _, file := range files {
		data, err := themeFiles.ReadFile("themes/" + file.Name())
		if err != nil {
			panic(err)
		}
		for line := range strings.Lines(string(data)) {
			theme, err := parseTheme(strings.TrimSpace(line))
			if err != nil {
				panic(fmt.Sprintf("label: %s: %v", file.Name(), err))
			}
			all = append(all, theme)
		}
	}
	return all
})

// parseTheme reads a line such as "blade runner: night rain" or "owl: night~".
func parseTheme(line string) (t Theme, err error) {
	text, kinds, found := strings.Cut(line, ": ")
	if !found || text == "" {
		return t, fmt.Errorf("line %q, want words, a colon and kinds of light", line)
	}
	t.Text = text
	kinds, t.Weak = strings.CutSuffix(kinds, "~")
	for kind := range strings.SplitSeq(kinds, " ") {
		when, known := themeKinds[kind]
		if !known {
			return t, fmt.Errorf("line %q: %q is no kind of light", line, kind)
		}
		t.When = append(t.When, when...)
	}
	return t, nil
}
