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

// What a light has in itself, and no sun or weather makes, is told from the light that
// goes with it.
func TestLightsThatNoEditMakesAreTold(t *testing.T) {
	for text, want := range map[string][]string{
		"Northern lights over a lake":        {"northern lights"},
		"neon night, neon signs in the rain": {"neon", "neon signs"},
		"lightning, and a rainbow after":     {"lightning", "rainbow"},
		"a moonlit night":                    nil,
		"lights of the north, warm light":    nil,
	} {
		if got := label.Unmade(text); !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
