package sky

import (
	"math"
	"slices"

	"github.com/clipenv/toolkit/internal/parallel"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
	"github.com/clipenv/toolkit/pkg/sky/room"
)

// renderRoom paints a room in its new light into a map that is black.
func (p *plan) renderRoom(out *hdr.Image) {
	var disc discRows
	if q := p.room; rgb.Lum(q.disc) > 0 {
		atmosphere.AddDisc(out.Pix, out.W, out.H, [3]float64{q.at.X, q.at.Y, q.at.Z}, q.disc)
		at := func(el float64) int { return int((90 - el) / 180 * float64(out.H)) }
		disc = discRows{max(at(q.at.Elevation()+1)-2, 0), min(at(q.at.Elevation()-1)+3, out.H)}
	}
	parallel.Strips(out.H, func() func(y int) {
		c := p.roomPainter(out.W, out.H)
		return func(y int) { c.row(y, y >= disc.from && y < disc.to, out.Row(y)) }
	})
}

// roomPainter paints a room row by row. One goroutine uses it.
type roomPainter struct {
	*compositor // its alpha is the windows'
	q           *roomPlan
	view, walls [3]*raster.Reader
	lamps       *raster.Reader
	patches     *raster.Reader
	shade       [3]*raster.Reader
	open, old   raster.Lines       // where clear windows may show sky, and how bright it is
	about       raster.Lines       // and all around
	plaster     raster.Lines       // and where reveals may be
	edge        raster.Lines       // and where texels hold some of the wall
	sky         raster.ColourLines // that they get
	glow        raster.Lines       // how far windows with curtains may glow
	within      raster.Lines       // and how far a texel is of the window itself
	air         [3][]float32

	lineView, lineWalls, lineShade [3][]float32
	lineLamps, linePatches         []float32
}

func (p *plan) roomPainter(w, h int) *roomPainter {
	r := p.sc.room
	line := func() []float32 { return make([]float32, w) }
	c := &roomPainter{compositor: &compositor{p: p, s: raster.NewSphere(w, h), mask: r.Windows.Reader(p.sc.f, p.sc.f.GuideReader(w, h), w, h), alpha: line(), disc: make([]float32, 3*w)}, q: p.room}
	for k := range 3 {
		c.view[k], c.lineView[k] = p.room.view[k].Reader(w, h), line()
		c.walls[k], c.lineWalls[k] = p.room.walls[k].Reader(w, h), line()
		c.shade[k], c.lineShade[k] = r.Shade[k].Reader(w, h), line()
	}
	c.lamps, c.lineLamps, c.shining = r.Lamps.Reader(w, h), line(), line()
	c.patches, c.linePatches = r.Patches.Reader(w, h), line()
	if p.room.sky[0].V != nil {
		c.open, c.old, c.sky = r.Sky.Lines(w, h), r.Old.Lines(w, h), raster.LinesOf(p.room.sky, w, h)
	}
	if r.Clear {
		c.plaster, c.edge, c.about = r.Plaster.Lines(w, h), r.Edge.Lines(w, h), r.About.Lines(w, h)
	} else {
		c.glow, c.within = r.Glow.Lines(w, h), r.Within.Lines(w, h)
	}
	if p.room.fogged > 0 {
		for k, v := range p.room.air {
			c.air[k] = v.To(w, 1).V
		}
	}
	return c
}

