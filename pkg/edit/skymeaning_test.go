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
