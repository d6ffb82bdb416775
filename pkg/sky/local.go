package sky

import (
	"github.com/clipenv/toolkit/pkg/sky/feature"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// local is what stands before the sky, up to some elevation, of which means are taken
// over what is around: some 30 degrees.
type local struct {
	f      *feature.Features
	base   raster.Plane // its luminance without texture, stops
	counts raster.Plane // 1 where there is any, 0 elsewhere
}

// local is what stands before the sky under an elevation in degrees.
func (sc *Scene) local(below float64) local {
	return local{sc.f, smoothed(sc.f, 4, .1), sc.lum.Like().Fill(func(x, y int) float32 {
		if sc.Mask.Alpha.Row(y)[x] < .2 && sc.s.Elevation[y] < below {
			return 1
		}
		return 0
	})}
}

// localLeast is the weight of what is worth none, so that there is a mean everywhere, and
// the least share of what is around that a mean is of.
const localLeast = 1e-3

// around is the mean of a value over what is around; of a weight's as far as there is
// one.
func (g *local) around(value func(i int) float32, weight func(i int) float32) raster.Plane {
	mean := func(p raster.Plane) raster.Plane {
		small := p.Smaller(lightWidth)
		by := float64(small.W) / 1024
		return small.BlurBy(90*by, 50*by)
	}
	w := g.counts
	if weight != nil {
		w = w.Like().Each(func(i int) float32 { return g.counts.V[i] * (weight(i) + localLeast) })
	}
	p := mean(w.Like().Each(func(i int) float32 { return w.V[i] * value(i) }))
	w = mean(w)
	least := float32(localLeast)
	if weight != nil {
		least *= localLeast
	}
	return p.Each(func(i int) float32 { return p.V[i] / max(w.V[i], least) }).To(g.base.W, g.base.H)
}

// colourOf is by how many stops red rises with a stop of light on the ground, and blue
// falls, where that light is warmer than the rest: by least squares.
func (g *local) colourOf(light raster.Plane) (slope [3]float32) {
	s := g.f.Sphere
	mean := g.around(func(i int) float32 { return light.V[i] }, nil)
	for c, warm := range map[int]float64{0: 1, 2: -1} {
		p := g.f.F[1+c/2]
		around := g.around(func(i int) float32 { return p.V[i] }, nil)
		var both, square float64
		for i := s.Row(-5) * s.W; i < len(light.V); i++ {
			d := light.V[i] - mean.V[i]
			w := float64(g.counts.V[i]) * s.Solid[i/s.W]
			both += w * float64(d*(p.V[i]-around.V[i])) / feature.ChromaPart
			square += w * float64(d*d)
		}
		slope[c] = float32(warm * max(warm*both/max(square, 1e-12), 0))
	}
	return slope
}