// row paints row y. Where drawn, the disc's row is in out before.
func (c *roomPainter) row(y int, drawn bool, out []float32) {
	r, q := c.p.sc.room, c.q
	pix := c.p.sc.full.Row(y)
	if drawn {
		copy(c.disc, out)
	}
	above := room.AboveGround(c.s.Elevation[y])
	c.read(y, pix, above > 0)
	same := (1-q.far)*q.same + q.exposed
	for x, a := range c.alpha {
		v := pix[3*x : 3*x+3]
		lum := rgb.Luminance(v[0], v[1], v[2])
		var over, reveal, sky, foggy float32
		if a > 0 {
			stops := num.Log2(max(lum/float32(max(r.Seen, 1e-30)), 1e-20))
			over = min(0, -(1-glintKeeps)*q.far*(stops-glintStops))
			reveal = 1 - num.Step(revealFrom, revealTo, stops)
			a *= 1 - (1-num.Step(wallFrom, wallTo, stops))*min(1, room.RoomGives*r.Median/max(lum, 1e-30))
			if c.plaster.Some() && c.plaster.At[x] > 0 {
				reveal = max(reveal, c.plaster.At[x]*num.Step(room.PlasterFrom, room.PlasterFull, stops))
				a *= 1 - r.Plastered(c.plaster.At[x], stops, lum)
			}
			if q.fogged > 0 {
				foggy = a * q.fogged * num.Step(frameFrom, frameTo, num.Log2(lum+1e-20)-c.about.At[x])
			}
			if c.open.Some() && above > 0 && c.open.At[x] > 0 {
				sky = a * c.open.At[x] * above * (1 - room.Leaf(v)) * num.Step(-2*thingLeast, -thingLeast, num.Log2(lum+1e-20)-c.old.At[x])
			}
		}
		wall := [3]float32(v)
		if c.edge.Some() && c.edge.At[x] > 0 {
			a = c.mixed(x, a, lum, &wall)
		}
		lamp := c.lineLamps[x]
		if lamp > 0 {
			lamp *= room.IsLamp(lum, r.Median)
		}
		c.shining[x] = lamp
		shown := a
		if c.open.Some() {
			shown = sky
		}
		for k := range 3 {
			g := num.Exp2(c.lineWalls[k][x] + q.lift)
			if b := c.linePatches[x]; b > 0 {
				b *= 1 - num.Exp2(flattened*min(0, c.lineShade[k][x]-num.Log2(max(v[k], 1e-20))))
				g += b * (num.Exp2(q.sun[k]) - g)
			}
			if lamp > 0 {
				g += lamp * (num.Exp2(q.lamps) - g)
			}
			if a > 0 {
				// A reveal has the room's colour.
				off := c.lineWalls[k][x] - c.lineWalls[1][x] - c.lineView[k][x] + c.lineView[1][x]
				view := num.Exp2(c.lineView[k][x] + over + reveal*off)
				out[3*x+k] = (1-a)*wall[k]*g + (v[k]-(1-a)*wall[k])*view
			} else {
				out[3*x+k] = v[k] * g
			}
			if foggy > 0 {
				out[3*x+k] += foggy * (num.Exp2(c.air[k][x]+q.exposed) - out[3*x+k])
			}
			if sky > 0 {
				old := num.Log2(max(v[k], 1e-20))
				out[3*x+k] += sky * (num.Exp2(old+q.far*(c.sky[k].At[x]-old)+same) - out[3*x+k])
			}
			if drawn {
				out[3*x+k] += shown * c.disc[3*x+k]
			}
		}
	}
	c.finish(y, pix, out)
}

// mixed is how far a texel at the end of a window, which is a window so far by the mask,
// is one by its light: some of it is the window's, and the rest the wall's beside it, of
// which wall becomes the light.
func (c *roomPainter) mixed(x int, a, lum float32, wall *[3]float32) float32 {
	var beside [3]float32
	for k := range beside {
		beside[k] = num.Exp2(c.lineShade[k][x])
	}
	dark, bright := rgb.Luminance(beside[0], beside[1], beside[2]), max(num.Exp2(c.about.At[x]), float32(c.p.sc.room.Seen))
	if bright < edgeBright*dark {
		return a
	}
	e := c.edge.At[x]
	for k := range wall {
		wall[k] += e * (min(wall[k], beside[k]) - wall[k])
	}
	return a + e*(min(max((lum-dark)/(bright-dark), 0), 1)-a)
}

// edgeBright is how many times as bright as the wall beside it a window is of which a
// texel's share can be told.
const edgeBright = 4

// read reads a row of what a room is painted by: of windows and patches of sun where
// it has some, and of the sky in windows where there is any.
func (c *roomPainter) read(y int, pix []float32, sky bool) {
	some := func(v float32) bool { return v > 0 }
	if c.windows(y, pix); slices.ContainsFunc(c.alpha, some) {
		for k := range c.view {
			c.view[k].Row(y, c.lineView[k])
		}
		if sky {
			c.open.Read(y)
			c.old.Read(y)
			c.sky.Read(y)
		}
		c.about.Read(y)
		c.plaster.Read(y)
	}
	c.edge.Read(y)
	for k := range c.walls {
		c.walls[k].Row(y, c.lineWalls[k])
	}
	c.lamps.Row(y, c.lineLamps)
	if c.patches.Row(y, c.linePatches); slices.ContainsFunc(c.linePatches, some) || slices.ContainsFunc(c.edge.At, some) {
		for k := range c.shade {
			c.shade[k].Row(y, c.lineShade[k])
		}
	}
}

// windows reads how far a row is window.
func (c *roomPainter) windows(y int, pix []float32) {
	if !c.glow.Some() {
		c.mask.Row(y, pix, c.alpha)
		return
	}
	c.glow.Read(y)
	c.within.Read(y)
	for x, a := range c.glow.At {
		if c.alpha[x] = a; a > 0 {
			v := pix[3*x : 3*x+3]
			c.alpha[x] = a * c.p.sc.room.Through(v, rgb.Luminance(v[0], v[1], v[2]), c.within.At[x])
		}
	}
}

// A glint may lie so many stops over what is seen, and keeps such a part of
// what lies above in another light.
const glintStops, glintKeeps = 1.2, .25

// What lies so many stops under the view may be the wall around it, which has
// the room's colour, or more stops still the room's light.
const (
	revealFrom, revealTo float32 = -4.5, -2
	wallFrom, wallTo     float32 = -5.4, -4.4
)

// flattened is the part of a patch's stops over the floor around it that is the
// sun's: the rest is what lies there.
const flattened = .8

// byWindows is the part of a room's new light that the eye, which sees no
// colour by night, has: lamps give it colour.
func (q *roomPlan) byWindows() float32 { return float32(math.Pow(min(max(q.share, 0), 1), 2)) }
