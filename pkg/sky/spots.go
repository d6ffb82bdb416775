package sky

import "math"

// Spots of sun under leaves: what outshines the shade around by more than spotThing
// stops has it from a beam, as far as a thing has none of its own: spotOwn of what lies
// over that.
const (
	spotThing = .4
	spotOwn   = .1
	spotMost  = 3.5 // stops
	spotHigh  = 30. // degrees that they are looked for up to
	spotsTold = .5  // how surely there must be any for all to go
)

// findSpots looks for the spots of a sun that leaves hide. They go down to the shade
// around, which gets what they lose: the light that falls there is known by its mean.
func (sc *Scene) findSpots() (out shadows) {
	if sc.canopy.spots == 0 {
		return out
	}
	g, water := sc.local(spotHigh), sc.wetness()
	// The shade is what most is like that outshines nothing around: the mode, by mean
	// shift (Fukunaga and Hostetler 1975) from the mean.
	coarse := local{sc.f, g.base.smaller(lightWidth), g.counts.smaller(lightWidth)}
	base := func(i int) float32 { return coarse.base.v[i] }
	shade := coarse.around(base, nil)
	for range spotRounds {
		was := shade
		shade = coarse.around(base, func(i int) float32 { return 1 - step(.2, 1, abs(coarse.base.v[i]-was.v[i]+.2)) })
	}
	shade = shade.to(sc.s.w, sc.s.h)
	over := g.base.like().each(func(i int) float32 { return g.base.v[i] - shade.v[i] })
	sure := float32(step(0, spotsTold, sc.canopy.spots))
	cut := over.like().fill(func(x, y int) float32 {
		i := y*sc.s.w + x
		by := min(max(over.v[i]-spotThing, 0)*(1-spotOwn), spotMost)
		return sure * g.counts.v[i] * (1 - water.at(i)) * by * float32(1-step(.7*spotHigh, spotHigh, sc.s.elevation[y]))
	})
	was := g.around(func(i int) float32 { return exp2(over.v[i]) }, nil)
	is := g.around(func(i int) float32 { return exp2(over.v[i] - cut.v[i]) }, nil)
	lift := cut.like().each(func(i int) float32 { return log2(max(was.v[i], 1e-6)/max(is.v[i], 1e-6)) - cut.v[i] })
	out.hard, out.least, out.most = true, -spotMost, spotMost
	out.ratio = max(math.Log2(luma(sc.old.level())/max(luma(sc.old.sky), 1e-30)), shadowLeast)
	for c, v := range g.colourOf(cut) {
		out.hue[c] = -v * float32(out.ratio) / colourGoes
	}
	out.lift = newGuided(sc.f.guide(), lift, sc.f.texels(3), 4e-3)
	return out
}

// spotRounds is how often the mode is sought anew.
const spotRounds = 4
