package sky

import (
	"math"

	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// lamplit is what lamps did to the foreground of a night, by place: what they lit
// stands out and has their colour, which by day it does not. Nothing tells the
// colour of a lamp from that of the wall that it lights, so each is taken back in part.
type lamplit struct {
	around raster.Guided   // stops over the night's grey of what lies around a texel, lamps left out
	colour [3]raster.Plane // stops of red, green and blue that are the lamps', at the working size; luminance stays but for litForm
	grey   float32         // log2 of the night's grey
	keeps  float32         // share of its stops under that grey that a thing has by day, too
	sky    float32         // share of the light on level ground that is the sky's
	cold   float32         // how far lamps light the place: how far blue and violet are theirs
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
	guide, reach := f.Guide(), f.Texels(lamplitReach)
	skylit := groundGrey * float32(rgb.Lum(sc.old.level())) / math.Pi
	u := &lamplit{
		grey:  num.Log2(groundGrey * sc.paper()),
		keeps: 1 - lamplitDark*float32(sc.lampPart()),
		sky:   float32(1 - sc.lampPart()),
		cold:  float32(sc.litByLamps()),
	}
	base := sc.aroundLamps()
	u.around = raster.NewGuided(guide, base.Like().Each(func(i int) float32 { return base.V[i] - u.grey }), f.Texels(3), 1e-3)

	// The colour that the light on level ground has goes with it; what lamps lit
	// from near goes by its own.
	light := rgb.Plus(sc.old.level(), sc.lamplight)
	var cast [3]float32
	for c, v := range light {
		cast[c] = float32(adapted * math.Log2(max(v, 1e-30)/max(rgb.Lum(light), 1e-30)))
	}
	lit := base.Like().Each(func(i int) float32 { return 1 - min(2*skylit*num.Exp2(-base.V[i]), 1) })
	warm, green := base.Like(), base.Like()
	warm.Each(func(i int) float32 {
		p := sc.im.Pix[3*i : 3*i+3]
		var lg [3]float32
		for c := range lg {
			lg[c] = num.Log2(max(p[c], 0)+f.Floor) - (1-lit.V[i])*cast[c]
		}
		green.V[i] = lg[1] - (lg[0]+lg[2])/2
		return lg[0] - lg[2]
	})
	warm = raster.NewGuided(guide, warm, reach, lamplitEps).Read(guide)
	green = raster.NewGuided(guide, green, reach, lamplitEps).Read(guide)
	for c := range u.colour {
		u.colour[c] = base.Like()
	}
	form := sc.litForm(base, u.grey)
	for i := range base.V {
		warm.V[i] = min(max(warm.V[i], -lamplitSure), lamplitSure)
		// A black body's light has more green the warmer it is.
		along := lamplitLocus * lit.V[i] * max(warm.V[i], 0)
		w, g := lamplitTint*lit.V[i]*warm.V[i], lamplitTint*along
		if warm.V[i] < 0 {
			w = lamplitCool * lit.V[i] * warm.V[i]
		}
		if aside := green.V[i] - along; aside < 0 {
			g += lamplitMagenta * aside
		} else {
			g += lamplitGreen * lit.V[i] * aside
		}
		is := [3]float32{warm.V[i]/2 - green.V[i]/3, 2 * green.V[i] / 3, -warm.V[i]/2 - green.V[i]/3}
		gone := [3]float32{w/2 - g/3, 2 * g / 3, -w/2 - g/3}
		keeps := num.Log2(lumaOf(is, [3]float32{})) - num.Log2(lumaOf(is, gone))
		for c := range gone {
			u.colour[c].V[i] = (1 - sc.Mask.Alpha.V[i]) * (gone[c] - keeps - lit.V[i]*cast[c] - form.V[i])
		}
	}
	return u
}

// litForm is by how many stops what lamps lit is brighter by day than what they lit near
// by: a share of what it was by night, since walls differ and not their lamps alone.
// Below the horizon it mirrors them.
func (sc *Scene) litForm(around raster.Plane, grey float32) raster.Plane {
	lit := around.Like().Fill(func(x, y int) float32 {
		stands := float32(num.Step(-1, 1, sc.s.Elevation[y])) * (1 - sc.Mask.Alpha.Row(y)[x])
		return stands * num.Step(formFrom, formSure, around.Row(y)[x]-grey)
	})
	lg := around.Like().Each(func(i int) float32 { return num.Log2(sc.lum.V[i] + sc.f.Floor) })
	sigma := formBlur * sc.f.Scale
	sum, all := around.Like().Each(func(i int) float32 { return lit.V[i] * lg.V[i] }).Blur(sigma), lit.Blur(sigma)
	return around.Like().Each(func(i int) float32 {
		over := lit.V[i] * (lg.V[i] - sum.V[i]/max(all.V[i], 1e-6))
		return formMost * over / (1 + num.Abs(over))
	})
}

// lumaOf is the luminance of channels in stops, less some.
func lumaOf(is, less [3]float32) float32 {
	return float32(rgb.Lum([3]float64{float64(num.Exp2(is[0] - less[0])), float64(num.Exp2(is[1] - less[1])), float64(num.Exp2(is[2] - less[2]))}))
}

// aroundLamps is log2 of the luminance around each texel of the foreground, which
// follows edges and leaves out what outshines its surroundings as a lamp does.
func (sc *Scene) aroundLamps() raster.Plane {
	f := sc.f
	thing := sc.lum.Like().Each(func(i int) float32 { return max(1-sc.Mask.Alpha.V[i], 1e-3) })
	mean := func(p raster.Plane, r int) raster.Plane {
		all := thing.Mean(r)
		sum := p.Like().Each(func(i int) float32 { return thing.V[i] * p.V[i] }).Mean(r)
		return sum.Each(func(i int) float32 { return sum.V[i] / all.V[i] })
	}
	wide, r := mean(f.F[0], f.Texels(lamplitWide)), f.Texels(lamplitRadius)
	p := wide.Like().Each(func(i int) float32 { return min(f.F[0].V[i], wide.V[i]+lamplitOver) })
	middle := mean(p, r)
	slope := mean(p.Like().Each(func(i int) float32 { return p.V[i] * p.V[i] }), r)
	slope.Each(func(i int) float32 {
		v := max(slope.V[i]-middle.V[i]*middle.V[i], 0)
		return v / (v + lamplitEdge)
	})
	offset := mean(middle.Each(func(i int) float32 { return middle.V[i] * (1 - slope.V[i]) }), r)
	slope = mean(slope, r)
	return p.Each(func(i int) float32 { return slope.V[i]*p.V[i] + offset.V[i] })
}

// lampPart is the share of a night's light on level ground that is lamps'.
func (sc *Scene) lampPart() float64 {
	lamps := rgb.Lum(sc.lamplight)
	return lamps / max(rgb.Lum(sc.old.level())+lamps, 1e-30)
}

// litByLamps is how far a scene is one that lamps light, and no dim sky: 0 of a day.
func (sc *Scene) litByLamps() float64 { return num.Step(.05, .3, sc.lampPart()) }

// readLamplit reads what lamps did to a row.
func (c *compositor) readLamplit(y int, pix []float32) {
	c.lamps.Read(y, c.guide.Row(y, pix))
	c.tint.Read(y)
}
