package label

import (
	"slices"
	"strings"
	"testing"
)

// sight sees what is claimed by is: its words fit the map, its denials do not.
func sight(is, measured, denied Attributes) Sight {
	fits := map[string]float64{}
	for _, part := range [][]option{settings, outdoorPlaces, indoorPlaces, times, skies, grounds, outdoorDetails, nightDetails, indoorDetails} {
		for _, o := range part {
			if is.Has(o.claim) {
				for i, text := range o.texts {
					fits[text] = 1 - float64(i)/100
				}
				continue
			}
			for _, text := range o.against {
				fits[text] = 1
			}
		}
	}
	return Sight{Cosine: func(text string) float64 { return fits[text] }, Scale: 20, Measured: measured, Denied: denied}
}

func TestADescriptionSaysWhatIsSeen(t *testing.T) {
	for _, c := range []struct {
		is, measured, denied Attributes
		want                 string
	}{
		{Outdoor | Waterside | Water | Dusk | Fog, Cool | LowContrast, 0, "a lake at dusk in fog, in cool, soft light"},
		{Outdoor | City | Buildings | Night | Clear | CityLights | Stars | Pavement, Warm, 0,
			"a city street at night under a clear sky with stars overhead, paving stones and street lamps, in warm light"},
		{Outdoor | Forest | Trees | Day | Overcast, 0, 0, "a forest by day under an overcast sky"},
		{Outdoor | Field | Sunset | Clear | Grass, SunLow | Warm, 0, "an open field at sunset under a clear sky with grass and a low sun, in warm light"},
		{Outdoor | Field | Sunset | Clear | Grass, SunLow | Cool, Sunset | Sunrise, "an open field under a clear sky with grass, in cool light"},
		{Outdoor | OpenSky | Day | PartlyCloudy | Trees, SunHigh, 0, "scattered clouds by day with a high sun"},
		{Outdoor | Park | Day | Overcast, SunHigh, 0, "a park by day under an overcast sky"}, // no sun shines through
		{Indoor | Room | Windows | NaturalLight, Bright, 0, "a room with large windows, in bright light"},
		{Indoor | Studio | ArtificialLight, 0, 0, "a photo studio with lamps"},
		{Indoor | Hall, SunLow | Dark, 0, "a hall, in dim light"},
	} {
		d := Describe(sight(c.is, c.measured, c.denied), 1)
		if d.Sentences[0] != c.want {
			t.Errorf("%v: got %q, want %q", c.is, d.Sentences[0], c.want)
		}
		if wrong := d.Attributes &^ (c.is | c.measured | SunVisible); wrong != 0 {
			t.Errorf("%v: it claims %v, which is not there", c.is, wrong)
		}
		if d.Attributes.Any(c.denied) {
			t.Errorf("%v: it claims %v, which the light rules out", c.is, d.Attributes&c.denied)
		}
	}
}

// What nobody can tell is not said.
func TestADoubtfulMapIsDescribedInFewWords(t *testing.T) {
	blind := Sight{Cosine: func(string) float64 { return .3 }, Scale: 20}
	d := Describe(blind, 3)
	if want := []string{"outdoors", "outside", "an outdoor scene"}; !slices.Equal(d.Sentences, want) {
		t.Errorf("got %q, want %q", d.Sentences, want)
	}
}

// Many sentences of one map differ, claim one thing, and are all made of ranked
// words.
func TestSentencesAreManyWays(t *testing.T) {
	d := Describe(sight(Outdoor|City|Buildings|Day|Clear|Pavement, Warm, 0), 8)
	if len(d.Sentences) != 8 {
		t.Errorf("got %d sentences, want 8: %q", len(d.Sentences), d.Sentences)
	}
	for i, text := range d.Sentences {
		if slices.Index(d.Sentences, text) != i {
			t.Errorf("%q is said twice", text)
		}
	}
}

func TestEveryTextIsRankedOnce(t *testing.T) {
	texts := DescriptionTexts()
	if len(texts) < 100 {
		t.Errorf("got %d texts, want 100 or more", len(texts))
	}
	for i, text := range texts {
		if slices.Index(texts, text) != i || strings.TrimSpace(text) != text || text == "" {
			t.Errorf("%q: want each text once, and some words", text)
		}
	}
}
