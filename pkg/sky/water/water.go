// Package water finds the water of an outdoor map: what mirrors the sky as Fresnel's law has
// it (water), ponds that show their bed (bed), what breaks and glitters beside it (fill), and
// where it runs out on a shore (shore).
package water

import (
	"math"
	"slices"

	"github.com/clipenv/toolkit/pkg/sky/feature"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
	"github.com/clipenv/toolkit/pkg/sky/sun"
)

// Water is told from ground by what it does to light: it mirrors what stands over
// the horizon, the more the flatter it is looked at (Fresnel), takes red out of
// what it sends back, and has no grain. A lawn or a street that is called water
// is worse than water that is called a street.
const (
	waterWidth  = 512
	waterLeast  = .006 // steradians of a part
	waterNadir  = -58. // degrees: no part of it reaches below the camera
	waterHigh   = -.7  // and from here on up what is seen is far
	waterSmooth = .155 // gradient per texel at 512×256

	mirrorLeast, mirrorMost = -1.3, 1.3 // stops over what water mirrors there
	mirrorRedder            = .32       // stops that it may be redder, or less blue, than that
	mirrorSlope             = .45       // of the fall with depth that Fresnel's law has
	mirrorSpread            = .35       // deviation, in stops, of that fall in a part that tells
	waterBluer              = .4        // stops of blue over red, over the ground's
	waterGreener            = .03       // stops of green over red and blue, over the ground's
	waterEdge               = 8.        // texels at 512×256 over which its edge follows the picture's
	waterEps                = 1e-3
	Brim                    = 1. // degrees over the horizon that its glare reaches up to
	waterGap                = 9. // texels at 512×256 from water to what may be its other parts
)

// Fresnel is the share of light that level water sends back to an eye that looks
// down at so many degrees (Schlick 1994).
func Fresnel(degrees float64) float64 {
	c := 1 - math.Sin(num.Radians(max(degrees, 0)))
	return .02 + .98*c*c*c*c*c
}

// featureStops is what features are multiplied by to be stops.
var featureStops = [3]float32{1, 1 / feature.ChromaPart, 1 / feature.ChromaPart}

// watery is a search for water at waterWidth.
type watery struct {
	s      *raster.Sphere
	f      [3]raster.Plane // log luminance, and red and blue over it, in stops
	seen   [3]raster.Plane // what stands as far over the horizon
	sky    raster.Plane    // how far that is sky
	parts  raster.Parts
	size   []float64
	ground [3]float64 // of the ground at large
	sun    sun.Sun
}

// Find finds where water lies, 0 to 1, at the working size, and whether there is any, in
// an outdoor scene of which f are the features; lum is the luminance, alpha how far a texel
// is sky.
func Find(f *feature.Features, lum, alpha raster.Plane, sun sun.Sun) (share raster.Plane, some bool) {
	w := newWatery(f, alpha, sun)
	is := w.accepted()
	in := w.texels(is)
	if !slices.Contains(in, true) {
		return share, false
	}
	w.spread(in)
	w.between(in, is)
	// What stands over the horizon goes on as what lies as far under it: the sky
	// over a sea is no edge of it.
	guess := raster.NewPlane(w.s.W, w.s.H).Fill(func(x, y int) float32 {
		if in[max(y, w.s.H-1-y)*w.s.W+x] {
			return 1
		}
		return 0
	})
	var small, guide [3]raster.Plane
	for c, p := range w.f {
		small[c] = p.Like().Each(func(i int) float32 { return feature.GuideValue(p.V[i]) })
		guide[c] = lum.Like().Each(func(i int) float32 { return feature.GuideValue(featureStops[c] * f.F[c].V[i]) })
	}
	share = raster.NewGuided(small, guess, w.steps(waterEdge), waterEps).Read(guide)
	share.Each(func(i int) float32 { return num.Step(.3, .65, share.V[i]) })
	// The row that the horizon runs through is water's as far as the next is.
	brim := share.Row(f.Sphere.H / 2)
	for y := range f.Sphere.H / 2 {
		clear(share.Row(y))
		if f.Sphere.Elevation[y] < Brim {
			copy(share.Row(y), brim)
		}
	}
	return share, true
}

