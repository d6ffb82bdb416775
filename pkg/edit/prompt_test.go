package edit_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/edit"
)

// A weight is a weight wherever it stands.
func TestPrompts(t *testing.T) {
	for prompt, want := range map[string][]edit.Phrase{
		"a sunset:1|clouds:-0.5|trees":  {{Text: "a sunset", Weight: 1}, {Text: "clouds", Weight: -.5}, {Text: "trees", Weight: 1}},
		"sunset:-1":                     {{Text: "sunset", Weight: -1}},
		" a sunset , cloudy : 2 ":       {{Text: "a sunset , cloudy", Weight: 2}},
		"sunset:.5|b:+1e1|c:100|d:-100": {{Text: "sunset", Weight: .5}, {Text: "b", Weight: 10}, {Text: "c", Weight: 100}, {Text: "d", Weight: -100}},
		"noon: a plain":                 {{Text: "noon: a plain", Weight: 1}},
		"noon: a plain:2":               {{Text: "noon: a plain", Weight: 2}},
		"noon: 3 clouds":                {{Text: "noon: 3 clouds", Weight: 1}},
		"a sunset at 18:30":             {{Text: "a sunset at 18:30", Weight: 1}},
		"7:05|18:30:-1":                 {{Text: "7:05", Weight: 1}, {Text: "18:30", Weight: -1}},
		"layer 2:0.5":                   {{Text: "layer 2", Weight: .5}},
		"sunset:infinite":               {{Text: "sunset:infinite", Weight: 1}},
		"sunset:0|clouds":               {{Text: "sunset", Weight: 0}, {Text: "clouds", Weight: 1}},
	} {
		if got, err := edit.ParsePrompt(prompt); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: got %v (%v), want %v", prompt, got, err, want)
		}
	}
}

// What looks like a weight and is none is refused, not read as words.
func TestBadPrompts(t *testing.T) {
	for prompt, want := range map[string]string{
		"":                                  "the prompt is empty",
		" \t ":                              "the prompt is empty",
		"a||b":                              "a phrase is empty",
		"a|":                                "a phrase is empty",
		":2":                                "a phrase is empty",
		"sunset:1e309|clouds":               `the weight of "sunset" is "1e309", want a number from -100 to 100`,
		"sunset:1e9":                        `is "1e9"`,
		"sunset:-100.1":                     `is "-100.1"`,
		"sunset:nan|clouds":                 `is "nan"`,
		"sunset:-Infinity":                  `is "-Infinity"`,
		"sunset:0x1p3":                      `is "0x1p3"`,
		"sunset:1_0":                        `is "1_0"`,
		"sunset:1,5":                        `is "1,5"`,
		"sunset:50%":                        `is "50%"`,
		"sunset:–1":                         `is "–1"`,
		"sunset:1.2.3":                      `is "1.2.3"`,
		"sunset:-":                          `is "-"`,
		"sunset:|clouds":                    `is ""`,
		"sunset:1:2":                        "has two weights",
		strings.Repeat("a|", 100) + "b":     "it has 101 phrases, want at most 100",
		"sunset:0":                          "every weight is 0",
		"a\x1b]0;owned\a:1e9":               `prompt "a\x1b]0;owned\a:1e9"`,
		strings.Repeat("b", 120000) + ":5%": "it has 120003 characters, want at most 2000",
	} {
		_, err := edit.ParsePrompt(prompt)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: got %v, want %s", prompt, err, want)
		} else if len(err.Error()) > 2500 {
			t.Errorf("%.40q: got %d bytes of error, want few", prompt, len(err.Error()))
		}
	}
}

func FuzzParsePrompt(f *testing.F) {
	f.Add("a sunset:1|clouds:-0.5")
	f.Fuzz(func(t *testing.T, prompt string) {
		phrases, err := edit.ParsePrompt(prompt)
		for _, p := range phrases {
			if err != nil || p.Text == "" || !(p.Weight >= -100 && p.Weight <= 100) {
				t.Errorf("%q: got %v (%v)", prompt, phrases, err)
			}
		}
	})
}
