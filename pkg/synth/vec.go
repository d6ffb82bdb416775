package synth

import (
	"math"

	"github.com/clipenv/toolkit/pkg/rgb"
)

// vec is a direction or point (metres, z up) or a colour (linear RGB).
type vec struct{ x, y, z float64 }

func (a vec) add(b vec) vec           { return vec{a.x + b.x, a.y + b.y, a.z + b.z} }
func (a vec) sub(b vec) vec           { return vec{a.x - b.x, a.y - b.y, a.z - b.z} }
func (a vec) mul(b vec) vec           { return vec{a.x * b.x, a.y * b.y, a.z * b.z} }
func (a vec) scale(s float64) vec     { return vec{a.x * s, a.y * s, a.z * s} }
func (a vec) dot(b vec) float64       { return a.x*b.x + a.y*b.y + a.z*b.z }
func (a vec) length() float64         { return math.Sqrt(a.dot(a)) }
func (a vec) unit() vec               { return a.scale(1 / math.Max(a.length(), 1e-12)) }
func (a vec) to(b vec, t float64) vec { return a.scale(1 - t).add(b.scale(t)) }

// luma is the luminance of a linear colour with Rec. 709 primaries.
func (a vec) luma() float64 { return rgb.Luminance(a.x, a.y, a.z) }

// turn rotates a about the vertical by the angle whose cosine and sine are c, s.
func (a vec) turn(c, s float64) vec { return vec{c*a.x - s*a.y, s*a.x + c*a.y, a.z} }

// direction is the unit vector at an azimuth and an elevation.
func direction(azimuth, elevation float64) vec {
	c := math.Cos(elevation)
	return vec{c * math.Cos(azimuth), c * math.Sin(azimuth), math.Sin(elevation)}
}

func clamp(x, lo, hi float64) float64 { return min(max(x, lo), hi) }

func lerp(a, b, t float64) float64 { return a + (b-a)*t }

// smooth is the cubic step from 0 at a to 1 at b.
func smooth(a, b, x float64) float64 {
	t := clamp((x-a)/(b-a), 0, 1)
	return t * t * (3 - 2*t)
}

// wrap brings an angle into [-π, π].
func wrap(a float64) float64 { return math.Remainder(a, 2*math.Pi) }

// fastExp is exp for x ≤ 0.
func fastExp(x float64) float64 {
	if x < -12 {
		return 0
	}
	return math.Exp(x)
}
