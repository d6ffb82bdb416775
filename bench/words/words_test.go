package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/label"
)

// Each sentence is said once, and holds a word that stands in no caption.
func TestSentencesAreOutsideTheCaptions(t *testing.T) {
	letters := regexp.MustCompile("[a-z]+")
	captions := map[string]bool{}
	learn := func(text string) {
		for _, w := range letters.FindAllString(strings.ToLower(text), -1) {
			captions[w] = true
		}
	}
	for _, p := range label.Phrases() {
		learn(p.Text)
	}
	real, err := os.ReadFile("../../configs/mini/polyhaven/captions.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	learn(string(real))
	files, err := filepath.Glob("*.jsonl")
	if err != nil || len(files) != 8 {
		t.Fatalf("got files %v, %v, want eight", files, err)
	}
	seen := map[string]bool{}
	for _, file := range files {
		said, err := read(file)
		if err != nil {
			t.Fatal(err)
		}
		if len(said) < 58 {
			t.Errorf("%s has %d sentences, want 58 or more", file, len(said))
		}
		for _, s := range said {
			outside := false
			for _, w := range letters.FindAllString(s.Says, -1) {
				outside = outside || !captions[w]
			}
			if !outside || seen[s.Says] {
				t.Errorf("%s: %q stands twice, or has only captions' words", file, s.Says)
			}
			seen[s.Says] = true
		}
	}
}

// A light is what its numbers say, and of no other kind that shuts it out.
func TestKindsOfLight(t *testing.T) {
	for _, c := range []struct {
		light edit.Light
		is    []string
		no    string
	}{
		{edit.Light{SunElevation: 50}, []string{"sunny", "clear", "day"}, "night"},
		{edit.Light{SunElevation: 4}, []string{"low", "clear|night"}, "day"},
		{edit.Light{SunElevation: -4}, []string{"dusk"}, "low"},
		{edit.Light{SunElevation: -40, Moon: 1, Stars: 1}, []string{"night", "moon", "stars"}, "dusk"},
		{edit.Light{SunElevation: 30, Cover: 1}, []string{"overcast"}, "sunny"},
		{edit.Light{SunElevation: 30, Cover: .4}, []string{"clouds", "day"}, "overcast"},
		{edit.Light{SunElevation: 30, Cover: .9, Fog: .03}, []string{"fog"}, "clouds"},
		{edit.Light{SunElevation: 30, Snow: 1}, []string{"snow"}, "sunny"},
	} {
		if !holds(c.is, c.light) || holds([]string{c.no}, c.light) {
			t.Errorf("%+v is not %v, or is %s", c.light, c.is, c.no)
		}
	}
}