func newWatery(f *feature.Features, alpha raster.Plane, sun sun.Sun) *watery {
	w := &watery{sun: sun}
	var soft [3]raster.Plane
	for c := range w.f {
		p, by := f.F[c].Smaller(waterWidth), featureStops[c]
		w.f[c] = p.Like().Each(func(i int) float32 { return by * p.V[i] })
		soft[c] = w.f[c].Blur(1.5 * float64(w.f[c].W) / waterWidth)
	}
	w.s = raster.NewSphere(w.f[0].W, w.f[0].H)
	alpha = alpha.Smaller(waterWidth)
	over := func(p raster.Plane) raster.Plane {
		return p.Like().Fill(func(x, y int) float32 { return p.Row(p.H - 1 - y)[x] })
	}
	for c := range soft {
		w.seen[c] = over(soft[c])
	}
	w.sky = over(alpha)
	texture := w.texture()
	// A texel's gradient grows as the map shrinks.
	limit := waterSmooth * float32(math.Sqrt(waterWidth/float64(w.s.W)))
	in := make([]bool, len(texture.V))
	for y := w.s.Row(waterHigh); y < w.s.H; y++ {
		for x, v := range texture.Row(y) {
			in[y*w.s.W+x] = v < limit && alpha.Row(y)[x] < .1
		}
	}
	in = raster.Opened(in, w.s.W, w.s.H, 1)
	w.parts = raster.Connect(in, w.s.W, w.s.H)
	for c := range w.ground {
		below := w.f[c].Where(func(_, y int) bool { return w.s.Elevation[y] < -35 })
		w.ground[c] = float64(raster.Quantile(below, .5))
	}
	w.fromShore()
	w.size = w.parts.Sum(func(i int) float64 { return w.s.Solid[i/w.s.W] })
	return w
}

// texture is how much light and colour change from texel to texel, at one size
// for maps of every size.
func (w *watery) texture() raster.Plane {
	return w.f[0].Like().Fill(func(x, y int) float32 {
		var sum float32
		left, right := (x+w.s.W-1)%w.s.W, (x+1)%w.s.W
		up, down := max(y-1, 0), min(y+1, w.s.H-1)
		for c, p := range w.f {
			by := 1 / featureStops[c]
			dx, dy := by*(p.Row(y)[right]-p.Row(y)[left])/2, by*(p.Row(down)[x]-p.Row(up)[x])/float32(down-up)
			sum += dx*dx + dy*dy
		}
		return float32(math.Sqrt(float64(sum)))
	}).Blur(float64(w.s.W) / waterWidth)
}

// mean is the mean of a value over each part, by solid angle and a weight.
func (w *watery) mean(weight, value func(i int) float64) []float64 {
	all := w.parts.Sum(func(i int) float64 { return w.s.Solid[i/w.s.W] * weight(i) })
	m := w.parts.Sum(func(i int) float64 { return w.s.Solid[i/w.s.W] * weight(i) * value(i) })
	for part := range m {
		m[part] /= max(all[part], 1e-12)
	}
	return m
}

