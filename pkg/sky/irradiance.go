package sky

import (
	"math"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
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
func fromAbove(im *hdr.Image, s *raster.Sphere) (sum [3]float64) {
	for y := range s.H / 2 {
		row, line := im.Row(y), [3]float64{}
		for x := range s.W {
			for c := range line {
				line[c] += float64(row[3*x+c])
			}
		}
		sum = rgb.Plus(sum, rgb.Times(line, s.Solid[y]*s.SinEl[y]))
	}
	return sum
}

// collect sums a map without its disc, at any size, and a beam from a
// direction. The beam is the irradiance of a surface that faces it.
func collect(im *hdr.Image, s *raster.Sphere, beam [3]float64, to envmap.Vec) (l lights) {
	l.sky = fromAbove(im, s)
	columns := make([]float64, 3*s.W) // what falls on a wall that faces each
	for y := range s.H {
		level := s.Solid[y] * s.CosEl[y]
		for i, v := range im.Row(y) {
			columns[i] += level * float64(v)
		}
	}
	for i, n := range facings {
		for x := range s.W {
			if cosine := s.SinLon[x]*n.X + s.CosLon[x]*n.Z; cosine > 0 {
				l.wall[i] = rgb.Plus(l.wall[i], rgb.Times([3]float64(columns[3*x:]), cosine))
			}
		}
	}
	l.add(beam, to)
	return l
}

// add is one more beam.
func (l *lights) add(beam [3]float64, to envmap.Vec) {
	l.beam = rgb.Plus(l.beam, rgb.Times(beam, max(to.Y, 0)))
	for i, n := range facings {
		l.flash[i] = rgb.Plus(l.flash[i], rgb.Times(beam, max(to.Dot(n), 0)))
	}
}

var facings = func() (n [walls]envmap.Vec) {
	for i := range n {
		n[i].X, n[i].Z = math.Sincos(2 * math.Pi * float64(i) / walls)
	}
	return n
}()

// level is what falls on level ground.
func (l *lights) level() [3]float64 { return rgb.Plus(l.sky, l.beam) }

// hard is the beam's share of it.
func (l *lights) hard() float64 { return rgb.Lum(l.beam) / max(rgb.Lum(l.level()), 1e-30) }

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
		mean = rgb.Plus(mean, rgb.Times(f, 1./walls))
	}
	mix := func(v *[walls][3]float64) [3]float64 {
		return rgb.Plus(rgb.Times(v[i], 1-part), rgb.Times(v[(i+1)%walls], part))
	}
	return rgb.Plus(mix(&l.wall), rgb.Plus(rgb.Times(mix(&l.flash), 1-turnedAway), rgb.Times(mean, turnedAway)))
}

// columns is facing for each column of a map.
func (l *lights) columns(s *raster.Sphere) [][3]float64 {
	out := make([][3]float64, s.W)
	for x := range out {
		out[x] = l.facing(s.SinLon[x], s.CosLon[x])
	}
	return out
}

// wallShare is how far what is seen at an elevation in degrees is lit as a wall
// is and not as level ground.
func wallShare(elevation float64) float64 { return .7 * num.Step(-14, 2, elevation) }

// reliefShare is how far ground is, beside that: stones and blades of grass turn a
// side to the camera as well, so that away from a low sun ground is warm and bright,
// and dim towards it. Underfoot it is seen from above.
func reliefShare(elevation float64) float64 {
	return relief * (1 - num.Step(-14, 2, elevation)) * num.Step(-75, -20, elevation)
}

// relief is the part of the ground that stands upright.
const relief = .15
