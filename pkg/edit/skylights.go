package edit

import (
	"math"

	"github.com/clipenv/toolkit/pkg/label"
	"github.com/clipenv/toolkit/pkg/sky"
)

// knownLight is a light that words may mean: one of package sky's by name, and
// what is different about it.
type knownLight struct {
	caption string           // as a caption says it
	said    string           // words that mean this one and no other
	is      label.Attributes // that a map in this light has, outdoors
	preset  string
	change  func(*sky.Target)
}

const lowSun = label.Sunset | label.Sunrise | label.SunLow | label.SunVisible

// knownLights are where an edit of a sky may begin, by day and by night.
var knownLights = []knownLight{
	{"a clear blue sky at noon", "noon|midday|high noon|clear noon", label.Day | label.Clear | label.SunVisible | label.SunHigh | label.Bright | label.HighContrast, "clear noon", nil},
	{"a sunny afternoon", "afternoon|sunny|winter sun|cold winter sun|winter sunlight|winter sunshine", label.Day | label.Clear | label.SunVisible | label.Bright, "clear noon", at(32, func(t *sky.Target) { t.Haze = .2 })},
	{"hazy sunshine at noon", "hazy|haze|heat haze", label.Day | label.Clear | label.SunVisible | label.SunHigh | label.LowContrast | label.Bright, "clear noon", at(48, func(t *sky.Target) { t.Haze, t.Fog = .85, .0012 })},
	{"scattered white clouds in a blue sky", "", label.Day | label.PartlyCloudy | label.SunVisible | label.Bright, "clear noon", at(40, func(t *sky.Target) { t.Cover, t.Detail = .3, 1.4 })},
	{"broken clouds by day", "broken clouds|after the rain|after rain|after the storm|after a storm|after a shower|clearing storm", label.Day | label.PartlyCloudy, "clear noon", at(38, func(t *sky.Target) { t.Cover, t.Detail = .6, 1.8 })},
	{"an overcast grey sky", "overcast", label.Day | label.Overcast | label.LowContrast, "overcast", nil},
	{"dark storm clouds, a thunderstorm", "storm|stormy|thunderstorm|storm clouds|dark clouds|tempest|thunder", label.Day | label.Rain | label.Overcast | label.Dark | label.Cool, "overcast", at(25, func(t *sky.Target) {
		t.ExposureStops, t.Detail, t.Fog, t.Tint = -1.5, 1.3, .0015, [3]float64{.95, .985, 1.06}
	})},
	{"a rainy day, drizzle", "rain|rainy|drizzle|raining", label.Day | label.Rain | label.Overcast | label.LowContrast | label.Cool, "overcast", at(30, func(t *sky.Target) {
		t.ExposureStops, t.Fog, t.Tint = -.6, .004, [3]float64{.97, 1, 1.04}
	})},
	{"a foggy morning, mist", "foggy morning|misty morning", label.Day | label.Fog | label.LowContrast, "foggy morning", nil},
	{"dense fog", "dense fog|thick fog|heavy fog", label.Day | label.Fog | label.LowContrast, "foggy morning", at(25, func(t *sky.Target) { t.Fog, t.Cover = .05, 1 })},
	{"light mist in the sun", "light mist|thin mist|light fog", label.Day | label.Fog | label.SunVisible, "foggy morning", at(20, func(t *sky.Target) { t.Fog, t.Cover = .006, .35 })},
	{"sunrise, the rising sun", "sunrise|at sunrise", lowSun&^label.Sunset | label.Warm | label.Clear, "sunset", at(6, func(t *sky.Target) { t.Warmth, t.Tint = .8, [3]float64{1.08, 1, .98} })},
	{"dawn, first light before sunrise", "dawn|daybreak|first light|before sunrise", label.Dusk | label.Clear, "blue hour", at(-1.5, func(t *sky.Target) {
		t.Warmth, t.Rods, t.Tint = .6, 0, [3]float64{.9, .97, 1.04}
	})},
	{"a sunset", "sunset|at sunset|sundown", lowSun&^label.Sunrise | label.Warm | label.Clear, "sunset", nil},
	{"a fiery sunset with glowing clouds", "fiery sunset|red sunset|blood red sunset|crimson sunset|crimson sky|red sky|red sky at dusk|burning sky|the sky on fire", lowSun&^label.Sunrise | label.Warm | label.PartlyCloudy, "sunset", at(3, func(t *sky.Target) {
		t.Cover, t.Warmth, t.Detail, t.Tint = .35, 1.5, 1.5, [3]float64{1.15, 1, .8}
	})},
	{"golden hour, golden light", "golden hour|magic hour|golden light|warm light", lowSun | label.Warm | label.Clear, "golden hour", nil},
	{"a warm hazy evening", "evening|hazy morning sun|hazy evening|hazy sunset|hazy low sun|hazy golden hour", lowSun&^label.Sunrise | label.Warm, "golden hour", at(11, func(t *sky.Target) { t.Haze, t.Fog = .8, .0015 })},
	{"fog at sunset", "", lowSun | label.Warm | label.Fog, "sunset", at(4, func(t *sky.Target) { t.Fog, t.Cover = .01, .3 })},
	{"a gloomy overcast dusk", "gloomy|gloom", label.Dusk | label.Overcast | label.Rain | label.Dark | label.LowContrast, "blue hour", at(-1, func(t *sky.Target) { t.Cover, t.ExposureStops = .95, -.4 })},
	{"blue hour, dusk after sunset", "blue hour|the blue hour|sun below the horizon|below the horizon|dusk|twilight|nightfall|after sunset", label.Dusk | label.Cool | label.Clear | label.Dark, "blue hour", nil},
	{"the last glow of twilight", "half light|gloaming", label.Dusk | label.Dark | label.Cool, "blue hour", at(-7, func(t *sky.Target) { t.Rods = .35 })},
	{"a moonlit night, moonlight", "moonlit|moonlight|moonlit night|night|at night", label.Night | label.Moon | label.Stars | label.Dark | label.Cool | label.Clear, "moonlit night", nil},
	{"a bright full moon at night", "full moon|a bright moon", label.Night | label.Moon | label.Clear | label.Cool, "moonlit night", at(-45, func(t *sky.Target) { t.ExposureStops = .7 })},
	{"a starry night without a moon", "starry|starry night|starry sky|milky way|stars|starlight", label.Night | label.Stars | label.Dark | label.Clear, "moonlit night", at(-50, func(t *sky.Target) { t.Moon, t.Rods, t.ExposureStops = 0, .75, moonlessStops })},
	{"an overcast dark night", "", label.Night | label.Overcast | label.Rain | label.Dark, "moonlit night", at(-40, func(t *sky.Target) { t.Cover, t.Stars, t.ExposureStops = .9, 0, -.5 })},
	{"fog at night", "", label.Night | label.Fog | label.Dark, "moonlit night", at(-40, func(t *sky.Target) { t.Cover, t.Stars, t.Fog = .6, 0, .02 })},
	{"winter snow under a grey sky", "winter|snow|winter snow|snowy|wintry", label.Day | label.Snow | label.Overcast | label.Cool | label.LowContrast, "winter snow", nil},
	{"snow on a sunny day", "", label.Day | label.Snow | label.Clear | label.SunVisible | label.Bright, "winter snow", at(28, func(t *sky.Target) { t.Cover, t.Fog, t.Detail = 0, 0, .8 })},
	{"snow at dusk", "", label.Dusk | label.Snow | label.Cool | label.Dark | label.Clear, "blue hour", at(-3, func(t *sky.Target) { t.Snow = 1 })},
	{"snow at sunset", "", lowSun | label.Snow | label.Warm | label.Clear, "sunset", at(4, func(t *sky.Target) { t.Snow = 1 })},
	{"snow by moonlight", "", label.Night | label.Snow | label.Moon | label.Stars | label.Cool | label.Dark | label.Clear, "moonlit night", at(-38, func(t *sky.Target) { t.Snow = 1 })},
	{"a blizzard, snowfall", "blizzard|snowstorm|snowfall|snowing", label.Day | label.Snow | label.Snowfall | label.Overcast | label.Rain | label.Fog | label.Cool, "winter snow", at(25, func(t *sky.Target) { t.Fog, t.ExposureStops = .014, -.2 })},
	{"a blizzard at night, snow falling", "snowfall at night|snowstorm at night|blizzard at night|snowing at night", label.Night | label.Snow | label.Snowfall | label.Overcast | label.Fog | label.Cool | label.Dark, "moonlit night", at(-40, func(t *sky.Target) { t.Cover, t.Stars, t.Fog, t.Snow, t.ExposureStops = .95, 0, .012, 1, -.2 })},
	{"dust and smoke in the air", "smoke|dust storm|sandstorm|smog|dusty|smoky", label.Day | label.Fog | label.Warm, "foggy morning", at(28, func(t *sky.Target) {
		t.Fog, t.Cover, t.Haze, t.Tint = .008, .5, 1, [3]float64{1.25, 1, .7}
	})},
}

// at stands the sun at an elevation in degrees, or the moon at as much above
// the horizon as it lies below, and goes on with change.
func at(elevation float64, change func(*sky.Target)) func(*sky.Target) {
	return func(t *sky.Target) {
		t.SunElevation = elevation * math.Pi / 180
		change(t)
	}
}

// light is the target of a scene.
func (k knownLight) light(scene *sky.Scene) sky.Target {
	t, _ := scene.Preset(k.preset)
	if k.change != nil {
		k.change(&t)
	}
	return t
}

// nightly tells lights of the night from those of day and dusk.
func nightly(t sky.Target) bool { return t.SunElevation < -.2 }
