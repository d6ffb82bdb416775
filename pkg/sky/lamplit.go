package sky

import (
	"math"

	"github.com/clipenv/toolkit/pkg/rgb"
)

// lamplit is what lamps did to the foreground of a night, in stops, by place: what
// they lit stands out and has their colour, which by day it does not. Nothing
// tells the colour of a lamp from that of the wall that it lights, so each is
// taken back in part.
type lamplit struct {
	light  guided   // stops over what the thing has by day; below 0 where no lamp stands near
	colour [3]plane // of red, green and blue, at the working size; luminance stays
	fade   plane    // share of its colour that a thing loses whose lamp had no blue to show any
}

// How lamps are taken back.
const (
	groundGrey    = .22 // albedo of the middle of a night's ground
	lamplitRadius = 8.  // texels at 1024×512 of the foreground's own light and dark
	lamplitEdge   = .5  // variance, in stops squared, of what is texture and stays

	// What lamps lit is brighter than the ground by day, too, by that many stops
	// at most: a white wall. What no lamp reaches is darker by night.
	lamplitMost, lamplitDark = 1.5, .3
	lamplitLift              = 1. // stops at most

	lamplitTint    = .7  // share of the warm tint that is the lamps', stone being warm too
	lamplitCool    = .9  // of the cold, which little has by day
	lamplitLocus   = .35 // stops of green for one of red over blue, of lamps
	lamplitGreen   = .3  // of the green, since leaves are green
	lamplitMagenta = .8  // of its opposite, which no ground has but in a sensor's noise
	lamplitFade    = .85
	lamplitReach   = 10.
	lamplitEps     = .01
)

// fadeFrom and fadeSure are the stops between channels from which on a thing has
// lost its colour to its lamp, and where it has for sure.
const fadeFrom, fadeSure float32 = 2.5, 5

// lamplit is the scene's, found when it is first asked for.
func (sc *Scene) lamplit() *lamplit {
	sc.lamplitOnce.Do(func() { sc.lamplitFound = sc.findLamplit() })
	return sc.lamplitFound
}

func (sc *Scene) findLamplit() *lamplit {
	f := sc.f
	grey := log2(groundGrey * sc.paper())
	skylit := groundGrey * float32(luma(sc.old.level())) / math.Pi
	dark := 1 - lamplitDark*float32(sc.lampPart())
	base := smoothed(f, lamplitRadius, lamplitEdge)
	over := base.like().each(func(i int) float32 {
		return (1 - sc.Mask.alpha.v[i]) * max(overDay(base.v[i]-grey, dark), -lamplitLift)
	})
	guide, reach := f.guide(), f.texels(lamplitReach)
	u := &lamplit{light: newGuided(guide, over, f.texels(3), 1e-3)}

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
	u.fade = base.like().each(func(i int) float32 {
		leaf := step(-.4, -.05, green.v[i]-warm.v[i]/2) // green over red
		return lamplitFade * (1 - .7*leaf) * (1 - sc.Mask.alpha.v[i]) * lit.v[i] * step(fadeFrom, fadeSure, abs(warm.v[i])+abs(green.v[i]))
	})
	for i := range base.v {
		warm.v[i] = min(max(warm.v[i], -fadeSure), fadeSure)
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
			u.colour[c].v[i] = (1 - sc.Mask.alpha.v[i]) * (gone[c] - keeps - lit.v[i]*cast[c])
		}
	}
	return u
}

// lumaOf is the luminance of channels in stops, less some.
func lumaOf(is, less [3]float32) float32 {
	return float32(luma([3]float64{float64(exp2(is[0] - less[0])), float64(exp2(is[1] - less[1])), float64(exp2(is[2] - less[2]))}))
}

// overDay is by how many stops a thing that lies so many over the night's grey
// is brighter than by day. dark is the share of stops that one below it keeps.
func overDay(stops, dark float32) float32 {
	if stops < 0 {
		return stops * (1 - dark)
	}
	return stops - lamplitMost*(1-float32(math.Exp(-float64(stops)/lamplitMost)))
}

// lampPart is the share of a night's light on level ground that is lamps'.
func (sc *Scene) lampPart() float64 {
	lamps := luma(sc.lamplight)
	return lamps / max(luma(sc.old.level())+lamps, 1e-30)
}

// faded takes the colour of a texel that a lamp had taken before.
func (p *plan) faded(v *[3]float32, share float32) {
	lum := rgb.Luminance(v[0], v[1], v[2])
	for k := range v {
		v[k] += share * (lum*p.grey[k] - v[k])
	}
}

// readLamplit reads what lamps did to a row.
func (c *compositor) readLamplit(y int, pix []float32) {
	c.lamps.read(y, c.guide.row(y, pix))
	c.tint.read(y)
	c.fade.read(y)
	for k := range c.tint {
		for x, stops := range c.lamps.at {
			c.tint[k].at[x] += max(stops, -lamplitLift)
		}
	}
}
