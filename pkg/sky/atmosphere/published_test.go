package atmosphere

import (
	"math"
	"testing"
)

const degree = math.Pi / 180

// ordinary is the haze of ordinary clear days, an optical depth of .1.
var ordinary = math.Log(.1/.03) / math.Log(20)

// clearSky is a sky under a sun at an elevation in degrees.
func clearSky(elevation float64) *Sky {
	return New(Light{SunElevation: elevation * degree, Haze: ordinary})
}

// airMass is Kasten and Young 1989's, doi 10.1364/AO.28.004735.
func airMass(elevation float64) float64 {
	return 1 / (math.Sin(elevation*degree) + .50572*math.Pow(elevation+6.07995, -1.6364))
}

func lux(irradiance [3]float64) float64 { return Luminance(irradiance) * LumensPerWatt }

// within tells that got is within a factor of want.
func within(t *testing.T, what string, got, want, factor float64) {
	t.Helper()
	if !(got < want*factor && got > want/factor) {
		t.Errorf("%s: got %.4g, want %.4g within a factor %.3g", what, got, want, factor)
	}
}

var elevations = []float64{5, 10, 15, 20, 30, 40, 50, 60, 75, 90}

// The direct beam of IES 1984, "Recommended practice for the calculation of
// daylight availability": 127.5 klx·exp(-.21·m), with the air mass in place of
// its 1/sin, which is too long below 10°.
func TestBeamIsThatOfTheIES(t *testing.T) {
	for _, e := range elevations {
		within(t, "beam in lux", lux(clearSky(e).Beam()), 127500*math.Exp(-.21*airMass(e)), 1.1)
	}
}

// Meinel and Meinel 1976, "Applied Solar Energy": .7^(m^.678) of all of the
// sun's power comes through. The infrared in it is weakened less than light by
// low suns and more by vapour under high ones, so that 15 % is as near as
// light can come, and nothing below 10°.
func TestBeamIsNearMeinelsPower(t *testing.T) {
	for _, e := range elevations[1:] {
		got := Luminance(clearSky(e).Beam()) / SunIrradiance
		within(t, "share of the beam", got, math.Pow(.7, math.Pow(airMass(e), .678)), 1.15)
	}
}

// The clear sky's light on level ground of IES 1984: .8 + 15.5·sqrt(sin) klx.
func TestSkyIlluminanceIsThatOfTheIES(t *testing.T) {
	for _, e := range elevations[1:] {
		want := 800 + 15500*math.Sqrt(math.Sin(e*degree))
		within(t, "sky's illuminance", lux(clearSky(e).Horizontal()), want, 1.25)
	}
}

// The zenith's luminance lies between the measurements of Karayel, Navvab,
// Ne'eman and Selkowitz 1984, doi 10.1016/0378-7788(84)90060-6, (1.376·T -
// 1.81)·tan + .38 kcd/m², and the model of Preetham, Shirley and Smits 1999,
// table A.2. T is the whole optical depth over that of the molecules.
func TestZenithLuminanceIsBetweenPublishedOnes(t *testing.T) {
	const turbidity = 2.4
	for _, e := range []float64{15, 30, 45, 60} {
		low := ((1.376*turbidity-1.81)*math.Tan(e*degree) + .38) * 1000
		chi := (4./9 - turbidity/120) * 2 * e * degree
		high := ((4.0453*turbidity-4.9710)*math.Tan(chi) - .2155*turbidity + 2.4192) * 1000
		got := lux(clearSky(e).Radiance([3]float64{0, 1, 0}))
		if got < low || got > high {
			t.Errorf("zenith under a sun at %v°: got %.0f cd/m², want %.0f to %.0f", e, got, low, high)
		}
	}
}

