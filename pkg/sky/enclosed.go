package sky

import (
	"math"

	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// enclosed changes the light of a place that shows neither sky nor windows by as
// much as the light outside changes, everywhere alike: a room's lamps are its light,
// and what they light changes with them.
func (p *plan) enclosed() {
	sc := p.sc
	light, was := onWalls(p.t.Light), onWalls(sc.Light)
	var colour [3]float64
	for c := range colour {
		colour[c] = p.t.Tint[c] * math.Pow(light[c]/max(rgb.Lum(light), 1e-30)/max(was[c]/max(rgb.Lum(was), 1e-30), 1e-6), .6)
	}
	colour = rgb.Times(colour, 1/max(rgb.Lum(colour), 1e-30))
	stops := p.stops
	if sc.Kind == Indoor {
		stops += math.Log2(max(p.t.Lamps, 1e-6))
	}
	s := raster.NewSphere(min(sc.s.W, lightWidth), min(sc.s.H, lightWidth/2))
	for c := range p.relit.gain {
		p.relit.gain[c] = raster.NewPlane(s.W, s.H).Each(func(int) float32 {
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
		return rgb.Times(s.Horizontal(), .5)
	}
	return rgb.Plus(rgb.Times(s.Horizontal(), .5), rgb.Times(s.Beam(), math.Sqrt(max(1-up*up, 0))/math.Pi))
}
