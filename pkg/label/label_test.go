package label

import (
	"encoding/json"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strings"
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

// mentions returns every attribute that the condition speaks of.
func (c Condition) mentions() Attributes {
	var m Attributes
	for _, anyOf := range c {
		m |= anyOf
	}
	return m
}

func TestPhrasesAreManyAndDistinct(t *testing.T) {
	if got := len(Phrases()); got < 500 {
		t.Errorf("phrases: got %d, want 500 or more", got)
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
			if c.Text == "" || !c.Holds(Words{Attributes: a}) {
				t.Fatalf("caption %q: got false of its map %v, want true", c.Text, a)
			}
		}
	}
	if c := Write(0, r); c.Text != "" || c.When != nil {
		t.Errorf("caption of an unknown map: got %q, want none", c.Text)
	}
}

// What is denied is never said of the same map: "no fog" and "fog" exclude
// each other, whatever a map has. Each way to deny is met.
func TestDenialsExcludeWhatTheyDeny(t *testing.T) {
	if got := len(Denials()); got < 40 {
		t.Errorf("got %d denials, want 40 or more", got)
	}
	r := rand.New(rand.NewPCG(7, 8))
	for _, d := range Denials() {
		held := 0
		for range 4000 {
			a := Attributes(r.Uint64N(uint64(endOfAttributes)) & r.Uint64N(uint64(endOfAttributes)))
			if !d.Denied.Holds(a) {
				continue
			}
			held++
			if d.Said.Holds(a) {
				t.Fatalf("%q and %q: got both true of %v", d.Denied.Text, d.Said.Text, a)
			}
		}
		if held == 0 {
			t.Errorf("%q: got true of none of 4000 maps", d.Denied.Text)
		}
	}
}

func TestStrangeSentencesHaveStrangeWords(t *testing.T) {
	if got := len(Stranges()); got != 60 {
		t.Errorf("got %d sentences, want 60", got)
	}
	taught := map[string]bool{}
	for _, p := range Phrases() {
		for w := range strings.FieldsSeq(p.Text) {
			taught[w] = true
		}
	}
	for _, s := range Stranges() {
		strange := slices.ContainsFunc(strings.Fields(strings.ReplaceAll(s.Text, ",", "")), func(w string) bool {
			return len(w) > 4 && !taught[w] && !taught[strings.TrimSuffix(w, "s")]
		})
		if !strange || s.Is.mentions() == 0 {
			t.Errorf("%q: got only words that captions have, or no condition", s.Text)
		}
	}
}

func TestMatchAgreesWithConditions(t *testing.T) {
	day := Outdoor | Day | Clear | Beach | Sand
	night := Outdoor | Night | Forest | Trees
	captions := []Caption{
		{Text: "night", When: Condition{Night, Outdoor}},
		{Text: "sunny day at the beach", When: Condition{Day, Clear, Beach}},
		{Text: "outside", When: Condition{Outdoor}},
	}
	got := Match(captions, []Words{{Attributes: day}, {Attributes: night}, {Attributes: Indoor}})
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

// Words and templates speak one language: what a phrase says of a map is read
// back from it, and nothing that excludes it.
func TestWordsAreReadBackFromPhrases(t *testing.T) {
	for text, want := range map[string]Attributes{
		"a sunset in a forest, cloudy, with trees":                Outdoor | Sunset | SunLow | Forest | Trees,
		"A sunny day at the beach, clear sky, sand terrain":       Outdoor | Day | Clear | Beach | Sand,
		"dark environment, at night time, with trees in a forest": Outdoor | Night | Forest | Trees,
		"an indoor scene of a hangar":                             Indoor | Warehouse,
		"partly cloudy, morning-afternoon, outdoor":               Outdoor | PartlyCloudy | Day,
		"indoor photo studio with a large window, natural light":  Indoor | Studio | Windows | NaturalLight,
		"a sandy plain without any trees, no clouds":              Sand,
		"not a forest, a beach":                                   Outdoor | Beach | Sand,
		"":                                                        0,
	} {
		got := Read(text)
		if got != want {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
		if settle(got) != got {
			t.Errorf("%q: got %v, which is not settled", text, got)
		}
	}
}

// What a Mix draws is true of its map; it is true of another where that says
// the same, and not where nothing says so.
func TestCaptionsOfTagsAndSentencesHoldOfTheirMap(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	w := Words{Attributes: Outdoor | Field | Grass | Day, Scene: "meadow", Tags: []string{"grass", "brick", "a meadow"}, Written: []string{"where the cows are"}}
	same := Words{Scene: "meadow"}
	other := Words{Attributes: w.Attributes, Scene: "elsewhere"}
	kinds := map[string]int{}
	for range 400 {
		c := Mix{Tags: .4, Written: .3}.Caption(w, r)
		if c.Text == "" || !c.Holds(w) {
			t.Fatalf("%q: got false of its map", c.Text)
		}
		switch {
		case c.written:
			kinds["written"]++
			if !c.Holds(same) || c.Holds(other) {
				t.Fatalf("%q: want it true of the scene alone", c.Text)
			}
		case c.tags != nil:
			kinds["tags"]++
			if got, want := c.Holds(other), !strings.Contains(c.Text, "brick"); got != want {
				t.Fatalf("%q: got %v of a map with the same attributes, want %v", c.Text, got, want)
			}
		}
	}
	if kinds["written"] < 80 || kinds["written"] > 160 || kinds["tags"] < 120 || kinds["tags"] > 200 {
		t.Errorf("got %v of 400, want near 160 of tags and 120 written", kinds)
	}
	if c := (Mix{Tags: 1}).Caption(other, r); c.Text == "" || c.tags != nil {
		t.Errorf("without tags: got %+v, want a caption of attributes", c)
	}
}
