package sky

// local is what stands before the sky, up to some elevation, of which means are taken
// over what is around: some 30 degrees.
type local struct {
	f      *features
	base   plane // its luminance without texture, stops
	counts plane // 1 where there is any, 0 elsewhere
}

// local is what stands before the sky under an elevation in degrees.
func (sc *Scene) local(below float64) local {
	return local{sc.f, smoothed(sc.f, 4, .1), sc.lum.like().fill(func(x, y int) float32 {
		if sc.Mask.alpha.row(y)[x] < .2 && sc.s.elevation[y] < below {
			return 1
		}
		return 0
	})}
}

// localLeast is the weight of what is worth none, so that there is a mean everywhere, and
// the least share of what is around that a mean is of.
const localLeast = 1e-3

// around is the mean of a value over what is around; of a weight's as far as there is
// one.
func (g *local) around(value func(i int) float32, weight func(i int) float32) plane {
	mean := func(p plane) plane {
		small := p.smaller(lightWidth)
		by := float64(small.w) / 1024
		return small.blurBy(90*by, 50*by)
	}
	w := g.counts
	if weight != nil {
		w = w.like().each(func(i int) float32 { return g.counts.v[i] * (weight(i) + localLeast) })
	}
	p := mean(w.like().each(func(i int) float32 { return w.v[i] * value(i) }))
	w = mean(w)
	least := float32(localLeast)
	if weight != nil {
		least *= localLeast
	}
	return p.each(func(i int) float32 { return p.v[i] / max(w.v[i], least) }).to(g.base.w, g.base.h)
}

// colourOf is by how many stops red rises with a stop of light on the ground, and blue
// falls, where that light is warmer than the rest: by least squares.
func (g *local) colourOf(light plane) (slope [3]float32) {
	s := g.f.s
	mean := g.around(func(i int) float32 { return light.v[i] }, nil)
	for c, warm := range map[int]float64{0: 1, 2: -1} {
		p := g.f.f[1+c/2]
		around := g.around(func(i int) float32 { return p.v[i] }, nil)
		var both, square float64
		for i := s.row(-5) * s.w; i < len(light.v); i++ {
			d := light.v[i] - mean.v[i]
			w := float64(g.counts.v[i]) * s.solid[i/s.w]
			both += w * float64(d*(p.v[i]-around.v[i])) / chromaPart
			square += w * float64(d*d)
		}
		slope[c] = float32(warm * max(warm*both/max(square, 1e-12), 0))
	}
	return slope
}
