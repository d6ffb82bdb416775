package sky

import (
	"math"
	"testing"

	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// No sky that is drawn ends in a line at the horizon, darker or of another colour than what
// stands over it: there it is flat, so that a mirror goes on without a crease.
func TestNoSkyEndsInALine(t *testing.T) {
	for _, el := range []float64{60, 20, 9, 6, 2, 0, -2, -4, -6, -9, -14} {
		for _, haze := range []float64{0, .3, .7, 1} {
			l := atmosphere.Light{SunElevation: num.Radians(el), SunAzimuth: 1, Haze: haze}
			d := draw(Target{Light: l}, l, 512)
			lum := raster.Luminances(d.im)
			low, last := d.s.Row(2.5), d.s.H/2-1
			for x := range d.s.W {
				near := el > 0 && d.s.Towards(x, last, d.source) > math.Cos(num.Radians(2*liftBeside))
				for y := low; y <= last; y++ {
					if falls := num.Log2(lum.Row(low)[x] / lum.Row(y)[x]); falls > .8 {
						t.Fatalf("sun at %v°, haze %v: column %d falls by %.2f stops from %.1f° to %.1f°, want at most .8", el, haze, x, falls, d.s.Elevation[low], d.s.Elevation[y])
					}
				}
				if steep := num.Abs(num.Log2(lum.Row(last)[x] / lum.Row(last - 1)[x])); !near && el > -6 && steep > .1 {
					t.Fatalf("sun at %v°, haze %v: column %d changes by %.3f stops over the last row, want at most .1", el, haze, x, steep)
				}
				red := func(y int) float32 { return d.im.Row(y)[3*x] / d.im.Row(y)[3*x+2] }
				if by := red(last) / red(low); !near && el > -6 && by > 1.5 {
					t.Fatalf("sun at %v°, haze %v: column %d has %.2f times as much red over blue at the horizon as at 2.5°, want at most 1.5", el, haze, x, by)
				}
			}
		}
	}
}

// High up a sky is package atmosphere's, and about a low sun its place is the model's, too.
func TestALiftedSkyIsTheModelsAboveAndAboutTheSun(t *testing.T) {
	for _, el := range []float64{50, 20, 9, 6} {
		l := atmosphere.Light{SunElevation: num.Radians(el), SunAzimuth: 1, Haze: .3}
		d := draw(Target{Light: l}, l, 512)
		model := atmosphere.New(l).Render(d.s.W, d.s.H)
		sx, sy := d.s.Texel(d.source)
		for x := range d.s.W {
			for _, y := range []int{d.s.Row(70), d.s.Row(25), sy} {
				if y == sy && x != sx {
					continue
				}
				i := 3 * (y*d.s.W + x)
				want := balanced([3]float64{float64(model[i]), float64(model[i+1]), float64(model[i+2])})
				for c, v := range want {
					if off := math.Abs(float64(d.im.Pix[i+c])/v - 1); off > .04 {
						t.Fatalf("sun at %v°: at %.0f° the sky is %.3f off the model's, want at most .04", el, d.s.Elevation[y], off)
					}
				}
			}
		}
	}
}

// The colour that a beam is asked to have is the one that the map then shows.
func TestTheBeamHasTheTemperatureAskedFor(t *testing.T) {
	sc := analysed(t, noonField(512), Day)
	for _, elevation := range []float64{50, 8} {
		for _, kelvin := range []float64{3000, 5500, 6500, 9000} {
			target := sc.Own()
			target.SunElevation, target.Kelvin, target.Strength = num.Radians(elevation), kelvin, 1
			out := analysed(t, rendered(t, sc, target), Day)
			got, away := atmosphere.Temperature(out.Sun.Beam)
			if math.Abs(got/kelvin-1) > .02 || math.Abs(away) > .002 {
				t.Errorf("a beam of %v K at %v° is one of %.0f K, Duv %.4f", kelvin, elevation, got, away)
			}
		}
	}
}
