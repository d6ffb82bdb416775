package sky

import (
	"math"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
)

// walls is the number of upright surfaces whose light is known.
const walls = 16

// lights is what falls on level ground and on upright surfaces: from the sky,
// with what the ground sends back, and from the beam.
type lights struct {
	sky, beam   [3]float64        // on level ground
	wall, flash [walls][3]float64 // on a wall that faces azimuth 2π·i/walls: sky and ground, beam
}

// fromAbove is what falls on level ground from the upper half of a map without
// its disc.
func fromAbove(im *hdr.Image, s *sphere) (sum [3]float64) {
	for y := range s.h / 2 {
		row, line := im.Row(y), [3]float64{}
		for x := range s.w {
			for c := range line {
				line[c] += float64(row[3*x+c])
			}
		}
		sum = plus(sum, times(line, s.solid[y]*s.sinEl[y]))
	}
	return sum
}

// collect sums a map without its disc, at any size, and a beam from a
// direction. The beam is the irradiance of a surface that faces it.
func collect(im *hdr.Image, s *sphere, beam [3]float64, to envmap.Vec) (l lights) {
	l.sky = fromAbove(im, s)
	columns := make([]float64, 3*s.w) // what falls on a wall that faces each
	for y := range s.h {
		level := s.solid[y] * s.cosEl[y]
		for i, v := range im.Row(y) {
			columns[i] += level * float64(v)
		}
	}
	for i, n := range facings {
		for x := range s.w {
			if cosine := s.sinLon[x]*n.X + s.cosLon[x]*n.Z; cosine > 0 {
				l.wall[i] = plus(l.wall[i], times([3]float64(columns[3*x:]), cosine))
			}
		}
	}
	l.add(beam, to)
	return l
}

// add is one more beam.
func (l *lights) add(beam [3]float64, to envmap.Vec) {
	l.beam = plus(l.beam, times(beam, max(to.Y, 0)))
	for i, n := range facings {
		l.flash[i] = plus(l.flash[i], times(beam, max(to.Dot(n), 0)))
	}
}

var facings = func() (n [walls]envmap.Vec) {
	for i := range n {
		n[i].X, n[i].Z = math.Sincos(2 * math.Pi * float64(i) / walls)
	}
	return n
}()

// level is what falls on level ground.
func (l *lights) level() [3]float64 { return plus(l.sky, l.beam) }

// hard is the beam's share of it.
func (l *lights) hard() float64 { return luma(l.beam) / max(luma(l.level()), 1e-30) }

// turnedAway is the part of the beam that reaches relief and leaves which
// face another way.
const turnedAway = .25

// facing is what falls on a wall seen in a direction: one that faces the
// camera.
func (l *lights) facing(sinLon, cosLon float64) [3]float64 {
	at := math.Atan2(-sinLon, -cosLon) / (2 * math.Pi) * walls
	if at < 0 {
		at += walls
	}
	i := int(at) % walls
	part := at - math.Floor(at)
	mean := [3]float64{}
	for _, f := range l.flash {
		mean = plus(mean, times(f, 1./walls))
	}
	mix := func(v *[walls][3]float64) [3]float64 {
		return plus(times(v[i], 1-part), times(v[(i+1)%walls], part))
	}
	return plus(mix(&l.wall), plus(times(mix(&l.flash), 1-turnedAway), times(mean, turnedAway)))
}

// columns is facing for each column of a map.
func (l *lights) columns(s *sphere) [][3]float64 {
	out := make([][3]float64, s.w)
	for x := range out {
		out[x] = l.facing(s.sinLon[x], s.cosLon[x])
	}
	return out
}

// wallShare is how far what is seen at an elevation in degrees is lit as a wall
// is and not as level ground.
func wallShare(elevation float64) float64 { return .7 * step(-14, 2, elevation) }

// reliefShare is how far ground is, beside that: stones and blades of grass turn a
// side to the camera as well, so that away from a low sun ground is warm and bright,
// and dim towards it. Underfoot it is seen from above.
func reliefShare(elevation float64) float64 {
	return relief * (1 - step(-14, 2, elevation)) * step(-75, -20, elevation)
}

// relief is the part of the ground that stands upright.
const relief = .15
