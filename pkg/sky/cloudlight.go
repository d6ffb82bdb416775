package sky

import (
	"math"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/sky/num"
)

// cloudLight is the light that clouds stand in: what a sky sends to level ground, what a
// beam sends to what faces it, where that beam comes from, and how much dust colours it.
type cloudLight struct {
	sky, beam [3]float64
	to        envmap.Vec
	warmth    float64
}

// cloudSide is the least cosine at which the beam meets clouds: they turn a side to a
// low sun.
const cloudSide = .3

// Half of what a cloud sends on was scattered often, and goes to all sides; the other half
// goes on by the phase function of Henyey and Greenstein 1941, doi 10.1086/144246, whose
// mean cosine is forwards: between .85, that of one droplet, and none.
const oftenScattered, forwards = .5, .5

// scattered is how much of a beam a cloud sends on at a cosine of the angle to its source,
// 1 in the mean of all sides.
func scattered(cosine float64) float64 {
	return oftenScattered + (1-oftenScattered)*(1-forwards*forwards)/math.Pow(1+forwards*forwards-2*forwards*cosine, 1.5)
}

// whiteAdapted is the power to which the colour of the light on clouds is taken: the
// eye takes most of it for white.
const whiteAdapted = .6

// colour is that of a cloud's lit side at a cosine of the angle to the beam's source, of
// luminance 1, and which share of its light the beam gives.
func (l cloudLight) colour(cosine float64) (c [3]float64, share float64) {
	beam := rgb.Times(l.beam, max(l.to.Y, cloudSide)*scattered(cosine))
	c = rgb.Plus(l.sky, beam)
	for k := range c {
		c[k] = max(c[k], 1e-3*rgb.Lum(c), 1e-30)
	}
	return rgb.Times(c, 1/rgb.Lum(c)), rgb.Lum(beam) / rgb.Lum(c)
}

// hues are the colours of clouds in a light, in stops, by the cosine of the angle to its
// source: colourAngles of them from -1 to 1, and the last again.
type hues [colourAngles + 1][3]float32

const colourAngles = 65

// hues are those that clouds have by nature, to the power of adapted; the warmth that
// colours the low sky comes to them with the beam, for as much of their light as that is.
func (l cloudLight) hues(adapted float64) (h hues) {
	for i := range h {
		c, share := l.colour(min(2*float64(i)/(colourAngles-1)-1, 1))
		c = warmed(pow(c, adapted), l.warmth*share, 0, 1)
		for k, v := range c {
			h[i][k] = float32(math.Log2(v / rgb.Lum(c)))
		}
	}
	return h
}

// shade are the colours of clouds' shaded side, and how far they show it. Where the sun is
// low, light of the sky and what little of the beam was scattered on to there make it violet,
// and pink before the sun; by day what the ground sends up is as strong, and it is grey.
func (l cloudLight) shade() (low float32, h hues) {
	if low = float32(num.Step(shadeHigh, shadeLow, l.to.Elevation())); low > 0 {
		l.beam = rgb.Times(l.beam, shadeBeam)
		h = l.hues(1)
	}
	return low, h
}

// shadeBeam is the share of the beam on clouds that comes to their shade, shadeHigh the sun's
// height in degrees from which on that is grey, and shadeLow up to which it is not.
const shadeBeam, shadeHigh, shadeLow = .15, 20., 10.

// at is the colour at a cosine.
func (h *hues) at(cosine float32) (c [3]float32) {
	place := (min(max(cosine, -1), 1) + 1) / 2 * (colourAngles - 1)
	i := int(place)
	part, a, b := place-float32(i), &h[i], &h[i+1]
	for k := range c {
		c[k] = a[k] + part*(b[k]-a[k])
	}
	return c
}

// onClouds is the light that clouds stand in under a target's sky. They are not in their
// own shade: what a broken cover hides of the beam from the ground lights them.
func (d *drawn) onClouds(t Target) cloudLight {
	l := cloudLight{sky: fromAbove(d.im, d.s), to: d.source, warmth: t.Warmth}
	l.beam = rgb.Times(balanced(atmosphere.New(gaps(t.Light)).Beam()), math.Exp(-fogDepth*t.Fog)*math.Exp2(t.SunStops))
	if t.Kelvin > 0 {
		l.beam = rgb.Times(atmosphere.Kelvin(t.Kelvin), rgb.Lum(l.beam))
	}
	if after := d.after(t.Light); rgb.Lum(after) > rgb.Lum(l.beam) {
		l.beam, l.warmth = rgb.Times(after, 1/cloudSide), 0 // of which the sky that it comes from has its own
	}
	return l
}

// after is what falls from the side of a sun that has set on a wall, over what falls from
// the other; by night, and by day, it is none.
func (d *drawn) after(l atmosphere.Light) [3]float64 {
	el := num.Degrees(l.SunElevation)
	part := num.Step(0, -2, el) * num.Step(-16, -10, el)
	if part == 0 {
		return [3]float64{}
	}
	return rgb.Times(afterglow(d.im, d.s, d.source), part)
}
