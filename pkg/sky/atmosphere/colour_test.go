package atmosphere

import (
	"math"
	"testing"
)

// xy returns the CIE 1931 chromaticity of linear Rec. 709.
func xy(c [3]float64) (x, y float64) {
	X := .4124564*c[0] + .3575761*c[1] + .1804375*c[2]
	Y := .2126729*c[0] + .7151522*c[1] + .0721750*c[2]
	Z := .0193339*c[0] + .1191920*c[1] + .9503041*c[2]
	return X / (X + Y + Z), Y / (X + Y + Z)
}

// Illuminant A is a black body by definition, of 2856 K in CODATA's c₂; the
// others are of Wyszecki and Stiles 1982, table 1(3.11).
func TestKelvinIsPlancks(t *testing.T) {
	for _, c := range []struct{ kelvin, x, y float64 }{
		{2856, .4476, .4074}, {4000, .3805, .3768}, {5000, .3451, .3516}, {6500, .3135, .3237}, {10000, .2807, .2884},
	} {
		rgb := Kelvin(c.kelvin)
		if x, y := xy(rgb); math.Hypot(x-c.x, y-c.y) > 4e-4 {
			t.Errorf("%v K is at %.4f, %.4f, want %v, %v", c.kelvin, x, y, c.x, c.y)
		}
		if y := Luminance(rgb); math.Abs(y-1) > 1e-9 {
			t.Errorf("%v K has luminance %v, want 1", c.kelvin, y)
		}
	}
}

func TestTemperatureInvertsKelvin(t *testing.T) {
	for _, want := range []float64{2000, 2500, 3200, 4300, 5600, 6500, 9000, 15000, 40000} {
		got, away := Temperature(scaled(Kelvin(want), 37))
		if math.Abs(1e6/got-1e6/want) > .1 || math.Abs(away) > 1e-4 {
			t.Errorf("%v K comes back as %v, %v away", want, got, away)
		}
	}
}

// McCamy 1992, doi 10.1002/col.5080170211, holds near the locus from 2856 to
// 6504 K.
func TestTemperatureIsNearMcCamys(t *testing.T) {
	for _, rgb := range [][3]float64{{1, 1, 1}, {1.3, 1, .6}, {1.15, 1, .8}, {1.6, .95, .35}} {
		x, y := xy(rgb)
		n := (x - .3320) / (.1858 - y)
		want := 449*n*n*n + 3525*n*n + 6823.3*n + 5520.33
		if got, _ := Temperature(rgb); math.Abs(got/want-1) > .02 {
			t.Errorf("%v is %v K, McCamy has %v", rgb, got, want)
		}
	}
}

// D65 is Rec. 709's white: 6504 K and .0032 above the locus.
func TestWhiteIsD65(t *testing.T) {
	kelvin, away := Temperature([3]float64{1, 1, 1})
	if math.Abs(kelvin-6504) > 8 || math.Abs(away-.0032) > 2e-4 {
		t.Errorf("white is %v K, %v away, want 6504 and .0032", kelvin, away)
	}
}

func TestOddTemperatures(t *testing.T) {
	for _, kelvin := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), -5, 0, 1, 500, 1e9} {
		c := Kelvin(kelvin)
		if y := Luminance(c); math.Abs(y-1) > 1e-9 || min(c[0], c[1], c[2]) < 0 {
			t.Errorf("%v K is %v", kelvin, c)
		}
	}
	if kelvin, away := Temperature([3]float64{}); kelvin != 0 || away != 0 {
		t.Errorf("black is %v K, %v away", kelvin, away)
	}
}

// The four wavelengths see sunlight through a coloured glass as the observer
// does: through one that makes of a black body of the sun's temperature one of
// another.
func TestFourWavelengthsSeeWhatTheObserverSees(t *testing.T) {
	for _, kelvin := range []float64{2500, 3000, 4000, 5000, sunKelvin, 6500, 9000, 15000} {
		var s spectrum
		for i, wavelength := range wavelengths {
			x := secondRadiation / (wavelength * 1e-9)
			s[i] = sunSpectrum[i] * math.Expm1(x/sunKelvin) / math.Expm1(x/kelvin)
		}
		got, away := Temperature(s.rgb())
		if math.Abs(1e6/got-1e6/kelvin) > 12 || math.Abs(away) > .008 {
			t.Errorf("sunlight made %v K is seen as %.0f K, %.4f away", kelvin, got, away)
		}
	}
	if got := Luminance(sunSpectrum.rgb()); math.Abs(got/SunIrradiance-1) > 1e-12 {
		t.Errorf("the sun has %v W/m², want %v", got, SunIrradiance)
	}
}
