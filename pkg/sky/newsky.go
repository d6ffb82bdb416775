package sky

import (
	"math"
	"sync"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// modelWidth is the width at which the new sky is drawn; the disc is drawn at
// full size.
const modelWidth = 512

// noon is the light to which all others compare.
var noon = atmosphere.Light{SunElevation: num.Radians(60), Haze: .25}

// lightStops is what falls on level ground under a light, in stops over noon.
func lightStops(l atmosphere.Light) float64 {
	return math.Log2(max(rgb.Lum(onLevel(l)), 1e-30) / rgb.Lum(atNoon()))
}

// atNoon is what falls on level ground at noon.
var atNoon = sync.OnceValue(func() [3]float64 { return onLevel(noon) })

// onLevel is what falls on level ground under a light, in package atmosphere's units.
func onLevel(l atmosphere.Light) [3]float64 {
	s := atmosphere.New(l)
	return rgb.Plus(s.Horizontal(), rgb.Times(s.Beam(), max(s.Source()[1], 0)))
}

// noonWhite is the colour of what falls on level ground at noon, with a luminance of 1.
// It is what a camera takes for white: real maps by day have as much red as blue on
// level ground, where package atmosphere, whose white is D65, has a quarter more.
var noonWhite = sync.OnceValue(func() [3]float64 { return rgb.Times(atNoon(), 1/rgb.Lum(atNoon())) })

// balanced is a light of package atmosphere as a camera sees it.
func balanced(c [3]float64) [3]float64 {
	white := noonWhite()
	return [3]float64{c[0] / white[0], c[1] / white[1], c[2] / white[2]}
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
	base   [3]raster.Plane // at modelWidth
	beam   [3]float64
	hidden [3]float64 // what stays of the beam that a canopy hides
	after  [3]float64 // of a sun that has set, what falls from its side over that from the other
	clouds cloudLight // that they stand in, in package atmosphere's units
	level  float64    // irradiance of it all on level ground, without the beam
	source envmap.Vec
	model  *atmosphere.Sky
	scale  float64 // of the model's radiance to the map's
}

// drawn is a target's sky without its disc, in package atmosphere's units and a
// camera's colours, and its beam.
type drawn struct {
	im     *hdr.Image
	s      *raster.Sphere
	beam   [3]float64
	source envmap.Vec
	model  *atmosphere.Sky
}

// draw draws a target's sky at a width, without clouds that are drawn over it, between
// which it is open's: all of its light where there are none.
func draw(t Target, open atmosphere.Light, w int) drawn {
	s, model := raster.NewSphere(w, w/2), atmosphere.New(t.Light)
	source := vec(model.Source())
	im := hdr.New(w, w/2)
	atmosphere.New(open).Draw(im.Pix[:len(im.Pix)/2], w, w/2)
	mist := misty(t.Fog)
	beam, level := rgb.Times(balanced(model.Beam()), math.Exp(-fogDepth*t.Fog)), balanced(model.Horizontal())
	// Thick cloud and fog are nearly neutral: their droplets mix the light of
	// all sides.
	neutral := pow(rgb.Plus(level, rgb.Times(beam, max(source.Y, 0))), .2)
	neutral = rgb.Times(neutral, 1/max(rgb.Lum(neutral), 1e-30))
	grey := .9 * num.Step(.3, 1, open.Cover)
	inside := rgb.Lum(level) / math.Pi
	lift := newLift(t.Light, source)
	for y := s.H/2 - 1; y >= 0; y-- { // upwards: what a row shows stands higher
		row := im.Row(y)
		for x := range s.W {
			c := balanced(lift.at(im, s, x, y))
			lum := rgb.Lum(c)
			for k := range c {
				c[k] += grey * (lum*neutral[k] - c[k])
			}
			if mist > 0 {
				// Inside fog the light is even, with a soft side to the sun.
				angle := num.Acos(s.Towards(x, y, source))
				even := inside * (.93 + .25*math.Exp(-(angle/.6)*(angle/.6)))
				for k := range c {
					c[k] = float64(num.Exp2(float32(1-mist)*num.Log2(max(float32(c[k]), 1e-30)) + float32(mist)*num.Log2(float32(max(even*neutral[k], 1e-30)))))
				}
			}
			c = warmed(c, t.Warmth, s.Elevation[y], s.SinLon[x]*source.X+s.CosLon[x]*source.Z)
			for k := range c {
				row[3*x+k] = float32(c[k])
			}
		}
	}
	for y := s.H / 2; y < s.H; y++ { // what stands at the horizon goes on below it
		copy(im.Row(y), im.Row(s.H/2-1))
	}
	return drawn{im, s, beam, source, model}
}

// drawSky draws a target's sky and mixes it with the old one by far, 0 to 1.
// stops is the change of the light on level ground.
func (sc *Scene) drawSky(t Target, far, stops float64) (n newSky) {
	w := min(sc.s.W, modelWidth)
	d := draw(t, sc.between(t), w)
	im, beam, model := d.im, d.beam, d.model
	n.source = d.source
	if far == 0 {
		n.source = sc.Sun.Direction
	}
	above := rgb.Plus(fromAbove(im, d.s), rgb.Times(beam, max(n.source.Y, 0)))
	level := sc.levelFor(t.Light)
	if t.KeepEnergy { // of what the map itself gives
		level -= rgb.Lum(sc.canopy.beam) * max(sc.canopy.to.Y, 0)
	}
	scale := level * math.Exp2(stops) / max(rgb.Lum(above), 1e-30)
	n.model, n.scale = model, scale*far
	n.level = math.Pow(rgb.Lum(fromAbove(im, d.s))*scale, far) * math.Pow(rgb.Lum(sc.old.sky)*math.Exp2(stops), 1-far)
	// The old beam goes down with the sun: the place of the new source is then a
	// moon's, as far over the horizon.
	stays := math.Exp2(stops) * num.Step(-1, .3, num.Degrees(t.SunElevation))
	tint := rgb.Times(t.Tint, 1/max(rgb.Lum(t.Tint), 1e-6))
	for c := range n.base {
		old := sc.fit[c].Smaller(w)
		if old.W != w {
			old = old.To(w, w/2)
		}
		shift := float32(math.Log2(max(scale, 1e-30)))
		colour := float32(math.Log2(max(tint[c], 1e-4)))
		n.base[c] = raster.NewPlane(w, w/2).Each(func(i int) float32 {
			drawn := num.Log2(max(im.Pix[3*i+c], 1e-30)) + shift
			return float32(1-far)*(old.V[i]+float32(stops)) + float32(far)*drawn + colour
		})
		n.beam[c] = tint[c] * (far*scale*beam[c] + (1-far)*stays*sc.Sun.Disc()[c])
		n.hidden[c] = tint[c] * (1 - far) * stays * sc.canopy.beam[c]
	}
	n.after, n.clouds = rgb.Times(d.after(t.Light), far*scale), d.onClouds(t)
	if t.Kelvin > 0 {
		n.beam = rgb.Times(atmosphere.Kelvin(t.Kelvin), rgb.Lum(n.beam))
	}
	n.beam = rgb.Times(n.beam, math.Exp2(t.SunStops))
	return n
}

// afterglow is what falls from the upper half of a sky on a wall that faces a direction,
// over what falls on one that faces the other way.
func afterglow(im *hdr.Image, s *raster.Sphere, to envmap.Vec) (sum [3]float64) {
	level := envmap.Vec{X: to.X, Z: to.Z}.Unit()
	for y := range s.H / 2 {
		row, line := im.Row(y), [3]float64{}
		for x := range s.W {
			cosine := s.SinLon[x]*level.X + s.CosLon[x]*level.Z
			for c := range line {
				line[c] += cosine * float64(row[3*x+c])
			}
		}
		sum = rgb.Plus(sum, rgb.Times(line, s.Solid[y]*s.CosEl[y]))
	}
	for c := range sum {
		sum[c] = max(sum[c], 0)
	}
	return sum
}

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
	by := float32(warmth * math.Exp(-max(elevation, 0)/18) * (.15 + .85*side*side))
	w := c
	for k, stops := range warmStops {
		w[k] *= float64(num.Exp2(stops * by))
	}
	return rgb.Times(w, rgb.Lum(c)/max(rgb.Lum(w), 1e-30))
}

