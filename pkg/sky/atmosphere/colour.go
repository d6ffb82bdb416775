package atmosphere

import "math"

// observer holds the colour matching functions of the CIE 1931 standard
// observer from 380 to 780 nm, 10 nm apart (CIE 15, ISO/CIE 11664-1).
var observer = [][3]float64{
	{.001368, .000039, .00645}, {.004243, .00012, .02005}, {.01431, .000396, .06785}, {.04351, .00121, .2074},
	{.13438, .004, .6456}, {.2839, .0116, 1.3856}, {.34828, .023, 1.74706}, {.3362, .038, 1.77211},
	{.2908, .06, 1.6692}, {.19536, .09098, 1.28764}, {.09564, .13902, .81295}, {.03201, .20802, .46518},
	{.0049, .323, .272}, {.0093, .503, .1582}, {.06327, .71, .07825}, {.1655, .862, .04216},
	{.2904, .954, .0203}, {.43345, .99495, .00875}, {.5945, .995, .0039}, {.7621, .952, .0021},
	{.9163, .87, .00165}, {1.0263, .757, .0011}, {1.0622, .631, .0008}, {1.0026, .503, .00034},
	{.85445, .381, .00019}, {.6424, .265, .00005}, {.4479, .175, .00002}, {.2835, .107, 0},
	{.1649, .061, 0}, {.0874, .032, 0}, {.04677, .017, 0}, {.0227, .00821, 0},
	{.0113592, .004102, 0}, {.00579035, .002091, 0}, {.00289933, .001047, 0}, {.00143997, .00052, 0},
	{.000690079, .0002492, 0}, {.000332301, .00012, 0}, {.000166151, .00006, 0}, {.0000830753, .00003, 0},
	{.0000415099, .00001499, 0},
}

// secondRadiation is Planck's c₂ = hc/k in metre kelvins, CODATA 2018.
const secondRadiation = 1.438776877e-2

// planck returns X, Y and Z of a black body at 1/mired·10⁶ kelvins, to a scale.
func planck(mired float64) (xyz [3]float64) {
	for i, matching := range observer {
		wavelength := (380 + 10*float64(i)) * 1e-9
		// Over its value at 560 nm, so that no temperature overflows.
		x, x560 := secondRadiation*mired*1e-6/wavelength, secondRadiation*mired*1e-6/560e-9
		power := math.Pow(560e-9/wavelength, 5) * math.Exp(x560-x) * math.Expm1(-x560) / math.Expm1(-x)
		for c := range xyz {
			xyz[c] += matching[c] * power
		}
	}
	return xyz
}

// The range of temperatures, in mireds: a million over kelvins.
const coldest, hottest = 1000., 1.

// Kelvin returns the colour of a black body at a temperature in kelvins, linear
// Rec. 709 with luminance 1: Planck's law seen by the CIE 1931 observer.
// Temperatures are held between 1,000 and 1,000,000. Below 1,900 the colour
// lies outside Rec. 709, and its negative blue is taken as 0.
func Kelvin(temperature float64) [3]float64 {
	mired := min(max(1e6/temperature, hottest), coldest)
	if math.IsNaN(temperature) || temperature <= 0 {
		mired = coldest
	}
	x := planck(mired)
	// CIE XYZ to linear Rec. 709, white D65 (ITU-R BT.709-6).
	rgb := [3]float64{
		max(0, 3.2404542*x[0]-1.5371385*x[1]-.4985314*x[2]),
		max(0, -.9692660*x[0]+1.8760108*x[1]+.0415560*x[2]),
		max(0, .0556434*x[0]-.2040259*x[1]+1.0572252*x[2]),
	}
	return scaled(rgb, 1/Luminance(rgb))
}

// Temperature returns the correlated colour temperature of linear Rec. 709 in
// kelvins: of the black body whose colour is the nearest in the CIE 1960 UCS
// diagram (CIE 15, section 9.5), between 1,000 and 1,000,000. Away is the
// distance Duv there, positive on the green side: above .05 the temperature
// says nothing. Black has none: 0 and 0.
func Temperature(rgb [3]float64) (kelvin, away float64) {
	u, v, ok := ucs([3]float64{
		.4124564*rgb[0] + .3575761*rgb[1] + .1804375*rgb[2],
		.2126729*rgb[0] + .7151522*rgb[1] + .0721750*rgb[2],
		.0193339*rgb[0] + .1191920*rgb[1] + .9503041*rgb[2],
	})
	if !ok {
		return 0, 0
	}
	distance := func(mired float64) float64 {
		bu, bv, _ := ucs(planck(mired))
		return math.Hypot(u-bu, v-bv)
	}
	// A coarse search, then golden sections.
	const points = 40
	spacing := (coldest - hottest) / points
	nearest, least := hottest, distance(hottest)
	for i := 1; i <= points; i++ {
		if d := distance(hottest + spacing*float64(i)); d < least {
			nearest, least = hottest+spacing*float64(i), d
		}
	}
	const golden = .6180339887498949
	from, to := max(hottest, nearest-spacing), min(coldest, nearest+spacing)
	for to-from > 1e-4 {
		a, b := to-golden*(to-from), from+golden*(to-from)
		if distance(a) < distance(b) {
			to = b
		} else {
			from = a
		}
	}
	mired := (from + to) / 2
	_, bv, _ := ucs(planck(mired))
	return 1e6 / mired, math.Copysign(distance(mired), v-bv)
}

// ucs returns the coordinates u and v of the CIE 1960 diagram.
func ucs(xyz [3]float64) (u, v float64, ok bool) {
	sum := xyz[0] + 15*xyz[1] + 3*xyz[2]
	if !(sum > 0) || math.IsInf(sum, 0) {
		return 0, 0, false
	}
	return 4 * xyz[0] / sum, 6 * xyz[1] / sum, true
}
