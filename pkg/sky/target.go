package sky

import (
	"math"

	"github.com/clipenv/toolkit/internal/faults"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/sky/num"
)

// Target is the light that a scene is to be put into. Own gives one that
// leaves the scene as it is, to be changed from there.
type Target struct {
	atmosphere.Light

	Fog    float64 // extinction, 1/m: .0003 is a hazy evening, .03 fog
	Snow   float64 // share of the ground that snow covers, 0 to 1
	Warmth float64 // of the sky's low part towards the sun and of the clouds that it lights, 0 to 2; keeps their luminance
	Rods   float64 // share of night vision, which sees blue-grey, 0 to 1

	Tint     [3]float64 // of all new light; {1,1,1} is none
	Detail   float64    // gain of the map's own clouds, 0 to 2
	Clouds   *Detail    // of another map, in place of the map's own; nil for none
	Lamps    float64    // share of lamps' light that stays
	Lift     float64    // stops by which the foreground is lifted over what the light gives it
	Glow     float64    // of the lens around the sun; 1 spreads 2 % of its beam
	Softened float64    // how far cast shadows follow a light that softens, 0 to 1

	SunStops      float64 // of the beam, beside what the light gives
	Kelvin        float64 // colour of the beam; 0 is the light's own
	ExposureStops float64 // of the whole map
	KeepEnergy    bool    // level ground gets as much light as before
	Anew          bool    // by night: the whole light is asked for, as it is when a preset names it, and not a change of the map's own
	FindOpenSky   bool    // the sun may move to the nearest open sky
	KeepElevation bool    // but not up
	ThroughThings bool    // a sun lights through what hides it; a low one does anyway

	// Strength goes from the scene's own light, 0, to the target, 1, and beyond
	// it, up to MaxStrength. Strength 0 gives the map back bit for bit.
	Strength float64

	Only Part      // what is edited
	Mask []float32 // how far each texel is edited, 0 to 1, W·H values; nil for all
}

// MaxStrength is how far a target may be exaggerated.
const MaxStrength = 1.5

// Part is a part of a map.
type Part int

const (
	Whole Part = iota
	SkyOnly
	GroundOnly
)

// validate reports all that is wrong at once.
func (t Target) validate(w, h int) error {
	var found faults.List
	within := func(name string, v, from, to float64) { faults.Within(&found, "sky: "+name, v, from, to) }
	within("sun elevation", num.Degrees(t.SunElevation), -90, 90)
	within("sun azimuth", num.Degrees(t.SunAzimuth), -3600, 3600)
	within("haze", t.Haze, 0, 1)
	within("cover", t.Cover, 0, 1)
	within("moon", t.Moon, 0, 1e6)
	within("stars", t.Stars, 0, 1)
	within("fog", t.Fog, 0, 1)
	within("snow", t.Snow, 0, 1)
	within("warmth", t.Warmth, 0, 2)
	within("rods", t.Rods, 0, 1)
	within("detail", t.Detail, 0, 2)
	within("lamps", t.Lamps, 0, 16)
	within("lift", t.Lift, -8, 8)
	within("glow", t.Glow, 0, 8)
	within("softened", t.Softened, 0, 1)
	within("sun stops", t.SunStops, -20, 20)
	within("exposure", t.ExposureStops, -30, 30)
	within("strength", t.Strength, 0, MaxStrength)
	if t.Kelvin != 0 {
		within("kelvin", t.Kelvin, 1000, 40000)
	}
	for _, v := range t.Tint {
		within("tint", v, 0, 16)
	}
	found.Check(t.Mask == nil || len(t.Mask) == w*h, "sky: the mask has %d values, want %d×%d = %d, one for each texel", len(t.Mask), w, h, w*h)
	return found.Err()
}

// towards mixes two targets' numbers: own at 0, t at 1, beyond it above.
func (t Target) towards(own Target, at float64) Target {
	m := t
	mix := func(to *float64, from, least, most float64) {
		*to = min(max(from+at*(*to-from), least), most)
	}
	mix(&m.SunElevation, own.SunElevation, -math.Pi/2, math.Pi/2)
	m.SunAzimuth = own.SunAzimuth + at*math.Remainder(t.SunAzimuth-own.SunAzimuth, 2*math.Pi)
	mix(&m.Haze, own.Haze, 0, 1)
	mix(&m.Cover, own.Cover, 0, 1)
	mix(&m.Moon, own.Moon, 0, math.Inf(1))
	mix(&m.Stars, own.Stars, 0, 1)
	mix(&m.Fog, own.Fog, 0, 1)
	mix(&m.Snow, own.Snow, 0, 1)
	mix(&m.Warmth, own.Warmth, 0, 2)
	mix(&m.Rods, own.Rods, 0, 1)
	for c := range m.Tint {
		mix(&m.Tint[c], own.Tint[c], 0, 16)
	}
	mix(&m.Detail, own.Detail, 0, 2)
	mix(&m.Lamps, own.Lamps, 0, 16)
	mix(&m.Lift, own.Lift, -8, 8)
	mix(&m.Glow, own.Glow, 0, 8)
	mix(&m.SunStops, own.SunStops, -20, 20)
	mix(&m.ExposureStops, own.ExposureStops, -30, 30)
	return m
}

// change is how far one light is from another: 0 the same, 1 so far that
// nothing of the old sky but its clouds may stay. A sun moves it within so many
// degrees.
func change(a, b atmosphere.Light, within float64) float64 {
	pa, pb := atmosphere.Toward(a.SunElevation, a.SunAzimuth), atmosphere.Toward(b.SunElevation, b.SunAzimuth)
	cosine := pa[0]*pb[0] + pa[1]*pb[1] + pa[2]*pb[2]
	angle := num.Degrees(math.Acos(min(max(cosine, -1), 1)))
	far := 0.
	for _, d := range [][2]float64{
		{angle * (1 - min(a.Cover, b.Cover)*.8), within},
		{math.Abs(a.Cover - b.Cover), .4},
		{math.Abs(a.Haze - b.Haze), .5},
		{math.Abs(a.Moon - b.Moon), .5},
	} {
		far = max(far, num.Step(0, 1, d[0]/d[1]))
	}
	return far
}
