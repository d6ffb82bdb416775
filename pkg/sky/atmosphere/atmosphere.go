// Package atmosphere knows how bright and of what colour the sky is, by where
// the sun stands and what the weather is, and what beam comes out of it.
//
//	Light -> New -> Sky -> Radiance, RenderSky: the sky without its discs
//	                    -> Beam, Source: the light that casts shadows
//	                    -> AddDisc, AddStars: what is smaller than a texel
//	Kelvin, Temperature: the colour of glowing things, and back
//
// It is pure Go and knows neither images nor files: a map is a slice of float32,
// row-major, red, green and blue, in package envmap's frame. Row 0 is at the
// zenith, y is up, the centre of the map looks along +z, +x is a quarter of
// the width left of it.
//
// # Units
//
// Radiance is linear, with Rec. 709 primaries and a D65 white, on one scale
// from noon to moonless night. The sun above the air gives 1361 W/m² of
// luminance, its whole spectrum's power: a radiance is in W·m⁻²·sr⁻¹ of
// sunlight, and LumensPerWatt turns its luminance into cd/m².
//
// # Model
//
// The clear sky is that of Hillaire 2020, "A Scalable and Production Ready
// Sky and Atmosphere Rendering Technique", Computer Graphics Forum 39(4),
// doi 10.1111/cgf.14050: single scattering by air and aerosol, absorption by
// ozone, and all further scattering as isotropic, at four wavelengths rather
// than three (spectrum.go tells why). The overcast sky is type 1 of CIE S 011 /
// ISO 15469. Every number of a Light acts smoothly.
package atmosphere

import (
	"math"

	"github.com/clipenv/toolkit/pkg/rgb"
)

// SunIrradiance is the sun's irradiance above the air in W/m²: 1360.8 ± .5 of
// Kopp and Lean 2011, doi 10.1029/2010GL045777.
const SunIrradiance = 1361

// LumensPerWatt turns luminance in this package's units into cd/m², and
// irradiance into lux: the luminous solar constant, 133,334 lx (Darula, Kittler
// and Gueymard 2005, doi 10.1016/j.solener.2005.02.004) over SunIrradiance.
const LumensPerWatt = 133334. / SunIrradiance

// airglow is the luminance of a moonless sky's zenith, in this package's units:
// V = 21.6 mag/arcsec² (Patat 2003, doi 10.1051/0004-6361:20030030) is 2.5e-4
// cd/m². It holds airglow, zodiacal light and stars too faint to see.
var airglow = 1.08e5 * math.Pow(10, -.4*21.6) / LumensPerWatt

// Light is what an artist or a latent says of sun and weather. Numbers outside
// their range are brought to its edge, and what is not a number counts as 0.
type Light struct {
	// SunElevation is the sun's height over the horizon as it is seen, in
	// radians: π/2 at the zenith, negative below the horizon.
	SunElevation float64

	// SunAzimuth is how far the sun stands to the right of the map's centre,
	// in radians, as Azimuth of package envmap in degrees.
	SunAzimuth float64

	// Haze is the aerosol, 0 for the clearest air to 1 for very hazy. The
	// vertical optical depth at 550 nm is .03·20^Haze: .03, .06, .13, .28 and
	// .6 at each quarter, which by Koschmieder's 3.91/extinction is a visual
	// range of 100, 60, 31, 16 and 8 km.
	Haze float64

	// Cover is the share of the sky that clouds hide, 0 clear to 1 overcast.
	Cover float64

	// Moon is moonlight as a multiple of the full moon's: 0 none, 1 full, more
	// for a stage moon. The moon stands over the horizon as far as the sun
	// stands below it, at SunAzimuth: it rises where the sun sets, so that a
	// SunElevation of -40° is a moon at 40°, and the source of the beam
	// moves without a jump. The true full moon is 18.6 stops below the
	// sun; how far to expose for it is the caller's.
	Moon float64

	// Stars is the stars' brightness in AddStars, 0 none to 1 a true sky.
	Stars float64
}

