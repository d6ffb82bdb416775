package edit

import (
	"math"

	"github.com/clipenv/toolkit/pkg/sky"
)

// explicit are phrases that say a number of the light outright. They are
// applied in the order in which they stand here, over the light that the
// prompt's other words give.
var explicit = []struct {
	words string
	set   func(*sky.Target)
}{
	{"noon|at noon|midday|high noon|sun overhead|directly overhead|straight overhead|overhead sun|high sun|sun high in the sky", func(t *sky.Target) { sunUp(t, 55) }},
	{"low sun|sun low in the sky|sun near the horizon|sun on the horizon", func(t *sky.Target) { sunUp(t, 6) }},
	{"winter sun|winter sunlight|winter sunshine", func(t *sky.Target) { sunUp(t, 18) }}, // noon at 48° north
	{"late afternoon|late in the afternoon|late afternoon sun|late afternoon light", func(t *sky.Target) {
		sunUp(t, 15)
		t.Warmth = min(t.Warmth, .35)
	}},
	{"sun in the middle of the sky|afternoon sun|morning sun", func(t *sky.Target) { sunUp(t, 30) }},
	{"from the left|on the left|sun left|to the left", func(t *sky.Target) { t.SunAzimuth = -math.Pi / 2 }},
	{"from the right|on the right|sun right|to the right", func(t *sky.Target) { t.SunAzimuth = math.Pi / 2 }},
	{"from behind|behind me|behind us|behind the camera|sun behind|at my back", func(t *sky.Target) { t.SunAzimuth = math.Pi }},
	{"from the front|in front|straight ahead|ahead|into the sun|against the sun", func(t *sky.Target) { t.SunAzimuth = 0 }},
	{"no clouds|without clouds|without any clouds|cloudless|clear sky|clear skies|not a cloud in the sky|not cloudy|cloud free sky|not overcast", func(t *sky.Target) {
		unclouded(t)
	}},
	{"overcast|completely overcast|grey sky|gray sky", func(t *sky.Target) { t.Cover = max(t.Cover, .95) }},
	{"cloudy|cloudy sky|cloudy skies", func(t *sky.Target) { t.Cover = max(t.Cover, .6) }},
	{"scattered clouds|few clouds|some clouds|partly cloudy", func(t *sky.Target) { t.Cover, t.Detail = .35, 1.4 }},
	{"broken clouds", func(t *sky.Target) { t.Cover, t.Detail = .6, 1.9 }},
	{"dramatic clouds", func(t *sky.Target) {
		if t.Detail = 1.9; t.Cover < .98 { // a storm's stay closed
			t.Cover = .6
		}
	}},
	{"heavy fog|thick fog|dense fog|pea soup", func(t *sky.Target) { t.Fog, t.Cover = max(t.Fog, .05), max(t.Cover, .95) }},
	{"light fog|light mist|thin fog|thin mist|slightly foggy|a little fog", func(t *sky.Target) { t.Fog = .006 }},
	{"no fog|without fog|not foggy|no mist|without any mist", func(t *sky.Target) { t.Fog = min(t.Fog, .0002) }},
	{"very hazy|heavy haze|thick haze", func(t *sky.Target) { t.Haze = .95 }},
	{"clear air|crisp air|no haze|crystal clear", func(t *sky.Target) { t.Haze = .05 }},
	{"no snow|without snow|not snowy", func(t *sky.Target) { t.Snow = 0 }},
	{"no stars|without stars|starless", func(t *sky.Target) { t.Stars = 0 }},
	{"no moon|moonless|without a moon", func(t *sky.Target) {
		if nightly(*t) {
			t.Moon, t.ExposureStops = 0, min(t.ExposureStops, moonlessStops)
		}
	}},
	{"very bright|brighter than", func(t *sky.Target) { t.ExposureStops++ }},
	{"very dark|darker than", func(t *sky.Target) { t.ExposureStops-- }},
}

// unclouded takes the clouds away, and by night leaves the stars, which are told from
// them by little.
func unclouded(t *sky.Target) {
	t.Cover, t.Detail = min(t.Cover, .02), min(t.Detail, .5)
	if !nightly(*t) {
		t.Detail = 0
	}
}

// moonlessStops is how much darker a camera leaves a night without a moon: its light
// falls from all of the sky, and of as much that would show more than moonlight.
const moonlessStops = -1.2

// sunUp stands the sun at an elevation in degrees; by night the moon stands
// there.
func sunUp(t *sky.Target, elevation float64) {
	if nightly(*t) {
		elevation = -elevation
	}
	t.SunElevation = elevation * math.Pi / 180
}

// outright is what a prompt says outright: the phrases, and whether one of them
// says where the sun stands.
type outright struct {
	said          []string
	turns, stands bool // its azimuth, its elevation
	clock         bool // by an hour

	turnsTo, standsAt bool // by a number of degrees
}

// saidOutright applies the phrases of the prompt that say a number of the
// light.
func saidOutright(prompt []Phrase, t *sky.Target) (x outright) {
	hit := map[int]string{}
	var figures []figure
	for _, p := range prompt {
		if p.Weight <= 0 {
			continue
		}
		in, rest := figuresOf(p.Text)
		figures = append(figures, in...)
		phrases(rest, explicitBook, func(phrase string, of []int, denied bool) {
			if !denied {
				for _, i := range of {
					hit[i] = phrase
				}
			}
		})
	}
	x.said = atClock(prompt, t)
	x.clock = len(x.said) > 0
	x.stands = x.clock
	for i, e := range explicit {
		if phrase, ok := hit[i]; ok {
			nowhere := *t // from where any number is another
			nowhere.SunAzimuth, nowhere.SunElevation = math.Inf(1), math.Inf(1)
			e.set(&nowhere)
			e.set(t)
			x.turns = x.turns || !math.IsInf(nowhere.SunAzimuth, 1)
			x.stands = x.stands || !math.IsInf(nowhere.SunElevation, 1)
			x.said = append(x.said, phrase)
		}
	}
	for _, f := range figures {
		f.set(t)
		x.turnsTo, x.standsAt = x.turnsTo || f.turns, x.standsAt || f.stands
		x.turns, x.stands = x.turns || f.turns, x.stands || f.stands
		x.said = append(x.said, f.said)
	}
	return x
}
