package label

import "strings"

// Denial is a phrase and what denies it: they are never both true of a map.
type Denial struct{ Said, Denied Phrase }

// Denials returns the phrases that another denies in so many words: "no fog"
// and "fog".
func Denials() []Denial { return denials }

var denials = func() []Denial {
	said := map[string]Phrase{}
	for _, p := range phrases {
		if p.slot != notSlot {
			said[p.Text] = p
		}
	}
	var out []Denial
	for _, p := range phrases {
		if p.slot != notSlot {
			continue
		}
		text := p.Text
		for _, lead := range []string{"no ", "not ", "without ", "any ", "a "} {
			text = strings.TrimPrefix(text, lead)
		}
		if q, ok := said[text]; ok {
			out = append(out, Denial{q, p})
		}
	}
	return out
}()

// denied are the phrases that say what is not there. An attribute that is
// absent may only be unknown, so each asks for another of its family, that
// excludes it, beside the absence.
var denied = []struct {
	texts string
	when  Condition
	not   Attributes
}{
	{"no clouds|without clouds|without any clouds|not cloudy|free of clouds|no clouds in the sky|not a cloud in the sky|cloud-free sky|not overcast", Condition{Clear}, PartlyCloudy | Overcast | Rain},
	{"not clear|no blue sky|no clear sky|not a clear sky", Condition{Overcast | Rain | Fog}, Clear},
	{"no sun|without sun|no sunshine|not sunny|no direct sun|without sunshine|not a sunny day", Condition{Outdoor, Overcast | Rain | Fog}, SunVisible | Clear},
	{"not a sunset|no sunset|not at sunset|not sunset|not golden hour|no sunrise|no low sun", Condition{Outdoor, Day | Night}, lowSun | SunLow},
	{"not night|not at night|not nighttime|no night", Condition{Outdoor, Day | lowSun}, Night | Dusk},
	{"not day|no daylight|not in daylight|not noon|not daytime", Condition{Outdoor, Night}, Day | lowSun},
	{"no fog|without fog|not foggy|no haze|no mist|without any mist", Condition{Outdoor, Clear | PartlyCloudy}, Fog},
	{"no rain|not raining|without rain|no storm|not stormy|not rainy", Condition{Outdoor, Clear | PartlyCloudy}, Rain},
	{"no snow|without snow|snow-free ground|not winter|no ice|not snowy", Condition{Outdoor, Grass | Sand | Pavement | Soil}, Snow | Snowfall},
	{"no trees|without trees|not a forest|no forest|not in a forest|without any trees", Condition{Outdoor, Beach | Desert | OpenSky | Waterside | City | Field}, Trees | Forest | Park},
	{"no buildings|without buildings|not a city|no houses|not urban|no city|not in a town", Condition{Outdoor, natural | OpenSky}, City | Buildings | CityLights},
	{"no water|without water|not by the sea|no sea|no lake", Condition{Outdoor, Desert | Forest | Field | City}, Water | Waterside | Beach},
	{"no stars|without stars|not starry|starless", Condition{Outdoor, Overcast | Rain | Fog}, Stars},
	{"no moon|without a moon|a moonless night", Condition{Outdoor, Night}, Moon},
	{"not indoors|not inside|not a room|no walls|not an interior|no ceiling", Condition{Outdoor}, inside},
	{"not outdoors|not outside|no sky|no landscape|not in nature", Condition{Indoor}, Outdoor},
	{"no windows|without windows|windowless|no daylight inside", Condition{Indoor, ArtificialLight}, Windows | NaturalLight},
	{"no lamps|no artificial light|without lamps|no electric light", Condition{Indoor, NaturalLight}, ArtificialLight},
	{"no hard shadows|no harsh shadows|without hard shadows|no sharp shadows|not harsh", Condition{LowContrast}, HighContrast},
	{"not dark|no darkness", Condition{Bright}, Dark},
	{"not bright|no bright light|not well lit", Condition{Dark}, Bright},
	{"not warm|no warm colors|not orange", Condition{Cool}, Warm},
	{"not cold|no cool tones", Condition{Warm}, Cool},
	{"without people|no people|no cars|no animals|no crowds", Condition{Outdoor | Indoor}, 0},
}
