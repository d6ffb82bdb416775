package sky

import (
	"slices"

	"github.com/clipenv/toolkit/internal/parallel"
	"github.com/clipenv/toolkit/pkg/rgb"
)

// matte tells how much of the sky a texel shows beside things, between twigs and in panes of
// glass. There c = a·sky + s·thing; both are known from what is around, and the three channels
// of c tell a and s (alpha matting; Smith and Blinn 1996, "Blue Screen Matting"). Its planes are
// smooth and have a quarter of the working size; the zero value is none.
type matte struct {
	behind [3]plane // radiance of the sky, complete behind things and without texture
	before [3]plane // radiance of things, complete before the sky
	may    plane    // how far what is no sky for the mask may show some, 0 to 1
	keeps  plane    // the least share of the sky of what is sky for the mask
}

const (
	matteReach = 10. // texels at 1024×512 over which sky is looked for around what may show some of it
	matteEdge  = 4.  // and things, around what may show some of them
	matteHole  = 3.  // and holes and solid things, around what may be both
	matteWide  = 40. // and things in the same light

	// The share of sky, of things and of either alone around a texel from where on it may show
	// some, and from where on it surely may.
	matteSkyFrom, matteSkySure     float32 = .014, .115
	matteThingFrom, matteThingSure float32 = .006, .067
	matteHoleFrom, matteHoleSure   float32 = .02, .15

	matteThing, matteSolid float32 = .55, .2 // up to which it may be a thing alone, and surely is
	mattePure, matteSure   float32 = .35, .8 // share of the sky from which on a texel may be a hole, and surely is
	matteHead              float32 = 1       // stops that a thing is brighter than the dark ones around

	// What s is held to 1-a by, so that grey before grey tells a, over the thing's light².
	matteHold float32 = .15

	// What is a mixture is not so far from all of them, over the sky, and does not outshine
	// the sky by so many stops.
	matteOffFrom, matteOffSure   float32 = .07, .17
	matteOverFrom, matteOverSure float32 = .35, .8

	// Stops under the sky of what is a thing; and of what is none by itself, as it is about as
	// bright, and has the sky's colour within stops of chroma.
	matteDarkFrom, matteDarkSure     float32 = -.8, -1.8
	matteLikeFrom, matteLikeSure     float32 = -1.6, -.6
	matteColourFrom, matteColourSure float32 = .4, 1.2
	matteOther                       float32 = 1e-3 // weight of what is no thing for sure

	matteCloud            float32 = .85     // a cloud in front of the sky around has so much of its light
	matteNone, matteWhole float32 = .03, .9 // what counts as none and as all of the sky
	matteLowest, matteLow         = .1, .6  // degrees
)

// newMatte finds what the texels of a mask may show. guide is the features'.
func (f *features) newMatte(guide [3]plane, mask plane) (m matte) {
	no := make([]bool, len(mask.v))
	for i, a := range mask.v {
		no[i] = a <= .9
	}
	sky := planeOf(inverse(grown(no, mask.w, mask.h, 1)), mask.w, mask.h)
	var c, behind [3]plane
	for k := range c {
		c[k] = mask.like()
	}
	c[0].each(func(i int) float32 {
		lum, own := colourOfGuide(guide[0].v[i], guide[1].v[i], guide[2].v[i])
		c[1].v[i], c[2].v[i] = lum+log2(own[1]), lum+log2(own[2])
		return lum + log2(own[0])
	})
	for k := range c {
		fill := fillNear(c[k], sky)
		behind[k], m.behind[k] = fill.to(mask.w, mask.h), radiance(fill)
	}
	thing := mask.like().each(func(i int) float32 {
		if mask.v[i] >= .1 {
			return 0
		}
		over := f.f[0].v[i] - log2(rgb.Luminance(exp2(behind[0].v[i]), exp2(behind[1].v[i]), exp2(behind[2].v[i])))
		off := abs(c[0].v[i]-behind[0].v[i]-over) + abs(c[2].v[i]-behind[2].v[i]-over)
		like := step(matteLikeFrom, matteLikeSure, over) * (1 - step(matteColourFrom, matteColourSure, off))
		return matteOther + step(matteDarkFrom, matteDarkSure, over)*(1-like)
	})
	for k := range c {
		m.before[k] = radiance(fillNear(c[k], thing))
	}
	m.holdBack(f.f[0], mask)
	things := mask.like().each(func(i int) float32 { return 1 - mask.v[i] })
	m.keeps = around(things, matteEdge*f.scale)
	m.keeps.each(func(i int) float32 { return 1 - step(matteThingFrom, matteThingSure, m.keeps.v[i]) })
	m.may = around(mask, matteReach*f.scale)
	m.may.each(func(i int) float32 { return step(matteSkyFrom, matteSkySure, m.may.v[i]) })
	m.findBoth(guide, mask, f.scale)
	return m
}

