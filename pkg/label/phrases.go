package label

import "strings"

// Phrase is a piece of a caption with the condition under which it is true.
type Phrase struct {
	Text string
	When Condition
	slot slot
}

// slot keeps a caption from saying one thing twice: it takes at most one
// phrase for each.
type slot int

const (
	timeSlot slot = iota
	skySlot
	placeSlot
	groundSlot
	settingSlot
	detailSlot
	toneSlot
)

// lowSun is the pair that no picture tells apart: a map of either is true to
// the words of both.
const lowSun = Sunset | Sunrise

// natural places are those a person would call nature.
const natural = Field | Forest | Park | Beach | Desert | Mountain | Waterside

// Phrases returns every phrase, in a fixed order.
func Phrases() []Phrase { return phrases }

var phrases = func() []Phrase {
	var out []Phrase
	add := func(s slot, texts string, when ...Attributes) {
		for t := range strings.SplitSeq(texts, "|") {
			out = append(out, Phrase{t, when, s})
		}
	}

	add(timeSlot, "day|daytime|at noon|midday|in daylight|bright day|at daytime", Day)
	add(timeSlot, "sunny day|sunny|blue sky|clear blue sky|a sunny day|scenic sun|bright sunshine", Day, Clear)
	add(timeSlot, "sunset|at sunset|golden hour|sunset sky|low sun|sunset environment|a sunset|evening sun", lowSun)
	add(timeSlot, "sunrise|at sunrise|sunrise sunset|orange sky|glowing orange horizon", lowSun)
	add(timeSlot, "dusk|blue hour|twilight|at dusk|dawn|before sunrise|after sunset", Dusk)
	add(timeSlot, "evening|dim evening light", lowSun|Dusk)
	add(timeSlot, "night|at night|night time|at night time|dark night|nighttime|midnight|dark night sky", Night, Outdoor)

	add(skySlot, "clear sky|clear|cloudless sky|clean sky|no clouds", Clear)
	add(skySlot, "partly cloudy|scattered clouds|some clouds|a few clouds", PartlyCloudy)
	add(skySlot, "cloudy|clouds|cloudy sky|with clouds", PartlyCloudy|Overcast|Rain)
	add(skySlot, "overcast|overcast sky|grey sky|gray overcast sky|a dull overcast sky", Overcast|Rain)
	add(skySlot, "gloomy|dull weather", Overcast|Rain|Fog, Day|Dusk|lowSun)
	add(skySlot, "fog|foggy|misty|mist in the air|haze", Fog)
	add(skySlot, "rain|rainy weather|stormy sky|dark storm clouds", Rain)
	add(skySlot, "stars|starry night|starry sky|night sky with stars", Stars)
	add(skySlot, "moon|moonlight|full moon", Moon)

	add(placeSlot, "forest|in a forest|a forest with trees|trees in a forest|woods|dense trees|woodland", Forest)
	add(placeSlot, "park|a park with trees|garden|trees on the horizon|among trees", Park)
	add(placeSlot, "beach|at the beach|sandy beach|seaside|sea shore|on the coast", Beach)
	add(placeSlot, "desert|sand dunes|dunes", Desert)
	add(placeSlot, "mountains|mountain|mountain landscape|hills|valley|alpine landscape", Mountain)
	add(placeSlot, "city|urban|skyline|modern buildings|town|city square|downtown|a city street", City)
	add(placeSlot, "field|open field|meadow|open landscape|flat horizon|a plain", Field)
	add(placeSlot, "open sky|pure sky|only sky", OpenSky)
	add(placeSlot, "lake|sea|open water|by the water|ocean", Waterside|Beach, Water)
	add(placeSlot, "room|living room|bedroom|hotel room|apartment", Room)
	add(placeSlot, "hall|lobby|large hall|museum hall|church interior", Hall)
	add(placeSlot, "studio|photo studio|indoor studio|studio with lamps|softbox lights|photo studio with lights", Studio)
	add(placeSlot, "warehouse|industrial hall|workshop|factory|garage|hangar|a hangar", Warehouse)

	add(groundSlot, "grass|green grass|lawn|grassland|grass field", Grass)
	add(groundSlot, "sand|sandy ground|sand terrain|sandy terrain", Sand)
	add(groundSlot, "snow|winter|snowy|snow covered ground|snow field", Snow)
	add(groundSlot, "street|pavement|asphalt|concrete|road|paved square", Pavement)
	add(groundSlot, "water|water surface", Water)
	add(groundSlot, "rock|rocks|rocky ground|stones", Rock)
	add(groundSlot, "dirt|soil|dirt path|forest floor", Soil)

	add(settingSlot, "outdoor|outdoors|outside|out in the open", Outdoor)
	add(settingSlot, "nature|nature scene|natural landscape|scenery", Outdoor, natural)
	add(settingSlot, "indoor|indoors|an indoor scene|interior|inside|inside a building", Indoor)

	add(detailSlot, "trees|with trees|tree", Trees)
	add(detailSlot, "buildings|building|architecture", Buildings)
	add(detailSlot, "city lights|lit windows|street lamps", CityLights)
	add(detailSlot, "windows|with windows|large windows|window light|daylight from windows", Indoor, Windows)
	add(detailSlot, "natural light|lit by daylight", NaturalLight)
	add(detailSlot, "artificial light|lamps|lit by lamps", Indoor, ArtificialLight)
	add(detailSlot, "sun in the sky|the sun is visible", SunVisible)
	add(detailSlot, "sun high in the sky|overhead sun", SunVisible, SunHigh)
	add(detailSlot, "sun near the horizon|sun on the horizon", SunVisible, SunLow)

	add(toneSlot, "warm light|warm colors|warm tones", Warm)
	add(toneSlot, "cool light|cold colors|cool tones", Cool)
	add(toneSlot, "bright|bright environment|well lit", Bright)
	add(toneSlot, "dark|dark environment|dim light|darkness", Dark)
	add(toneSlot, "soft light|low contrast", LowContrast)
	add(toneSlot, "hard light|high contrast", HighContrast)
	return out
}()
