package sky

import (
	"math"

	"github.com/clipenv/toolkit/pkg/sky/num"
)

// preset is a light by name. What is not a number of Target's is left as the
// scene has it.
type preset struct {
	elevation                        float64 // of the sun, degrees; the moon's is -elevation
	haze, cover, moon, stars         float64
	fog, snow, warmth, rods          float64
	detail, lamps, lift, glow, stops float64
	tint                             [3]float64
}

// presets are lights that people ask for. The sun keeps the map's azimuth.
var presets = map[string]preset{
	"sunset":        {elevation: 6, haze: .3, fog: .0003, warmth: .7, detail: 1, lamps: 1, lift: .3, glow: 1, tint: [3]float64{1.06, 1, .94}},
	"golden hour":   {elevation: 9, haze: .35, fog: .0004, warmth: .5, detail: 1, lamps: 1, lift: .15, glow: 1, tint: [3]float64{1.06, 1, .92}},
	"overcast":      {elevation: 35, haze: .25, cover: 1, fog: .0008, detail: .5, lamps: 1, tint: [3]float64{1, 1, 1}},
	"foggy morning": {elevation: 14, haze: .4, cover: .92, fog: .028, detail: .15, lamps: 1, lift: .4, tint: [3]float64{.98, 1, 1.03}},
	"clear noon":    {elevation: 55, haze: .1, detail: .8, lamps: .6, glow: 1, tint: [3]float64{1, 1, 1}},
	"blue hour":     {elevation: -4, haze: .15, rods: .15, detail: .8, lamps: 1, lift: .4, tint: [3]float64{.7, .9, 1}},
	"moonlit night": {elevation: -38, haze: .1, moon: 1, stars: 1, rods: .65, detail: .7, lamps: 1, glow: 1, tint: [3]float64{.76, .88, 1.03}},
	"winter snow":   {elevation: 35, haze: .25, cover: 1, fog: .002, snow: 1, detail: .6, lamps: 1, stops: .1, tint: [3]float64{.96, 1, 1.05}},
}

// Presets are the names of the lights that Preset knows, in the order of a day.
var Presets = []string{"clear noon", "golden hour", "sunset", "blue hour", "moonlit night", "overcast", "foggy morning", "winter snow"}

// Preset is a light by name, for this scene, and false for a name that is not
// among Presets.
func (sc *Scene) Preset(name string) (Target, bool) {
	p, ok := presets[name]
	if !ok {
		return Target{}, false
	}
	t := sc.Own()
	t.SunElevation, t.Haze, t.Cover = num.Radians(p.elevation), p.haze, p.cover
	t.Moon, t.Stars = p.moon, p.stars
	t.Fog, t.Snow, t.Warmth, t.Rods = p.fog, p.snow, p.warmth, p.rods
	t.Detail, t.Lamps, t.Lift, t.Glow, t.Tint = p.detail, p.lamps, p.lift, p.glow, p.tint
	t.ExposureStops = p.stops
	t.FindOpenSky, t.Anew = true, true
	if math.Signbit(p.elevation) && p.moon == 0 {
		t.Glow = 0
	}
	return t, true
}
