package label

import "strings"

// vocabulary tells which attributes a word or a phrase claims, in names, tags,
// categories and captions.
var vocabulary = []struct {
	words string
	claim Attributes
}{
	{"outdoor|outdoors|outside|nature|skies|pure skies|puresky|pure sky|pure_sky", Outdoor},
	{"indoor|indoors|interior|inside|room|studio|warehouse|hall|lobby|foyer|workshop|hangar|garage|photostudio|derelict interiors", Indoor},
	{"day|daytime|midday|noon|morning afternoon|morning|afternoon|sunny|daylight", Day},
	{"sunset", Sunset | SunLow},
	{"sunrise|dawn", Sunrise | SunLow},
	{"sunrise sunset|golden hour", Sunset | Sunrise | SunLow},
	{"dusk|blue hour|twilight", Dusk},
	{"night|starry|stars|moonless|milky way|midnight|moonlit", Night},
	{"stars|starry|milky way", Stars},
	{"moon|moonlit|moonlight", Moon},
	{"clear|clear sky|cloudless|blue sky", Clear},
	{"partly cloudy|scattered clouds|white clouds|few clouds", PartlyCloudy},
	{"overcast|grey sky|gray sky", Overcast},
	{"fog|foggy|mist|misty", Fog},
	{"rain|rainy|storm|stormy", Rain},
	{"pure skies|puresky|pure sky", OpenSky},
	{"field|meadow|open field|farmland|grassland", Field},
	{"forest|woods|woodland|rainforest|forests|jungle", Forest | Trees},
	{"park|garden|gardens|parks|golf", Park},
	{"tree|trees|pines|pine trees", Trees},
	{"beach|beaches|seaside|sandy beach", Beach},
	{"desert|dunes|arid|karoo", Desert},
	{"mountain|mountains|hills|hill|alps|valley|mountain landscape", Mountain},
	{"city|urban|town|street|downtown|plaza|city square|skyline|market square|modern buildings", City},
	{"building|buildings|architecture|houses|skyscraper|skyscrapers|modern buildings", Buildings},
	{"lake|river|sea|ocean|waterfront|harbour|harbor|pond|canal", Waterside | Water},
	{"room|living room|bedroom|apartment|kitchen|hotel room|house interior", Room},
	{"hall|lobby|foyer|church|chapel|museum|theatre|market hall|ballroom|esplanade|vestibule|cathedral", Hall},
	{"studio|photo studio|photostudio|softbox", Studio},
	{"warehouse|industrial|workshop|hangar|garage|factory|autoshop|powerplant|machine shop", Warehouse},
	{"grass|lawn|meadow|green lawn|grassland|grassy", Grass},
	{"sand|sandy|dunes|beach", Sand},
	{"snow|snowy|winter snow", Snow},
	{"pavement|paved|concrete|asphalt|road|street|cobblestone|tarmac|parking lot", Pavement},
	{"water", Water},
	{"rock|rocks|rocky|stones|cliff|cliffs", Rock},
	{"dirt|soil|forest floor|dirt road", Soil},
	{"sun|scenic sun", SunVisible},
	{"window|windows", Windows},
	{"natural light|natural", NaturalLight},
	{"artificial light|artificial|lamps|lamp|fluorescent|street lamps", ArtificialLight},
	{"city lights|street lights", CityLights},
	{"high contrast", HighContrast},
	{"low contrast", LowContrast},
}

var claims, longestClaim = func() (map[string]Attributes, int) {
	m, longest := map[string]Attributes{}, 0
	for _, v := range vocabulary {
		for w := range strings.SplitSeq(v.words, "|") {
			m[w] |= v.claim
			longest = max(longest, strings.Count(w, " ")+1)
		}
	}
	return m, longest
}()

// Read reads attributes from texts such as captions, tags, categories and
// names. At each word only the longest known phrase counts, and what is negated
// does not ("a plain without trees"). If two attributes contradict each other
// the rarer one stays: an interior has no sky, and night is not day.
func Read(texts ...string) Attributes {
	var a Attributes
	for _, text := range texts {
		words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
			return (r < 'a' || r > 'z') && r < 128
		})
		denied := 0 // words in which a negation still waits for what it denies
		for i := 0; i < len(words); i++ {
			if denied--; negates[words[i]] {
				denied = negationReach
				continue
			}
			for n := min(longestClaim, len(words)-i); n > 0; n-- {
				if c, ok := claims[strings.Join(words[i:i+n], " ")]; ok {
					if denied <= 0 {
						a |= c
					}
					denied = 0
					i += n - 1
					break
				}
			}
		}
	}
	return settle(a)
}

// negates are words that deny the next thing said, a few words on.
var negates = map[string]bool{"no": true, "not": true, "without": true}

const negationReach = 4

const (
	inside = Indoor | Room | Hall | Studio | Warehouse
	rooms  = Room | Hall | Studio | Warehouse
	sky    = Time | Weather | SunVisible | SunHigh | SunLow | Stars | Moon
)

func settle(a Attributes) Attributes {
	if a.Has(Indoor) && !a.Has(Outdoor) {
		return a &^ (sky | Ground | Place&^rooms | Trees | Buildings | CityLights)
	}
	a &^= inside
	if a.Any(Place | Time | Weather) {
		a |= Outdoor
	}
	if a.Has(Night) {
		a &^= Day | Sunset | Sunrise | Dusk | SunVisible
	}
	if a.Any(Sunset | Sunrise | Dusk) {
		a &^= Day
	}
	switch {
	case a.Has(PartlyCloudy):
		a &^= Clear | Overcast
	case a.Has(Overcast):
		a &^= Clear
	}
	return a
}
