package edit

import (
	"strings"
	"testing"
)

// However a denial is said, it is the one that books know.
func TestDenialsAreSaidPlainly(t *testing.T) {
	for said, want := range map[string]string{
		"not at all cloudy":          "not cloudy",
		"anything but sunny":         "not sunny",
		"neither fog nor rain":       "not fog not rain",
		"no fog or rain":             "no fog not rain",
		"day or night":               "day or night",
		"nothing but blue":           "blue",
		"not only fog":               "fog",
		"a sunset rather than a day": "a sunset not a day",
		"not":                        "not",
		"":                           "",
	} {
		if got := strings.Join(plainDenials(strings.Fields(said)), " "); got != want {
			t.Errorf("%q is read as %q, want %q", said, got, want)
		}
	}
}

// A denial leaves no light of what it denies.
func TestDenialsChooseAnotherLight(t *testing.T) {
	for _, c := range []struct{ says, like string }{
		{"anything but sunny", "not sunny"},
		{"not at all cloudy", "not cloudy"},
		{"far from clear", "not clear"},
		{"neither fog nor rain", "no fog|no rain"},
		{"a sunset without any clouds or fog", "a sunset without clouds|no fog"},
	} {
		got, weight := wordsFor([]Phrase{{Text: c.says, Weight: 1}})
		want, _ := wordsFor([]Phrase{{Text: strings.ReplaceAll(c.like, "|", " "), Weight: 1}})
		if weight == 0 {
			t.Errorf("%q tells no light", c.says)
		}
		for i := range got {
			if diff := got[i] - want[i]; diff > 1e-9 || diff < -1e-9 {
				t.Errorf("%q scores %s %.3f, want %.3f, as %q", c.says, knownLights[i].caption, got[i], want[i], c.like)
			}
		}
	}
}
