package sky

import (
	"math"
	"sync"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
)

// modelWidth is the width at which the new sky is drawn; the disc is drawn at
// full size.
const modelWidth = 512

// noon is the light to which all others compare.
var noon = atmosphere.Light{SunElevation: radians(60), Haze: .25}

// lightStops is what falls on level ground under a light, in stops over noon.
func lightStops(l atmosphere.Light) float64 {
	return math.Log2(max(luma(onLevel(l)), 1e-30) / noonLevel())
}

var noonLevel = sync.OnceValue(func() float64 { return luma(onLevel(noon)) })

// onLevel is what falls on level ground under a light, in package atmosphere's units.
func onLevel(l atmosphere.Light) [3]float64 {
	s := atmosphere.New(l)
	return plus(s.Horizontal(), times(s.Beam(), max(s.Source()[1], 0)))
}

// artistic softens a physical change of stops, as eye and camera do: a real
// night lies 19 stops below day. It brightens by less than it darkens, since
// what a dark map does not hold cannot be made up.
func artistic(stops float64) float64 {
	s := stops / (1 + math.Abs(stops)/6)
	if s > 0 {
		s *= .35
	}
	return s
}

// settled leaves a level alone that words ask no other of: the light that a map
// shows is known to a quarter of a stop.
func settled(stops float64) float64 {
	return stops * stops * stops / (stops*stops + unsure*unsure)
}

const unsure = .35

// exposure is by how many stops a target changes the light on level ground.
func (sc *Scene) exposure(t Target) float64 {
	if t.KeepEnergy {
		return t.ExposureStops
	}
	is, own := lightStops(t.Light), lightStops(sc.Light)
	if sc.Kind == Night {
		return sc.nightfall(is, own, t.Anew) + t.ExposureStops
	}
	return settled(artistic(is-own)) + t.ExposureStops
}

// newSky is a sky to be put in: stops without clouds and disc, and the beam.
type newSky struct {
	base   [3]plane // at modelWidth
	beam   [3]float64
	hidden [3]float64 // what stays of the beam that a canopy hides
	white  [3]float64 // the light that clouds stand in, to a scale
	level  float64    // irradiance of it all on level ground, without the beam
	source envmap.Vec
	model  *atmosphere.Sky
	scale  float64 // of the model's radiance to the map's
}

// drawn is a target's sky without its disc, in package atmosphere's units, and
// its beam.
type drawn struct {
	im     *hdr.Image
	s      *sphere
	beam   [3]float64
	source envmap.Vec
	model  *atmosphere.Sky
}

// draw draws a target's sky at a width, without clouds that are drawn over it.
func draw(t Target, w int) drawn {
	s := newSphere(w, w/2)
	model, open := atmosphere.New(t.Light), between(t.Light, t.Clouds)
	source := vec(model.Source())
	im := hdr.New(w, w/2)
	atmosphere.New(open).Draw(im.Pix[:len(im.Pix)/2], w, w/2)
	mist := misty(t.Fog)
	beam := times(model.Beam(), math.Exp(-fogDepth*t.Fog))
	// Thick cloud and fog are nearly neutral: their droplets mix the light of
	// all sides.
	neutral := pow(plus(model.Horizontal(), times(beam, max(source.Y, 0))), .2)
	neutral = times(neutral, 1/max(luma(neutral), 1e-30))
	grey := .9 * step(.3, 1, open.Cover)
	level := luma(model.Horizontal()) / math.Pi
	low := s.row(lowAir) - 1
	for y := range s.h {
		row := im.Row(y)
		if y >= s.h/2 { // what stands at the horizon goes on below it
			copy(row, im.Row(s.h/2-1))
			continue
		}
		for x := range s.w {
			var c [3]float64
			for k := range c {
				c[k] = float64(row[3*x+k])
			}
			lum := luma(c)
			for k := range c {
				c[k] += grey * (lum*neutral[k] - c[k])
			}
			if mist > 0 {
				// Inside fog the light is even, with a soft side to the sun.
				angle := acos(s.towards(x, y, source))
				even := level * (.93 + .25*math.Exp(-(angle/.6)*(angle/.6)))
				for k := range c {
					c[k] = float64(exp2(float32(1-mist)*log2(max(float32(c[k]), 1e-30)) + float32(mist)*log2(float32(max(even*neutral[k], 1e-30)))))
				}
			}
			c = warmed(c, t.Warmth, s.elevation[y], s.sinLon[x]*source.X+s.cosLon[x]*source.Z)
			if y > low {
				c = lowest(c, im.Row(low)[3*x:])
			}
			for k := range c {
				row[3*x+k] = float32(c[k])
			}
		}
	}
	return drawn{im, s, beam, source, model}
}

