package sky

import "math"

// lamplit is what lamps did to the foreground of a night, by place: what they lit
// stands out and has their colour, which by day it does not. Nothing tells the
// colour of a lamp from that of the wall that it lights, so each is taken back in part.
type lamplit struct {
	around guided   // stops over the night's grey of what lies around a texel, lamps left out
	colour [3]plane // stops of red, green and blue that are the lamps', at the working size; luminance stays but for litForm
	grey   float32  // log2 of the night's grey
	keeps  float32  // share of its stops under that grey that a thing has by day, too
	sky    float32  // share of the light on level ground that is the sky's
	cold   float32  // how far lamps light the place: how far blue and violet are theirs
}

// How lamps are taken back.
const (
	groundGrey    = .22 // albedo of the middle of a night's ground
	lamplitRadius = 12. // texels at 1024×512 that are around
	lamplitWide   = 32. // and over whose mean what lies more than lamplitOver stops is a lamp
	lamplitOver   = .6
	lamplitEdge   = 2. // variance, in stops squared, of what is texture and stays

	formFrom, formSure = .5, 2. // stops over the night's grey of what lamps lit
	formBlur           = 10.    // texels at 1024×512 that are near by
	formMost           = .8     // stops

	lamplitDark = .3 // share of its stops under grey that a thing has by night alone, which no lamp reaches

	lamplitTint    = .7  // share of the warm tint that is the lamps', stone being warm too
	lamplitCool    = .9  // of the cold, which little has by day
	lamplitLocus   = .35 // stops of green for one of red over blue, of lamps
	lamplitGreen   = .3  // of the green, since leaves are green
	lamplitMagenta = .8  // of its opposite, which no ground has but in a sensor's noise
	lamplitReach   = 10.
	lamplitEps     = .01
	lamplitSure    = 5 // stops between channels beyond which they say no more
)

// lamplit is the scene's, found when it is first asked for.
func (sc *Scene) lamplit() *lamplit { return sc.lamplitOnce.of(sc.findLamplit) }

func (sc *Scene) findLamplit() *lamplit {
	f := sc.f
	guide, reach := f.guide(), f.texels(lamplitReach)
	skylit := groundGrey * float32(luma(sc.old.level())) / math.Pi
	u := &lamplit{
		grey:  log2(groundGrey * sc.paper()),
		keeps: 1 - lamplitDark*float32(sc.lampPart()),
		sky:   float32(1 - sc.lampPart()),
		cold:  float32(sc.litByLamps()),
	}
	base := sc.aroundLamps()
	u.around = newGuided(guide, base.like().each(func(i int) float32 { return base.v[i] - u.grey }), f.texels(3), 1e-3)

	// The colour that the light on level ground has goes with it; what lamps lit
	// from near goes by its own.
	light := plus(sc.old.level(), sc.lamplight)
	var cast [3]float32
	for c, v := range light {
		cast[c] = float32(adapted * math.Log2(max(v, 1e-30)/max(luma(light), 1e-30)))
	}
	lit := base.like().each(func(i int) float32 { return 1 - min(2*skylit*exp2(-base.v[i]), 1) })
	warm, green := base.like(), base.like()
	warm.each(func(i int) float32 {
		p := sc.im.Pix[3*i : 3*i+3]
		var lg [3]float32
		for c := range lg {
			lg[c] = log2(max(p[c], 0)+f.floor) - (1-lit.v[i])*cast[c]
		}
		green.v[i] = lg[1] - (lg[0]+lg[2])/2
		return lg[0] - lg[2]
	})
	warm = newGuided(guide, warm, reach, lamplitEps).read(guide)
	green = newGuided(guide, green, reach, lamplitEps).read(guide)
	for c := range u.colour {
		u.colour[c] = base.like()
	}
	form := sc.litForm(base, u.grey)
	for i := range base.v {
		warm.v[i] = min(max(warm.v[i], -lamplitSure), lamplitSure)
		// A black body's light has more green the warmer it is.
		along := lamplitLocus * lit.v[i] * max(warm.v[i], 0)
		w, g := lamplitTint*lit.v[i]*warm.v[i], lamplitTint*along
		if warm.v[i] < 0 {
			w = lamplitCool * lit.v[i] * warm.v[i]
		}
		if aside := green.v[i] - along; aside < 0 {
			g += lamplitMagenta * aside
		} else {
			g += lamplitGreen * lit.v[i] * aside
		}
		is := [3]float32{warm.v[i]/2 - green.v[i]/3, 2 * green.v[i] / 3, -warm.v[i]/2 - green.v[i]/3}
		gone := [3]float32{w/2 - g/3, 2 * g / 3, -w/2 - g/3}
		keeps := log2(lumaOf(is, [3]float32{})) - log2(lumaOf(is, gone))
		for c := range gone {
			u.colour[c].v[i] = (1 - sc.Mask.alpha.v[i]) * (gone[c] - keeps - lit.v[i]*cast[c] - form.v[i])
		}
	}
	return u
}