// accepted says which parts are water: those that are for sure, and those beside
// them that may be.
func (w *watery) accepted() []bool {
	stops := func(i int) float64 { return float64(w.f[0].V[i]) }
	all := func(int) float64 { return 1 }
	// Where it mirrors the sky, which is smooth.
	open := func(i int) float64 { return float64(w.sky.V[i]) + 1e-6 }
	mirrors := func(i int) float64 {
		return float64(w.seen[0].V[i]) + math.Log2(Fresnel(-w.s.Elevation[i/w.s.W]))
	}
	light := w.mean(all, stops)
	red := w.mean(all, func(i int) float64 { return float64(w.f[1].V[i]) })
	blue := w.mean(all, func(i int) float64 { return float64(w.f[2].V[i]) })
	sky := w.mean(all, open)
	over := w.mean(all, func(i int) float64 { return stops(i) - mirrors(i) })
	redder := w.mean(all, func(i int) float64 {
		return float64(max(0, w.f[1].V[i]-w.seen[1].V[i]) + max(0, w.seen[2].V[i]-w.f[2].V[i]))
	})
	meanIs, meanMirrors := w.mean(open, stops), w.mean(open, mirrors)
	spread := w.mean(open, func(i int) float64 { d := mirrors(i) - meanMirrors[w.parts.Of[i]]; return d * d })
	slope := w.mean(open, func(i int) float64 {
		part := w.parts.Of[i]
		return (mirrors(i) - meanMirrors[part]) * (stops(i) - meanIs[part])
	})
	low := w.low()
	is, may := make([]bool, w.parts.Count), make([]bool, w.parts.Count)
	bluer, greener := make([]float64, w.parts.Count), make([]float64, w.parts.Count)
	for part := range greener {
		bluer[part], greener[part] = w.colour(red[part], blue[part])
	}
	bed := w.beds(greener)
	pond := slices.Contains(bed, true)
	for part := range is {
		if low[part] {
			continue
		}
		bluer, greener := bluer[part], greener[part]
		like := over[part] > mirrorLeast && over[part] < mirrorMost && redder[part] < mirrorRedder
		falls := spread[part] > mirrorSpread*mirrorSpread && slope[part]/max(spread[part], 1e-9) > mirrorSlope
		absorbs := greener > waterGreener && bluer > waterBluer
		deep := greener > .14 && bluer > .8 && greenness(red[part], blue[part]) > .08 && light[part] < w.ground[0]-.2
		is[part] = like && sky[part] > .5 && (falls || absorbs) || deep || bed[part]
		may[part] = over[part] > mirrorLeast-.3 && over[part] < mirrorMost && redder[part] < 1.5*mirrorRedder ||
			pond && greener > 2*bedGreener
		is[part] = is[part] && w.size[part] >= waterLeast
	}
	for range 3 {
		near := raster.Grown(w.texels(is), w.s.W, w.s.H, w.steps(waterGap))
		for i, part := range w.parts.Of {
			if part >= 0 && near[i] && may[part] {
				is[part] = true
			}
		}
	}
	for part, share := range w.over(is, may) {
		is[part] = is[part] || may[part] && share > .6
	}
	return is
}

// over is the share of each part that has water under it, with nothing between
// but what that may mirror.
func (w *watery) over(is, may []bool) []float64 {
	under := make([]int, w.s.W) // row of the last water, from below
	in := make([]bool, len(w.parts.Of))
	for y := w.s.H - 1; y >= w.s.H/2; y-- {
		for x := range w.s.W {
			i := y*w.s.W + x
			switch part := w.parts.Of[i]; {
			case part < 0:
			case is[part]:
				under[x] = y
			case !may[part] && w.size[part] > waterOther:
				under[x] = 0
			}
			in[i] = under[x] > 0 && w.s.Elevation[y]-w.s.Elevation[under[x]] < waterMirrored
		}
	}
	return w.mean(func(int) float64 { return 1 }, func(i int) float64 {
		if in[i] {
			return 1
		}
		return 0
	})
}

// texels are those of some parts.
func (w *watery) texels(of []bool) []bool {
	in := make([]bool, len(w.parts.Of))
	for i, part := range w.parts.Of {
		in[i] = part >= 0 && of[part]
	}
	return in
}

// steps are a number of texels at waterWidth in texels here.
func (w *watery) steps(texels float64) int {
	return max(1, int(math.Round(texels*float64(w.s.W)/waterWidth)))
}
