package sky

import (
	"slices"

	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
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
func (sc *Scene) lampsOff() (off raster.Plane) {
	if sc.Kind != Dusk && sc.Kind != Night || sc.Pure || !sc.fits || sc.Sun.Found || sc.litByLamps() > 0 {
		return off
	}
	s, paper := sc.s, sc.paper()
	tone := brightness(sc.fit)
	sky := tone.Where(func(x, y int) bool { return y < s.H/2 && sc.Mask.Alpha.Row(y)[x] > .5 })
	least := max(lampSure*paper, offOver*num.Exp2(raster.Quantile(sky, .99)))
	is := make([]bool, len(sc.lum.V))
	for i, v := range sc.lum.V {
		is[i] = v > least && sc.Mask.Alpha.V[i] < .5
	}
	p := raster.Connect(is, s.W, s.H)
	size := p.Sum(func(i int) float64 { return s.Solid[i/s.W] })
	if p.Count == 0 || slices.Max(size) > offMost {
		return off
	}
	lg := sc.lum.Like().Each(func(i int) float32 { return num.Log2(sc.lum.V[i] + sc.f.Floor) })
	around, wide := lg.Opened(sc.f.Texels(offSpan)), lg.Opened(sc.f.Texels(offWide))
	for i, near := range raster.Grown(is, s.W, s.H, sc.f.Texels(offNear)) {
		lesser := sc.lum.V[i] > offLeast*paper && lg.V[i] > around.V[i]+offBeside
		is[i] = is[i] || near && (lesser || lg.V[i] > wide.V[i]+offBeside && lampColoured([3]float32(sc.im.Pix[3*i:])))
	}
	is = raster.Grown(is, s.W, s.H, offBlurs)
	off = raster.PlaneOf(is, s.W, s.H).Blur(offFades * sc.f.Scale)
	return off.Each(func(i int) float32 {
		if is[i] {
			return 1
		}
		return num.Step(0, .7, off.V[i])
	})
}

// lampColoured tells whether lamps alone have a colour.
func lampColoured(v [3]float32) bool {
	return min(v[0], v[1], v[2]) < (1-offVivid)*max(v[0], v[1], v[2])
}

// lampsOut is log2 of the luminance of the scene with its far lamps out.
func (sc *Scene) lampsOut() raster.Plane {
	lg := sc.f.F[0]
	if sc.off.V == nil {
		return lg
	}
	return lg.Like().Each(func(i int) float32 {
		out := num.Log2(rgb.Luminance(num.Exp2(sc.behind[0].V[i]), num.Exp2(sc.behind[1].V[i]), num.Exp2(sc.behind[2].V[i])))
		return lg.V[i] + sc.off.V[i]*min(out-lg.V[i], 0)
	})
}

// putOut puts a far lamp of a row out, as far as that is asked: what is brighter than
// what stands around it becomes like that.
func (c *compositor) putOut(x int, far float32, v *[3]float32) {
	var out [3]float32
	for k := range out {
		out[k] = num.Exp2(c.behind[k].At[x])
	}
	over := num.Exp2(offGlare * (1 - c.off.At[x]))
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
