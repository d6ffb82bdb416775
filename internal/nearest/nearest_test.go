package nearest_test

import (
	"strings"
	"testing"

	"github.com/clipenv/toolkit/internal/nearest"
)

func TestWhatWasMeant(t *testing.T) {
	valid := []string{"steps", "seed", "learning_rate", "held-out", "save_every", "real", "fov"}
	for word, want := range map[string]string{
		"stpes":                            "steps",
		"step":                             "steps",
		"Steps":                            "steps",
		"sed":                              "seed",
		"learningRate":                     "learning_rate",
		"learning-rate":                    "learning_rate",
		"learning":                         "learning_rate",
		"held_out":                         "held-out",
		"saveEvery":                        "save_every",
		"fvo":                              "", // as far from "fov" as "fat"
		"fo":                               "fov",
		"temperature":                      "",
		"x":                                "",
		"":                                 "",
		"größe":                            "",
		strings.Repeat("steps", 1_000_000): "",
	} {
		got, ok := nearest.Of(word, valid)
		if got != want || ok != (want != "") {
			t.Errorf("%.20q: got %q (%v), want %q", word, got, ok, want)
		}
	}
	if got, ok := nearest.Of("steps", nil); ok {
		t.Errorf("got %q of no words, want none", got)
	}
}
