package sky

import "github.com/clipenv/toolkit/pkg/sky/raster"

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
	s, rows := sc.s, sc.s.H/2
	lg := raster.Plane{W: s.W, H: rows, V: sc.f.F[0].V[:s.W*rows]}
	open := lg.Opened(sc.f.Texels(speckWidth))
	is := make([]bool, len(sc.lum.V))
	var specks, all float64
	for y := range rows {
		for x := range s.W {
			i := y*s.W + x
			if sc.Mask.Alpha.V[i] <= .85 {
				continue
			}
			all += s.Solid[y]
			if lg.V[i] > open.V[i]+speckOver {
				is[i] = true
				specks += s.Solid[y]
			}
		}
	}
	if specks < starry*all || sc.Kind != Night && specks > textured*all {
		return nil, 0
	}
	return raster.Grown(is, s.W, s.H, 1), specks / all
}
