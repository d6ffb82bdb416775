package label

// Pair is a set of prompts for and against one condition. A map that meets Is
// should be nearer to Right than to Wrong.
type Pair struct {
	Name         string
	Is           Condition
	Right, Wrong []string
}

// Pairs returns the opposite prompts that test a CLIP, each pair in both
// directions. No synthetic map meets both conditions of one name.
func Pairs() []Pair { return pairs }

var pairs = func() []Pair {
	var out []Pair
	both := func(name string, a Condition, forA []string, b Condition, forB []string) {
		out = append(out, Pair{name, a, forA, forB}, Pair{name, b, forB, forA})
	}
	is := func(sets ...Attributes) Condition { return sets }
	say := func(texts ...string) []string { return texts }

	both("day/night", is(Day, Outdoor), say("day", "daytime, blue sky"), is(Night, Outdoor), say("night", "dark environment, at night time"))
	both("sunset/day", is(lowSun), say("sunset", "golden hour, sunset sky"), is(Day, Outdoor), say("at noon", "midday, in daylight"))
	both("sunset/night", is(lowSun), say("sunset", "at sunset"), is(Night, Outdoor), say("night", "at night"))
	both("sunset/blue sky", is(lowSun), say("a sunset environment", "orange sky"), is(Day, Clear), say("clear blue sky", "a sunny day"))
	both("indoor/outdoor", is(Indoor), say("indoor", "an indoor scene"), is(Outdoor), say("outdoor", "nature, outdoors"))
	both("clear/overcast", is(Clear, Day), say("clear sky", "sunny"), is(Overcast|Rain, Day), say("overcast", "grey sky"))
	both("cloudy/clear", is(PartlyCloudy|Overcast|Rain), say("cloudy", "clouds"), is(Clear, Day|lowSun|Dusk), say("clear sky", "cloudless sky"))
	both("forest/city", is(Forest), say("forest", "in a forest, with trees"), is(City), say("city", "modern buildings"))
	both("forest/beach", is(Forest), say("forest", "a forest with trees"), is(Beach), say("beach", "at the beach"))
	both("beach/mountain", is(Beach), say("beach", "sandy beach"), is(Mountain), say("mountains", "mountain landscape"))
	both("city/field", is(City), say("city", "urban, buildings"), is(Field), say("open field", "meadow"))
	both("grass/snow", is(Grass), say("grass", "green grass"), is(Snow), say("snow", "snow covered ground"))
	both("sand/grass", is(Sand), say("sand", "sand terrain"), is(Grass), say("grass", "lawn"))
	both("pavement/grass", is(Pavement), say("street", "concrete"), is(Grass), say("grass", "meadow"))
	both("studio/hall", is(Studio), say("photo studio", "softbox lights"), is(Hall), say("large hall", "lobby"))
	both("studio/field", is(Studio), say("studio", "indoor studio"), is(Field|Park), say("field", "outdoors, grass"))
	both("warm/cool", is(Warm), say("warm light", "warm colors"), is(Cool), say("cool light", "cold colors"))
	both("bright/dark", is(Bright), say("bright", "bright environment"), is(Dark), say("dark", "dark environment"))
	return out
}()
