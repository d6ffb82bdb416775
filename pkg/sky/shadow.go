package sky

import (
	"math"
	"slices"
)

// shadows says how many stops each place of the foreground lies below the lit
// places around it, as far as the map's own beam can explain that.
type shadows struct {
	hard  bool    // there are any
	ratio float64 // stops of lit level ground over shaded
	lift  guided
	hue   [3]float32 // stops of the shade's colour over that of what is lit
}

// shadowLeast is by how many stops the beam must raise level ground for its
// shadows to be looked for, and deepest how many times those stops one may be.
const shadowLeast, deepest = .5, 1.15

// findShadows looks for cast shadows. A place is lit when it is as bright as
// the brightest quarter around, the mean of fourth powers; it lies in shadow
// by what it is darker, up to the ratio of lit to shaded level ground. What is
// darker than that, or of another colour than the ground around, is a dark
// thing.
func (sc *Scene) findShadows() (out shadows) {
	if !sc.Sun.Found || sc.Pure {
		return out
	}
	out.ratio = math.Log2(luma(sc.old.level()) / max(luma(sc.old.sky), 1e-30))
	if out.ratio < shadowLeast {
		return out
	}
	out.hard = true
	lit := luma(sc.old.level())
	for c := range out.hue {
		v := sc.old.sky[c] / max(luma(sc.old.sky), 1e-30) / max(sc.old.level()[c]/max(lit, 1e-30), 1e-6)
		out.hue[c] = float32(math.Log2(min(max(v, .5), 2)))
	}
	s, lg := sc.s, sc.f.f[0]
	base := smoothed(sc.f, 4, .1)
	counts := lg.like().fill(func(x, y int) float32 {
		if sc.Mask.alpha.row(y)[x] < .2 && s.elevation[y] < 4 {
			return 1
		}
		return 0
	})
	mean := func(p plane) plane {
		small := p.smaller(lightWidth)
		by := float64(small.w) / 1024
		return small.blurBy(90*by, 50*by)
	}
	weight := mean(counts)
	local := func(value func(i int) float32) plane {
		p := mean(lg.like().each(func(i int) float32 { return value(i) * counts.v[i] }))
		return p.each(func(i int) float32 { return p.v[i] / max(weight.v[i], 1e-3) }).to(s.w, s.h)
	}
	level := quantile(slices.Clone(base.v), .5) // keeps fourth powers in range
	bright := local(func(i int) float32 { return exp2(4 * (base.v[i] - level)) })
	red := local(func(i int) float32 { return sc.f.f[1].v[i] })
	ratio := float32(out.ratio)
	lift := lg.like().fill(func(x, y int) float32 {
		i := y*s.w + x
		deep := log2(bright.v[i]+1e-12)/4 + level - .2 - base.v[i]
		d := min(max(deep, 0), deepest*ratio) * counts.v[i]
		d *= 1 - .35*step(1.1*ratio, ratio+1.2, deep)
		d *= 1 - step(.35, .85, abs(sc.f.f[1].v[i]-red.v[i]))
		return d * float32(1-step(-3, 4, s.elevation[y]))
	})
	out.lift = newGuided(sc.f.guide(), lift, sc.f.texels(3), 1e-3)
	return out
}

// smoothed is log luminance without its texture, edges kept: a guided filter
// of itself, as a bilateral one would do. eps is in stops squared.
func smoothed(f *features, radius float64, eps float64) plane {
	p, r := f.f[0], f.texels(radius)
	mean := p.mean(r)
	square := p.like().each(func(i int) float32 { return p.v[i] * p.v[i] }).mean(r)
	slope := p.like().each(func(i int) float32 {
		v := max(square.v[i]-mean.v[i]*mean.v[i], 0)
		return v / (v + float32(eps))
	})
	offset := p.like().each(func(i int) float32 { return mean.v[i] * (1 - slope.v[i]) }).mean(r)
	slope = slope.mean(r)
	return p.like().each(func(i int) float32 { return slope.v[i]*p.v[i] + offset.v[i] })
}
