package sky

import (
	"math"
	"slices"

	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
	"github.com/clipenv/toolkit/pkg/sky/sun"
)

// A low sun floods what stands before it with light of the lens and of the
// air, which has to go when the sun does.
const (
	glareNear = 16. // degrees around the sun where all of it goes
	glareFar  = 40. // and from which on nothing does
	glareOver = 1.6 // times the median of what stands elsewhere
)

var cosGlareFar = math.Cos(num.Radians(glareFar))

// glare is the light of a low sun in what stands before it: what is brighter
// than its like elsewhere. The zero value is none.
type glare struct {
	like
	rows []like // of each row below the horizon that has enough to be told by
	wet  []like // the same of water
	// gleam is the light of water about a texel, in stops at lightWidth.
	gleam raster.Plane
}

// like is what things look like away from a low sun.
type like struct {
	cap    float32    // luminance that is the thing's own
	colour [3]float32 // over their luminance
	over   [3]float32 // of water: stops of the smooth sky that it mirrors
}

// towards is what lies between two likes.
func (l like) towards(to like, by float32) like {
	l.cap += by * (to.cap - l.cap)
	for c := range l.colour {
		l.colour[c] += by * (to.colour[c] - l.colour[c])
	}
	return l
}

// glare is the scene's.
func (sc *Scene) glare() glare { return sc.glareOnce.of(sc.findGlare) }

// findGlare looks at what stands near the horizon away from a low sun; below
// it at each height by itself, since a low sun shines back from water and mist.
func (sc *Scene) findGlare() (g glare) {
	el := sc.Sun.Direction.Elevation()
	if !sc.Sun.Found || el > sun.GlareAbove || sc.Pure {
		return g
	}
	water := sc.wetness()
	elsewhere := func(from, to int, apart float64, over float32, wet bool) (l like, n int) {
		away := math.Cos(num.Radians(apart))
		var lum, warm []float32
		var at []int
		for y := from; y < to; y++ {
			for x := range sc.s.W {
				i := y*sc.s.W + x
				if wet && water.at(i) < .9 {
					continue
				}
				if sc.Mask.Alpha.V[i] < .05 && sc.s.Towards(x, y, sc.Sun.Direction) < away {
					lum, at = append(lum, sc.lum.V[i]), append(at, i)
					warm = append(warm, sc.f.F[1].V[i]-sc.f.F[2].V[i])
				}
			}
		}
		// Water shines, and sand beside it does not: the cooler part tells.
		most := float32(math.Inf(1))
		if !wet {
			most = raster.Quantile(slices.Clone(warm), glareCool)
		}
		var sum [3]float64
		for k, i := range at {
			if warm[k] <= most {
				for c := range sum {
					sum[c] += float64(sc.im.Pix[3*i+c])
				}
			}
		}
		l.cap = over * raster.Quantile(lum, .5)
		for c := range sum {
			l.colour[c] = float32(sum[c] / max(rgb.Lum(sum), 1e-30))
			if wet {
				for _, i := range at {
					l.over[c] += sc.fit[c].Row(sc.s.H - 1 - i/sc.s.W)[i%sc.s.W] / float32(len(at))
				}
			}
		}
		return l, len(lum)
	}
	g.like, _ = elsewhere(sc.s.Row(8), sc.s.Row(-6), glareApart, glareOver, false)
	g.rows = make([]like, sc.s.H)
	if water.some {
		g.wet, g.gleam = make([]like, sc.s.H), sc.gleam()
	}
	reach := sc.f.Texels(3)
	for y := range g.rows {
		g.rows[y] = g.like
		if sc.s.Elevation[y] < 0 && sc.s.Elevation[y] > el-glareFar {
			from, to := max(y-reach, sc.s.H/2), min(y+reach+1, sc.s.H)
			if l, n := elsewhere(from, to, glareApart, glareLevel, false); 4*n > (to-from)*sc.s.W && l.cap > 0 {
				g.rows[y] = l
			}
			if g.wet != nil {
				if l, n := elsewhere(from, to, wetApart, wetLevel, true); 40*n > (to-from)*sc.s.W {
					g.wet[y] = l
				}
			}
		}
	}
	return g
}

// glareApart is how far from the sun things are that have no glare, in degrees,
// and glareLevel how many times their median what is level with them may be.
const glareApart, glareLevel = 50., 1.3

// glareCool is the share of what stands elsewhere, the coolest first, whose colour
// is that of what has no glare.
const glareCool = .3

// wetApart is how far from a low sun its path on water ends, in degrees: what
// lies farther mirrors the sky, whose light goes by itself. wetLevel is how many
// times the median of that what is level with it may be.
const wetApart, wetLevel = 25., 1.1

// glareWarmer is by how many stops of red over blue what has the sun's colour is
// warmer than its like.
const glareWarmer = .5

// floods is how far the glare goes from a texel at an angle, given by its cosine, to
// the old sun.
func (p *plan) floods(cosine float64) float32 {
	return float32(p.discFar * num.Step(glareFar, glareNear, num.Degrees(num.Acos(cosine))))
}

// gleam is the log luminance of water, smoothed over its waves, at lightWidth.
func (sc *Scene) gleam() raster.Plane {
	wet := sc.wetness().share
	share := wet.Like()
	copy(share.V[len(share.V)/2:], wet.V[len(wet.V)/2:])
	lit := share.Like().Each(func(i int) float32 { return share.V[i] * sc.f.F[0].V[i] })
	soft := func(p raster.Plane) raster.Plane {
		p = p.Smaller(lightWidth)
		by := float64(p.W) / lightWidth
		return p.BlurBy(gleamAcross*by, gleamAlong*by)
	}
	lit, share = soft(lit), soft(share)
	return lit.Each(func(i int) float32 { return lit.V[i] / max(share.V[i], 1e-6) })
}

// The gleam of water is smoothed over so many texels at lightWidth; waves that lie
// so many stops over it are glitter.
const (
	gleamAcross = 3.
	gleamAlong  = .7
	wetGlitter  = .1
)

// unglare takes the glare out of a texel of the map. cosine is that of the
// angle to the old sun; y is the row at the working size, wet how far the texel
// is water, and gleam the light of the water about it.
func (p *plan) unglare(v *[3]float32, lum float32, cosine float64, y int, wet, gleam float32) {
	g := p.glare.rows[y]
	if wet > 0 {
		if l := p.glare.wet[max(y, p.sc.s.H/2)]; l.cap > 0 {
			g = g.towards(l, wet)
		} else {
			wet = 0
		}
	}
	if lum <= g.cap*(1-wet) || cosine < cosGlareFar {
		return
	}
	near, over := p.floods(cosine), num.Log2(max(lum, 1e-30)/g.cap)
	fall := .9 * max(over, 0)
	if wet > 0 {
		// Waves stay.
		even := max(gleam-num.Log2(g.cap), 0)
		fall += wet * (even + .9*max(over-even-wetGlitter, 0) - fall)
	}
	// What is cooler than things elsewhere, as the sea beside a beach, has none of
	// the sun's colour.
	warmer := num.Log2(max(v[0], 1e-30)/max(v[2], 1e-30)) - num.Log2(max(g.colour[0], 1e-6)/max(g.colour[2], 1e-6))
	// Water has no other colour of its own.
	colour := near * max(1-num.Exp2(min(-over, 0)), wet) * num.Step(0, glareWarmer, warmer)
	dimmed := lum * num.Exp2(-near*fall)
	for k := range v {
		v[k] = dimmed * (v[k]/lum + colour*(g.colour[k]-v[k]/lum))
	}
}
