package dataset

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/dataset/polyhaven"
)

func checkLines(t *testing.T, lines []Caption) {
	for _, l := range lines {
		if l.Name == "" || l.Caption == "" && l.Attributes == 0 {
			t.Errorf("got an empty line %+v, want an error", l)
		}
	}
}

func FuzzParseCSV(f *testing.F) {
	f.Add("name,caption\nmeadow,a meadow\n")
	f.Add("caption,name,scene,attributes\n\"x, y\",a,b,day night\n")
	f.Add("name\n\"")
	f.Fuzz(func(t *testing.T, text string) {
		if lines, err := ParseCSV(strings.NewReader(text), "a.csv"); err == nil {
			checkLines(t, lines)
		}
	})
}

// What is read can be written and read again.
func FuzzCaptionsRoundTrip(f *testing.F) {
	f.Add(`{"name":"meadow","caption":"a meadow","attributes":["day","outdoor"]}`)
	f.Add("{\"name\":\"a\",\"caption\":\"b\"}\n\n{}")
	f.Fuzz(func(t *testing.T, text string) {
		lines, err := ReadCaptions(strings.NewReader(text), "a.jsonl")
		if err != nil {
			return
		}
		var b strings.Builder
		for _, l := range lines {
			if l.Name == "" {
				t.Error("got a line without a name, want an error")
			}
			data, err := json.Marshal(l)
			if err != nil {
				t.Fatal(err)
			}
			b.Write(append(data, '\n'))
		}
		again, err := ReadCaptions(strings.NewReader(b.String()), "b.jsonl")
		if err != nil {
			t.Fatalf("written again: %v", err)
		}
		if len(again) != len(lines) {
			t.Errorf("read again: got %d lines, want %d", len(again), len(lines))
		}
	})
}

func FuzzMetadata(f *testing.F) {
	f.Add(`{"a":{"name":"A","categories":["night"],"tags":["street"],"attributes":{"weather":"clear","pure_sky":true,"x":[1]}}}`)
	f.Add(`{"a":null}`)
	f.Fuzz(func(t *testing.T, text string) {
		list, _, err := polyhaven.ParseAssets(strings.NewReader(text))
		if err != nil {
			return
		}
		for _, m := range list {
			got := tags(m)
			if again := tags(m); !slices.Equal(got, again) {
				t.Errorf("%s: got tags %q, then %q", m.Slug, got, again)
			}
			if slices.Contains(got, "") || len(slices.Compact(slices.Sorted(slices.Values(got)))) != len(got) {
				t.Errorf("%s: got tags %q, want each once and none empty", m.Slug, got)
			}
		}
	})
}
