package sky

import (
	"math"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/sky/num"
)

// meant are a target's numbers at its strength, with the sun where it finds open
// sky, if it looks for any. own is the scene's target.
func (sc *Scene) meant(t, own Target) Target {
	m := t.towards(own, t.Strength)
	mixes := sc.mixes(t, own)
	if mixes {
		m.Light = t.Light
	}
	if t.FindOpenSky && (mixes || change(own.Light, m.Light, sc.movesWithin()) > .5) && m.Cover < .9 {
		m.Light = sc.openSky(m.Light, t.KeepElevation)
	}
	return m
}

// mixes says that a part of a target is a mixture of its sky and the scene's.
func (sc *Scene) mixes(t, own Target) bool {
	return math.Abs(t.Moon-own.Moon) > .5 || sc.Kind == Night && t.Anew
}

// movesWithin is the angle, in degrees, within which a sun that moves makes another
// sky of a scene's: what shows no sun changes by one that does.
func (sc *Scene) movesWithin() float64 {
	if sc.Sun.Found {
		return 10
	}
	return 5
}

// Stand is where a sun stands that a target asks for.
type Stand struct {
	Elevation, Azimuth float64 // radians
	Behind             float64 // share of its disc that trees or houses hide, 0 to 1
}

// Stands says where the sun that a target asks for stands, after it looked for open
// sky. ok is false where none casts a shadow: below the horizon, or behind thick
// cloud.
func (sc *Scene) Stands(t Target) (stand Stand, ok bool) {
	m := sc.meant(t, sc.Own())
	if !sc.fits || m.SunElevation <= 0 || m.Cover >= .9 {
		return stand, false
	}
	stand.Elevation, stand.Azimuth = m.SunElevation, math.Remainder(m.SunAzimuth, 2*math.Pi)
	stand.Behind = 1 - float64(sc.clearest(vec(atmosphere.Toward(m.SunElevation, m.SunAzimuth)), discInSight))
	return stand, true
}

// clearest is the least that the mask is within so many degrees of a direction.
func (sc *Scene) clearest(d envmap.Vec, within float64) float32 {
	least, near := float32(1), math.Cos(num.Radians(within))
	sc.s.Around(d, within, func(x, y int) {
		if sc.s.Towards(x, y, d) > near {
			least = min(least, sc.Mask.Alpha.Row(y)[x])
		}
	})
	return least
}

// discInSight is how far around a disc, in degrees, nothing may stand before it.
const discInSight = .7

// openSky is the place nearest to a direction, in azimuth and a little up,
// where the disc stands before open sky: one that is hidden casts no shadow
// in what the map lights. A degree up costs as much as ten aside. A sun that keeps
// its elevation is looked for all around.
func (sc *Scene) openSky(l atmosphere.Light, keepElevation bool) atmosphere.Light {
	if l.SunElevation <= 0 || sc.Mask.Share == 0 {
		return l
	}
	rises, turns := 12, 90
	if keepElevation {
		rises, turns = 0, 180
	}
	best, found := math.Inf(1), l
	for up := range rises + 1 {
		for turn := -turns; turn <= turns; turn += 2 {
			at := l
			at.SunElevation += num.Radians(float64(up))
			at.SunAzimuth += num.Radians(float64(turn))
			cost := math.Abs(float64(turn))/20 + float64(up)/2
			if cost >= best || at.SunElevation > math.Pi/2 {
				continue
			}
			if sc.clearest(vec(atmosphere.Toward(at.SunElevation, at.SunAzimuth)), discInSight) <= .9 {
				cost += 12
			}
			if cost < best {
				best, found = cost, at
			}
		}
	}
	return found
}

// inFront is how far around the source, in degrees, light of its disc is drawn
// before what hides it.
const inFront = 1.

// through tells whether the sun lights through what hides it. A high one that a
// roof hides does not by itself.
func (p *plan) through() bool {
	return p.t.SunElevation > 0 && (p.t.ThroughThings || p.t.SunElevation < num.Radians(throughBelow))
}

// throughBelow is how high a sun, in degrees, may stand behind trees and be there.
const throughBelow = 15.

// sunInFront draws what things hide of a sun that is asked for: a map lights from what
// is in it, and a low sun behind trees is there.
func (c *compositor) sunInFront(y int, out []float32) {
	d, reach := c.p.sky.source, max(inFront, 180/float64(c.s.H))
	if math.Abs(c.s.Elevation[y]-d.Elevation()) > reach {
		return
	}
	near := math.Cos(num.Radians(reach))
	for x, a := range c.alpha {
		if a < 1 && c.s.Towards(x, y, d) > near {
			for k := range 3 {
				out[3*x+k] += (1 - a) * c.disc[3*x+k]
			}
		}
	}
}
