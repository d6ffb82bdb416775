package edit_test

import (
	"strings"
	"testing"

	"github.com/clipenv/toolkit/models/mini"
	"github.com/clipenv/toolkit/pkg/clip"
	"github.com/clipenv/toolkit/pkg/clip/words"
	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/label"
)

// shippedVectors gives the vectors of the words that ship.
func shippedVectors(t *testing.T) func(string) [][]float32 {
	t.Helper()
	data, err := mini.Files.ReadFile("words.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	table, err := words.Parse("words.safetensors", data)
	if err != nil {
		t.Fatal(err)
	}
	return (&clip.Model{Words: table}).WordVectors
}

// Sentences with words that no caption has begin at the light that a person
// expects, nine in ten of them.
func TestStrangeWordsBecomeALight(t *testing.T) {
	vectors := shippedVectors(t)
	var right, all int
	for _, s := range label.Stranges() {
		lights := edit.KnownAttributes()
		some := 0
		for _, is := range lights {
			if s.Is.Holds(is | label.Outdoor) {
				some++
			}
		}
		if some == 0 || some == len(lights) {
			continue // of places
		}
		all++
		if at, name := edit.NearestLight(s.Text, vectors); s.Is.Holds(at | label.Outdoor) {
			right++
		} else {
			t.Logf("%q begins at %s", s.Text, name)
		}
	}
	if float64(right) < .9*float64(all) {
		t.Errorf("%d of %d sentences begin at the light that they mean, want 9 in 10", right, all)
	}
}

// The plainest words for a light that captions lack, and words that have one
// light in common with none of the captions' own.
func TestThemesBecomeALight(t *testing.T) {
	vectors := shippedVectors(t)
	for prompt, want := range map[string]label.Attributes{
		"skiing holiday":             label.Snow,
		"typhoon":                    label.Rain,
		"perseid meteors":            label.Night,
		"as the day dies":            label.SunLow,
		"ice cream on the promenade": label.Clear,
		"puddles":                    label.Rain,
		"a starless blackout":        label.Night,
		"icebergs":                   label.Snow,
		"wildfires":                  label.Fog,
	} {
		if at, name := edit.NearestLight(prompt, vectors); !at.Has(want) {
			t.Errorf("%q begins at %s, want one with %v", prompt, name, want)
		}
	}
}

// Films, painters, places, feasts and what lighters say, and hours.
func TestNamesBecomeALight(t *testing.T) {
	vectors := shippedVectors(t)
	for prompt, want := range map[string]label.Attributes{
		"like blade runner":                  label.Night,
		"Skyrim, Winterhold":                 label.Snow,
		"caspar david friedrich's wanderer":  label.Fog,
		"diwali in jaipur":                   label.Night,
		"contre-jour":                        label.SunLow,
		"flat, shadowless, for a turntable":  label.Overcast,
		"Tromsø in the polar night":          label.Snow,
		"barely a cloud":                     label.Clear,
		"not quite night":                    label.Dusk,
		"less sunny":                         label.Overcast,
		"hardly any shadows":                 label.Overcast,
		"sirocco":                            label.Fog,
		"the squall line arrives":            label.Rain,
		"5 am":                               label.Dusk,
		"10 pm in a truck stop":              label.Night,
		"a neon sign":                        label.Night,
		"snow white and the huntsman's oaks": label.Outdoor,
	} {
		at, name := edit.NearestLight(prompt, vectors)
		if at |= label.Outdoor; !at.Any(want) {
			t.Errorf("%q begins at %s, want one with %v", prompt, name, want)
		}
	}
}

// Two things said for certain give a light of both; two weak ones do not.
func TestMixedLights(t *testing.T) {
	vectors := shippedVectors(t)
	for prompt, want := range map[string]label.Attributes{
		"snow at night, stars":  label.Snow | label.Night,
		"fog at night":          label.Fog | label.Night,
		"snow at sunset":        label.Snow | label.Sunset,
		"rain at night":         label.Rain | label.Night,
		"dusk with city lights": label.Dusk,
		"city lights":           label.Night,
	} {
		if at, name := edit.NearestLight(prompt, vectors); !at.Has(want) {
			t.Errorf("%q begins at %s, want one with %v", prompt, name, want)
		}
	}
	for _, prompt := range []string{"a party in belarus", "gondolas, wolves"} {
		if at, name := edit.NearestLight(prompt, vectors); at.Any(label.Night|label.Dusk) && at.Any(label.Overcast|label.Rain|label.Snow|label.Fog) {
			t.Errorf("%q begins at %s, want one that is not mixed", prompt, name)
		}
	}
}

// Words that a list has tell a light, and no others do.
func TestTellingWords(t *testing.T) {
	for says, want := range map[string]string{
		"skyrim's winterhold, qwerty": "skyrim's winterhold",
		"snow white":                  "",
		"asdf qwerty":                 "",
		"11 pm":                       "11 pm",
	} {
		tell := edit.TellingWords(says)
		for _, w := range strings.Fields(want) {
			if !tell[w] {
				t.Errorf("%q of %q tells nothing, want a light", w, says)
			}
		}
		if len(tell) != len(strings.Fields(want)) {
			t.Errorf("%q tells by %v, want %q", says, tell, want)
		}
	}
}

// Words that stand near no light and words that stand nowhere are two things.
func TestWordsThatNobodyKnowsHaveNoLight(t *testing.T) {
	if at, name := edit.NearestLight("asdf qwerty", shippedVectors(t)); name != "" {
		t.Errorf("got %s (%v), want no light", name, at)
	}
}

// A theme is no caption's phrase, and tells one light from another; so the two
// lists never say the same twice.
func TestThemesAreNoCaptions(t *testing.T) {
	captions := map[string]bool{}
	for _, p := range label.Phrases() {
		captions[strings.ReplaceAll(p.Text, "-", " ")] = true
	}
	seen := map[string]bool{}
	for _, theme := range label.Themes() {
		if captions[theme.Text] || seen[theme.Text] {
			t.Errorf("%q is a caption's phrase, or a theme twice", theme.Text)
		}
		seen[theme.Text] = true
		some := 0
		for _, is := range edit.KnownAttributes() {
			if theme.When.Holds(is | label.Outdoor) {
				some++
			}
		}
		if some == 0 {
			t.Errorf("%q is true of no known light", theme.Text)
		}
	}
}
