package generator

import (
	"math"

	"github.com/clipenv/toolkit/pkg/sky"
)

// SkyNumber is a number of a light that a search may change, within bounds.
// Its coordinate has none: a number is the bounds' share that a logistic curve
// gives, whose ends lie a little beyond them. So a number that is all off, or
// all on, has a coordinate too, and stays there.
type SkyNumber struct {
	Name        string
	Least, Most float64

	// Scale is how far the map changes for one unit of the coordinate, beside
	// the other numbers; 0 holds the number. Held are the azimuth, which CLIP
	// cannot tell since its views are turned at random; moon and stars, since
	// between day and night lies a sunset; and the lift, which exposure has.
	Scale float64

	power float64 // of the share: more gives small values more room
	get   func(*sky.Target) *float64
	level bool // get is log2 of what is there
}

// SkyNumbers are the dimensions of a latent of Sky, in order. Angles are
// radians.
var SkyNumbers = []SkyNumber{
	{Name: "sun_elevation", Least: -1.1, Most: 1.4, Scale: .6, get: func(t *sky.Target) *float64 { return &t.SunElevation }},
	{Name: "sun_azimuth", Least: -math.Pi, Most: math.Pi, get: func(t *sky.Target) *float64 { return &t.SunAzimuth }},
	{Name: "haze", Most: 1, Scale: .7, get: func(t *sky.Target) *float64 { return &t.Haze }},
	{Name: "cover", Most: 1, Scale: 1, get: func(t *sky.Target) *float64 { return &t.Cover }},
	{Name: "fog", Most: .08, Scale: .7, power: 4, get: func(t *sky.Target) *float64 { return &t.Fog }},
	{Name: "snow", Most: 1, Scale: .5, get: func(t *sky.Target) *float64 { return &t.Snow }},
	{Name: "warmth", Most: 1.5, Scale: .7, get: func(t *sky.Target) *float64 { return &t.Warmth }},
	{Name: "rods", Most: 1, Scale: .5, get: func(t *sky.Target) *float64 { return &t.Rods }},
	{Name: "moon", Most: 2, get: func(t *sky.Target) *float64 { return &t.Moon }},
	{Name: "stars", Most: 1, get: func(t *sky.Target) *float64 { return &t.Stars }},
	{Name: "tint_red", Least: -1.5, Most: 1.5, Scale: .08, level: true, get: func(t *sky.Target) *float64 { return &t.Tint[0] }},
	{Name: "tint_blue", Least: -1.5, Most: 1.5, Scale: .08, level: true, get: func(t *sky.Target) *float64 { return &t.Tint[2] }},
	{Name: "exposure", Least: -3, Most: 3, Scale: .3, get: func(t *sky.Target) *float64 { return &t.ExposureStops }},
	{Name: "detail", Most: 2, Scale: .4, get: func(t *sky.Target) *float64 { return &t.Detail }},
	{Name: "lift", Least: -1, Most: 1, get: func(t *sky.Target) *float64 { return &t.Lift }},
	{Name: "sun_stops", Least: -4, Most: 4, Scale: .3, get: func(t *sky.Target) *float64 { return &t.SunStops }},
}

const (
	beyond = .02 // of the bounds, how far the curve reaches past either end
	atRest = 1.1 // coordinates at an end lie so many times its distance from the middle
)

// edge is the coordinate at which the curve reaches a bound.
var edge = math.Log((1 + beyond) / beyond)

// value is the number at a coordinate.
func (n SkyNumber) value(at float64) float64 {
	share := (1+2*beyond)/(1+math.Exp(-at)) - beyond
	share = min(max(share, 0), 1)
	if n.power > 0 {
		share = math.Pow(share, n.power)
	}
	return n.Least + share*(n.Most-n.Least)
}

// coordinate is the inverse of value. A number at its bound, or beyond it, is
// at rest there.
func (n SkyNumber) coordinate(value float64) float64 {
	share := (value - n.Least) / (n.Most - n.Least)
	switch {
	case share <= 0:
		return -atRest * edge
	case share >= 1:
		return atRest * edge
	}
	if n.power > 0 {
		share = math.Pow(share, 1/n.power)
	}
	p := (share + beyond) / (1 + 2*beyond)
	return math.Log(p / (1 - p))
}

// rests tells whether the number does not change around a coordinate.
func (n SkyNumber) rests(at float64) bool { return math.Abs(at) > edge+difference }

func (n SkyNumber) of(t sky.Target) float64 {
	v := *n.get(&t)
	switch {
	case n.level:
		v = math.Log2(max(v, 1e-3) / max(t.Tint[1], 1e-3))
	case n.Name == "sun_azimuth":
		v = math.Remainder(v, 2*math.Pi)
	}
	return v
}

func (n SkyNumber) set(t *sky.Target, v float64) {
	if n.level {
		v = math.Exp2(v)
		t.Tint[1] = 1
	}
	*n.get(t) = v
}

// Coordinates are those of a light.
func Coordinates(t sky.Target) []float32 {
	if t.Tint == ([3]float64{}) {
		t.Tint = [3]float64{1, 1, 1}
	}
	out := make([]float32, len(SkyNumbers))
	for i, n := range SkyNumbers {
		out[i] = float32(n.coordinate(n.of(t)))
	}
	return out
}
