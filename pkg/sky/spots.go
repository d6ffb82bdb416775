package sky

import (
	"math"

	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

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
	coarse := local{sc.f, g.base.Smaller(lightWidth), g.counts.Smaller(lightWidth)}
	base := func(i int) float32 { return coarse.base.V[i] }
	shade := coarse.around(base, nil)
	for range spotRounds {
		was := shade
		shade = coarse.around(base, func(i int) float32 { return 1 - num.Step(.2, 1, num.Abs(coarse.base.V[i]-was.V[i]+.2)) })
	}
	shade = shade.To(sc.s.W, sc.s.H)
	over := g.base.Like().Each(func(i int) float32 { return g.base.V[i] - shade.V[i] })
	sure := float32(num.Step(0, spotsTold, sc.canopy.spots))
	cut := over.Like().Fill(func(x, y int) float32 {
		i := y*sc.s.W + x
		by := min(max(over.V[i]-spotThing, 0)*(1-spotOwn), spotMost)
		return sure * g.counts.V[i] * (1 - water.at(i)) * by * float32(1-num.Step(.7*spotHigh, spotHigh, sc.s.Elevation[y]))
	})
	was := g.around(func(i int) float32 { return num.Exp2(over.V[i]) }, nil)
	is := g.around(func(i int) float32 { return num.Exp2(over.V[i] - cut.V[i]) }, nil)
	lift := cut.Like().Each(func(i int) float32 { return num.Log2(max(was.V[i], 1e-6)/max(is.V[i], 1e-6)) - cut.V[i] })
	out.hard, out.least, out.most = true, -spotMost, spotMost
	out.ratio = max(math.Log2(rgb.Lum(sc.old.level())/max(rgb.Lum(sc.old.sky), 1e-30)), shadowLeast)
	for c, v := range g.colourOf(cut) {
		out.hue[c] = -v * float32(out.ratio) / colourGoes
	}
	out.lift = raster.NewGuided(sc.f.Guide(), lift, sc.f.Texels(3), 4e-3)
	return out
}

// spotRounds is how often the mode is sought anew.
const spotRounds = 4
