package dataset

import (
	"strings"

	"github.com/clipenv/toolkit/pkg/dataset/label"
)

// vocabulary tells which attributes a word or a phrase claims, in names, tags,
// categories and captions.
var vocabulary = []struct {
	words string
	claim label.Attributes
}{
	{"outdoor|outdoors|outside|nature|skies|pure skies|puresky|pure sky|pure_sky", label.Outdoor},
	{"indoor|indoors|interior|inside|room|studio|warehouse|hall|lobby|foyer|workshop|hangar|garage|photostudio|derelict interiors", label.Indoor},
	{"day|daytime|midday|noon|morning afternoon|morning|afternoon|sunny|daylight", label.Day},
	{"sunset", label.Sunset | label.SunLow},
	{"sunrise|dawn", label.Sunrise | label.SunLow},
	{"sunrise sunset|golden hour", label.Sunset | label.Sunrise | label.SunLow},
	{"dusk|blue hour|twilight", label.Dusk},
	{"night|starry|stars|moonless|milky way|midnight|moonlit", label.Night},
	{"stars|starry|milky way", label.Stars},
	{"moon|moonlit|moonlight", label.Moon},
	{"clear|clear sky|cloudless|blue sky", label.Clear},
	{"partly cloudy|scattered clouds|white clouds|few clouds", label.PartlyCloudy},
	{"overcast|grey sky|gray sky", label.Overcast},
	{"fog|foggy|mist|misty", label.Fog},
	{"rain|rainy|storm|stormy", label.Rain},
	{"pure skies|puresky|pure sky", label.OpenSky},
	{"field|meadow|open field|farmland|grassland", label.Field},
	{"forest|woods|woodland|rainforest|forests|jungle", label.Forest | label.Trees},
	{"park|garden|gardens|parks|golf", label.Park},
	{"tree|trees|pines|pine trees", label.Trees},
	{"beach|beaches|seaside|sandy beach", label.Beach},
	{"desert|dunes|arid|karoo", label.Desert},
	{"mountain|mountains|hills|hill|alps|valley|mountain landscape", label.Mountain},
	{"city|urban|town|street|downtown|plaza|city square|skyline|market square|modern buildings", label.City},
	{"building|buildings|architecture|houses|skyscraper|skyscrapers|modern buildings", label.Buildings},
	{"lake|river|sea|ocean|waterfront|harbour|harbor|pond|canal", label.Waterside | label.Water},
	{"room|living room|bedroom|apartment|kitchen|hotel room|house interior", label.Room},
	{"hall|lobby|foyer|church|chapel|museum|theatre|market hall|ballroom|esplanade|vestibule|cathedral", label.Hall},
	{"studio|photo studio|photostudio|softbox", label.Studio},
	{"warehouse|industrial|workshop|hangar|garage|factory|autoshop|powerplant|machine shop", label.Warehouse},
	{"grass|lawn|meadow|green lawn|grassland|grassy", label.Grass},
	{"sand|sandy|dunes|beach", label.Sand},
	{"snow|snowy|winter snow", label.Snow},
	{"pavement|paved|concrete|asphalt|road|street|cobblestone|tarmac|parking lot", label.Pavement},
	{"water", label.Water},
	{"rock|rocks|rocky|stones|cliff|cliffs", label.Rock},
	{"dirt|soil|forest floor|dirt road", label.Soil},
	{"sun|scenic sun", label.SunVisible},
	{"window|windows", label.Windows},
	{"natural light|natural", label.NaturalLight},
	{"artificial light|artificial|lamps|lamp|fluorescent|street lamps", label.ArtificialLight},
	{"city lights|street lights", label.CityLights},
	{"high contrast", label.HighContrast},
	{"low contrast", label.LowContrast},
}

var claims, longestClaim = func() (map[string]label.Attributes, int) {
	m, longest := map[string]label.Attributes{}, 0
	for _, v := range vocabulary {
		for w := range strings.SplitSeq(v.words, "|") {
			m[w] |= v.claim
			longest = max(longest, strings.Count(w, " ")+1)
		}
	}
	return m, longest
}()

// AttributesOf reads attributes from texts: captions, tags, categories, names.
// The longest known phrase at each word counts alone. Contradictions are
// settled towards the rarer word: an interior has no sky, night is not day.
func AttributesOf(texts ...string) label.Attributes {
	var a label.Attributes
	for _, text := range texts {
		words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
			return (r < 'a' || r > 'z') && r < 128
		})
		for i := 0; i < len(words); i++ {
			for n := min(longestClaim, len(words)-i); n > 0; n-- {
				if c, ok := claims[strings.Join(words[i:i+n], " ")]; ok {
					a |= c
					i += n - 1
					break
				}
			}
		}
	}
	return settle(a)
}

const (
	inside = label.Indoor | label.Room | label.Hall | label.Studio | label.Warehouse
	rooms  = label.Room | label.Hall | label.Studio | label.Warehouse
	sky    = label.Time | label.Weather | label.SunVisible | label.SunHigh | label.SunLow | label.Stars | label.Moon
)

func settle(a label.Attributes) label.Attributes {
	if a.Has(label.Indoor) && !a.Has(label.Outdoor) {
		return a &^ (sky | label.Ground | label.Place&^rooms | label.Trees | label.Buildings | label.CityLights)
	}
	a &^= inside
	if a.Any(label.Place | label.Time | label.Weather) {
		a |= label.Outdoor
	}
	if a.Has(label.Night) {
		a &^= label.Day | label.Sunset | label.Sunrise | label.Dusk | label.SunVisible
	}
	if a.Any(label.Sunset | label.Sunrise | label.Dusk) {
		a &^= label.Day
	}
	switch {
	case a.Has(label.PartlyCloudy):
		a &^= label.Clear | label.Overcast
	case a.Has(label.Overcast):
		a &^= label.Clear
	}
	return a
}
