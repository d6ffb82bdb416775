package sky

import (
	"math"

	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/feature"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// facing is what a low sun's light did to the colour of the ground's relief: clods that
// turn their side to it are warm, and the hollows beside them blue with the sky's. Where
// red over blue goes with luminance from texel to texel the light did both, since
// materials do not agree on it. The zero value is none.
type facing struct {
	slope     raster.Plane // stops of red over blue for one of luminance, as far as the two agree
	lum, warm raster.Plane // their means around
}

const (
	facingReach = 16. // texels at 1024×512 that are around
	facingHigh  = 4.  // degrees that relief is looked for up to
	facingNone  = .02 // variance, in stops squared, of relief that tells nothing

	// facingOver is how many times as warm, for a stop, as the difference of shade and
	// level ground tells relief may be: what faces the beam has less of the sky.
	facingOver = 1.5

	// facingFrom and facingSure are the correlations from which on, and beyond which
	// altogether, relief has its colour from the light.
	facingFrom, facingSure float32 = .4, .75
)

// facing is the scene's.
func (sc *Scene) facing() facing { return sc.facingOnce.of(sc.findFacing) }

func (sc *Scene) findFacing() (f facing) {
	most := facingOver * float32(sc.old.warmest())
	if !sc.Sun.Found || !sc.shadow.hard || most <= 0 {
		return f
	}
	g, r := sc.local(facingHigh), sc.f.Texels(facingReach)
	water := sc.wetness()
	g.counts.Each(func(i int) float32 { return g.counts.V[i] * (1 - water.at(i)) }) // which mirrors the sun
	all := g.counts.Mean(r)
	mean := func(value func(i int) float32) raster.Plane {
		p := g.counts.Like().Each(func(i int) float32 {
			if g.counts.V[i] == 0 {
				return 0
			}
			return g.counts.V[i] * value(i)
		}).Mean(r)
		return p.Each(func(i int) float32 { return p.V[i] / max(all.V[i], 1e-3) })
	}
	lum := func(i int) float32 { return sc.f.F[0].V[i] }
	warm := func(i int) float32 { return (sc.f.F[1].V[i] - sc.f.F[2].V[i]) / feature.ChromaPart }
	f.lum, f.warm = mean(lum), mean(warm)
	both := mean(func(i int) float32 { return lum(i) * warm(i) })
	square := mean(func(i int) float32 { return lum(i) * lum(i) })
	colour := mean(func(i int) float32 { return warm(i) * warm(i) })
	f.slope = g.counts.Like().Each(func(i int) float32 {
		c := both.V[i] - f.lum.V[i]*f.warm.V[i]
		a, b := max(square.V[i]-f.lum.V[i]*f.lum.V[i], 0)+facingNone, max(colour.V[i]-f.warm.V[i]*f.warm.V[i], 0)+1e-4
		if c <= 0 {
			return 0
		}
		agree := c / float32(math.Sqrt(float64(a*b)))
		return g.counts.V[i] * min(c/a, most) * num.Step(facingFrom, facingSure, agree)
	})
	for _, p := range []*raster.Plane{&f.slope, &f.lum, &f.warm} {
		*p = p.Smaller(lightWidth)
	}
	return f
}

// even takes the colour of relief from a texel, which tint multiplies, as far as the new
// light makes less of it: as much as its luminance tells, and no more than it has over what
// is around.
func (c *compositor) even(x int, tint *[3]float32) {
	guide := &c.guide.Rows
	tells := c.facing[0].At[x] * (guide[0][x]/feature.GuideGain - c.facing[1].At[x])
	has := (guide[1][x]-guide[2][x])/(feature.GuideGain*feature.ChromaPart) + num.Log2(tint[0]/tint[2]) - c.facing[2].At[x]
	if tells*has <= 0 {
		return
	}
	if num.Abs(has) < num.Abs(tells) {
		tells = has
	}
	less := num.Exp2(c.p.evens / 2 * tells)
	tint[0] /= less
	tint[2] *= less
}

// warmest is by how many stops of red over blue a light warms what it makes a stop brighter
// than its shade.
func (l *lights) warmest() float64 {
	level := l.level()
	stops := math.Log2(max(rgb.Lum(level), 1e-30) / max(rgb.Lum(l.sky), 1e-30))
	warm := func(c [3]float64) float64 { return math.Log2(max(c[0], 1e-30) / max(c[2], 1e-30)) }
	return (warm(level) - warm(l.sky)) / max(stops, shadowLeast)
}
