package sky

import (
	"math"
	"slices"
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
	waterBrim               = 1. // degrees over the horizon that its glare reaches up to
	waterGap                = 9. // texels at 512×256 from water to what may be its other parts
)

// fresnel is the share of light that level water sends back to an eye that looks
// down at so many degrees (Schlick 1994).
func fresnel(degrees float64) float64 {
	c := 1 - math.Sin(radians(max(degrees, 0)))
	return .02 + .98*c*c*c*c*c
}

// featureStops is what features are multiplied by to be stops.
var featureStops = [3]float32{1, 1 / chromaPart, 1 / chromaPart}

// watery is a search for water at waterWidth.
type watery struct {
	s      *sphere
	f      [3]plane // log luminance, and red and blue over it, in stops
	seen   [3]plane // what stands as far over the horizon
	sky    plane    // how far that is sky
	parts  parts
	size   []float64
	ground [3]float64 // of the ground at large
	sun    Sun
}

// water is where water lies, 0 to 1, at the working size, and whether there is any.
func (sc *Scene) water() (share plane, some bool) {
	w := sc.newWatery()
	is := w.accepted()
	in := w.texels(is)
	if !slices.Contains(in, true) {
		return share, false
	}
	w.spread(in)
	w.between(in, is)
	// What stands over the horizon goes on as what lies as far under it: the sky
	// over a sea is no edge of it.
	guess := newPlane(w.s.w, w.s.h).fill(func(x, y int) float32 {
		if in[max(y, w.s.h-1-y)*w.s.w+x] {
			return 1
		}
		return 0
	})
	var small, guide [3]plane
	for c, p := range w.f {
		small[c] = p.like().each(func(i int) float32 { return guideValue(p.v[i]) })
		guide[c] = sc.lum.like().each(func(i int) float32 { return guideValue(featureStops[c] * sc.f.f[c].v[i]) })
	}
	share = newGuided(small, guess, w.steps(waterEdge), waterEps).read(guide)
	share.each(func(i int) float32 { return step(.3, .65, share.v[i]) })
	// The row that the horizon runs through is water's as far as the next is.
	brim := share.row(sc.s.h / 2)
	for y := range sc.s.h / 2 {
		clear(share.row(y))
		if sc.s.elevation[y] < waterBrim {
			copy(share.row(y), brim)
		}
	}
	return share, true
}

func (sc *Scene) newWatery() *watery {
	w := &watery{sun: sc.Sun}
	var soft [3]plane
	for c := range w.f {
		p, by := sc.f.f[c].smaller(waterWidth), featureStops[c]
		w.f[c] = p.like().each(func(i int) float32 { return by * p.v[i] })
		soft[c] = w.f[c].blur(1.5 * float64(w.f[c].w) / waterWidth)
	}
	w.s = newSphere(w.f[0].w, w.f[0].h)
	alpha := sc.Mask.alpha.smaller(waterWidth)
	over := func(p plane) plane {
		return p.like().fill(func(x, y int) float32 { return p.row(p.h - 1 - y)[x] })
	}
	for c := range soft {
		w.seen[c] = over(soft[c])
	}
	w.sky = over(alpha)
	texture := w.texture()
	// A texel's gradient grows as the map shrinks.
	limit := waterSmooth * float32(math.Sqrt(waterWidth/float64(w.s.w)))
	in := make([]bool, len(texture.v))
	for y := w.s.row(waterHigh); y < w.s.h; y++ {
		for x, v := range texture.row(y) {
			in[y*w.s.w+x] = v < limit && alpha.row(y)[x] < .1
		}
	}
	in = opened(in, w.s.w, w.s.h, 1)
	w.parts = connect(in, w.s.w, w.s.h)
	for c := range w.ground {
		below := w.f[c].where(func(_, y int) bool { return w.s.elevation[y] < -35 })
		w.ground[c] = float64(quantile(below, .5))
	}
	w.fromShore()
	w.size = w.parts.sum(func(i int) float64 { return w.s.solid[i/w.s.w] })
	return w
}

