package mapfile

import (
	"math"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/sky"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/sky/sun"
)

// SkyReport is what a map's sun and sky give. Its JSON keys stay as they are.
type SkyReport struct {
	File      string      `json:"file"`
	Scene     string      `json:"scene"` // indoor, day, dusk or night
	SkySeen   bool        `json:"sky_seen"`
	Sun       *SunReport  `json:"sun"`                 // null: none is found
	Brightest *SpotReport `json:"brightest,omitempty"` // where there is no sun
	Above     [3]float64  `json:"irradiance_above"`
	Sky       [3]float64  `json:"irradiance_sky"` // above, without the sun
}

// SpotReport is a direction and the irradiance of a surface that faces it.
type SpotReport struct {
	Bearing
	Irradiance [3]float64 `json:"irradiance"`
	Luminance  float64    `json:"irradiance_luminance"`
}

// SunReport is a sun and how it stands to the rest of the light.
type SunReport struct {
	SpotReport
	InMap    [3]float64 `json:"irradiance_in_map"` // as the texels have it
	Clipped  *float64   `json:"clipped"`           // times; 1 for a whole sun, null without ground to tell it by
	Kelvin   *float64   `json:"kelvin"`            // null: the colour is no black body's
	Duv      float64    `json:"duv"`
	Across   float64    `json:"across_degrees"`
	OverSky  float64    `json:"stops_over_sky"`
	OverRest *float64   `json:"stops_over_rest"` // of level ground's light; null where the sun gives it none
}

// ClippedStops is Clipped, which must be known, in stops.
func (s SunReport) ClippedStops() float64 { return stops(*s.Clipped) }

// mostAway is the distance from a black body's colour, Duv, above which a
// temperature says nothing (CIE 15, section 9.5).
const mostAway = .05

// describeLight measures a map, takes its sun out of it, and measures what is
// left.
func describeLight(path string, im *hdr.Image, scene *sky.Scene) *SkyReport {
	r := &SkyReport{
		File: path, Scene: scene.Kind.String(), SkySeen: scene.SkySeen(),
		Above: envmap.IrradianceFromAbove(im),
	}
	spot := func(s sun.Sun) SpotReport {
		return SpotReport{bearing(s.Direction), s.Beam, atmosphere.Luminance(s.Beam)}
	}
	if !scene.Sun.Found {
		if brightest, any := scene.Brightest(); any {
			s := spot(brightest)
			r.Brightest = &s
		}
		r.Sky = r.Above
		return r
	}
	s := SunReport{SpotReport: spot(scene.Sun), InMap: scene.Sun.Energy, OverSky: stops(scene.Sun.Ratio), Across: scene.Size() * 180 / math.Pi}
	scene.CutSun()
	r.Sky = envmap.IrradianceFromAbove(im)
	if !scene.Pure {
		s.Clipped = &scene.Sun.Clipped
	}
	kelvin, away := atmosphere.Temperature(scene.Sun.Beam)
	if s.Duv = away; math.Abs(away) <= mostAway && kelvin > 0 {
		s.Kelvin = &kelvin
	}
	if level := s.Luminance * scene.Sun.Direction.Y; level > 0 {
		over := stops(level / max(atmosphere.Luminance(r.Sky), 1e-30))
		s.OverRest = &over
	}
	r.Sun = &s
	return r
}

// stops are log2 of a ratio, held to what JSON can say.
func stops(ratio float64) float64 { return math.Log2(max(ratio, math.SmallestNonzeroFloat64)) }
