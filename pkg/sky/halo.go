package sky

import (
	"math"

	"github.com/clipenv/toolkit/pkg/rgb"
)

// A lamp shines through lens and air upon the sky around it. That is no thing
// that stands there: it goes with the lamp, and what is left is sky.
const (
	haloReach = 24. // texels at 1024×512 from a lamp to the sky that the mask knows
	haloFades = 64. // and to where nothing of it is seen
	haloEdge  = 2   // texels beside a lamp that may fall by any step: its own edge
	haloStep  = .6  // stops from texel to texel, beyond which a thing's edge stands
	haloRise  = .06 // stops that grain may rise by
	haloOpen  = .9  // of the mask where no halo hides the sky
	haloRim   = 3.  // texels beside a halo that the mask takes for some of each
	haloEnds  = .15 // stops over the smooth sky
	haloBlur  = 5.  // texels
	haloRays  = 48
	headOpen  = .8   // share of what is around a lamp that is sky, of one that stands before it
	headMost  = .012 // and its solid angle at most, in steradians, with its glare
)

// halo is where lamps shine upon the sky. The zero value is nowhere.
type halo struct {
	over plane // how far a texel that is no sky for the mask is sky behind a halo
	part plane // share of a texel's light that is the lamp's, over that around the halo
}

// hides says that a lamp or its halo hides the sky of a texel.
func (h halo) hides(i int) bool { return h.over.v != nil && h.over.v[i] > .5 }

// findHalo looks for what lies on a straight way from a lamp to open sky, all
// along which it grows darker, by no step such as a thing's edge makes.
func (sc *Scene) findHalo() (h halo) {
	s, paper := sc.s, sc.paper()
	lamps := make([]bool, len(sc.lum.v))
	for i, v := range sc.lum.v {
		lamps[i] = isLamp(v, paper) > .5
	}
	lg := sc.lum.like().each(func(i int) float32 { return log2(sc.lum.v[i] + sc.f.floor) })
	h.over, h.part = sc.lum.like(), sc.lum.like()
	in := make([]bool, len(lamps))
	most := float32(haloStep / math.Sqrt(sc.f.scale))
	var way []int
	for y := range s.h / 2 {
		for x := range s.w {
			i := y*s.w + x
			inside := lamps[(y+1)*s.w+x] && lamps[max(y-1, 0)*s.w+x] && lamps[y*s.w+(x+1)%s.w] && lamps[y*s.w+(x+s.w-1)%s.w]
			if !lamps[i] || inside || sc.Mask.alpha.v[i] > haloOpen {
				continue
			}
			for ray := range haloRays {
				var covered int
				if way, covered = sc.haloWay(way[:0], lg, lamps, x, y, 2*math.Pi*float64(ray)/haloRays, most); covered < 0 {
					continue
				}
				for _, at := range way {
					in[at] = true
				}
				rim := sc.lum.v[way[covered]]
				for _, at := range way[:covered] {
					h.over.v[at] = 1
					h.part.v[at] = max(h.part.v[at], 1-rim/max(sc.lum.v[at], rim))
				}
			}
		}
	}
	sc.takeHeads(&h, lamps)
	for i := range lamps {
		lamps[i] = h.over.v[i] > 0
	}
	for i, beside := range grown(lamps, s.w, s.h, sc.f.texels(haloRim)) {
		if beside && sc.Mask.alpha.v[i] > .02 {
			h.over.v[i] = 1
		}
	}
	h.over, h.part = h.over.blur(sc.f.scale), h.part.blur(sc.f.scale)
	sc.addGlow(in)
	sc.fitHalo(in)
	return h
}

// takeHeads adds to a halo the lamps themselves that are small and stand before the sky:
// what is seen of them is glare, larger than they are. What the mask has for sky all
// over is a star.
func (sc *Scene) takeHeads(h *halo, lamps []bool) {
	s := sc.s
	p := connect(lamps, s.w, s.h)
	size := p.sum(func(i int) float64 { return s.solid[i/s.w] })
	ring, open, sky := make([]float64, p.count), make([]float64, p.count), make([]float64, p.count)
	hides := make([]bool, p.count)
	for y := 1; y < s.h/2; y++ {
		for x := range s.w {
			part := p.of[y*s.w+x]
			if part < 0 {
				continue
			}
			hides[part] = hides[part] || sc.Mask.alpha.row(y)[x] < .5
			for _, n := range [4]int{y*s.w + (x+1)%s.w, y*s.w + (x+s.w-1)%s.w, (y-1)*s.w + x, (y+1)*s.w + x} {
				if p.of[n] == part {
					continue
				}
				ring[part]++
				if over := max(sc.Mask.alpha.v[n], h.over.v[n]); over > .5 {
					open[part]++
					sky[part] += float64(sc.lum.v[n] * (1 - h.part.v[n]))
				}
			}
		}
	}
	for i, part := range p.of[:len(p.of)/2] {
		if part >= 0 && hides[part] && size[part] < headMost && open[part] > headOpen*ring[part] {
			h.over.v[i] = 1
			h.part.v[i] = max(0, 1-float32(sky[part]/open[part])/sc.lum.v[i])
		}
	}
}