// Around a sun at 28° the sky is as bright as three photographed ones are on the
// mean, over what white level ground would be: autumn_field_puresky,
// qwantani_puresky and rustig_koppie_puresky of Poly Haven. Nearer than
// 10° the lens's own glow is in them.
func TestAureoleIsThatOfPhotographs(t *testing.T) {
	const e = 28.
	s := New(Light{SunElevation: e * degree, Haze: .1})
	white := (Luminance(s.Horizontal()) + Luminance(s.Beam())*math.Sin(e*degree)) / math.Pi
	for angle, want := range map[float64]float64{10: .57, 14: .44, 20: .345, 28: .217} {
		turn := 2 * math.Asin(math.Sin(angle*degree/2)/math.Cos(e*degree))
		within(t, "radiance at "+degrees(angle)+" from the sun", Luminance(s.Radiance(Toward(e*degree, turn)))/white, want, 1.75)
	}
}

// observed is the illuminance of level ground in lux under a clear sky, as the
// U.S. Naval Observatory fits measurements from noon to the end of twilight:
// Janiczek and DeYoung 1987, Circular 171.
func observed(elevation float64) float64 {
	x := elevation / 90
	for _, fit := range []struct{ from, a, b, c, d float64 }{
		{20, 3.74, 3.97, -4.07, 1.47},
		{5, 3.05, 13.28, -45.98, 64.33},
		{-.8, 2.88, 22.26, -207.64, 1034.30},
		{-5, 2.88, 21.81, -258.11, -858.36},
		{-12, 2.70, 12.17, -431.69, -1899.83},
		{-18, 13.84, 262.72, 1447.42, 2797.93},
	} {
		if elevation >= fit.from {
			return math.Pow(10, fit.a+x*(fit.b+x*(fit.c+x*fit.d)))
		}
	}
	return math.NaN()
}

func TestGroundIsAsBrightAsObserved(t *testing.T) {
	for _, c := range []struct{ from, to, step, factor float64 }{
		{0, 90, 5, 1.35},
		{-18, -1, 1, 2.2}, // over eight powers of ten
	} {
		for e := c.from; e <= c.to; e += c.step {
			s := clearSky(e)
			got := lux(s.Horizontal()) + lux(s.Beam())*max(0, math.Sin(e*degree))
			within(t, "illuminance under a sun at "+degrees(e), got, observed(e), c.factor)
		}
	}
}

// The same circular's full moon.
func TestFullMoonIsAsBrightAsObserved(t *testing.T) {
	for _, e := range []float64{20, 30, 45, 60, 90} {
		x := e / 90
		want := math.Pow(10, -1.95+x*(4.06+x*(-4.24+x*1.56)))
		s := New(Light{SunElevation: -e * degree, Haze: ordinary, Moon: 1})
		got := lux(s.Horizontal()) + lux(s.Beam())*math.Sin(e*degree)
		within(t, "illuminance under a moon at "+degrees(e), got, want, 1.7)
	}
}

// What an eye expects: blue skies by day and at the blue hour, an orange sun
// and horizon at sunset, grey clouds.
func TestColoursAreWhatOneSees(t *testing.T) {
	zenith := [3]float64{0, 1, 0}
	for _, e := range []float64{-10, -6, -4, 2, 10, 30, 60} {
		c := clearSky(e).Radiance(zenith)
		if !(c[2] > 1.2*c[1] && c[1] > c[0]) {
			t.Errorf("zenith under a sun at %v° is %.3g, want blue over green over red", e, c)
		}
	}
	s := clearSky(2)
	for what, c := range map[string][3]float64{"beam": s.Beam(), "sky by the sun": s.Radiance(Toward(3*degree, 0))} {
		if !(c[0] > 1.5*c[1] && c[1] > 2*c[2]) {
			t.Errorf("the %s at sunset is %.3g, want orange", what, c)
		}
	}
	for _, e := range []float64{5, 15, 30, 60} {
		c := New(Light{SunElevation: e * degree, Haze: ordinary, Cover: 1}).Radiance(zenith)
		if brightest, darkest := max(c[0], c[1], c[2]), min(c[0], c[1], c[2]); brightest > 1.2*darkest {
			t.Errorf("clouds under a sun at %v° are %.3g, want grey", e, c)
		}
	}
}