// tamed returns the light within its ranges.
func (l Light) tamed() Light {
	within := func(v, from, to float64) float64 {
		if math.IsNaN(v) {
			return 0
		}
		return min(max(v, from), to)
	}
	l.SunElevation = within(l.SunElevation, -math.Pi/2, math.Pi/2)
	l.SunAzimuth = math.Remainder(within(l.SunAzimuth, -1e6, 1e6), 2*math.Pi)
	l.Haze = within(l.Haze, 0, 1)
	l.Cover = within(l.Cover, 0, 1)
	l.Moon = within(l.Moon, 0, 1e6)
	l.Stars = within(l.Stars, 0, 1)
	return l
}

// Sky is the light of one moment. It is safe for concurrent use.
type Sky struct {
	light   Light
	air     *air
	sources []*source // the sun, and the moon where there is one

	clear      float64    // how much of the clear sky is left
	cloud      [3]float64 // radiance of the clouds where their shape is 1
	beam       [3]float64
	horizontal [3]float64
	ground     [3]float64 // radiance of the ground below the horizon
}

// New works out the tables of a sky. It takes milliseconds, fewer when
// numbers are those of a call not long before.
func New(l Light) *Sky {
	l = l.tamed()
	of := l
	of.SunAzimuth, of.Stars = 0, 0 // on which no table depends
	s := *recentSkies.of(of, func() *Sky { return newSky(of) })
	s.light = l
	return &s
}

var recentSkies = recent[Light, *Sky]{}

func newSky(l Light) *Sky {
	s := &Sky{light: l, air: airOf(l.Haze)}
	s.sources = []*source{sourceOf(l.Haze, s.air, l.SunElevation, sunSpectrum)}
	if l.Moon > 0 {
		s.sources = append(s.sources, sourceOf(l.Haze, s.air, -l.SunElevation, moonSpectrum.times(l.Moon)))
	}
	s.overcast()
	for c := range 3 {
		s.ground[c] = groundAlbedo / math.Pi * (s.horizontal[c] + s.beam[c]*max(0, s.Source()[1]))
	}
	return s
}

// Radiance returns the sky's radiance in a direction of any length, without
// the discs of sun and moon and without stars. Below the horizon the horizon's
// light fades into level ground's, which is even from 20° below on.
func (s *Sky) Radiance(d [3]float64) [3]float64 {
	level := math.Hypot(d[0], d[2])
	r := s.newRow(math.Atan2(d[1], level))
	return r.at(turn(math.Atan2(-d[0], d[2]), s.light.SunAzimuth))
}

// Beam returns the irradiance of the direct beam on a plane that faces it,
// after air, aerosol, ozone and clouds, of which the share (1 - Cover)²
// comes through. It goes to 0 while the disc sets.
func (s *Sky) Beam() [3]float64 { return s.beam }

// Source returns the unit direction that the beam comes from: the sun's, and
// below the horizon the moon's, which is as far above it.
func (s *Sky) Source() [3]float64 {
	return Toward(math.Abs(s.light.SunElevation), s.light.SunAzimuth)
}

// Horizontal returns the irradiance of the sky on level ground, without the
// beam, by quadrature of Radiance.
func (s *Sky) Horizontal() [3]float64 { return s.horizontal }

// Toward returns the unit direction at an elevation and an azimuth, in
// radians, azimuth to the right of the map's centre.
func Toward(elevation, azimuth float64) [3]float64 {
	sinE, cosE := math.Sincos(elevation)
	sinA, cosA := math.Sincos(azimuth)
	return [3]float64{-cosE * sinA, sinE, cosE * cosA}
}

// Luminance returns the CIE Y of linear Rec. 709, in its units.
func Luminance(c [3]float64) float64 { return rgb.Luminance(c[0], c[1], c[2]) }

// turn returns the angle between two azimuths, 0 to π.
func turn(a, b float64) float64 { return math.Abs(math.Remainder(a-b, 2*math.Pi)) }

func scaled(c [3]float64, s float64) [3]float64 { return [3]float64{s * c[0], s * c[1], s * c[2]} }
