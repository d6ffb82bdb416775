package sky

import (
	"math"

	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/num"
)

// snow lays snow on a row. What is dark of it the beam falls on less, or not at all, and the
// sky's light is left.
func (c *compositor) snow(y int, out []float32) {
	c.cover.Read(y)
	c.shade.Read(y)
	p, new := c.p, &c.p.relit.new
	whole := p.snow.lit * snowAlbedo / math.Pi
	sky, beam, sent := rgb.Times(new.sky, whole), rgb.Times(new.beam, whole), [3]float64{}
	hard := float32(new.hard())
	relief, cast := (1+hard)/(1+float32(p.sc.old.hard())), float32(p.relit.keep)
	if c.lampsOn.Some() {
		c.lampsOn.Read(y)
		sent = rgb.Times(p.sc.lampWhite(), rgb.Lum(p.sc.lamplight)*p.lampsLeft()*snowAlbedo/math.Pi)
	}
	for x, w := range c.cover.At {
		if w <= 0 {
			continue
		}
		v, lamps, stops := out[3*x:3*x+3], float32(0), c.shade.At[x]*relief
		if c.lampsOn.Some() {
			lamps = c.lampsOn.At[x]
		}
		if c.shadow.Some() {
			stops -= cast * max(c.shadow.At[x], 0)
		}
		shade := num.Exp2(stops)
		fromSky, fromBeam := shade, shade // of what falls on level snow
		if hard > 0 {
			fromSky, fromBeam = min(shade/(1-hard), 1), max((shade-(1-hard))/hard, 0)
		}
		for k := range v {
			v[k] += w * (float32(sky[k])*fromSky + float32(beam[k])*fromBeam + lamps*float32(sent[k])*shade - v[k])
		}
	}
}

// lampWhite is the colour of lamps on snow, of luminance 1: that of all light on level
// ground, to a camera that is set for it. What the sky leaves to lamps has no blue.
func (sc *Scene) lampWhite() [3]float64 {
	white := pow(rgb.Plus(sc.old.level(), sc.lamplight), 1-whiteAdapted)
	return rgb.Times(white, 1/max(rgb.Lum(white), 1e-30))
}

// veil lays fog over a row. What is all sky is left alone: of that lowSky knows.
func (c *compositor) veil(y int, open bool, out []float32) {
	g, el := c.p.fog, c.s.Elevation[y]
	g.through(el, c.through.Given())
	c.through.Spread()
	about := g.about(el)
	for x, through := range c.through.At {
		if open && c.alpha[x] >= 1 {
			continue
		}
		v := (*[3]float32)(out[3*x:])
		for k := range v {
			air := c.air[k][x]
			air += about * (g.even[k] - air)
			v[k] = air + through*(v[k]-air)
		}
	}
}

// lowSky lets a row of the sky pass into the fog's own light, which the ground
// passes into below.
func (c *compositor) lowSky(elevation float64) {
	g := c.p.fog
	clear, about := g.clear(elevation), g.about(elevation)
	for x := range c.alpha {
		if c.sky.hidden(x) {
			continue
		}
		for k := range 3 {
			air, v := c.air[k][x], &c.above[3*x+k]
			air += about * (g.even[k] - air)
			*v = air + clear*(*v-air)
		}
	}
}

// offWater reads where there is water in a row, and keeps off it what of the sky's
// mask is no more than the shine of a sky on it.
func (c *compositor) offWater(y int) {
	c.wet.Read(y)
	if c.s.Elevation[y] >= 0 {
		return
	}
	for x, a := range c.alpha {
		c.alpha[x] -= c.wet.At[x] * a * (1 - num.Step(shineMost, 1, a))
	}
}

// shineMost is how far the mask takes shine for sky at most.
const shineMost = .3

// reflect lets the water of a row change with the sky that it mirrors.
func (c *compositor) reflect(y int) {
	c.wetSky.Read(y)
	c.mirror.Read(y)
	for x, share := range c.wet.At {
		if share == 0 {
			continue
		}
		var over [3]float32
		for k := range over {
			over[k] = c.mirror[k].At[x] - c.gain[k].At[x]
		}
		light := rgb.Luminance(over[0], over[1], over[2])
		for k := range over {
			by := min(max(light, -mirrorOver), mirrorOver) + mirrorColour*(over[k]-light)
			c.gain[k].At[x] += share * c.wetSky.At[x] * by
		}
	}
}
