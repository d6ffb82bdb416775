package sky

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
	ground := sc.s.ofGround(sc.lum, .5)
	in := make([]bool, len(sc.Mask.alpha.v))
	for i, a := range sc.Mask.alpha.v {
		in[i] = a > .5
	}
	beside := grown(in, sc.s.w, sc.s.h, sc.f.texels(twigsReach))
	for i, near := range beside[:sc.s.row(floodLowest)*sc.s.w] {
		lum := sc.smoothSky(i)
		sky := exp2(lum)
		if !near || sc.lum.v[i] <= ground || sc.lum.v[i] > 2*sky {
			continue
		}
		colour := abs(sc.f.f[1].v[i]-chromaPart*(sc.fit[0].v[i]-lum)) + abs(sc.f.f[2].v[i]-chromaPart*(sc.fit[2].v[i]-lum))
		sc.edge.v[i] = max(sc.edge.v[i], edgeThin*(1-step(twigsUnlit, twigsLit, ground/sky))*(1-step(twigsLike, twigsUnlike, colour)))
	}
}
