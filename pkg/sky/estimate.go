package sky

import (
	"math"

	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/sky/feature"
	"github.com/clipenv/toolkit/pkg/sky/num"
)

// estimate is the light that a map shows. What cannot be seen is guessed: a
// sun that hides stands at 35°.
func (sc *Scene) estimate() atmosphere.Light {
	d := sc.Sun.Direction
	l := atmosphere.Light{SunAzimuth: num.Radians(d.Azimuth()), Haze: .25}
	switch {
	case sc.Sun.Found:
		l.SunElevation = num.Radians(d.Elevation())
		// A beam weaker than a clear sky's says how much cloud is before it.
		clear := atmosphere.New(l)
		free := rgb.Lum(clear.Beam()) / max(rgb.Lum(clear.Horizontal()), 1e-30)
		has := rgb.Lum(sc.Sun.Beam) / max(rgb.Lum(sc.old.sky), 1e-30)
		l.Cover = min(max(1-math.Sqrt(has/max(free, 1e-30)), 0), .8) * sc.greyness() * (1 - sc.canopy.spots)
	case sc.Kind == Night:
		l.SunElevation, l.Moon, l.Stars = num.Radians(-38), 1, .5
	case sc.Kind == Dusk:
		l.SunElevation = num.Radians(.5)
	default:
		l.SunElevation = num.Radians(35)
		l.Cover = sc.greyness() * (1 - sc.canopy.spots)
	}
	return l
}

// greyness is the share of the sky that is cloud by its colour: blue lies less
// than half a stop over red.
func (sc *Scene) greyness() float64 {
	var grey, all float64
	for y := range sc.s.H / 2 {
		for x, a := range sc.Mask.Alpha.Row(y) {
			if a > .9 {
				i := y*sc.s.W + x
				blue := float64(sc.f.F[2].V[i]-sc.f.F[1].V[i]) / feature.ChromaPart
				grey += sc.s.Solid[y] * (1 - num.Step(.15, .9, blue))
				all += sc.s.Solid[y]
			}
		}
	}
	return grey / max(all, 1e-12)
}

// Own is the target that leaves the scene as it is.
func (sc *Scene) Own() Target {
	return Target{Light: sc.Light, Tint: [3]float64{1, 1, 1}, Detail: 1, Lamps: 1, Glow: 1, Softened: .85, Strength: 1}
}