// fitHalo adds to the smooth sky what lamps add to it around them, as fitGlow does
// for a sun, so that it does not count as clouds.
func (sc *Scene) fitHalo(in []bool) {
	known := sc.lum.like().each(func(i int) float32 {
		if in[i] && sc.Mask.alpha.v[i] > haloOpen {
			return 1
		}
		return 0
	})
	sigma := haloBlur * sc.f.scale
	weight := known.blur(sigma)
	for c := range sc.fit {
		over := sc.lum.like().each(func(i int) float32 {
			return known.v[i] * (skyStops(sc.im.Pix[3*i:3*i+3], sc.f.floor)[c] - sc.fit[c].v[i])
		}).blur(sigma)
		for i, w := range weight.v[:len(weight.v)/2] {
			if w > 0 {
				sc.fit[c].v[i] += over.v[i] / max(w, .5)
			}
		}
	}
	sc.fitBelow()
}

// addGlow adds to what is a halo that of far lamps together, as of a town: whatever is
// brighter beside them than the smooth sky.
func (sc *Scene) addGlow(in []bool) {
	if sc.off.v == nil {
		return
	}
	lamps := make([]bool, len(in))
	for i, v := range sc.off.v {
		lamps[i] = v > .5
	}
	for i, near := range grown(lamps, sc.s.w, sc.s.h, sc.f.texels(haloReach)) {
		in[i] = in[i] || near && log2(sc.lum.v[i]+sc.f.floor) > sc.smoothSky(i)
	}
}

// haloWay is the texels from a lamp in a direction, to where open sky shows nothing
// of its light, and how many of them the mask takes for no sky; that is -1 where
// something stands between.
func (sc *Scene) haloWay(way []int, lg plane, lamps []bool, x, y int, angle float64, most float32) ([]int, int) {
	s := sc.s
	up, aside := math.Sincos(angle)
	aside /= max(s.cosEl[y], .1)
	last, covered := lg.row(y)[x], -1
	for d := 1; d <= sc.f.texels(haloFades); d++ {
		ny := y - int(math.Round(float64(d)*up))
		if ny < 0 || ny >= s.h/2 || covered < 0 && d > sc.f.texels(haloReach) {
			break
		}
		nx := x + int(math.Round(float64(d)*aside))
		i := ny*s.w + ((nx%s.w)+s.w)%s.w
		v := lg.v[i]
		if lamps[i] || v > last+haloRise || d > haloEdge && v < last-most {
			break
		}
		last = min(v, last)
		if covered < 0 && sc.Mask.alpha.v[i] > haloOpen {
			covered = len(way)
		}
		if way = append(way, i); covered >= 0 && v < sc.smoothSky(i)+haloEnds {
			break
		}
	}
	return way, covered
}

// smoothSky is log2 of the luminance of the smooth sky at a texel.
func (sc *Scene) smoothSky(i int) float32 {
	return log2(rgb.Luminance(exp2(sc.fit[0].v[i]), exp2(sc.fit[1].v[i]), exp2(sc.fit[2].v[i])))
}

// readHalo reads a row of what lamps and their halos hide, which shows no clouds.
func (c *compositor) readHalo(y int) {
	c.halo.read(y)
	c.part.read(y)
	for x := range c.halo.at {
		c.halo.at[x] *= float32(c.p.far)
		c.clear[x] = c.alpha[x] * (1 - c.halo.at[x])
		c.shown[x] = max(c.alpha[x], c.halo.at[x])
	}
}

// shine lays the halo of lamps over a row of sky, as far as they are on.
func (c *compositor) shine(pix []float32) {
	gain, share := c.p.lampGain()
	far := float32(c.p.far)
	for x, part := range c.part.at {
		if more := far * part * gain * share; more > 0 {
			for k := range 3 {
				c.above[3*x+k] += more * pix[3*x+k]
			}
		}
	}
}
