package label_test

import (
	"slices"
	"testing"

	"github.com/clipenv/toolkit/pkg/label"
)

func TestPlacesAreTold(t *testing.T) {
	for text, want := range map[string][]string{
		"a sunset in a forest, cloudy":         {"forest"},
		"underwater":                           {"underwater"},
		"a cathedral at night":                 {"cathedral"},
		"overcast":                             nil,
		"a foggy morning":                      nil,
		"winter snow":                          nil,
		"a beach, and again a beach, at noon":  {"beach"},
		"the low sun behind clouds, warm haze": nil,
	} {
		if got := label.Places(text); !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
