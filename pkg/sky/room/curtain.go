package room

import (
	"math"

	"github.com/clipenv/toolkit/pkg/sky/mask"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// What is no clear glass, a curtain, a blind or frosted glass, sends on light from
// outside beside what the room's light makes of it. No edge lies between such light and
// its glow on what hangs or stands beside.
const (
	glowReach = 18.  // degrees around a window that its glow is looked for in
	RoomGives = 1.2  // medians of the room's radiance that a curtain has by the room's light
	glowWhole = 1.15 // over the share, of which 1 and more is all
	// A glow beside may be so many stops of blue over red below what is seen: lamps behind
	// a pelmet are warmer.
	glowWarm, glowAsBlue float32 = -2.4, -1.5
)

// curtained gives windows that are no clear glass the light that comes through them
// for a mask.
func (r *Room) curtained(sc *picture, panes []bool, w, h int) {
	texels := glowReach / 360 * float64(w)
	wide := raster.PlaneOf(raster.Grown(panes, w, h, max(int(texels/2), 1)), w, h)
	wide = wide.Blur(texels / 4)
	r.Glow = wide.Each(func(i int) float32 { return min(1.05*wide.V[i], 1) }).To(sc.s.W, sc.s.H) // all of what the window itself shows
	r.Within = raster.PlaneOf(panes, w, h).Blur(1).To(sc.s.W, sc.s.H)
	r.Windows.Alpha.Each(func(i int) float32 {
		return r.Glow.V[i] * r.Through(sc.im.Pix[3*i:3*i+3], sc.lum.V[i], r.Within.V[i])
	})
	r.Windows.Share = mask.Share(sc.s, r.Windows.Alpha)
}

// What is even within so many stops, and no farther than so many degrees from what is no
// window, is the reveal of a window, if it is darker than the view by so much.
const (
	plasterEven, plasterRough float32 = .06, .18
	plasterReach                      = 4.5
	PlasterFrom, PlasterFull  float32 = -1, -1.8
)

// findPlaster says where in clear windows their reveals may be.
func (r *Room) findPlaster(sc *picture) {
	lg := sc.lum.Like().Each(func(i int) float32 { return num.Log2(sc.lum.V[i] + 1e-20) })
	smooth := lg.Blur(1.2 * sc.f.Scale)
	rough := lg.Each(func(i int) float32 { return float32(math.Abs(float64(lg.V[i] - smooth.V[i]))) }).Blur(1.5 * sc.f.Scale)
	inside := r.Windows.Alpha.Blur(plasterReach / 360 * float64(sc.s.W))
	r.Plaster = rough.Each(func(i int) float32 {
		return (1 - num.Step(plasterEven, plasterRough, rough.V[i])) * (1 - num.Step(.55, .95, inside.V[i]))
	})
}

// Plastered is how far what lies so many stops under the view, and may be a reveal, is
// the room's own light that falls on one.
func (r *Room) Plastered(may, stops, lum float32) float32 {
	return may * num.Step(PlasterFrom, PlasterFull, stops) * (1 - min(max(0, 1-RoomGives*r.Median/max(lum, 1e-30))*glowWhole, 1))
}

// Through is the share of a texel's light that comes through a curtain. within is how
// far it is of the window itself, and no glow beside it.
func (r *Room) Through(v []float32, lum, within float32) float32 {
	if lum <= 0 {
		return 0
	}
	blue := num.Log2(max(v[2], 1e-20)) - num.Log2(max(v[0], 1e-20)) - float32(r.Blue)
	return min(max(0, 1-RoomGives*r.Median/lum)*glowWhole, 1) * max(num.Step(glowWarm, glowAsBlue, blue), within)
}