// lacksWarmth is how far the low sky towards a target's sun is less red over blue than the
// target has it: a sun that stands where a sunset's would may stand in a white sky.
func (sc *Scene) lacksWarmth(t Target) float64 {
	asked := min(t.Warmth/warmthWhole, 1)
	if asked <= 0 || !sc.fits {
		return 0
	}
	d := draw(t, sc.between(t), warmthWidth)
	red, blue := sc.fit[0].Smaller(warmthWidth).To(d.s.W, d.s.H), sc.fit[2].Smaller(warmthWidth).To(d.s.W, d.s.H)
	level := envmap.Vec{X: d.source.X, Z: d.source.Z}.Unit()
	tint := float64(num.Log2(float32(max(t.Tint[0], 1e-4) / max(t.Tint[2], 1e-4))))
	var sum, all float64
	for y := d.s.Row(warmthHigh); y < d.s.Row(warmthLow); y++ {
		for x := range d.s.W {
			if d.s.SinLon[x]*level.X+d.s.CosLon[x]*level.Z > warmthNear {
				new := d.im.Row(y)[3*x : 3*x+3]
				i := y*d.s.W + x
				sum += float64(num.Log2(max(new[0], 1e-30)/max(new[2], 1e-30))-red.V[i]+blue.V[i]) + tint
				all++
			}
		}
	}
	return asked * num.Step(warmthLess, warmthNone, sum/max(all, 1))
}

// A sky is as warm as it is asked to be up to so many stops of red over blue less, and is not
// from so many on, of what lies between two heights and within 60° of the sun's azimuth.
// A warmth of warmthWhole asks for all of it.
const (
	warmthLess, warmthNone = .4, .9
	warmthLow, warmthHigh  = 4., 16. // degrees
	warmthNear             = .5
	warmthWhole            = .5
	warmthWidth            = 64
)

// misty is how far fog of an extinction takes the sky's place.
func misty(extinction float64) float64 { return 1 - math.Exp(-100*extinction) }

// fogDepth is how many metres of fog the beam comes through.
const fogDepth = 400
