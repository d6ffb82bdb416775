package sky

import (
	"math"

	"github.com/clipenv/toolkit/internal/parallel"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

const (
	// pureShare is the share of a row's texels that glow does not reach.
	pureShare = .4
	// reflectionFade is how far below the horizon what stands over it is mirrored as sharp
	// and as bright as it is, in degrees.
	reflectionFade = 4.
	// reflectionBlur is over how much of its height a sky is blurred in the
	// ground of a pure one.
	reflectionBlur = .35
	// sheen is how many times as bright as its row a mirrored glow may be, by a row's texels
	// of which sheenShare are no brighter: a dusk's glow fills a third of them.
	sheen, sheenShare = 4, .7
)

// isPure tells the blurred reflection of a sky from ground, which has grain: by
// how far a texel lies from the mean of its neighbours.
func (sc *Scene) isPure() bool {
	lg := sc.f.F[0].Smaller(kindWidth)
	s := raster.NewSphere(lg.W, lg.H)
	var grain []float32
	for y := max(s.Row(-6), 1); y < min(s.Row(-75), s.H-1); y++ {
		row, up, down := lg.Row(y), lg.Row(y-1), lg.Row(y+1)
		for x, v := range row {
			grain = append(grain, num.Abs(v-(row[(x+1)%s.W]+row[(x+s.W-1)%s.W]+up[x]+down[x])/4))
		}
	}
	return len(grain) > 0 && raster.Quantile(grain, .5) < pureBelow*kindWidth/float32(lg.W)
}

// pureBelow is the grain of a reflected sky, in stops at 512×256. 20 of 20
// lie below .0051, and all grounds above .0128.
const pureBelow = .008

// pureGround is what a pure sky's lower half shows in the new light, at the
// size at which light is summed: as much of the new sky at the same angle over
// the horizon as the old one sent back of its own, and more blurred the higher
// that stands, by as many degrees along the horizon as across it. A row's light is taken below its glow, so that no old sun's
// mirror is taken for what is sent back. small is the new sky, which gets its glow.
func (p *plan) pureGround(small *hdr.Image, s *raster.Sphere) (ground [3]raster.Plane) {
	for y := range s.H / 2 {
		p.addGlow(s, y, small.Row(y))
	}
	back := p.sentBack(s.H)
	for c := range ground {
		ground[c] = raster.NewPlane(s.W, s.H)
	}
	parallel.Rows(s.H/2, func(from, to int) {
		for depth := from; depth < to; depth++ {
			mirrored, y := s.H/2-1-depth, s.H/2+depth
			around := int(reflectionBlur * float64(depth+1))
			least, most := max(mirrored-around, 0), min(mirrored+around, s.H/2-1)
			for c := range ground {
				out := ground[c].Row(y)
				for v := least; v <= most; v++ {
					for x := range out {
						out[x] += small.Row(v)[3*x+c]
					}
				}
				by := back[y] / float32(most-least+1)
				for x := range out {
					out[x] *= by
				}
				wide := raster.Box{R: int(math.Sqrt(.5) * float64(around) / max(math.Cos(num.Radians(s.Elevation[y])), 1e-3))}
				for range 2 {
					raster.Plane{W: s.W, H: 1, V: out}.Along(wide)
				}
			}
		}
	})
	for c := range ground {
		ground[c] = ground[c].Each(func(i int) float32 { return num.Log2(ground[c].V[i] + p.sc.f.Floor) })
	}
	return ground
}

// addGlow adds the lens's glow to a row of sky, as far as a ground sends it back.
func (p *plan) addGlow(s *raster.Sphere, y int, row []float32) {
	line := make([]float32, s.W)
	for x := range line {
		line[x] = rgb.Luminance(row[3*x], row[3*x+1], row[3*x+2])
	}
	top := sheen * raster.Quantile(line, sheenShare)
	for x := range s.W {
		v := row[3*x : 3*x+3]
		g := p.glow * lensGlow(s, x, y, p.sky.source)
		for c, beam := range p.painted {
			v[c] += g * float32(beam)
		}
		if lum := rgb.Luminance(v[0], v[1], v[2]); lum > top {
			for c := range v {
				v[c] *= top / lum
			}
		}
	}
}

// sentBack is the share of the old sky's light at an angle over the horizon
// that came from as much below it, at most 1, for each of so many rows.
func (p *plan) sentBack(rows int) []float32 {
	sc := p.sc
	s, line := sc.s, make([]float32, sc.s.W)
	back := make([]float32, rows)
	for i := rows / 2; i < rows; i++ {
		y := min(i*s.H/rows+s.H/rows/2, s.H-1)
		var old float32
		for c, weight := range rgb.Weights {
			copy(line, sc.fit[c].Row(s.H-1-y))
			old += weight * num.Exp2(raster.Quantile(line, pureShare))
		}
		copy(line, sc.lum.Row(y))
		back[i] = min(raster.Quantile(line, pureShare)/max(old, 1e-30), 1)
	}
	return back
}

// reflection paints the lower half of a pure sky: the new one as the old one's
// ground sends it back, and near the horizon that itself, which above has mirrored.
func (c *compositor) reflection(y int, out []float32) {
	el := c.s.Elevation[y]
	if el >= 0 {
		return
	}
	c.pure.Read(y)
	far := float32(max(c.p.far, c.p.discFar))
	near := float32(1 - num.Step(0, reflectionFade, math.Abs(el)))
	for x := range c.alpha {
		for k := range 3 {
			ground, v := num.Exp2(c.pure[k].At[x]), &out[3*x+k]
			if near > 0 {
				ground += near * (c.above[3*x+k] - ground)
			}
			*v += far * (ground - *v)
		}
	}
}
