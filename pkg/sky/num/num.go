// Package num has the functions of one number that all of the sky's packages use: angles,
// a smooth step, and powers, logarithms and the arc cosine by tables and polynomials, which
// a map of 8192×4096 asks for some hundreds of millions of times.
package num

import "math"

// Abs is a number without its sign.
func Abs(v float32) float32 { return float32(math.Abs(float64(v))) }

// Degrees are those of an angle in radians.
func Degrees(radians float64) float64 { return radians * 180 / math.Pi }

// Radians are those of an angle in degrees.
func Radians(degrees float64) float64 { return degrees * math.Pi / 180 }

// Step rises smoothly from 0 at a to 1 at b; b may lie below a.
func Step[F float32 | float64](a, b, x F) F {
	t := min(max((x-a)/(b-a), 0), 1)
	return t * t * (3 - 2*t)
}