// lowest holds the last degrees of a sky to what stands over them, by place. The air
// there lies in its own shade at dusk, by the model two stops and more: a dark line
// between the glow and what mirrors it, which mist, hills and the eye close.
func lowest(c [3]float64, above []float32) [3]float64 {
	over := [3]float64{float64(above[0]), float64(above[1]), float64(above[2])}
	falls := math.Log2(max(luma(over), 1e-30) / max(luma(c), 1e-30))
	if falls <= 0 {
		return c
	}
	part := 1 / (1 + falls/lowFall)
	for k := range c {
		c[k] = over[k] * math.Pow(max(c[k], 1e-30)/max(over[k], 1e-30), part)
	}
	return c
}

// lowAir is the elevation, in degrees, below which a sky is held, and lowFall the stops
// that it falls by at most.
const lowAir, lowFall = 2.5, .8

// drawSky draws a target's sky and mixes it with the old one by far, 0 to 1.
// stops is the change of the light on level ground.
func (sc *Scene) drawSky(t Target, far, stops float64) (n newSky) {
	w := min(sc.s.w, modelWidth)
	d := draw(t, w)
	im, beam, model := d.im, d.beam, d.model
	n.source = d.source
	if far == 0 {
		n.source = sc.Sun.Direction
	}
	above := plus(fromAbove(im, d.s), times(beam, max(n.source.Y, 0)))
	level := sc.levelFor(t.Light)
	if t.KeepEnergy { // of what the map itself gives
		level -= luma(sc.canopy.beam) * max(sc.canopy.to.Y, 0)
	}
	scale := level * math.Exp2(stops) / max(luma(above), 1e-30)
	n.model, n.scale = model, scale*far
	n.level = math.Pow(luma(fromAbove(im, d.s))*scale, far) * math.Pow(luma(sc.old.sky)*math.Exp2(stops), 1-far)
	// The old beam goes down with the sun: the place of the new source is then a
	// moon's, as far over the horizon.
	stays := math.Exp2(stops) * step(-1, .3, degrees(t.SunElevation))
	tint := times(t.Tint, 1/max(luma(t.Tint), 1e-6))
	for c := range n.base {
		old := sc.fit[c].smaller(w)
		if old.w != w {
			old = old.to(w, w/2)
		}
		shift := float32(math.Log2(max(scale, 1e-30)))
		colour := float32(math.Log2(max(tint[c], 1e-4)))
		n.base[c] = newPlane(w, w/2).each(func(i int) float32 {
			drawn := log2(max(im.Pix[3*i+c], 1e-30)) + shift
			return float32(1-far)*(old.v[i]+float32(stops)) + float32(far)*drawn + colour
		})
		n.beam[c] = tint[c] * (far*scale*beam[c] + (1-far)*stays*sc.Sun.disc()[c])
		n.hidden[c] = tint[c] * (1 - far) * stays * sc.canopy.beam[c]
	}
	n.white = cloudLight(fromAbove(im, d.s), beam, n.source)
	for c := range n.white {
		n.white[c] = math.Pow(n.white[c]*max(tint[c], 1e-3), far) * math.Pow(sc.white[c], 1-far)
	}
	if t.Kelvin > 0 {
		n.beam = times(atmosphere.Kelvin(t.Kelvin), luma(n.beam))
	}
	n.beam = times(n.beam, math.Exp2(t.SunStops))
	return n
}

// cloudLight is the colour of the light that clouds stand in, with a luminance of
// 1: they turn a side to a low sun.
func cloudLight(sky, beam [3]float64, to envmap.Vec) [3]float64 {
	c := plus(sky, times(beam, max(to.Y, cloudSide)))
	for k := range c {
		c[k] = max(c[k], 1e-3*luma(c), 1e-30)
	}
	return times(c, 1/luma(c))
}

// cloudSide is the least cosine at which the beam meets clouds.
const cloudSide = .3

func pow(c [3]float64, by float64) [3]float64 {
	return [3]float64{math.Pow(max(c[0], 1e-30), by), math.Pow(max(c[1], 1e-30), by), math.Pow(max(c[2], 1e-30), by)}
}

// warmStops is what a warmth of 1 does to each channel, before its luminance is
// kept.
var warmStops = [3]float32{float32(math.Log2(1.55)), float32(math.Log2(.92)), float32(math.Log2(.5))}

// warmed colours the low sky towards the sun as dust does at dusk, and keeps
// its luminance. cosine is that of the azimuth to the sun's.
func warmed(c [3]float64, warmth, elevation, cosine float64) [3]float64 {
	if warmth == 0 {
		return c
	}
	side := max(.5+.5*cosine, 0)
	by := float32(warmth * math.Exp(-max(elevation, 0)/18) * (.35 + .65*side*math.Sqrt(side)))
	w := c
	for k, stops := range warmStops {
		w[k] *= float64(exp2(stops * by))
	}
	return times(w, luma(c)/max(luma(w), 1e-30))
}

// misty is how far fog of an extinction takes the sky's place.
func misty(extinction float64) float64 { return 1 - math.Exp(-100*extinction) }

// fogDepth is how many metres of fog the beam comes through.
const fogDepth = 400
