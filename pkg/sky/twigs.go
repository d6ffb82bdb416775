package sky

import (
	"github.com/clipenv/toolkit/pkg/sky/feature"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// Twigs and leaves before a bright night sky: no light falls on them, and each texel
// holds some of the sky. What the mask hides is dark.
const (
	twigsReach = 20. // texels at 1024×512 from the sky

	// Where the ground has so much of the sky's light, lamps may light what stands there.
	twigsUnlit, twigsLit float32 = .2, .4

	// The chroma that a texel may be, and must be, from the sky's: what a lamp lights
	// has a colour of its own.
	twigsLike, twigsUnlike float32 = .45, 1.1
)

// throughTwigs adds to the edge what a night's sky shines through, as far as it is
// brighter than the ground.
func (sc *Scene) throughTwigs() {
	ground := sc.s.OfGround(sc.lum, .5)
	in := make([]bool, len(sc.Mask.Alpha.V))
	for i, a := range sc.Mask.Alpha.V {
		in[i] = a > .5
	}
	beside := raster.Grown(in, sc.s.W, sc.s.H, sc.f.Texels(twigsReach))
	for i, near := range beside[:sc.s.Row(feature.FloodLowest)*sc.s.W] {
		lum := sc.smoothSky(i)
		sky := num.Exp2(lum)
		if !near || sc.lum.V[i] <= ground || sc.lum.V[i] > 2*sky {
			continue
		}
		colour := num.Abs(sc.f.F[1].V[i]-feature.ChromaPart*(sc.fit[0].V[i]-lum)) + num.Abs(sc.f.F[2].V[i]-feature.ChromaPart*(sc.fit[2].V[i]-lum))
		sc.edge.V[i] = max(sc.edge.V[i], edgeThin*(1-num.Step(twigsUnlit, twigsLit, ground/sky))*(1-num.Step(twigsLike, twigsUnlike, colour)))
	}
}
