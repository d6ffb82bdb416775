package run

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// generations counts the recipes in which a prompt stands, the newest first.
func generations(t *testing.T, text json.RawMessage) (n int, last string) {
	t.Helper()
	for {
		var at struct {
			Prompt string          `json:"prompt"`
			Before json.RawMessage `json:"before"`
		}
		if err := json.Unmarshal(text, &at); err != nil {
			t.Fatal(err)
		}
		if at.Prompt == "" {
			return n, string(text)
		}
		n++
		if at.Before == nil {
			return n, ""
		}
		text = at.Before
	}
}

// However often a map is edited, its recipe stays one that a header holds, and
// tells the newest part of its way.
func TestARecipeOfManyGenerationsStaysShort(t *testing.T) {
	for _, length := range []int{10, 3000, 40_000} {
		var r Recipe
		for i := range 150 {
			next := Recipe{Command: "edit", Prompt: fmt.Sprintf("%d %s", i, strings.Repeat("x", length))}
			next.After(r.String())
			r = next
		}
		text := r.String()
		n, last := generations(t, json.RawMessage(text))
		if len(text) > maxBefore+length+1000 || n < 2 || n > 2*maxGenerations {
			t.Errorf("prompts of %d: got %d bytes and %d generations, want at most %d bytes, and 2 generations or more", length, len(text), n, maxBefore)
		}
		if !strings.HasPrefix(last, `{"omitted":`) || !strings.Contains(last, `"sha256":"`) {
			t.Errorf("prompts of %d: got %.100s at the end, want how much is left out", length, last)
		}
	}
}

func TestRecipesFromOutsideStayShort(t *testing.T) {
	for name, carried := range map[string]string{
		"4 MB of JSON":    `{"command":"` + strings.Repeat("x", 4<<20) + `"}`,
		"4 MB of text":    strings.Repeat("x", 4<<20),
		"quotes":          strings.Repeat(`"`, 50_000),
		"nested recipes":  strings.Repeat(`{"prompt":"a","before":`, 5000) + "1" + strings.Repeat("}", 5000),
		"nested lists":    strings.Repeat("[", 9000) + strings.Repeat("]", 9000),
		"nested too deep": strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000),
	} {
		var r Recipe
		r.After(carried)
		if !json.Valid(r.Before) || len(r.Before) > maxBefore+1000 || depth(r.Before) > 2*maxGenerations+1 {
			t.Errorf("%s: got %d bytes, %d deep, valid %v, want few", name, len(r.Before), depth(r.Before), json.Valid(r.Before))
		}
	}
}
