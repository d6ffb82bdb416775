package label

import (
	"encoding/json"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestEveryAttributeHasOneName(t *testing.T) {
	if got, want := len(names), bits.TrailingZeros64(uint64(endOfAttributes)); got != want {
		t.Fatalf("names: got %d, want one for each of %d bits", got, want)
	}
	if got, want := len(byName), len(names); got != want {
		t.Errorf("distinct names: got %d, want %d", got, want)
	}
}

func TestAttributesRoundTripThroughJSON(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		want := Attributes(r.Uint64N(uint64(endOfAttributes)))
		data, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got Attributes
		if err := json.Unmarshal(data, &got); err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("%s: got %v, want %v", data, got, want)
		}
	}
	if _, err := Parse([]string{"day", "daay"}); err == nil {
		t.Error("an unknown attribute: got no error")
	}
}

func TestPhrasesAreManyAndDistinct(t *testing.T) {
	if got := len(Phrases()); got < 130 {
		t.Errorf("phrases: got %d, want 130 or more", got)
	}
	seen := map[string]bool{}
	for _, p := range Phrases() {
		if seen[p.Text] {
			t.Errorf("phrase %q stands twice", p.Text)
		}
		seen[p.Text] = true
		if p.When.mentions() == 0 {
			t.Errorf("phrase %q is said of every map", p.Text)
		}
	}
	var all Attributes
	for _, p := range Phrases() {
		all |= p.When.mentions()
	}
	if missing := (endOfAttributes - 1) &^ all; missing != 0 && missing != Snowfall {
		t.Errorf("attributes that no phrase speaks of: got %v, want none but snowfall", missing)
	}
}

// A map's own caption is true of it, and says nothing that its attributes lack.
func TestCaptionsAreTrueOfTheirMap(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 3000 {
		a := Attributes(r.Uint64N(uint64(endOfAttributes)))
		for _, c := range []Caption{Write(a, r), Sentence(a, r)} {
			if c.Text == "" || !c.When.Holds(a) {
				t.Fatalf("caption %q: got false of its map %v, want true", c.Text, a)
			}
		}
	}
	if c := Write(0, r); c.Text != "" || c.When != nil {
		t.Errorf("caption of an unknown map: got %q, want none", c.Text)
	}
}

func TestMatchAgreesWithConditions(t *testing.T) {
	day := Outdoor | Day | Clear | Beach | Sand
	night := Outdoor | Night | Forest | Trees
	captions := []Caption{
		{"night", Condition{Night, Outdoor}},
		{"sunny day at the beach", Condition{Day, Clear, Beach}},
		{"outside", Condition{Outdoor}},
	}
	got := Match(captions, []Attributes{day, night, Indoor})
	want := []float32{0, 1, 0, 1, 0, 0, 1, 1, 0}
	if !slices.Equal(got, want) {
		t.Errorf("match: got %v, want %v", got, want)
	}
}

func TestPairsExcludeEachOther(t *testing.T) {
	for i := 0; i < len(Pairs()); i += 2 {
		p, q := Pairs()[i], Pairs()[i+1]
		if !slices.Equal(p.Right, q.Wrong) || !slices.Equal(p.Wrong, q.Right) {
			t.Errorf("pair %s: got sides that do not mirror each other", p.Name)
		}
	}
}
