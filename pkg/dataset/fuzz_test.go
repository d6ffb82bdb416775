package dataset

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/clipenv/toolkit/pkg/polyhaven"
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

// Whatever the bytes, what comes of them is UTF-8, and stays as it is from
// then on; what is UTF-8 already loses nothing.
func FuzzDecodeText(f *testing.F) {
	for _, text := range []string{"", "a hill", "\ufeffa hill", "B\xe4ume", "\xff\xfea\x00", "\xfe\xff\x00a", "\xff\xfea", "\xff", "\x81"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		text, from := decodeText(data)
		if !utf8.Valid(text) {
			t.Errorf("got %q, want UTF-8", text)
		}
		if again, from := decodeText(text); from != "" || !bytes.Equal(again, bytes.TrimPrefix(text, []byte("\ufeff"))) {
			t.Errorf("again: got %q of %q (%s), want it as it is", again, text, from)
		}
		if utf8.Valid(data) && (from != "" || !bytes.HasSuffix(data, text)) {
			t.Errorf("got %q of %q, want the same text", text, data)
		}
	})
}

// A name is a fixed point: what captions say of it meets the map.
func FuzzNameOf(f *testing.F) {
	for _, name := range []string{"lake_4k.hdr", "lake_2K-HDR.exr", "_4k", "a/b_1k.txt", "caf\xe9.hdr", "cafe\u0301", "a_4k_4k.hdr", ".", "..", ""} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, path string) {
		name := NameOf(path)
		if name == "" || !utf8.ValidString(name) || !norm.NFC.IsNormalString(name) {
			t.Errorf("got %q of %q, want a name in form C", name, path)
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
