// Package synth draws labelled environment maps: skies by the height of the
// sun, clouds, nights, grounds, horizons, and rooms lit by windows and lamps.
//
//	New(seed, i) -> Scene: what there is, and its label.Attributes
//	Scene.Draw(w, h) -> hdr.Image, linear radiance, row 0 at the zenith
//
// Scene i of a seed is the same whatever else was drawn, and a scene is the
// same at every size. Light is linked: the sun, the sky and the lamps light
// the ground and what stands on it by Lambert's law, clouds take from the sun,
// and water mirrors the sky. Every map is at one exposure, by which noon is
// bright and night is dark; only sunlit snow and sand are exposed down.
package synth

import (
	"math"
	"math/rand/v2"

	"github.com/clipenv/toolkit/pkg/label"
)

// Version is raised whenever a scene is drawn otherwise than before.
const Version = 1

// Scene is a place to be drawn. It may be drawn by several goroutines at once.
type Scene struct {
	Attributes label.Attributes

	view     viewer
	solids   []*solid
	bearings [][2]float64 // azimuth and half width of each solid, radians
	discs    []disc
	exposure float64
	yaw      float64 // of the whole map, in turns
}

// New is scene i of a seed.
func New(seed, i uint64) *Scene {
	return NewLike(seed, i, 0)
}

// NewLike is scene i of a seed among those that have the wanted attributes of
// setting, time, weather, place and ground; what is not wanted is drawn freely.
// Wants that no scene can meet, such as snow in a studio, are ignored in part.
func NewLike(seed, i uint64, want label.Attributes) *Scene {
	r := rand.New(rand.NewPCG(seed, i*0x9e3779b97f4a7c15+0x2545f4914f6cdd1d))
	var s *Scene
	indoor := r.Float64() < .2
	if want.Any(label.Setting) {
		indoor = want.Has(label.Indoor)
	} else if want.Any(rooms) {
		indoor = true
	} else if want&^label.Tone != 0 {
		indoor = false
	}
	if indoor {
		s = newRoom(want, r)
	} else {
		s = newOutdoor(want, r)
	}
	s.yaw = r.Float64()
	for _, a := range s.solids {
		distance, width := a.away()
		azimuth := 0.
		if distance > 0 {
			azimuth = math.Atan2(a.centre.y, a.centre.x)
		}
		s.bearings = append(s.bearings, [2]float64{azimuth, width + .01})
	}
	small := s.draw(48, 24, 1)
	s.Attributes |= label.Measure(small.Pix, small.W, small.H)
	return s
}

// choice is an attribute and how often it is drawn.
type choice struct {
	attribute label.Attributes
	weight    float64
}

// pick draws one of the choices, among the wanted ones when there are any.
func pick(r *rand.Rand, want label.Attributes, choices ...choice) label.Attributes {
	for _, wanted := range []bool{true, false} {
		var sum float64
		for _, c := range choices {
			if !wanted || want.Any(c.attribute) {
				sum += c.weight
			}
		}
		if sum == 0 {
			continue
		}
		at := sum * r.Float64()
		for _, c := range choices {
			if !wanted || want.Any(c.attribute) {
				if at -= c.weight; at <= 0 {
					return c.attribute
				}
			}
		}
	}
	return choices[len(choices)-1].attribute
}

func between(r *rand.Rand, lo, hi float64) float64 { return lo + (hi-lo)*r.Float64() }
