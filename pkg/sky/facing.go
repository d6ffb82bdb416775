package sky

import "math"

// facing is what a low sun's light did to the colour of the ground's relief: clods that
// turn their side to it are warm, and the hollows beside them blue with the sky's. Where
// red over blue goes with luminance from texel to texel the light did both, since
// materials do not agree on it. The zero value is none.
type facing struct {
	slope     plane // stops of red over blue for one of luminance, as far as the two agree
	lum, warm plane // their means around
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
	g, r := sc.local(facingHigh), sc.f.texels(facingReach)
	water := sc.wetness()
	g.counts.each(func(i int) float32 { return g.counts.v[i] * (1 - water.at(i)) }) // which mirrors the sun
	all := g.counts.mean(r)
	mean := func(value func(i int) float32) plane {
		p := g.counts.like().each(func(i int) float32 {
			if g.counts.v[i] == 0 {
				return 0
			}
			return g.counts.v[i] * value(i)
		}).mean(r)
		return p.each(func(i int) float32 { return p.v[i] / max(all.v[i], 1e-3) })
	}
	lum := func(i int) float32 { return sc.f.f[0].v[i] }
	warm := func(i int) float32 { return (sc.f.f[1].v[i] - sc.f.f[2].v[i]) / chromaPart }
	f.lum, f.warm = mean(lum), mean(warm)
	both := mean(func(i int) float32 { return lum(i) * warm(i) })
	square := mean(func(i int) float32 { return lum(i) * lum(i) })
	colour := mean(func(i int) float32 { return warm(i) * warm(i) })
	f.slope = g.counts.like().each(func(i int) float32 {
		c := both.v[i] - f.lum.v[i]*f.warm.v[i]
		a, b := max(square.v[i]-f.lum.v[i]*f.lum.v[i], 0)+facingNone, max(colour.v[i]-f.warm.v[i]*f.warm.v[i], 0)+1e-4
		if c <= 0 {
			return 0
		}
		agree := c / float32(math.Sqrt(float64(a*b)))
		return g.counts.v[i] * min(c/a, most) * step(facingFrom, facingSure, agree)
	})
	for _, p := range []*plane{&f.slope, &f.lum, &f.warm} {
		*p = p.smaller(lightWidth)
	}
	return f
}

// even takes the colour of relief from a texel, which tint multiplies, as far as the new
// light makes less of it: as much as its luminance tells, and no more than it has over what
// is around.
func (c *compositor) even(x int, tint *[3]float32) {
	guide := &c.guide.rows
	tells := c.facing[0].at[x] * (guide[0][x]/guideGain - c.facing[1].at[x])
	has := (guide[1][x]-guide[2][x])/(guideGain*chromaPart) + log2(tint[0]/tint[2]) - c.facing[2].at[x]
	if tells*has <= 0 {
		return
	}
	if abs(has) < abs(tells) {
		tells = has
	}
	less := exp2(c.p.evens / 2 * tells)
	tint[0] /= less
	tint[2] *= less
}

// warmest is by how many stops of red over blue a light warms what it makes a stop brighter
// than its shade.
func (l *lights) warmest() float64 {
	level := l.level()
	stops := math.Log2(max(luma(level), 1e-30) / max(luma(l.sky), 1e-30))
	warm := func(c [3]float64) float64 { return math.Log2(max(c[0], 1e-30) / max(c[2], 1e-30)) }
	return (warm(level) - warm(l.sky)) / max(stops, shadowLeast)
}
