package atmosphere

import (
	"math"
	"testing"
)

// CIE S 011's type 1, and within 3 % the formula of Moon and Spencer 1942, (1 +
// 2·sin)/3, that it keeps beside its own.
func TestGradationIsTheStandards(t *testing.T) {
	for _, c := range []struct{ elevation, want float64 }{
		{0, .3349}, {15, .4245}, {30, .6652}, {45, .8326}, {60, .9317}, {90, 1},
	} {
		sin := math.Sin(c.elevation * degree)
		if got := Gradation(sin); math.Abs(got-c.want) > 1e-3 {
			t.Errorf("gradation at %v° is %v, want %v", c.elevation, got, c.want)
		}
		if got := Gradation(sin); math.Abs(got-(1+2*sin)/3) > .085 {
			t.Errorf("gradation at %v° is %v, want near %v", c.elevation, got, (1+2*sin)/3)
		}
	}
}

func TestOvercastSkyHasTheGradation(t *testing.T) {
	s := New(Light{SunElevation: .7, Haze: .3, Cover: 1})
	zenith := Luminance(s.Radiance([3]float64{0, 1, 0}))
	for _, e := range []float64{0, 10, 30, 60} {
		for _, a := range []float64{0, 1, 3} {
			got := Luminance(s.Radiance(Toward(e*degree, a))) / zenith
			if want := Gradation(math.Sin(e * degree)); math.Abs(got-want) > 1e-4 {
				t.Errorf("at %v°: got %v of the zenith, want %v", e, got, want)
			}
		}
	}
}

// Kasten and Czeplak's sum on level ground, and a beam of (1 - n)².
func TestCoverTakesWhatIsSaid(t *testing.T) {
	for _, e := range []float64{-6, 2, 20, 60} {
		open := New(Light{SunElevation: e * degree, Haze: .3})
		up := max(0, math.Sin(e*degree))
		level := func(s *Sky) float64 { return Luminance(s.Horizontal()) + Luminance(s.Beam())*up }
		for _, n := range []float64{.1, .3, .5, .8, 1} {
			s := New(Light{SunElevation: e * degree, Haze: .3, Cover: n})
			if got, want := level(s)/level(open), 1-.75*math.Pow(n, 3.4); math.Abs(got-want) > 1e-3 {
				t.Errorf("sun at %v°, cover %v: the ground gets %v of clear, want %v", e, n, got, want)
			}
			if got, want := Luminance(s.Beam()), (1-n)*(1-n)*Luminance(open.Beam()); math.Abs(got-want) > 1e-9*want {
				t.Errorf("sun at %v°, cover %v: beam %v, want %v", e, n, got, want)
			}
		}
	}
}
