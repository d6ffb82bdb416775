package bpe

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"testing"
)

// golden is what scripts/golden/clip_bpe.py writes.
type golden struct {
	Captions      []string
	Size, Context int
	Vocab         map[string]int
	Merges        [][2]string
	Texts         []struct {
		Text string
		IDs  []int
	}
}

func readGolden(t testing.TB) golden {
	t.Helper()
	data, err := os.ReadFile("testdata/small.json")
	if err != nil {
		t.Fatal(err)
	}
	var g golden
	if err := json.Unmarshal(data, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

func small(t testing.TB) *Tokenizer {
	t.Helper()
	g := readGolden(t)
	v, err := Train(g.Captions, g.Size)
	if err != nil {
		t.Fatal(err)
	}
	tok, err := New(v, g.Context)
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

func TestTrainingAgreesWithTheReference(t *testing.T) {
	g := readGolden(t)
	v := small(t).Vocabulary()
	if !slices.Equal(v.merges, g.Merges) {
		t.Errorf("got merges %v, want %v", v.merges, g.Merges)
	}
	if got := v.GetVocab(); !maps.Equal(got, g.Vocab) {
		t.Errorf("got %d tokens %v, want %d: %v", len(got), got, len(g.Vocab), g.Vocab)
	}
}

func TestEncodingAgreesWithTheReference(t *testing.T) {
	tok := small(t)
	for _, c := range readGolden(t).Texts {
		for range 2 { // the second time it is remembered
			got, err := tok.Encode(c.Text)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got, c.IDs) {
				t.Errorf("%q: got %v, want %v", c.Text, got, c.IDs)
			}
		}
	}
}
