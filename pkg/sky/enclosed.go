package sky

import (
	"math"

	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
)

// enclosed changes the light of a place that shows neither sky nor windows by as
// much as the light outside changes. Lamps keep theirs.
func (p *plan) enclosed() {
	sc := p.sc
	light, was := onWalls(p.t.Light), onWalls(sc.Light)
	var colour [3]float64
	for c := range colour {
		colour[c] = p.t.Tint[c] * math.Pow(light[c]/max(luma(light), 1e-30)/max(was[c]/max(luma(was), 1e-30), 1e-6), .6)
	}
	colour = times(colour, 1/max(luma(colour), 1e-30))
	s := newSphere(min(sc.s.w, lightWidth), min(sc.s.h, lightWidth/2))
	for c := range p.relit.gain {
		p.relit.gain[c] = newPlane(s.w, s.h).each(func(int) float32 {
			return float32(p.stops + math.Log2(max(colour[c], 1e-3)))
		})
	}
	p.lamps, p.large = true, sc.tooLarge()
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

// tooLarge is how far a texel is of something too large for a lamp: what may be a
// window, a patch of sun, or a wall that is lit, none of which stands out from what is
// around it as a lamp does. It follows the light outside.
func (sc *Scene) tooLarge() plane {
	lg := sc.lum.like().each(func(i int) float32 { return log2(sc.lum.v[i] + sc.f.floor) })
	around := lg.opened(sc.f.texels(lampWide))
	return lg.each(func(i int) float32 { return 1 - step(lampStands/2, lampStands, lg.v[i]-around.v[i]) })
}

// lampWide is how many texels at 1024×512 lie at most on either side of a lamp's middle,
// and lampStands the stops by which one stands out.
const (
	lampWide           = 12.
	lampStands float32 = 2
)