// findBoth takes out what has not both that it may be a mixture of beside it: glass that mirrors
// the sky has no hole, and pale slopes have no thing.
func (m *matte) findBoth(guide [3]plane, mask plane, scale float64) {
	holes, things := mask.like(), mask.like()
	parallel.Strips(mask.h, func() func(y int) {
		r := m.reader(mask.w, mask.h)
		return func(y int) {
			r.readRow(y, [3][]float32{guide[0].row(y), guide[1].row(y), guide[2].row(y)})
			hole, thing := holes.row(y), things.row(y)
			for x, a := range mask.row(y) {
				if a < .5 && r.may.at[x] > 0 {
					share, _, _ := r.share(x)
					a = max(a, share)
				}
				hole[x], thing[x] = step(mattePure, matteSure, a), step(matteThing, matteSolid, a)
			}
		}
	})
	hole, thing := around(holes, matteHole*scale), around(things, matteHole*scale)
	m.may.each(func(i int) float32 {
		return m.may.v[i] * step(matteHoleFrom, matteHoleSure, hole.v[i]) * step(matteHoleFrom, matteHoleSure, thing.v[i])
	})
}

// holdBack takes off things before the sky the light that a bright one spreads in the lens: so
// near each other, things are in the same light. lg is log2 of luminance.
func (m *matte) holdBack(lg, mask plane) {
	// Weighed by how dark they are, the mean is that of dark ones.
	dark := mask.like().each(func(i int) float32 {
		if mask.v[i] >= .1 {
			return 0
		}
		return exp2(-lg.v[i])
	})
	scale := float64(mask.w) / 1024
	sum := around(dark.like().each(func(i int) float32 { return dark.v[i] * lg.v[i] }), matteWide*scale)
	all := around(dark, matteWide*scale)
	for i, weight := range all.v {
		lum := rgb.Luminance(m.before[0].v[i], m.before[1].v[i], m.before[2].v[i])
		by := min(exp2(sum.v[i]/max(weight, 1e-20)+matteHead)/max(lum, 1e-30), 1)
		for k := range m.before {
			m.before[k].v[i] *= by
		}
	}
}

// matteReader reads a matte row by row at any size. One goroutine uses it.
type matteReader struct {
	behind, before colourLines
	may, keeps     lines
	guide          [3][]float32 // of the row
}

func (m *matte) reader(w, h int) *matteReader {
	return &matteReader{behind: linesOf(m.behind, w, h), before: linesOf(m.before, w, h), may: m.may.lines(w, h), keeps: m.keeps.lines(w, h)}
}

// readRow reads row y, of which guide is that of its texels, and says whether any of them may
// be mixtures.
func (r *matteReader) readRow(y int, guide [3][]float32) bool {
	r.guide = guide
	r.may.read(y)
	r.keeps.read(y)
	some := slices.ContainsFunc(r.may.at, func(v float32) bool { return v > 0 }) || slices.ContainsFunc(r.keeps.at, func(v float32) bool { return v < 1 })
	if some {
		r.behind.read(y)
		r.before.read(y)
	}
	return some
}

