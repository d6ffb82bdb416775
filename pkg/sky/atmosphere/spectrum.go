package atmosphere

import "math"

// wavelengths in nm, for which the air is worked out: with these four the
// colours of skies come out as from many (F. García Liñán, author of
// github.com/fgarlin/skytracer, in shadertoy.com/view/msXXDS, and from there
// in several renderers). The paper's 680, 550 and 440 nm taken as red, green
// and blue miss where ozone absorbs most, which turns dusk purple.
var wavelengths = spectrum{630, 560, 490, 430}

// spectrum holds one number for each of the wavelengths.
type spectrum [4]float64

// sunSpectrum is the sun's irradiance above the air at the wavelengths, W/m²/nm,
// from the spectra of the U.S. National Renewable Energy Laboratory, as there.
var sunSpectrum = spectrum{1.679, 1.828, 1.986, 1.307}

// rayleighScattering is air's scattering at the ground, per km (Bucholtz 1995,
// doi 10.1364/AO.34.002765).
var rayleighScattering = spectrum{6.605e-3, 1.067e-2, 1.842e-2, 3.156e-2}

// ozoneAbsorption is ozone's in the middle of its tent, per km: cross sections
// of Gorshelev et al. 2014, doi 10.5194/amt-7-609-2014, in m², times the
// molecules over a m² at 300 Dobson units.
var ozoneAbsorption = spectrum{3.472e-25, 3.914e-25, 1.349e-25, 1.103e-26}.times(300 * 2.687e20 / ozoneHalf)

// toRGB turns radiance at the wavelengths into linear Rec. 709, to a scale:
// García Liñán's fit to the CIE 1931 observer, as there.
var toRGB = [3]spectrum{
	{137.672389239975, 32.549094028629234, -38.91428392614275, 8.572844237945445},
	{-8.632904716299537, 91.29801417199785, 34.31665471469816, -11.103384660054624},
	{-1.7181567391931372, -12.005406444382531, 29.89044807197628, 117.47585277566478},
}

// rgbScale makes SunIrradiance of the sun's luminance.
var rgbScale = SunIrradiance / Luminance(mixed(sunSpectrum))

func (s spectrum) times(k float64) spectrum {
	return spectrum{k * s[0], k * s[1], k * s[2], k * s[3]}
}

func mixed(s spectrum) (rgb [3]float64) {
	for c, weights := range toRGB {
		rgb[c] = weights[0]*s[0] + weights[1]*s[1] + weights[2]*s[2] + weights[3]*s[3]
	}
	return rgb
}

// rgb returns a spectrum in W/m²/nm as linear Rec. 709 in this package's
// units. Deep reds at sunset lie outside Rec. 709: what would be negative is
// bent to stay above 0, smoothly, and the luminance kept.
func (s spectrum) rgb() [3]float64 {
	const bend = .02
	out := mixed(s)
	y := Luminance(out)
	if !(y > 0) {
		return [3]float64{}
	}
	for c, v := range out {
		out[c] = (v + math.Sqrt(v*v+bend*bend*y*y)) / 2
	}
	return scaled(out, y/Luminance(out)*rgbScale)
}

// fullMoon is the full moon's irradiance over the sun's: 14 magnitudes, from
// -12.74 and -26.74 (Allen's Astrophysical Quantities, 4th edition).
var fullMoon = math.Pow(10, -.4*14)

// sunKelvin is the sun's nominal effective temperature, IAU 2015 Resolution
// B3 (Prša et al. 2016). moonKelvin is that of moonlight's B-V of .92 (Allen)
// by Ballesteros 2012, doi 10.1209/0295-5075/97/34008.
const (
	sunKelvin  = 5772
	moonKelvin = 4940
)

// moonSpectrum is the full moon's irradiance: the sun's, as far down, and
// warmer, as a black body of the one temperature is than one of the other.
var moonSpectrum = func() (s spectrum) {
	for i, wavelength := range wavelengths {
		x := secondRadiation / (wavelength * 1e-9)
		s[i] = sunSpectrum[i] * math.Expm1(x/sunKelvin) / math.Expm1(x/moonKelvin)
	}
	return s.times(fullMoon * Luminance(mixed(sunSpectrum)) / Luminance(mixed(s)))
}()
