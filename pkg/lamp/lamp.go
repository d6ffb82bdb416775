// Package lamp writes a map's sun as a lamp that other programs read.
//
//	GLTF: Lamp -> glTF 2.0 with KHR_lights_punctual, a directional light
//	USD:  Lamp -> OpenUSD as text, a DistantLight, and a DomeLight if asked
//
// Both files have +Y up, the map's middle column towards +X and its right
// quarter towards +Z. There three.js looks a map up, and its importers turn
// that to where Blender looks one up: +Z up, the middle towards +X, the right
// quarter towards -Y. A lamp beside its map thus lights from where the map
// shows the sun, and nothing has to be turned by hand.
//
// Irradiance is in the map's own units: a sky of radiance 1 gives level ground
// π. Directions are package envmap's, angles radians.
//
// The formats say what their numbers mean, and Blender's importers take them
// otherwise, so that a file is written for the one or the other.
package lamp

import (
	"errors"
	"fmt"
	"math"

	"github.com/clipenv/toolkit/pkg/envmap"
)

// Lamp is a light so far away that it comes from one direction.
type Lamp struct {
	Name       string     // any text
	Towards    envmap.Vec // where the light comes from
	Irradiance [3]float64 // of a surface that faces it, linear Rec. 709
	Across     float64    // its size as seen, in radians; glTF has no place for it
}

// Reader is who takes a file's numbers.
type Reader int

const (
	// Standard readers go by the formats. glTF's lux are taken beside a map
	// whose numbers are candela per square metre, as three.js has them: an
	// irradiance of 1 is one lux. In USD, it is an intensity of 1.
	Standard Reader = iota

	// Blender 4.5 takes a map's numbers as watts. It makes a watt of 683 lux of
	// glTF, four of an intensity of 1 in USD, and doubles USD's angle.
	Blender
)

// lux, intensity and angle are what an irradiance of 1, and an angle, are
// written as.
func (r Reader) lux() float64       { return [...]float64{1, 683}[r] }
func (r Reader) intensity() float64 { return [...]float64{1, 1. / 4}[r] }
func (r Reader) angle() float64     { return [...]float64{1, 1. / 2}[r] }

// validate reports all that is wrong at once.
func (l Lamp) validate() error {
	var errs []error
	check := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf("lamp: "+format, args...))
		}
	}
	length := math.Sqrt(l.Towards.Dot(l.Towards))
	check(length > 0 && length < math.Inf(1), "direction is %v, want a finite one", l.Towards)
	for _, v := range l.Irradiance {
		check(v >= 0 && v <= math.MaxFloat32, "irradiance is %v, want each 0 or more and finite", l.Irradiance)
	}
	check(l.peak() > 0, "irradiance is %v: a lamp without light", l.Irradiance)
	check(l.Across >= 0 && l.Across <= math.Pi, "size is %v, want 0 to π radians", l.Across)
	return errors.Join(errs...)
}

// peak is the brightest channel. Both formats have light as a colour of at
// most 1 times an intensity.
func (l Lamp) peak() float64 { return max(l.Irradiance[0], l.Irradiance[1], l.Irradiance[2]) }

func (l Lamp) colour() (c [3]float64) {
	for i, v := range l.Irradiance {
		c[i] = v / l.peak()
	}
	return c
}

// turns are the angles about +X, then about +Y, that turn +Z to where the
// light comes from. In both formats a lamp shines along its -Z.
func (l Lamp) turns() (aboutX, aboutY float64) {
	d := l.Towards.Unit()
	x, z := d.Z, -d.X // of the file
	return -math.Atan2(d.Y, math.Hypot(x, z)), math.Atan2(x, z)
}
