package sky

import (
	"math"

	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
)

// enclosed changes the light of a place that shows neither sky nor windows by as
// much as the light outside changes, everywhere alike: a room's lamps are its light,
// and what they light changes with them.
func (p *plan) enclosed() {
	sc := p.sc
	light, was := onWalls(p.t.Light), onWalls(sc.Light)
	var colour [3]float64
	for c := range colour {
		colour[c] = p.t.Tint[c] * math.Pow(light[c]/max(luma(light), 1e-30)/max(was[c]/max(luma(was), 1e-30), 1e-6), .6)
	}
	colour = times(colour, 1/max(luma(colour), 1e-30))
	stops := p.stops
	if sc.Kind == Indoor {
		stops += math.Log2(max(p.t.Lamps, 1e-6))
	}
	s := newSphere(min(sc.s.w, lightWidth), min(sc.s.h, lightWidth/2))
	for c := range p.relit.gain {
		p.relit.gain[c] = newPlane(s.w, s.h).each(func(int) float32 {
			return float32(stops + math.Log2(max(colour[c], 1e-3)))
		})
	}
}

// onWalls is what falls on walls of all facings on the mean, in package atmosphere's
// units: nothing tells where a room of which no window is sure sees out, and low
// light comes in as it falls on walls.
func onWalls(l atmosphere.Light) [3]float64 {
	s := atmosphere.New(l)
	up := s.Source()[1]
	if up < 0 {
		return times(s.Horizontal(), .5)
	}
	return plus(times(s.Horizontal(), .5), times(s.Beam(), math.Sqrt(max(1-up*up, 0))/math.Pi))
}
