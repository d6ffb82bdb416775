package sky

import (
	"math"

	"github.com/clipenv/toolkit/pkg/rgb"
)

// pureGround is what a pure sky's lower half shows in the new light, row by
// row at the working size, without a mirrored sun and its glow: as much of the
// new sky at the same angle over the horizon as the old one sent back of its
// own. Of each row it takes a value that lies below the glow.
func (p *plan) pureGround() (rows [3][]float32) {
	sc := p.sc
	s, line := sc.s, make([]float32, sc.s.w)
	base := [3]plane{}
	for c := range base {
		rows[c] = make([]float32, s.h)
		base[c] = p.sky.base[c].to(s.w, s.h)
	}
	for y := s.h / 2; y < s.h; y++ {
		mirrored := s.h - 1 - y
		var new [3]float32
		var old float32
		for c, weight := range rgb.Weights {
			copy(line, sc.fit[c].row(mirrored))
			old += weight * exp2(quantile(line, pureShare))
			copy(line, base[c].row(mirrored))
			new[c] = exp2(quantile(line, pureShare))
		}
		copy(line, sc.lum.row(y))
		back := min(quantile(line, pureShare)/max(old, 1e-30), 1)
		for c := range rows {
			rows[c][y] = back * new[c]
		}
	}
	return rows
}

// pureShare is the share of a row's texels that glow does not reach.
const pureShare = .4

// reflectionFade is how far below the horizon its light goes on, in degrees.
const reflectionFade = 14.

// reflection paints the lower half of a pure sky: the old one's profile in the
// new light, and near the horizon what stands there.
func (c *compositor) reflection(y int, out []float32) {
	el := c.s.elevation[y]
	if el >= 0 {
		return
	}
	sc, far := c.p.sc, float32(max(c.p.far, c.p.discFar))
	at := (float64(y)+.5)*float64(sc.s.h)/float64(c.s.h) - .5
	i := min(max(int(math.Floor(at)), sc.s.h/2), sc.s.h-2)
	part := float32(min(max(at-float64(i), 0), 1))
	near := 1 - step(0, reflectionFade, float32(-el))
	for x := range c.alpha {
		for k := range 3 {
			p := c.p.pure[k]
			ground := p[i] + part*(p[i+1]-p[i])
			v := &out[3*x+k]
			if near > 0 {
				ground += near * (c.above[3*x+k] - ground)
			}
			*v += far * (ground - *v)

		}
	}
}
