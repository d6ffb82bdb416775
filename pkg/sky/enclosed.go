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
// window, a patch of sun, or a wall that is lit, which doesn't stand out from what is
// around it either. It follows the light outside.
func (sc *Scene) tooLarge() plane {
	s, paper := sc.s, sc.paper()
	in := make([]bool, len(sc.lum.v))
	for i, v := range sc.lum.v {
		in[i] = isLamp(v, paper) > .3
	}
	p := connect(in, s.w, s.h)
	size := p.sum(func(i int) float64 { return s.solid[i/s.w] })
	for i, part := range p.of {
		in[i] = part >= 0 && size[part] > lampLargest
	}
	large := planeOf(grown(in, s.w, s.h, sc.f.texels(lampEdge)), s.w, s.h)
	lg := sc.lum.like().each(func(i int) float32 { return log2(sc.lum.v[i] + sc.f.floor) })
	around := lg.opened(sc.f.texels(lampWide))
	return large.each(func(i int) float32 {
		return max(large.v[i], 1-step(lampStands/2, lampStands, lg.v[i]-around.v[i]))
	})
}

const (
	lampLargest = .006 // steradians of a lamp
	lampEdge    = 3.   // texels at 1024×512 over which what is larger ends
	lampWide    = 12.  // that lie at most on either side of a lamp's middle

	lampStands float32 = 2 // stops by which a lamp stands out
)
