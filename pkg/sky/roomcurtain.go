package sky

import "math"

// What is no clear glass, a curtain, a blind or frosted glass, sends on light from
// outside beside what the room's light makes of it. No edge lies between such light and
// its glow on what hangs or stands beside.
const (
	glowReach = 18.  // degrees around a window that its glow is looked for in
	roomGives = 1.2  // medians of the room's radiance that a curtain has by the room's light
	glowWhole = 1.15 // over the share, of which 1 and more is all
	// A glow beside may be so many stops of blue over red below what is seen: lamps behind
	// a pelmet are warmer.
	glowWarm, glowAsBlue float32 = -2.4, -1.5
)

// curtained gives windows that are no clear glass the light that comes through them
// for a mask.
func (r *room) curtained(sc *Scene, panes []bool, w, h int) {
	texels := glowReach / 360 * float64(w)
	wide := planeOf(grown(panes, w, h, max(int(texels/2), 1)), w, h)
	wide = wide.blur(texels / 4)
	r.glow = wide.each(func(i int) float32 { return min(1.05*wide.v[i], 1) }).to(sc.s.w, sc.s.h) // all of what the window itself shows
	r.within = planeOf(panes, w, h).blur(1).to(sc.s.w, sc.s.h)
	r.windows.alpha.each(func(i int) float32 {
		return r.glow.v[i] * r.through(sc.im.Pix[3*i:3*i+3], sc.lum.v[i], r.within.v[i])
	})
	r.windows.Share = share(sc.s, r.windows.alpha)
}

// What is even within so many stops, and no farther than so many degrees from what is no
// window, is the reveal of a window, if it is darker than the view by so much.
const (
	plasterEven, plasterRough float32 = .06, .18
	plasterReach                      = 4.5
	plasterFrom, plasterFull  float32 = -1, -1.8
)

// findPlaster says where in clear windows their reveals may be.
func (r *room) findPlaster(sc *Scene) {
	lg := sc.lum.like().each(func(i int) float32 { return log2(sc.lum.v[i] + 1e-20) })
	smooth := lg.blur(1.2 * sc.f.scale)
	rough := lg.each(func(i int) float32 { return float32(math.Abs(float64(lg.v[i] - smooth.v[i]))) }).blur(1.5 * sc.f.scale)
	inside := r.windows.alpha.blur(plasterReach / 360 * float64(sc.s.w))
	r.plaster = rough.each(func(i int) float32 {
		return (1 - step(plasterEven, plasterRough, rough.v[i])) * (1 - step(.55, .95, inside.v[i]))
	})
}

// plastered is how far what lies so many stops under the view, and may be a reveal, is
// the room's own light that falls on one.
func (r *room) plastered(may, stops, lum float32) float32 {
	return may * step(plasterFrom, plasterFull, stops) * (1 - min(max(0, 1-roomGives*r.median/max(lum, 1e-30))*glowWhole, 1))
}

// through is the share of a texel's light that comes through a curtain. within is how
// far it is of the window itself, and no glow beside it.
func (r *room) through(v []float32, lum, within float32) float32 {
	if lum <= 0 {
		return 0
	}
	blue := log2(max(v[2], 1e-20)) - log2(max(v[0], 1e-20)) - float32(r.blue)
	return min(max(0, 1-roomGives*r.median/lum)*glowWhole, 1) * max(step(glowWarm, glowAsBlue, blue), within)
}
