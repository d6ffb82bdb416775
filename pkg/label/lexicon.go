package label

import "strings"

// option is one of the things that a part of a description can say: what it
// claims, and the ways to say it within a sentence. against, where it is not
// empty, says that it is not there.
type option struct {
	claim   Attributes
	texts   []string
	against []string
}

func say(claim Attributes, texts, against string) option {
	o := option{claim: claim, texts: strings.Split(texts, "|")}
	if against != "" {
		o.against = strings.Split(against, "|")
	}
	return o
}

// The parts of a description of which a map has one or none. Words stand in the
// form that a sentence takes: "a harbour" + "at dusk" + "under heavy clouds".
var (
	settings = []option{
		say(Outdoor, "outdoors|outside|an outdoor scene", ""),
		say(Indoor, "indoors|inside a building|an indoor scene", ""),
	}
	outdoorPlaces = []option{
		say(Forest|Trees, "a forest|a pine forest|a woodland|a jungle|a forest trail", ""),
		say(Park, "a park|a garden|an orchard|a golf course", ""),
		say(Beach|Sand, "a beach|a sandy beach|a sea shore", ""),
		say(Desert|Sand, "a desert|sand dunes", ""),
		say(Mountain, "a mountain landscape|hills|a valley|a canyon|a mountain range", ""),
		say(City|Buildings, "a city street|a city square|a town|a skyline|a plaza|an alley|modern buildings", ""),
		say(Field, "an open field|a meadow|a plain|farmland|a savanna", ""),
		say(OpenSky, "the open sky|nothing but sky|just the sky", ""),
		say(Waterside|Water, "a lake|a harbour|a river bank|open water|a canal|a waterfront", ""),
	}
	indoorPlaces = []option{
		say(Room, "a room|a living room|a bedroom|a kitchen|an office|an attic|a hotel room", ""),
		say(Hall, "a hall|a lobby|a church|a museum|a theatre|a railway station|a shopping mall|a foyer", ""),
		say(Studio, "a photo studio|a studio with softbox lights|a photography studio", ""),
		say(Warehouse, "a workshop|a factory|a warehouse|a garage|an industrial hall|a laboratory", ""),
	}
	times = []option{
		say(Day, "by day|at noon|in the daytime|in the afternoon|on a summer day", ""),
		say(Sunset, "at sunset|in the golden hour|at sundown", ""),
		say(Sunrise, "at sunrise|at daybreak|in the early morning", ""),
		say(Dusk, "at dusk|in the blue hour|at twilight|before sunrise", ""),
		say(Night, "at night|at midnight|after dark|on a dark night", ""),
	}
	skies = []option{
		say(Clear, "under a clear sky|under a cloudless sky", ""),
		say(PartlyCloudy, "under scattered clouds|under a partly cloudy sky|under fluffy clouds|under broken clouds", ""),
		say(Overcast, "under an overcast sky|under a grey sky|under heavy clouds", ""),
		say(Fog, "in fog|in dense fog|in mist", ""),
		say(Rain, "under a stormy sky|in the rain|under dark storm clouds", ""),
	}
	grounds = []option{
		say(Grass, "grass|green grass|a lawn", ""),
		say(Sand, "sandy ground|sand", ""),
		say(Snow, "snow|snow covered ground|ice", ""),
		say(Pavement, "paving stones|pavement|a road|cobblestones|concrete", ""),
		say(Water, "water|waves", ""),
		say(Rock, "rocks|rocky ground|boulders|gravel", ""),
		say(Soil, "bare ground|a dirt path|dead leaves", ""),
	}
)

// The parts of which a map may have any: each is held against its denial.
var (
	outdoorDetails = []option{
		say(Trees, "trees|foliage", "no trees|without trees"),
		say(Buildings, "buildings|houses", "no buildings|without buildings"),
		say(Water, "water", "no water|without water"),
		say(Snow, "snow", "no snow|without snow"),
	}
	nightDetails = []option{
		say(CityLights, "street lamps|city lights|lit windows|neon signs", "an unlit place|no lamps"),
		say(Stars, "stars overhead|a starry sky|the milky way", "no stars|without stars"),
		say(Moon, "a full moon|moonlight", "no moon|without a moon"),
	}
	indoorDetails = []option{
		say(Windows|NaturalLight, "large windows|windows|a skylight", "no windows|windowless"),
		say(ArtificialLight, "lamps|ceiling lights|fluorescent tubes|spotlights", "no lamps|no artificial light"),
	}
)

// tones and suns are words for what is measured of the light.
var (
	tones = []measure{{Warm, "warm"}, {Cool, "cool"}, {Bright, "bright"}, {Dark, "dim"}, {LowContrast, "soft"}, {HighContrast, "hard"}}
	suns  = []measure{{SunHigh, "a high sun"}, {SunLow, "a low sun"}}
)

type measure struct {
	claim Attributes
	text  string
}

// DescriptionTexts are the texts that Describe ranks, each once.
func DescriptionTexts() []string {
	var texts []string
	seen := map[string]bool{}
	for _, part := range [][]option{settings, outdoorPlaces, indoorPlaces, times, skies, grounds, outdoorDetails, nightDetails, indoorDetails} {
		for _, o := range part {
			for _, list := range [][]string{o.texts, o.against} {
				for _, t := range list {
					if !seen[t] {
						seen[t] = true
						texts = append(texts, t)
					}
				}
			}
		}
	}
	return texts
}
