package sky

import "math"

// enclosed changes the light of a place that shows neither sky nor windows by as
// much as the light outside changes. Lamps keep theirs.
func (p *plan) enclosed() {
	sc := p.sc
	light, was := onLevel(p.t.Light), onLevel(sc.Light)
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

// tooLarge marks what is too large for a lamp: what may be a window, or a patch of
// sun. It follows the light outside.
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
	return planeOf(grown(in, s.w, s.h, sc.f.texels(3)), s.w, s.h)
}

// lampLargest is the solid angle of a lamp, in steradians.
const lampLargest = .006