// texture is how much light and colour change from texel to texel, at one size
// for maps of every size.
func (w *watery) texture() plane {
	return w.f[0].like().fill(func(x, y int) float32 {
		var sum float32
		left, right := (x+w.s.w-1)%w.s.w, (x+1)%w.s.w
		up, down := max(y-1, 0), min(y+1, w.s.h-1)
		for c, p := range w.f {
			by := 1 / featureStops[c]
			dx, dy := by*(p.row(y)[right]-p.row(y)[left])/2, by*(p.row(down)[x]-p.row(up)[x])/float32(down-up)
			sum += dx*dx + dy*dy
		}
		return float32(math.Sqrt(float64(sum)))
	}).blur(float64(w.s.w) / waterWidth)
}

// mean is the mean of a value over each part, by solid angle and a weight.
func (w *watery) mean(weight, value func(i int) float64) []float64 {
	all := w.parts.sum(func(i int) float64 { return w.s.solid[i/w.s.w] * weight(i) })
	m := w.parts.sum(func(i int) float64 { return w.s.solid[i/w.s.w] * weight(i) * value(i) })
	for part := range m {
		m[part] /= max(all[part], 1e-12)
	}
	return m
}

// accepted says which parts are water: those that are for sure, and those beside
// them that may be.
func (w *watery) accepted() []bool {
	stops := func(i int) float64 { return float64(w.f[0].v[i]) }
	all := func(int) float64 { return 1 }
	// Where it mirrors the sky, which is smooth.
	open := func(i int) float64 { return float64(w.sky.v[i]) + 1e-6 }
	mirrors := func(i int) float64 {
		return float64(w.seen[0].v[i]) + math.Log2(fresnel(-w.s.elevation[i/w.s.w]))
	}
	light := w.mean(all, stops)
	red := w.mean(all, func(i int) float64 { return float64(w.f[1].v[i]) })
	blue := w.mean(all, func(i int) float64 { return float64(w.f[2].v[i]) })
	sky := w.mean(all, open)
	over := w.mean(all, func(i int) float64 { return stops(i) - mirrors(i) })
	redder := w.mean(all, func(i int) float64 {
		return float64(max(0, w.f[1].v[i]-w.seen[1].v[i]) + max(0, w.seen[2].v[i]-w.f[2].v[i]))
	})
	meanIs, meanMirrors := w.mean(open, stops), w.mean(open, mirrors)
	spread := w.mean(open, func(i int) float64 { d := mirrors(i) - meanMirrors[w.parts.of[i]]; return d * d })
	slope := w.mean(open, func(i int) float64 {
		part := w.parts.of[i]
		return (mirrors(i) - meanMirrors[part]) * (stops(i) - meanIs[part])
	})
	low := w.low()
	is, may := make([]bool, w.parts.count), make([]bool, w.parts.count)
	bluer, greener := make([]float64, w.parts.count), make([]float64, w.parts.count)
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
		near := grown(w.texels(is), w.s.w, w.s.h, w.steps(waterGap))
		for i, part := range w.parts.of {
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
	under := make([]int, w.s.w) // row of the last water, from below
	in := make([]bool, len(w.parts.of))
	for y := w.s.h - 1; y >= w.s.h/2; y-- {
		for x := range w.s.w {
			i := y*w.s.w + x
			switch part := w.parts.of[i]; {
			case part < 0:
			case is[part]:
				under[x] = y
			case !may[part] && w.size[part] > waterOther:
				under[x] = 0
			}
			in[i] = under[x] > 0 && w.s.elevation[y]-w.s.elevation[under[x]] < waterMirrored
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
	in := make([]bool, len(w.parts.of))
	for i, part := range w.parts.of {
		in[i] = part >= 0 && of[part]
	}
	return in
}

// steps are a number of texels at waterWidth in texels here.
func (w *watery) steps(texels float64) int {
	return max(1, int(math.Round(texels*float64(w.s.w)/waterWidth)))
}
