package sky

import (
	"slices"

	"github.com/clipenv/toolkit/pkg/rgb"
)

// A far lamp that goes out by day is a dark thing amid what stands around it, of
// which the map shows nothing but the lamp's light: it becomes what is around. One
// outshines white paper and all of the sky, which a mirror of either does not, and
// what outshines what is around it, near such a one, is a lesser lamp or the glare of
// one. A lamp that is near looks large, and lights the place: what shines there may
// be what it lights, which stays.
const (
	offOver   = 1.5 // times the brightest of the sky
	offMost   = .01 // steradians, of the largest where all are far
	offSpan   = 3.  // texels at 1024×512 on either side, of a lesser
	offWide   = 12. // and of what has a lamp's colour
	offVivid  = .85 // how far the least channel of that lies under the greatest, as a share of it
	offBeside = 1.  // stops over what is around
	offNear   = 24. // texels from a sure one to a lesser
	offLeast  = .25 // times white paper, of a lesser
	offBlurs  = 2   // texels of any size by which a lamp's edge is blurred
	offFades  = 3.  // texels at 1024×512 over which its glare ends
	offGlare  = 3.  // stops over what is around at which glare goes where it ends
)

// lampsOff is how far a texel of the foreground shows a far lamp; no values where
// there are none. Where the sun is up, what outshines all mirrors it.
func (sc *Scene) lampsOff() (off plane) {
	if sc.Kind != Dusk && sc.Kind != Night || sc.Pure || !sc.fits || sc.Sun.Found || sc.litByLamps() > 0 {
		return off
	}
	s, paper := sc.s, sc.paper()
	tone := brightness(sc.fit)
	sky := tone.where(func(x, y int) bool { return y < s.h/2 && sc.Mask.alpha.row(y)[x] > .5 })
	least := max(lampSure*paper, offOver*exp2(quantile(sky, .99)))
	is := make([]bool, len(sc.lum.v))
	for i, v := range sc.lum.v {
		is[i] = v > least && sc.Mask.alpha.v[i] < .5
	}
	p := connect(is, s.w, s.h)
	size := p.sum(func(i int) float64 { return s.solid[i/s.w] })
	if p.count == 0 || slices.Max(size) > offMost {
		return off
	}
	lg := sc.lum.like().each(func(i int) float32 { return log2(sc.lum.v[i] + sc.f.floor) })
	around, wide := lg.opened(sc.f.texels(offSpan)), lg.opened(sc.f.texels(offWide))
	for i, near := range grown(is, s.w, s.h, sc.f.texels(offNear)) {
		lesser := sc.lum.v[i] > offLeast*paper && lg.v[i] > around.v[i]+offBeside
		is[i] = is[i] || near && (lesser || lg.v[i] > wide.v[i]+offBeside && lampColoured([3]float32(sc.im.Pix[3*i:])))
	}
	is = grown(is, s.w, s.h, offBlurs)
	off = planeOf(is, s.w, s.h).blur(offFades * sc.f.scale)
	return off.each(func(i int) float32 {
		if is[i] {
			return 1
		}
		return step(0, .7, off.v[i])
	})
}

// lampColoured tells whether lamps alone have a colour.
func lampColoured(v [3]float32) bool {
	return min(v[0], v[1], v[2]) < (1-offVivid)*max(v[0], v[1], v[2])
}

// lampsOut is log2 of the luminance of the scene with its far lamps out.
func (sc *Scene) lampsOut() plane {
	lg := sc.f.f[0]
	if sc.off.v == nil {
		return lg
	}
	return lg.like().each(func(i int) float32 {
		out := log2(rgb.Luminance(exp2(sc.behind[0].v[i]), exp2(sc.behind[1].v[i]), exp2(sc.behind[2].v[i])))
		return lg.v[i] + sc.off.v[i]*min(out-lg.v[i], 0)
	})
}

// putOut puts a far lamp of a row out, as far as that is asked: what is brighter than
// what stands around it becomes like that.
func (c *compositor) putOut(x int, far float32, v *[3]float32) {
	var out [3]float32
	for k := range out {
		out[k] = exp2(c.behind[k].at[x])
	}
	over := exp2(offGlare * (1 - c.off.at[x]))
	lum, most := rgb.Luminance(v[0], v[1], v[2]), over*rgb.Luminance(out[0], out[1], out[2])
	if lum <= most {
		return
	}
	held := most / lum
	for k := range v {
		own := v[k] * held
		v[k] += far * (own + (1-held)*(out[k]*over-own) - v[k])
	}
}
