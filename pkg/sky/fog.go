package sky

import (
	"math"

	"github.com/clipenv/toolkit/pkg/rgb"
)

// Where things stand, in metres: the height that trees and houses are taken to
// have, how near and how far they may be, and the eye over the ground. That is
// twice a man's: ground falls away, and fog that lies as it does on a floor draws
// a line at the horizon.
const (
	eyeHeight   = 3.4
	thingHeight = 9.
	nearest     = 8.
	farthest    = 480.
)

// fog is air that hides what is far behind the light that it scatters,
// e^(-σd) of a thing's light being left (Koschmieder 1924).
type fog struct {
	extinction float64
	away       []float32 // how far what stands on the ground is, metres, of each column of a plane
	air        [3]plane  // one row: the light of the fog
}

// skyline is the elevation of what stands on the ground, in degrees, column
// by column at the working size.
func (sc *Scene) skyline() []float32 {
	w := sc.s.w
	top := newPlane(w, 8)
	line := top.row(0)
	for y := sc.s.row(60); y < sc.s.h/2; y++ {
		for x := range w {
			if line[x] == 0 && sc.Mask.alpha.row(y)[x] < .5 {
				line[x] = float32(sc.s.elevation[y])
			}
		}
	}
	reach := sc.f.texels(7)
	widest := make([]float32, w)
	for x := range w {
		for d := -reach; d <= reach; d++ {
			widest[x] = max(widest[x], line[(x+d+w)%w])
		}
	}
	copy(line, widest)
	top.along(gaussian(10 * sc.f.scale))
	top.along(gaussian(10 * sc.f.scale))
	return top.row(0)
}

func (sc *Scene) newFog(extinction float64, light [3]plane) fog {
	g := fog{extinction: extinction, air: light}
	w := sc.s.w
	away := newPlane(w, 1)
	for x, top := range sc.skyline() {
		d := thingHeight / math.Tan(radians(max(float64(top), .6)))
		away.row(0)[x] = float32(math.Log2(min(max(d, nearest), farthest)))
	}
	for range 3 {
		away.along(gaussian(10 * sc.f.scale))
	}
	for x, v := range away.row(0) {
		away.row(0)[x] = exp2(v)
	}
	g.away = away.row(0)
	return g
}

// distance is how far what is seen at an elevation in degrees is, in metres.
// Ground is never farther than what stands on it, so that there is no step at
// the horizon.
func (g *fog) distance(elevation float64, away float32) float64 {
	if elevation >= 0 {
		// Leaves overhead hang nearer than the wood around.
		return min(float64(away), thingHeight/math.Sin(radians(max(elevation, 1))))
	}
	return min(eyeHeight/math.Sin(radians(-elevation)), float64(away))
}

// fogLight is the colour of fog by azimuth: the sky's above the horizon, even
// enough to hide where the sun is.
func fogLight(sky [3]plane, s *sphere) (light [3]plane) {
	for c := range light {
		light[c] = newPlane(s.w, 8)
		row, n := light[c].row(0), 0
		for y := s.row(10); y < s.row(3); y++ {
			for x, v := range sky[c].row(y) {
				row[x] += v
			}
			n++
		}
		for x := range row {
			row[x] /= float32(max(n, 1))
		}
		for range 3 {
			light[c].along(gaussian(60 * float64(s.w) / 1024))
		}
		light[c] = plane{s.w, 1, light[c].row(0)}
	}
	lum := make([]float32, s.w)
	for x := range lum {
		lum[x] = rgb.Luminance(light[0].v[x], light[1].v[x], light[2].v[x])
	}
	middle := quantile(append([]float32(nil), lum...), .5)
	for x, v := range lum {
		if by := 1.6 * middle / max(v, 1e-30); by < 1 {
			for c := range light {
				light[c].v[x] *= by
			}
		}
	}
	return light
}
