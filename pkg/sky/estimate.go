package sky

import (
	"math"

	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
)

// judgeSun takes the kind of scene into account. A lamp is no sun. By day a
// low sun behind branches or thin cloud counts, though its disc is broken: it
// still must be several times brighter than all else.
func (sc *Scene) judgeSun() {
	u := &sc.Sun
	switch {
	case sc.Kind == Indoor || sc.Kind == Night:
		u.Found = false
	case !u.Found:
		el := u.Direction.Elevation()
		u.Found = el > sunLowest && el < veiledBelow && u.Ratio > veiledRatio && u.Alone > veiledAlone && u.Share > sunLeast
	}
}

// estimate is the light that a map shows. What cannot be seen is guessed: a
// sun that hides stands at 35°.
func (sc *Scene) estimate() atmosphere.Light {
	d := sc.Sun.Direction
	l := atmosphere.Light{SunAzimuth: radians(d.Azimuth()), Haze: .25}
	switch {
	case sc.Sun.Found:
		l.SunElevation = radians(d.Elevation())
		// A beam weaker than a clear sky's says how much cloud is before it.
		clear := atmosphere.New(l)
		free := luma(clear.Beam()) / max(luma(clear.Horizontal()), 1e-30)
		has := luma(sc.Sun.Beam) / max(luma(sc.old.sky), 1e-30)
		l.Cover = min(max(1-math.Sqrt(has/max(free, 1e-30)), 0), .8) * sc.greyness() * (1 - sc.canopy.spots)
	case sc.Kind == Night:
		l.SunElevation, l.Moon, l.Stars = radians(-38), 1, .5
	case sc.Kind == Dusk:
		l.SunElevation = radians(.5)
	default:
		l.SunElevation = radians(35)
		l.Cover = sc.greyness() * (1 - sc.canopy.spots)
	}
	return l
}

// greyness is the share of the sky that is cloud by its colour: blue lies less
// than half a stop over red.
func (sc *Scene) greyness() float64 {
	var grey, all float64
	for y := range sc.s.h / 2 {
		for x, a := range sc.Mask.alpha.row(y) {
			if a > .9 {
				i := y*sc.s.w + x
				blue := float64(sc.f.f[2].v[i]-sc.f.f[1].v[i]) / chromaPart
				grey += sc.s.solid[y] * (1 - step(.15, .9, blue))
				all += sc.s.solid[y]
			}
		}
	}
	return grey / max(all, 1e-12)
}

// Own is the target that leaves the scene as it is.
func (sc *Scene) Own() Target {
	return Target{Light: sc.Light, Tint: [3]float64{1, 1, 1}, Detail: 1, Lamps: 1, Glow: 1, Softened: .85, Strength: 1}
}
