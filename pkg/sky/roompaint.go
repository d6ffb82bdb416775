package sky

import (
	"math"

	"github.com/clipenv/toolkit/internal/parallel"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
)

// renderRoom paints a room in its new light into a map that is black.
func (p *plan) renderRoom(out *hdr.Image) {
	var disc discRows
	if q := p.room; luma(q.disc) > 0 {
		atmosphere.AddDisc(out.Pix, out.W, out.H, [3]float64{q.at.X, q.at.Y, q.at.Z}, q.disc)
		at := func(el float64) int { return int((90 - el) / 180 * float64(out.H)) }
		disc = discRows{max(at(q.at.Elevation()+1)-2, 0), min(at(q.at.Elevation()-1)+3, out.H)}
	}
	parallel.Rows(out.H, func(from, to int) {
		c := p.roomPainter(out.W, out.H)
		for y := from; y < to; y++ {
			c.row(y, y >= disc.from && y < disc.to, out.Row(y))
		}
	})
}

// roomPainter paints a room row by row. One goroutine uses it.
type roomPainter struct {
	*compositor // its alpha is the windows'
	q           *roomPlan
	view, walls [3]*reader
	lamps       *reader
	patches     *reader
	shade       [3]*reader

	lineView, lineWalls, lineShade [3][]float32
	lineLamps, linePatches         []float32
}

func (p *plan) roomPainter(w, h int) *roomPainter {
	r := p.sc.room
	line := func() []float32 { return make([]float32, w) }
	c := &roomPainter{compositor: &compositor{p: p, s: newSphere(w, h), mask: r.windows.reader(p.sc.f, p.sc.f.guideReader(w, h), w, h), alpha: line(), disc: make([]float32, 3*w)}, q: p.room}
	for k := range 3 {
		c.view[k], c.lineView[k] = p.room.view[k].reader(w, h), line()
		c.walls[k], c.lineWalls[k] = p.room.walls[k].reader(w, h), line()
		c.shade[k], c.lineShade[k] = r.shade[k].reader(w, h), line()
	}
	c.lamps, c.lineLamps = r.lamps.reader(w, h), line()
	c.patches, c.linePatches = r.patches.reader(w, h), line()
	return c
}

// row paints row y. Where drawn, the disc's row is in out before.
func (c *roomPainter) row(y int, drawn bool, out []float32) {
	r, q := c.p.sc.room, c.q
	pix := c.p.sc.full.Row(y)
	if drawn {
		copy(c.disc, out)
	}
	c.mask.row(y, pix, c.alpha)
	for k := range 3 {
		c.view[k].row(y, c.lineView[k])
		c.walls[k].row(y, c.lineWalls[k])
		c.shade[k].row(y, c.lineShade[k])
	}
	c.lamps.row(y, c.lineLamps)
	c.patches.row(y, c.linePatches)
	for x, a := range c.alpha {
		v := pix[3*x : 3*x+3]
		lum := rgb.Luminance(v[0], v[1], v[2])
		over, reveal := float32(0), float32(0)
		if a > 0 {
			stops := log2(max(lum/float32(max(r.seen, 1e-30)), 1e-20))
			over = min(0, -(1-glintKeeps)*q.far*(stops-glintStops))
			reveal = 1 - step(revealFrom, revealTo, stops)
			a *= step(wallFrom, wallTo, stops)
		}
		lamp := c.lineLamps[x]
		if lamp > 0 {
			lamp *= isRoomLamp(lum, r.median)
		}
		for k := range 3 {
			g := exp2(c.lineWalls[k][x] + q.lift)
			if b := c.linePatches[x]; b > 0 {
				b *= 1 - exp2(flattened*min(0, c.lineShade[k][x]-log2(max(v[k], 1e-20))))
				g += b * (exp2(q.sun[k]) - g)
			}
			if lamp > 0 {
				g += lamp * (exp2(q.lamps) - g)
			}
			if a > 0 {
				// A reveal has the room's colour.
				off := c.lineWalls[k][x] - c.lineWalls[1][x] - c.lineView[k][x] + c.lineView[1][x]
				g += a * (exp2(c.lineView[k][x]+over+reveal*off) - g)
			}
			out[3*x+k] = v[k] * g
			if drawn {
				out[3*x+k] += a * c.disc[3*x+k]
			}
		}
	}
	c.finish(y, pix, out)
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
