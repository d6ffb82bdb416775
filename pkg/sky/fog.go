package sky

import (
	"math"
	"slices"

	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// Where things stand, in metres: the height that trees and houses are taken to
// have, how near and how far they may be, and the eye over the ground. That is
// more than twice a man's: ground falls away, and fog that lies as it does on a
// floor draws a line at the horizon.
const (
	eyeHeight   = 4.2
	thingHeight = 14.
	roofHeight  = 4.
	nearest     = 8.
	farthest    = 480.

	// fogHeight is how many metres of fog lie overhead, so that the low sky is
	// the fog's own light and the ground passes into it.
	fogHeight = 14.

	// fogDeeper is the power of distance by which fog on the ground hides it: it
	// is thickest there, so that the nearest ground has more of it than its
	// distance gives, and the farthest no less than the sky.
	fogDeeper = .7
	fogEven   = 60. // metres at which both are the same

	// fogLeast is the share of its light that fog has where no sky is seen, and
	// fogOpen the share of the sky from which on it has all.
	fogLeast, fogOpen = .4, .35

	// Ground so many degrees under the horizon knows nothing of what stands
	// farther off in its direction.
	underThings = 7.
)

// fog is air that hides what is far behind the light that it scatters,
// e^(-σd) of a thing's light being left (Koschmieder 1924).
type fog struct {
	over       float64 // how high over the eye things hang, metres
	extinction float64
	away       []float32       // log2 of how far what stands on the ground is, metres, of each column of the working size
	around     []float32       // and on the mean of the columns beside
	air        [3]raster.Plane // one row: the light of the fog
	even       [3]float32      // its mean
}

// skyline is the elevation of what stands on the ground, in degrees, column
// by column at the working size.
func (sc *Scene) skyline() []float32 { return sc.lineOnce.of(sc.findSkyline) }

func (sc *Scene) findSkyline() []float32 {
	w := sc.s.W
	top := raster.NewPlane(w, 8)
	line := top.Row(0)
	from := sc.s.Row(60)
	// Under a roof it is what is seen under the sky.
	below := make([]bool, w)
	if sc.roofed() < .5 {
		for x := range below {
			below[x] = true
		}
	}
	for y := from; y < sc.s.H/2; y++ {
		for x := range w {
			sky := sc.Mask.Alpha.Row(y)[x] >= .5
			below[x] = below[x] || sky
			if line[x] == 0 && below[x] && !sky {
				line[x] = float32(sc.s.Elevation[y])
			}
		}
	}
	for x, found := range below {
		if !found {
			line[x] = float32(sc.s.Elevation[from])
		}
	}
	reach := sc.f.Texels(7)
	widest := make([]float32, w)
	for x := range w {
		for d := -reach; d <= reach; d++ {
			widest[x] = max(widest[x], line[(x+d+w)%w])
		}
	}
	copy(line, widest)
	top.Along(raster.Gaussian(10 * sc.f.Scale))
	top.Along(raster.Gaussian(10 * sc.f.Scale))
	return top.Row(0)
}

func (sc *Scene) newFog(extinction float64, light [3]raster.Plane) *fog {
	g := &fog{extinction: extinction, air: light, over: thingHeight + sc.roofed()*(roofHeight-thingHeight)}
	for c, p := range light {
		var sum float64
		for _, v := range p.V {
			sum += float64(v)
		}
		g.even[c] = float32(sum / float64(len(p.V)))
	}
	w := sc.s.W
	away, around := raster.NewPlane(w, 1), raster.NewPlane(w, 1)
	for x, top := range sc.skyline() {
		d := thingHeight / math.Tan(num.Radians(max(float64(top), .6)))
		away.V[x] = float32(math.Log2(min(max(d, nearest), farthest)))
	}
	for range 3 {
		away.Along(raster.Gaussian(10 * sc.f.Scale))
	}
	copy(around.V, away.V)
	for range 3 {
		around.Along(raster.Gaussian(60 * sc.f.Scale))
	}
	g.away, g.around = away.V, around.V
	return g
}

// through is which share of the light of what is seen at an elevation in degrees
// comes through the fog, column by column of the working size.
//
// Ground before a tree is not nearer than that aside of it, but passes without a
// step into what stands on it: from the mean of the directions beside to what
// stands in its own.
func (g *fog) through(elevation float64, out []float32) {
	by := float32(-g.extinction * math.Log2E)
	if elevation >= 0 {
		// Leaves overhead hang nearer than the wood around, and a roof nearer still.
		over := float32(g.over / math.Sin(num.Radians(max(elevation, 1))))
		for x, away := range g.away {
			out[x] = num.Exp2(by * min(num.Exp2(away), over))
		}
		return
	}
	beside := float32(num.Step(0, -underThings, elevation))
	ground := float32(math.Log2(fogEven) + fogDeeper*math.Log2(eyeHeight/math.Sin(num.Radians(-elevation))/fogEven))
	for x, away := range g.away {
		most := away + beside*(g.around[x]-away)
		// The lesser of both, without a corner where they meet: d·m/∛(d³+m³).
		out[x] = num.Exp2(by * num.Exp2(ground-num.Log2(1+num.Exp2(3*(ground-most)))/3))
	}
}

// left is the share of a thing's light that comes through so many metres.
func (g *fog) left(metres float64) float32 {
	return num.Exp2(float32(-g.extinction * metres * math.Log2E))
}

// about is how far the fog before what is seen at an elevation is lit from all
// sides alike: that under one's feet is, and that overhead.
func (g *fog) about(elevation float64) float32 { return float32(num.Step(4, 45, math.Abs(elevation))) }

// clear is how much of the light of the sky above comes through the fog that
// lies on the ground. What is no more than haze has been taken for the sky's own.
func (g *fog) clear(elevation float64) float32 {
	by := float32(misty(g.extinction))
	return 1 - by*(1-g.left(fogHeight/math.Sin(num.Radians(max(elevation, .5)))))
}

// fogLight is the colour of fog by azimuth: the sky's above the horizon, even
// enough to hide where the sun is. Where a wood or rocks leave but a share of the
// sky, less light falls into it, and under leaves no more than falls there.
func fogLight(sky *hdr.Image, s *raster.Sphere, share, below float64) (light [3]raster.Plane) {
	reaches := float32(min(fogLeast+(1-fogLeast)*num.Step(0, fogOpen, share), below))
	for c := range light {
		light[c] = raster.NewPlane(s.W, 8)
		row, n := light[c].Row(0), 0
		for y := s.Row(10); y < s.Row(3); y++ {
			for x := range row {
				row[x] += sky.Row(y)[3*x+c]
			}
			n++
		}
		for x := range row {
			row[x] *= reaches / float32(max(n, 1))
		}
		for range 3 {
			light[c].Along(raster.Gaussian(60 * float64(s.W) / 1024))
		}
		light[c] = raster.Plane{W: s.W, H: 1, V: light[c].Row(0)}
	}
	lum := make([]float32, s.W)
	for x := range lum {
		lum[x] = rgb.Luminance(light[0].V[x], light[1].V[x], light[2].V[x])
	}
	middle := raster.Quantile(slices.Clone(lum), .5)
	for x, v := range lum {
		if by := 1.6 * middle / max(v, 1e-30); by < 1 {
			for c := range light {
				light[c].V[x] *= by
			}
		}
	}
	return light
}
