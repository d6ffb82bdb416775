package clip_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/models/mini"
	"github.com/clipenv/toolkit/pkg/clip"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/safetensors"
)

// The shipped model knows the words that its captions are made of, and tells
// those that it never met.
func TestReading(t *testing.T) {
	data, err := mini.Files.ReadFile("clip-polyhaven.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	f, err := safetensors.FromBytes("clip-polyhaven.safetensors", data)
	if err != nil {
		t.Fatal(err)
	}
	m, err := clip.Load(f, torch.CPU)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	for text, want := range map[string]clip.Reading{
		"asdf qwerty": {Words: 2, Unknown: []string{"asdf", "qwerty"}},
		"a sunset in a forest, cloudy, with trees": {Words: 4},
		"Dark Environment, at night time":          {Words: 4},
		"neon city, zorbly neon sky":               {Words: 5, Unknown: []string{"zorbly"}},
		"夕焼け":                                      {Words: 1, Unknown: []string{"夕焼け"}},
		"!!! 12345 – it's a":                       {},
		"":                                         {},
		strings.Repeat("sunset ", 32):              {Words: 32},
		strings.Repeat("sunset ", 33):              {Words: 33, Cut: true},
	} {
		if got, err := m.Read(text); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: got %+v (%v), want %+v", text, got, err, want)
		}
	}
}
