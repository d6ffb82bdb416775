package sky

// Stars are specks: they lie so many stops over the sky around and are no wider
// than a few texels at 1024×512. A sky with a larger share of them than starry
// shows stars; with more than that many it is, by day, the texture of clouds.
const (
	speckOver  = .35
	speckWidth = 2.
	starry     = 4e-4
	textured   = .04

	// Among more than manyStars, of a sky's share, what is no star is the Milky Way:
	// cloud hides stars. Maps of clear nights have .019 and more, towns .011 and less.
	fewStars, manyStars = .012, .018

	// How many stops a texel of the full-size map may lie over the clouds that
	// were found at the working size, in a sky with stars and in one without.
	overStars, overClouds = .1, .6
)

// findSpecks marks the stars of the sky, and what is beside them, and tells their
// share of it. It returns nil for a sky without.
func (sc *Scene) findSpecks() (marked []bool, share float64) {
	s, rows := sc.s, sc.s.h/2
	lg := plane{s.w, rows, sc.f.f[0].v[:s.w*rows]}
	open := lg.opened(sc.f.texels(speckWidth))
	is := make([]bool, len(sc.lum.v))
	var specks, all float64
	for y := range rows {
		for x := range s.w {
			i := y*s.w + x
			if sc.Mask.alpha.v[i] <= .85 {
				continue
			}
			all += s.solid[y]
			if lg.v[i] > open.v[i]+speckOver {
				is[i] = true
				specks += s.solid[y]
			}
		}
	}
	if specks < starry*all || sc.Kind != Night && specks > textured*all {
		return nil, 0
	}
	return grown(is, s.w, s.h, 1), specks / all
}

// opened is the plane without what is brighter than its surroundings and not
// wider than 2r texels either way: the most of the least within boxes of 2r+1.
// It is exact round the seam.
func (p plane) opened(r int) plane {
	return p.extreme(r, func(a, b float32) float32 { return min(a, b) }).extreme(r, func(a, b float32) float32 { return max(a, b) })
}

// extreme is the choice of all values within boxes of 2r+1.
func (p plane) extreme(r int, choose func(a, b float32) float32) plane {
	across := p.like().fill(func(x, y int) float32 {
		row := p.row(y)
		v := row[x]
		for d := 1; d <= r; d++ {
			v = choose(v, choose(row[(x+d)%p.w], row[(x+p.w-d%p.w)%p.w]))
		}
		return v
	})
	return p.like().fill(func(x, y int) float32 {
		v := across.row(y)[x]
		for d := 1; d <= r; d++ {
			v = choose(v, choose(across.row(max(y-d, 0))[x], across.row(min(y+d, p.h-1))[x]))
		}
		return v
	})
}
