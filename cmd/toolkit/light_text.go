package main

import (
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/sky"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
)

// skyReport is what light prints. Its JSON keys stay as they are.
type skyReport struct {
	File      string      `json:"file"`
	Scene     string      `json:"scene"` // indoor, day, dusk or night
	SkySeen   bool        `json:"sky_seen"`
	Sun       *sunReport  `json:"sun"`                 // null: none is found
	Brightest *spotReport `json:"brightest,omitempty"` // where there is no sun
	Above     [3]float64  `json:"irradiance_above"`
	Sky       [3]float64  `json:"irradiance_sky"` // above, without the sun
}

// spotReport is a direction and the irradiance of a surface that faces it.
type spotReport struct {
	Azimuth    float64    `json:"azimuth_degrees"`
	Elevation  float64    `json:"elevation_degrees"`
	Irradiance [3]float64 `json:"irradiance"`
	Luminance  float64    `json:"irradiance_luminance"`
}

type sunReport struct {
	spotReport
	InMap    [3]float64 `json:"irradiance_in_map"` // as the texels have it
	Clipped  *float64   `json:"clipped"`           // times; 1 for a whole sun, null without ground to tell it by
	Kelvin   *float64   `json:"kelvin"`            // null: the colour is no black body's
	Duv      float64    `json:"duv"`
	Across   float64    `json:"across_degrees"`
	OverSky  float64    `json:"stops_over_sky"`
	OverRest *float64   `json:"stops_over_rest"` // of level ground's light; null where the sun gives it none
}

// mostAway is the distance from a black body's colour, Duv, above which a
// temperature says nothing (CIE 15, section 9.5).
const mostAway = .05

// describeLight measures a map, takes its sun out of it, and measures what is
// left.
func describeLight(path string, im *hdr.Image, scene *sky.Scene) skyReport {
	r := skyReport{
		File: path, Scene: scene.Kind.String(), SkySeen: scene.SkySeen(),
		Above: envmap.IrradianceFromAbove(im),
	}
	spot := func(s sky.Sun) spotReport {
		return spotReport{s.Direction.Azimuth(), s.Direction.Elevation(), s.Beam, atmosphere.Luminance(s.Beam)}
	}
	if !scene.Sun.Found {
		if brightest, any := scene.Brightest(); any {
			s := spot(brightest)
			r.Brightest = &s
		}
		r.Sky = r.Above
		return r
	}
	s := sunReport{spotReport: spot(scene.Sun), InMap: scene.Sun.Energy, OverSky: stops(scene.Sun.Ratio), Across: scene.Size() * 180 / math.Pi}
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

// writeText writes the report as lines for a reader: a word, then what there
// is to say.
func (r skyReport) writeText(w io.Writer) error {
	var text strings.Builder
	line := func(label, format string, args ...any) {
		fmt.Fprintf(&text, "%-11s %s\n", label, fmt.Sprintf(format, args...))
	}
	line("file", "%s", quote.Text(r.File))
	seen := "no sky to be seen"
	if r.SkySeen {
		seen = "the sky is seen"
	}
	line("scene", "%s, %s", r.Scene, seen)
	if s := r.Sun; s == nil {
		line("sun", "none found: no disc stands out from what is around it and from all other lights")
		if b := r.Brightest; b != nil {
			line("brightest", "%s; irradiance RGB %s", direction(b.Azimuth, b.Elevation), rgb(b.Irradiance))
		}
	} else {
		line("sun", "%s", direction(s.Azimuth, s.Elevation))
		line("gives", "RGB %s, luminance %.4g: irradiance of a surface that faces it", rgb(s.Irradiance), s.Luminance)
		line("clipped", "%s", s.clippedWords())
		if s.Kelvin != nil {
			line("colour", "%.0f K, Duv %+.4f", *s.Kelvin, s.Duv)
		} else {
			line("colour", "that of no black body, Duv %+.4f", s.Duv)
		}
		line("across", "%.2f°, as the map shows it", s.Across)
		line("over sky", "%+.1f stops, its brightest texel over the sky around it", s.OverSky)
		if s.OverRest != nil {
			line("", "%+.1f stops, its light on level ground over all other", *s.OverRest)
		}
	}
	line("from above", "RGB %s, irradiance on level ground; π under a sky of 1", rgb(r.Above))
	line("sky alone", "RGB %s, the same without the sun", rgb(r.Sky))
	_, err := io.WriteString(w, text.String())
	return err
}

func (s sunReport) clippedWords() string {
	switch {
	case s.Clipped == nil:
		return "not known: there is no ground to tell it by"
	case *s.Clipped == 1:
		return "no"
	}
	return fmt.Sprintf("%.3g times, %.1f stops: the ground sends back more than the map's RGB %s could light", *s.Clipped, stops(*s.Clipped), rgb(s.InMap))
}
