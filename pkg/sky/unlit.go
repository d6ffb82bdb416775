package sky

import (
	"math"

	"github.com/clipenv/toolkit/pkg/rgb"
)

// unlit is what lamps did to the foreground of a night, in stops, by place: what
// they lit stands out and has their colour, which by day it does not. Nothing
// tells the colour of a lamp from that of the wall that it lights, so each is
// taken back in part.
type unlit struct {
	light  guided   // stops over what the thing has by day; below 0 where no lamp stands near
	colour [3]plane // of red, green and blue, at the working size; luminance stays
	fade   plane    // share of its colour that a thing loses whose lamp had no blue to show any
}

// How lamps are taken back.
const (
	groundGrey  = .22 // albedo of the middle of a night's ground
	unlitRadius = 8.  // texels at 1024×512 of the foreground's own light and dark
	unlitEdge   = .5  // variance, in stops squared, of what is texture and stays

	// What lamps lit is brighter than the ground by day, too, by that many stops
	// at most: a white wall. What no lamp reaches is darker by night.
	unlitMost, unlitDark = 1.5, .3
	unlitLift            = 1. // stops at most

	unlitTint    = .7  // share of the warm tint that is the lamps', stone being warm too
	unlitCool    = .9  // of the cold, which little has by day
	unlitLocus   = .35 // stops of green for one of red over blue, of lamps
	unlitGreen   = .3  // of the green, since leaves are green
	unlitMagenta = .8  // of its opposite, which no ground has but in a sensor's noise
	unlitFade    = .85
	unlitReach   = 10.
	unlitEps     = .01
)

// fadeFrom and fadeSure are the stops between channels from which on a thing has
// lost its colour to its lamp, and where it has for sure.
const fadeFrom, fadeSure float32 = 2.5, 5

// unlit is the scene's, found when it is first asked for.
func (sc *Scene) unlit() *unlit {
	sc.unlitOnce.Do(func() { sc.unlitFound = sc.findUnlit() })
	return sc.unlitFound
}

func (sc *Scene) findUnlit() *unlit {
	s, f := sc.s, sc.f
	grey := log2(groundGrey * sc.lampLevel())
	skylit := groundGrey * float32(luma(sc.old.level())) / math.Pi
	dark := 1 - unlitDark*float32(sc.lamplit())
	base := smoothed(f, unlitRadius, unlitEdge)
	over := base.like().each(func(i int) float32 {
		return (1 - sc.Mask.alpha.v[i]) * max(overDay(base.v[i]-grey, dark), -unlitLift)
	})
	u := &unlit{light: newGuided(f.guide(), over, f.texels(3), 1e-3)}

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
	guide, reach := f.guide(), f.texels(unlitReach)
	smooth := func(p plane) plane {
		read, out := newGuided(guide, p, reach, unlitEps).reader(s.w, s.h), p.like()
		for y := range s.h {
			read.row(y, [3][]float32{guide[0].row(y), guide[1].row(y), guide[2].row(y)}, out.row(y))
		}
		return out
	}
	warm, green = smooth(warm), smooth(green)
	for c := range u.colour {
		u.colour[c] = base.like()
	}
	u.fade = base.like().each(func(i int) float32 {
		leaf := step(-.4, -.05, green.v[i]-warm.v[i]/2) // green over red
		return unlitFade * (1 - .7*leaf) * (1 - sc.Mask.alpha.v[i]) * lit.v[i] * step(fadeFrom, fadeSure, abs(warm.v[i])+abs(green.v[i]))
	})
	for i := range base.v {
		warm.v[i] = min(max(warm.v[i], -fadeSure), fadeSure)
		// A black body's light has more green the warmer it is.
		along := unlitLocus * lit.v[i] * max(warm.v[i], 0)
		w, g := unlitTint*lit.v[i]*warm.v[i], unlitTint*along
		if warm.v[i] < 0 {
			w = unlitCool * lit.v[i] * warm.v[i]
		}
		if aside := green.v[i] - along; aside < 0 {
			g += unlitMagenta * aside
		} else {
			g += unlitGreen * lit.v[i] * aside
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
	return stops - unlitMost*(1-float32(math.Exp(-float64(stops)/unlitMost)))
}

// lamplit is the share of a night's light on level ground that is lamps'.
func (sc *Scene) lamplit() float64 {
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

// unlit reads what lamps did to a row.
func (c *compositor) unlit(y int) {
	c.lamplit.row(y, c.guide, c.lineLight)
	c.fade.row(y, c.lineFade)
	for k := range c.lineUnlit {
		c.colour[k].row(y, c.lineUnlit[k])
		for x := range c.lineUnlit[k] {
			c.lineUnlit[k][x] += max(c.lineLight[x], -unlitLift)
		}
	}
}