// row gives the texels of row y of a mask, at an elevation in degrees, their share of the sky.
func (r *matteReader) row(y int, elevation float64, guide [3][]float32, alpha []float32) {
	some, high := r.readRow(y, guide), float32(step(matteLowest, matteLow, elevation))
	for x, a := range alpha {
		if keep, may := r.keeps.at[x], high*r.may.at[x]; some && (a >= .5 && keep < 1 || a < 1 && may > 0) {
			share, off, over := r.share(x)
			if a >= .5 {
				bright := step(-.15, 0, over) * (1 - green(r.guide[1][x]/guideGain, r.guide[2][x]/guideGain))
				a = min(a, max(share/matteCloud, keep, bright))
			}
			a = max(a, share*may*(1-step(matteOffFrom, matteOffSure, off))*(1-step(matteOverFrom, matteOverSure, over)))
		}
		alpha[x] = min(max((a-matteNone)/(matteWhole-matteNone), 0), 1)
	}
}

// share is how much of the sky a texel of the row shows by its colour. off is how far that is
// from all mixtures, over the sky, and over by how many stops it outshines the sky.
func (r *matteReader) share(x int) (a, off, over float32) {
	lg, c := colourOfGuide(r.guide[0][x], r.guide[1][x], r.guide[2][x])
	lum := exp2(lg)
	var thing, sky [3]float32
	for k := range c {
		sky[k] = max(r.behind[k].at[x], 1e-30)
		c[k] *= lum / sky[k]
		thing[k] = r.before[k].at[x] / sky[k]
	}
	a, off = unmix(c, thing)
	return a, off, lg - log2(rgb.Luminance(sky[0], sky[1], sky[2]))
}

// unmix finds a and s of c = a + s·thing by least squares, all over the sky's colour. off is
// how far that is from c on the mean of the channels.
func unmix(c, thing [3]float32) (a, off float32) {
	var ff, f1, cf, c1 float32
	for k := range c {
		ff += thing[k] * thing[k]
		f1 += thing[k]
		cf += c[k] * thing[k]
		c1 += c[k]
	}
	hold := matteHold * ff
	ff, f1, cf, c1 = ff+hold, f1+hold, cf+hold, c1+hold
	one := 3 + hold
	a = (c1*ff - cf*f1) / max(one*ff-f1*f1, 1e-20)
	if one*cf < c1*f1 { // s below 0
		a = c1 / one
	}
	a = min(max(a, 0), 1)
	s := max((cf-a*f1)/max(ff, 1e-20), 0)
	for k := range c {
		off += abs(c[k]-a-s*thing[k]) / 3
	}
	return a, off
}

// colourOfGuide is log2 of luminance of a texel's guide, and its colour of luminance 1.
func colourOfGuide(light, red, blue float32) (lum float32, c [3]float32) {
	c[0], c[2] = exp2(red/(guideGain*chromaPart)), exp2(blue/(guideGain*chromaPart))
	c[1] = max((1-rgb.Luminance(c[0], 0, c[2]))/rgb.Luminance[float32](0, 1, 0), 1e-3)
	return light / guideGain, c
}

// fillNear continues a plane from where a weight is to where it is less: what is near, without
// its texture, at a quarter of the size.
func fillNear(p, weight plane) plane {
	num := p.like().each(func(i int) float32 { return p.v[i] * weight.v[i] }).smaller(p.w / 4)
	w := weight.smaller(p.w / 4)
	num.each(func(i int) float32 { return num.v[i] / max(w.v[i], 1e-9) })
	w.each(func(i int) float32 { return min(8*w.v[i], 1) })
	return pullPush(num, w).blur(1)
}

func radiance(lg plane) plane { return lg.like().each(func(i int) float32 { return exp2(lg.v[i]) }) }

// around is the mean of a plane over texels around, at a quarter of the size.
func around(p plane, width float64) plane {
	small := p.smaller(p.w / 4)
	return small.blur(width * float64(small.w) / float64(p.w))
}
