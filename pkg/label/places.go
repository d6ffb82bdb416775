package label

import (
	"slices"
	"strings"
)

// elsewhere are words of places and things that no light can make of a map, and
// that no attribute has.
var elsewhere = map[string]bool{}

func init() {
	for _, w := range strings.Fields(`underwater undersea submarine aquarium reef ocean space spaceship planet galaxy
		cathedral church temple mosque monastery chapel castle palace tower dungeon crypt
		cave cavern tunnel mine sewer cellar basement volcano crater canyon
		stadium arena theatre theater cinema museum gallery library school hospital prison
		airport harbour harbor port ship boat train bus plane cockpit
		bathroom bedroom kitchen corridor elevator lobby cabin hut tent bunker
		jungle savanna savannah swamp marsh tundra glacier iceberg island`) {
		elsewhere[w] = true
	}
}

// Light are the attributes that a change of light can give to a map.
const Light = Time | Weather | Tone | SunVisible | SunHigh | SunLow | Stars | Moon | Snow

// Places returns the phrases of a text that name a place or a thing, in order,
// each once: an edit of the light leaves those as the map has them.
func Places(text string) []string {
	return named(text, longestClaim, func(phrase string) (known, names bool) {
		claim, known := claims[phrase]
		place := elsewhere[phrase]
		return known || place, !claim.Any(Light) && (place || claim.Any(Place|Ground|Trees|Buildings))
	})
}

// unmade are lights that stand in a sky or a street by themselves, and that no sun,
// moon, cloud or fog makes.
var unmade = []string{"northern lights", "southern lights", "polar lights", "aurora borealis", "aurora australis", "aurora", "auroras",
	"rainbow", "rainbows", "lightning", "lightnings", "fireworks", "firework", "neon", "neon lights", "neon signs", "neon sign",
	"eclipse", "solar eclipse", "lunar eclipse", "comet", "meteor shower", "meteor", "shooting star", "shooting stars", "sun dogs", "god rays", "disco", "strobe",
	"candle light", "candlelight", "candlelit", "candles", "torchlight", "firelight", "fire light", "campfire", "bonfire", "lantern light"}

// Unmade returns the phrases of a text that name a light which no edit makes, in the
// text's order, each once.
func Unmade(text string) []string {
	return named(text, 2, func(phrase string) (known, names bool) {
		known = slices.Contains(unmade, phrase)
		return known, known
	})
}

// named reads a text by the longest known phrases from where each begins, and returns
// those that name what is asked for, in order, each once. Phrases are in small letters.
func named(text string, longest int, ask func(phrase string) (known, names bool)) (found []string) {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return (r < 'a' || r > 'z') && r < 128
	})
	for i := 0; i < len(words); i++ {
		for n := min(longest, len(words)-i); n > 0; n-- {
			phrase := strings.Join(words[i:i+n], " ")
			known, names := ask(phrase)
			if !known {
				continue
			}
			if names && !slices.Contains(found, phrase) {
				found = append(found, phrase)
			}
			i += n - 1
			break
		}
	}
	return found
}
