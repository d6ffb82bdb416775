package sky

import (
	"math"
	"slices"

	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/feature"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// shadows says how many stops each place of the foreground lies below the lit
// places around it, or under leaves below all that is around, as far as the map's own
// beam can explain that; what lies above them has less than none.
type shadows struct {
	hard        bool    // there are any
	ratio       float64 // stops of lit level ground over shaded
	lift        raster.Guided
	least, most float32    // stops of lift
	hue         [3]float32 // stops of the shade's colour over that of what is lit
}

// shadowLeast is by how many stops the beam must raise level ground for its
// shadows to be looked for, and deepest how many times those stops one may be.
const shadowLeast, deepest = .5, 1.15

// What turns its side to a low sun outshines level ground. It is told by facingLeast
// stops over what is lit, and by how much warmer it is than what is around, in the
// measure of chroma.
const facingLeast, facingWarm float32 = .3, .1

// findShadows looks for cast shadows. A place is lit when it is as bright as
// the brightest quarter around, the mean of fourth powers; it lies in shadow
// by what it is darker, up to the ratio of lit to shaded level ground. What is
// darker than that, or of another colour than the ground around, is a dark
// thing. What is brighter than what is lit, and warmer, turns its side to a low sun,
// and gets as much more of it at most as a surface that faces it.
func (sc *Scene) findShadows() (out shadows) {
	if !sc.Sun.Found || sc.Pure {
		return out
	}
	out.ratio = math.Log2(rgb.Lum(sc.old.level()) / max(rgb.Lum(sc.old.sky), 1e-30))
	if out.ratio < shadowLeast {
		return out
	}
	out.hard = true
	out.hue, out.most = sc.shadeHue(), float32(deepest*out.ratio)
	out.least = -float32(math.Log2(rgb.Lum(rgb.Plus(sc.old.sky, sc.Sun.Disc())) / rgb.Lum(sc.old.level())))
	s, g, water := sc.s, sc.local(4), sc.wetness()
	base, counts := g.base, g.counts
	level := raster.Quantile(slices.Clone(base.V), .5) // keeps fourth powers in range
	bright := g.around(func(i int) float32 { return num.Exp2(4 * (base.V[i] - level)) }, nil)
	red := g.around(func(i int) float32 { return sc.f.F[1].V[i] }, nil)
	blue := g.around(func(i int) float32 { return sc.f.F[2].V[i] }, nil)
	ratio := float32(out.ratio)
	lift := base.Like().Fill(func(x, y int) float32 {
		i := y*s.W + x
		lit := num.Log2(bright.V[i]+1e-12)/4 + level
		redder := sc.f.F[1].V[i] - red.V[i]
		deep := lit - .2 - base.V[i]
		d := min(max(deep, 0), deepest*ratio)
		d *= 1 - .35*num.Step(1.1*ratio, ratio+1.2, deep)
		d *= 1 - num.Step(.35, .85, num.Abs(redder))
		if over := base.V[i] - lit - facingLeast; over > 0 {
			d = max(-over*(1-spotOwn), out.least) * (1 - water.at(i)) * num.Step(0, facingWarm, redder-sc.f.F[2].V[i]+blue.V[i])
		}
		return d * counts.V[i] * float32(1-num.Step(-3, 4, s.Elevation[y]))
	})
	out.lift = raster.NewGuided(sc.f.Guide(), lift, sc.f.Texels(3), 1e-3)
	return out
}

// smoothed is log luminance without its texture, edges kept: a guided filter
// of itself, as a bilateral one would do. eps is in stops squared.
func smoothed(f *feature.Features, radius float64, eps float64) raster.Plane {
	p, r := f.F[0], f.Texels(radius)
	mean := p.Mean(r)
	square := p.Like().Each(func(i int) float32 { return p.V[i] * p.V[i] }).Mean(r)
	slope := p.Like().Each(func(i int) float32 {
		v := max(square.V[i]-mean.V[i]*mean.V[i], 0)
		return v / (v + float32(eps))
	})
	offset := p.Like().Each(func(i int) float32 { return mean.V[i] * (1 - slope.V[i]) }).Mean(r)
	slope = slope.Mean(r)
	return p.Like().Each(func(i int) float32 { return slope.V[i]*p.V[i] + offset.V[i] })
}

// shadeHue is the colour of the sky's light over that of all, in stops.
func (sc *Scene) shadeHue() (hue [3]float32) {
	lit := rgb.Lum(sc.old.level())
	for c := range hue {
		v := sc.old.sky[c] / max(rgb.Lum(sc.old.sky), 1e-30) / max(sc.old.level()[c]/max(lit, 1e-30), 1e-6)
		hue[c] = float32(math.Log2(min(max(v, .5), 2)))
	}
	return hue
}
