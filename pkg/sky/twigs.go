package sky

// Twigs and leaves before a bright night sky: no light falls on them, and each texel
// holds some of the sky. The mask gets what it holds, and what it hides is dark.
const (
	twigsReach = 20. // texels at 1024×512 from the sky
	twigsDark  = .5  // of the middle of the ground: a thing that no light falls on

	// Where the ground has so much of the sky's light, lamps may light what stands there.
	twigsUnlit, twigsLit float32 = .2, .4

	// The chroma that a texel may be, and must be, from the sky's: what a lamp lights
	// has a colour of its own.
	twigsLike, twigsUnlike float32 = .45, 1.1
)

// thin gives a night's sky what it fills of twigs and leaves.
func (m *masking) thin() {
	s := m.s
	dark := m.floor + twigsDark*s.ofGround(m.lum, .5)
	for i, near := range besideSky(m.features, m.a) {
		if !near || m.above.v[i] > 0 {
			continue
		}
		least := dark / exp2(m.around[0].v[i]) // of the sky's light
		unlit := 1 - step(twigsDark*twigsUnlit, twigsDark*twigsLit, least)
		if unlit == 0 { // least may be all of it
			continue
		}
		share := (exp2(m.above.v[i]) - least) / (1 - least)
		share *= unlit * (1 - step(twigsLike, twigsUnlike, m.colour.v[i]))
		m.a.v[i] = max(m.a.v[i], share)
	}
}

// throughTwigs adds to the edge what a night's sky shines through, as far as it is
// brighter than the ground.
func (sc *Scene) throughTwigs() {
	ground := sc.s.ofGround(sc.lum, .5)
	for i, near := range besideSky(sc.f, sc.Mask.alpha) {
		lum := sc.smoothSky(i)
		sky := exp2(lum)
		if !near || sc.lum.v[i] <= ground || sc.lum.v[i] > 2*sky {
			continue
		}
		colour := abs(sc.f.f[1].v[i]-chromaPart*(sc.fit[0].v[i]-lum)) + abs(sc.f.f[2].v[i]-chromaPart*(sc.fit[2].v[i]-lum))
		sc.edge.v[i] = max(sc.edge.v[i], edgeThin*(1-step(twigsUnlit, twigsLit, ground/sky))*(1-step(twigsLike, twigsUnlike, colour)))
	}
}

// besideSky is what lies near the sky of a mask and over the horizon.
func besideSky(f *features, a plane) []bool {
	in := make([]bool, len(a.v))
	for i, v := range a.v {
		in[i] = v > .5
	}
	return grown(in, a.w, a.h, f.texels(twigsReach))[:f.s.row(floodLowest)*a.w]
}
