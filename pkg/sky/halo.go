package sky

import (
	"math"

	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/fit"
	"github.com/clipenv/toolkit/pkg/sky/mask"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// A lamp shines through lens and air upon the sky around it. That is no thing
// that stands there: it goes with the lamp, and what is left is sky.
const (
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
	over raster.Plane // how far a texel that is no sky for the mask is sky behind a halo
	part raster.Plane // share of a texel's light that is the lamp's, over that around the halo
}

// hides says that a lamp or its halo hides the sky of a texel.
func (h halo) hides(i int) bool { return h.over.V != nil && h.over.V[i] > .5 }

// findHalo looks for what lies on a straight way from a lamp to open sky, all
// along which it grows darker, by no step such as a thing's edge makes.
func (sc *Scene) findHalo() (h halo) {
	s, paper := sc.s, sc.paper()
	lamps := make([]bool, len(sc.lum.V))
	for i, v := range sc.lum.V {
		lamps[i] = isLamp(v, paper) > .5
	}
	lg := sc.lum.Like().Each(func(i int) float32 { return num.Log2(sc.lum.V[i] + sc.f.Floor) })
	h.over, h.part = sc.lum.Like(), sc.lum.Like()
	in := make([]bool, len(lamps))
	most := float32(haloStep / math.Sqrt(sc.f.Scale))
	var way []int
	for y := range s.H / 2 {
		for x := range s.W {
			i := y*s.W + x
			inside := lamps[(y+1)*s.W+x] && lamps[max(y-1, 0)*s.W+x] && lamps[y*s.W+(x+1)%s.W] && lamps[y*s.W+(x+s.W-1)%s.W]
			if !lamps[i] || inside || sc.Mask.Alpha.V[i] > haloOpen {
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
				rim := sc.lum.V[way[covered]]
				for _, at := range way[:covered] {
					h.over.V[at] = 1
					h.part.V[at] = max(h.part.V[at], 1-rim/max(sc.lum.V[at], rim))
				}
			}
		}
	}
	sc.takeHeads(&h, lamps)
	for i := range lamps {
		lamps[i] = h.over.V[i] > 0
	}
	for i, beside := range raster.Grown(lamps, s.W, s.H, sc.f.Texels(haloRim)) {
		if beside && sc.Mask.Alpha.V[i] > .02 {
			h.over.V[i] = 1
		}
	}
	h.over, h.part = h.over.Blur(sc.f.Scale), h.part.Blur(sc.f.Scale)
	sc.addGlow(in)
	sc.fitHalo(in)
	return h
}

// takeHeads adds to a halo the lamps themselves that are small and stand before the sky:
// what is seen of them is glare, larger than they are. What the mask has for sky all
// over is a star.
func (sc *Scene) takeHeads(h *halo, lamps []bool) {
	s := sc.s
	p := raster.Connect(lamps, s.W, s.H)
	size := p.Sum(func(i int) float64 { return s.Solid[i/s.W] })
	ring, open, sky := make([]float64, p.Count), make([]float64, p.Count), make([]float64, p.Count)
	hides := make([]bool, p.Count)
	for y := 1; y < s.H/2; y++ {
		for x := range s.W {
			part := p.Of[y*s.W+x]
			if part < 0 {
				continue
			}
			hides[part] = hides[part] || sc.Mask.Alpha.Row(y)[x] < .5
			for _, n := range [4]int{y*s.W + (x+1)%s.W, y*s.W + (x+s.W-1)%s.W, (y-1)*s.W + x, (y+1)*s.W + x} {
				if p.Of[n] == part {
					continue
				}
				ring[part]++
				if over := max(sc.Mask.Alpha.V[n], h.over.V[n]); over > .5 {
					open[part]++
					sky[part] += float64(sc.lum.V[n] * (1 - h.part.V[n]))
				}
			}
		}
	}
	for i, part := range p.Of[:len(p.Of)/2] {
		if part >= 0 && hides[part] && size[part] < headMost && open[part] > headOpen*ring[part] {
			h.over.V[i] = 1
			h.part.V[i] = max(0, 1-float32(sky[part]/open[part])/sc.lum.V[i])
		}
	}
}

// fitHalo adds to the smooth sky what lamps add to it around them, as fitGlow does
// for a sun, so that it does not count as clouds.
func (sc *Scene) fitHalo(in []bool) {
	known := sc.lum.Like().Each(func(i int) float32 {
		if in[i] && sc.Mask.Alpha.V[i] > haloOpen {
			return 1
		}
		return 0
	})
	sigma := haloBlur * sc.f.Scale
	weight := known.Blur(sigma)
	for c := range sc.fit {
		over := sc.lum.Like().Each(func(i int) float32 {
			return known.V[i] * (fit.Stops(sc.im.Pix[3*i:3*i+3], sc.f.Floor)[c] - sc.fit[c].V[i])
		}).Blur(sigma)
		for i, w := range weight.V[:len(weight.V)/2] {
			if w > 0 {
				sc.fit[c].V[i] += over.V[i] / max(w, .5)
			}
		}
	}
	sc.fitBelow()
}

// addGlow adds to what is a halo that of far lamps together, as of a town: whatever is
// brighter beside them than the smooth sky.
func (sc *Scene) addGlow(in []bool) {
	if sc.off.V == nil {
		return
	}
	lamps := make([]bool, len(in))
	for i, v := range sc.off.V {
		lamps[i] = v > .5
	}
	for i, near := range raster.Grown(lamps, sc.s.W, sc.s.H, sc.f.Texels(mask.HaloReach)) {
		in[i] = in[i] || near && num.Log2(sc.lum.V[i]+sc.f.Floor) > sc.smoothSky(i)
	}
}

// haloWay is the texels from a lamp in a direction, to where open sky shows nothing
// of its light, and how many of them the mask takes for no sky; that is -1 where
// something stands between.
func (sc *Scene) haloWay(way []int, lg raster.Plane, lamps []bool, x, y int, angle float64, most float32) ([]int, int) {
	s := sc.s
	up, aside := math.Sincos(angle)
	aside /= max(s.CosEl[y], .1)
	last, covered := lg.Row(y)[x], -1
	for d := 1; d <= sc.f.Texels(haloFades); d++ {
		ny := y - int(math.Round(float64(d)*up))
		if ny < 0 || ny >= s.H/2 || covered < 0 && d > sc.f.Texels(mask.HaloReach) {
			break
		}
		nx := x + int(math.Round(float64(d)*aside))
		i := ny*s.W + ((nx%s.W)+s.W)%s.W
		v := lg.V[i]
		if lamps[i] || v > last+haloRise || d > haloEdge && v < last-most {
			break
		}
		last = min(v, last)
		if covered < 0 && sc.Mask.Alpha.V[i] > haloOpen {
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
	return num.Log2(rgb.Luminance(num.Exp2(sc.fit[0].V[i]), num.Exp2(sc.fit[1].V[i]), num.Exp2(sc.fit[2].V[i])))
}

// readHalo reads a row of what lamps and their halos hide, which shows no clouds.
func (c *compositor) readHalo(y int) {
	c.halo.Read(y)
	c.part.Read(y)
	for x := range c.halo.At {
		c.halo.At[x] *= float32(c.p.far)
		c.clear[x] = c.alpha[x] * (1 - c.halo.At[x])
		c.shown[x] = max(c.alpha[x], c.halo.At[x])
	}
}

// shine lays the halo of lamps over a row of sky, as far as they are on.
func (c *compositor) shine(pix []float32) {
	gain, share := c.p.lampGain()
	far := float32(c.p.far)
	for x, part := range c.part.At {
		if more := far * part * gain * share; more > 0 {
			for k := range 3 {
				c.above[3*x+k] += more * pix[3*x+k]
			}
		}
	}
}
