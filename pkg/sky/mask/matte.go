package mask

import (
	"slices"

	"github.com/clipenv/toolkit/internal/parallel"
	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/feature"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// matte tells how much of the sky a texel shows beside things, between twigs and in panes of
// glass. There c = a·sky + s·thing; both are known from what is around, and the three channels
// of c tell a and s (alpha matting; Smith and Blinn 1996, "Blue Screen Matting"). Its planes are
// smooth and have a quarter of the working size; the zero value is none.
type matte struct {
	behind [3]raster.Plane // radiance of the sky, complete behind things and without texture
	before [3]raster.Plane // radiance of things, complete before the sky
	may    raster.Plane    // how far what is no sky for the mask may show some, 0 to 1
	keeps  raster.Plane    // the least share of the sky of what is sky for the mask
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
func newMatte(f *feature.Features, guide [3]raster.Plane, mask raster.Plane) (m matte) {
	no := make([]bool, len(mask.V))
	for i, a := range mask.V {
		no[i] = a <= .9
	}
	sky := raster.PlaneOf(raster.Inverse(raster.Grown(no, mask.W, mask.H, 1)), mask.W, mask.H)
	var c, behind [3]raster.Plane
	for k := range c {
		c[k] = mask.Like()
	}
	c[0].Each(func(i int) float32 {
		lum, own := colourOfGuide(guide[0].V[i], guide[1].V[i], guide[2].V[i])
		c[1].V[i], c[2].V[i] = lum+num.Log2(own[1]), lum+num.Log2(own[2])
		return lum + num.Log2(own[0])
	})
	for k := range c {
		fill := fillNear(c[k], sky)
		behind[k], m.behind[k] = fill.To(mask.W, mask.H), radiance(fill)
	}
	thing := mask.Like().Each(func(i int) float32 {
		if mask.V[i] >= .1 {
			return 0
		}
		over := f.F[0].V[i] - num.Log2(rgb.Luminance(num.Exp2(behind[0].V[i]), num.Exp2(behind[1].V[i]), num.Exp2(behind[2].V[i])))
		off := num.Abs(c[0].V[i]-behind[0].V[i]-over) + num.Abs(c[2].V[i]-behind[2].V[i]-over)
		like := num.Step(matteLikeFrom, matteLikeSure, over) * (1 - num.Step(matteColourFrom, matteColourSure, off))
		return matteOther + num.Step(matteDarkFrom, matteDarkSure, over)*(1-like)
	})
	for k := range c {
		m.before[k] = radiance(fillNear(c[k], thing))
	}
	m.holdBack(f.F[0], mask)
	things := mask.Like().Each(func(i int) float32 { return 1 - mask.V[i] })
	m.keeps = around(things, matteEdge*f.Scale)
	m.keeps.Each(func(i int) float32 { return 1 - num.Step(matteThingFrom, matteThingSure, m.keeps.V[i]) })
	m.may = around(mask, matteReach*f.Scale)
	m.may.Each(func(i int) float32 { return num.Step(matteSkyFrom, matteSkySure, m.may.V[i]) })
	m.findBoth(guide, mask, f.Scale)
	return m
}

// findBoth takes out what has not both that it may be a mixture of beside it: glass that mirrors
// the sky has no hole, and pale slopes have no thing.
func (m *matte) findBoth(guide [3]raster.Plane, mask raster.Plane, scale float64) {
	holes, things := mask.Like(), mask.Like()
	parallel.Strips(mask.H, func() func(y int) {
		r := m.reader(mask.W, mask.H)
		return func(y int) {
			r.readRow(y, [3][]float32{guide[0].Row(y), guide[1].Row(y), guide[2].Row(y)})
			hole, thing := holes.Row(y), things.Row(y)
			for x, a := range mask.Row(y) {
				if a < .5 && r.may.At[x] > 0 {
					share, _, _ := r.share(x)
					a = max(a, share)
				}
				hole[x], thing[x] = num.Step(mattePure, matteSure, a), num.Step(matteThing, matteSolid, a)
			}
		}
	})
	hole, thing := around(holes, matteHole*scale), around(things, matteHole*scale)
	m.may.Each(func(i int) float32 {
		return m.may.V[i] * num.Step(matteHoleFrom, matteHoleSure, hole.V[i]) * num.Step(matteHoleFrom, matteHoleSure, thing.V[i])
	})
}

// holdBack takes off things before the sky the light that a bright one spreads in the lens: so
// near each other, things are in the same light. lg is log2 of luminance.
func (m *matte) holdBack(lg, mask raster.Plane) {
	// Weighed by how dark they are, the mean is that of dark ones.
	dark := mask.Like().Each(func(i int) float32 {
		if mask.V[i] >= .1 {
			return 0
		}
		return num.Exp2(-lg.V[i])
	})
	scale := float64(mask.W) / 1024
	sum := around(dark.Like().Each(func(i int) float32 { return dark.V[i] * lg.V[i] }), matteWide*scale)
	all := around(dark, matteWide*scale)
	for i, weight := range all.V {
		lum := rgb.Luminance(m.before[0].V[i], m.before[1].V[i], m.before[2].V[i])
		by := min(num.Exp2(sum.V[i]/max(weight, 1e-20)+matteHead)/max(lum, 1e-30), 1)
		for k := range m.before {
			m.before[k].V[i] *= by
		}
	}
}

// matteReader reads a matte row by row at any size. One goroutine uses it.
type matteReader struct {
	behind, before raster.ColourLines
	may, keeps     raster.Lines
	guide          [3][]float32 // of the row
}

func (m *matte) reader(w, h int) *matteReader {
	return &matteReader{behind: raster.LinesOf(m.behind, w, h), before: raster.LinesOf(m.before, w, h), may: m.may.Lines(w, h), keeps: m.keeps.Lines(w, h)}
}

// readRow reads row y, of which guide is that of its texels, and says whether any of them may
// be mixtures.
func (r *matteReader) readRow(y int, guide [3][]float32) bool {
	r.guide = guide
	r.may.Read(y)
	r.keeps.Read(y)
	some := slices.ContainsFunc(r.may.At, func(v float32) bool { return v > 0 }) || slices.ContainsFunc(r.keeps.At, func(v float32) bool { return v < 1 })
	if some {
		r.behind.Read(y)
		r.before.Read(y)
	}
	return some
}

// row gives the texels of row y of a mask, at an elevation in degrees, their share of the sky.
func (r *matteReader) row(y int, elevation float64, guide [3][]float32, alpha []float32) {
	some, high := r.readRow(y, guide), float32(num.Step(matteLowest, matteLow, elevation))
	for x, a := range alpha {
		if keep, may := r.keeps.At[x], high*r.may.At[x]; some && (a >= .5 && keep < 1 || a < 1 && may > 0) {
			share, off, over := r.share(x)
			if a >= .5 {
				bright := num.Step(-.15, 0, over) * (1 - feature.Green(r.guide[1][x]/feature.GuideGain, r.guide[2][x]/feature.GuideGain))
				a = min(a, max(share/matteCloud, keep, bright))
			}
			a = max(a, share*may*(1-num.Step(matteOffFrom, matteOffSure, off))*(1-num.Step(matteOverFrom, matteOverSure, over)))
		}
		alpha[x] = min(max((a-matteNone)/(matteWhole-matteNone), 0), 1)
	}
}

// share is how much of the sky a texel of the row shows by its colour. off is how far that is
// from all mixtures, over the sky, and over by how many stops it outshines the sky.
func (r *matteReader) share(x int) (a, off, over float32) {
	lg, c := colourOfGuide(r.guide[0][x], r.guide[1][x], r.guide[2][x])
	lum := num.Exp2(lg)
	var thing, sky [3]float32
	for k := range c {
		sky[k] = max(r.behind[k].At[x], 1e-30)
		c[k] *= lum / sky[k]
		thing[k] = r.before[k].At[x] / sky[k]
	}
	a, off = unmix(c, thing)
	return a, off, lg - num.Log2(rgb.Luminance(sky[0], sky[1], sky[2]))
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
		off += num.Abs(c[k]-a-s*thing[k]) / 3
	}
	return a, off
}

// colourOfGuide is log2 of luminance of a texel's guide, and its colour of luminance 1.
func colourOfGuide(light, red, blue float32) (lum float32, c [3]float32) {
	c[0], c[2] = num.Exp2(red/(feature.GuideGain*feature.ChromaPart)), num.Exp2(blue/(feature.GuideGain*feature.ChromaPart))
	c[1] = max((1-rgb.Luminance(c[0], 0, c[2]))/rgb.Luminance[float32](0, 1, 0), 1e-3)
	return light / feature.GuideGain, c
}

// fillNear continues a plane from where a weight is to where it is less: what is near, without
// its texture, at a quarter of the size.
func fillNear(p, weight raster.Plane) raster.Plane {
	num := p.Like().Each(func(i int) float32 { return p.V[i] * weight.V[i] }).Smaller(p.W / 4)
	w := weight.Smaller(p.W / 4)
	num.Each(func(i int) float32 { return num.V[i] / max(w.V[i], 1e-9) })
	w.Each(func(i int) float32 { return min(8*w.V[i], 1) })
	return raster.PullPush(num, w).Blur(1)
}

func radiance(lg raster.Plane) raster.Plane {
	return lg.Like().Each(func(i int) float32 { return num.Exp2(lg.V[i]) })
}

// around is the mean of a plane over texels around, at a quarter of the size.
func around(p raster.Plane, width float64) raster.Plane {
	small := p.Smaller(p.W / 4)
	return small.Blur(width * float64(small.W) / float64(p.W))
}
