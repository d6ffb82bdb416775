package label

// Strange is a sentence with words that no caption has, and the condition that
// a person would expect of the maps that it is said of.
type Strange struct {
	Text string
	Is   Condition
}

// Stranges returns the sentences that show what a CLIP makes of words that it
// was never taught. What is expected was written down before any was tried.
func Stranges() []Strange { return stranges }

var stranges = []Strange{
	{"sundowner cocktails as the horizon turns scarlet", Condition{lowSun}},
	{"amber heavens over tuscany in the hour of vespers", Condition{lowSun | Dusk}},
	{"a vermilion sky as the day dies", Condition{lowSun}},
	{"a blazing tangerine horizon", Condition{lowSun}},
	{"peach and rose coloured heavens at sunup", Condition{lowSun}},
	{"the cock crows on a homestead", Condition{lowSun | Dusk}},
	{"eventide, the first bats come out", Condition{lowSun | Dusk | Night}},
	{"lingering afterglow in an indigo firmament", Condition{lowSun | Dusk}},

	{"aurora borealis over lapland", Condition{Night}},
	{"halloween at a haunted graveyard", Condition{Night | Dark}},
	{"werewolves howl", Condition{Night | Moon}},
	{"a fireworks display", Condition{Night}},
	{"insomnia, three o'clock and not a soul awake", Condition{Night}},
	{"owls hoot in the blackness", Condition{Night}},
	{"the astronomer's observatory, andromeda blazing", Condition{Stars | Night}},
	{"perseid meteors streak overhead", Condition{Stars | Night}},
	{"lunar eclipse", Condition{Moon | Night}},
	{"a crescent hangs above the minarets", Condition{Moon | Night}},

	{"a picnic in july", Condition{Day}},
	{"sunbathing weather", Condition{Day}},
	{"a heatwave at siesta time", Condition{Day}},
	{"hot mediterranean holiday", Condition{Day}},
	{"cerulean heavens without blemish", Condition{Clear}},
	{"sunscreen and sunglasses needed", Condition{Day}},

	{"cirrus streaks and cotton tufts", Condition{PartlyCloudy | Overcast}},
	{"nimbostratus ceiling", Condition{Overcast | Rain}},
	{"a dishwater sky in november", Condition{Overcast | Rain | Fog}},
	{"typical english drabness", Condition{Overcast | Rain | Fog}},
	{"pea soup in victorian london", Condition{Fog}},
	{"ghostly vapours drift", Condition{Fog}},
	{"a smouldering pall of bushfire smoke", Condition{Fog}},
	{"typhoon approaching", Condition{Rain | Overcast}},
	{"lightning strikes", Condition{Rain | Overcast}},
	{"umbrellas everywhere, soaked pedestrians", Condition{Rain | Overcast}},

	{"skiing holiday at christmas", Condition{Snow}},
	{"an igloo and huskies", Condition{Snow}},
	{"siberia in january", Condition{Snow}},
	{"polar expedition", Condition{Snow}},

	{"bear country among sequoias", Condition{Forest | Trees}},
	{"fairy-tale elves beneath mossy oaks", Condition{Forest | Trees}},
	{"lumberjacks fell spruce", Condition{Forest | Trees}},
	{"surfers and palms in hawaii", Condition{Beach | Waterside}},
	{"building sandcastles", Condition{Beach | Sand}},
	{"camels and bedouins", Condition{Desert | Sand}},
	{"the pyramids of giza", Condition{Desert | Sand}},
	{"everest base camp", Condition{Mountain | Rock | Snow}},
	{"himalayan trekkers", Condition{Mountain | Rock | Snow}},
	{"manhattan rush hour", Condition{City}},
	{"taxis in tokyo", Condition{City}},
	{"las vegas casinos", Condition{City | CityLights}},
	{"cattle graze on the pampas", Condition{Field | Grass}},
	{"barley ripens", Condition{Field | Grass}},
	{"sailboats and yachts", Condition{Water}},
	{"trout fishing", Condition{Water}},

	{"grandmother's sofa and bookshelf", Condition{Room}},
	{"the dentist's surgery", Condition{Indoor}},
	{"gothic nave with stained glass", Condition{Hall}},
	{"forklift between pallets", Condition{Warehouse}},
	{"fashion model on a seamless sweep", Condition{Studio}},
	{"a candlelit dinner for two", Condition{Indoor}},
}