// litForm is by how many stops what lamps lit is brighter by day than what they lit near
// by: a share of what it was by night, since walls differ and not their lamps alone.
// Below the horizon it mirrors them.
func (sc *Scene) litForm(around plane, grey float32) plane {
	lit := around.like().fill(func(x, y int) float32 {
		stands := float32(step(-1, 1, sc.s.elevation[y])) * (1 - sc.Mask.alpha.row(y)[x])
		return stands * step(formFrom, formSure, around.row(y)[x]-grey)
	})
	lg := around.like().each(func(i int) float32 { return log2(sc.lum.v[i] + sc.f.floor) })
	sigma := formBlur * sc.f.scale
	sum, all := around.like().each(func(i int) float32 { return lit.v[i] * lg.v[i] }).blur(sigma), lit.blur(sigma)
	return around.like().each(func(i int) float32 {
		over := lit.v[i] * (lg.v[i] - sum.v[i]/max(all.v[i], 1e-6))
		return formMost * over / (1 + abs(over))
	})
}

// lumaOf is the luminance of channels in stops, less some.
func lumaOf(is, less [3]float32) float32 {
	return float32(luma([3]float64{float64(exp2(is[0] - less[0])), float64(exp2(is[1] - less[1])), float64(exp2(is[2] - less[2]))}))
}

// aroundLamps is log2 of the luminance around each texel of the foreground, which
// follows edges and leaves out what outshines its surroundings as a lamp does.
func (sc *Scene) aroundLamps() plane {
	f := sc.f
	thing := sc.lum.like().each(func(i int) float32 { return max(1-sc.Mask.alpha.v[i], 1e-3) })
	mean := func(p plane, r int) plane {
		all := thing.mean(r)
		sum := p.like().each(func(i int) float32 { return thing.v[i] * p.v[i] }).mean(r)
		return sum.each(func(i int) float32 { return sum.v[i] / all.v[i] })
	}
	wide, r := mean(f.f[0], f.texels(lamplitWide)), f.texels(lamplitRadius)
	p := wide.like().each(func(i int) float32 { return min(f.f[0].v[i], wide.v[i]+lamplitOver) })
	middle := mean(p, r)
	slope := mean(p.like().each(func(i int) float32 { return p.v[i] * p.v[i] }), r)
	slope.each(func(i int) float32 {
		v := max(slope.v[i]-middle.v[i]*middle.v[i], 0)
		return v / (v + lamplitEdge)
	})
	offset := mean(middle.each(func(i int) float32 { return middle.v[i] * (1 - slope.v[i]) }), r)
	slope = mean(slope, r)
	return p.each(func(i int) float32 { return slope.v[i]*p.v[i] + offset.v[i] })
}

// lampPart is the share of a night's light on level ground that is lamps'.
func (sc *Scene) lampPart() float64 {
	lamps := luma(sc.lamplight)
	return lamps / max(luma(sc.old.level())+lamps, 1e-30)
}

// litByLamps is how far a scene is one that lamps light, and no dim sky: 0 of a day.
func (sc *Scene) litByLamps() float64 { return step(.05, .3, sc.lampPart()) }

// readLamplit reads what lamps did to a row.
func (c *compositor) readLamplit(y int, pix []float32) {
	c.lamps.read(y, c.guide.row(y, pix))
	c.tint.read(y)
}
