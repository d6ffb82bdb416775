package sky

import (
	"math"

	"github.com/clipenv/toolkit/internal/parallel"
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
	"github.com/clipenv/toolkit/pkg/sky/room"
)

// roomPlan is what a target asks of a room with windows. Gains are stops.
type roomPlan struct {
	view          [3]raster.Plane // of what is seen through windows
	walls         [3]raster.Plane // of what they light
	sun           [3]float32      // of what a patch of sun has over the floor around it
	lamps         float32
	lift          float32
	far           float32
	same, exposed float32 // stops that the light changes by where no new sky is drawn, and the whole map
	disc          [3]float64
	at            envmap.Vec // of the disc
	share         float64    // of the new light that comes through windows

	sky    [3]raster.Plane // log2 of the new sky's radiance in clear windows; no values where there are none
	air    [3]raster.Plane // one row: fog's
	fogged float32         // how far it hides what stands outside
}

const (
	// shapeMost bounds, in stops, how far the new sky in a window lies off the
	// mean of all windows.
	shapeMost = 2.5

	// roomAdapted is the power to which a change of the walls' colour is taken.
	roomAdapted = .55

	// undazzled is the part of the stops between a room and its windows that is
	// taken off by night, when no camera is set for the room.
	undazzled = .25

	// underLamps is how many stops a window lies under walls that lamps alone light.
	underLamps = .5

	moonMost = .1 // of the windows' light that a moon in them has at most

	skyOver = .5 // share of what is seen that has a view's luminance before the disc
)

// planRoom works out a room's new light.
func (p *plan) planRoom() {
	sc := p.sc
	expo := p.t.ExposureStops
	lamps := 1.
	if p.night {
		lamps = max(p.t.Lamps, 1e-6)
	}
	q := &roomPlan{lamps: float32(math.Log2(lamps) + expo), lift: float32(p.t.Lift * p.far), far: float32(p.far)}
	p.room = q
	o := p.lookOut()
	q.same, q.exposed = float32(o.plain), float32(o.exposed)
	for c := range q.view {
		q.view[c] = o.drawn[c].Like().Each(func(i int) float32 {
			return float32(p.far)*o.drawn[c].V[i] + float32((1-p.far)*o.plain+expo)
		})
	}
	p.drawView(o)
	p.fogView()
	p.sunIn(o)
	p.relightWalls(o, lamps)
	if p.night {
		dark := float32(p.far * q.dimmed(sc.room, o))
		for c := range q.view {
			for _, v := range [3]raster.Plane{q.view[c], q.sky[c], q.air[c]} {
				v.Each(func(i int) float32 { return v.V[i] - dark })
			}
		}
	}
	level := rgb.Lum(o.beam)
	hard := min(level*max(o.source.Y, 0)/max(rgb.Lum(o.had)*max(o.hadAt.Y, 0), 1e-30), 4)
	for c := range q.sun {
		// Its colour is the old beam's already.
		tinted := o.beam[c] / max(level, 1e-30) * rgb.Lum(o.had) / max(o.had[c], 1e-30)
		gain := p.far*math.Log2(max(hard*tinted, 1e-6)) + (1-p.far)*o.plain
		q.sun[c] = float32(gain + expo)
	}
}

// dimmed is by how many stops windows are darker by night than what is outside: no camera
// is set for them, and beside what lamps light they are dark.
func (q *roomPlan) dimmed(r *room.Room, o *outside) float64 {
	over := max(0, math.Log2(r.Seen/max(float64(r.Median), 1e-30)))
	s, walls := raster.NewSphere(q.walls[1].W, q.walls[1].H), 0.
	for y := range s.H {
		for _, v := range q.walls[1].Row(y) {
			walls += s.Solid[y] / (4 * math.Pi) * (float64(v) - o.exposed)
		}
	}
	dark := undazzled * over
	return dark + (1-q.share)*max(0, over-dark+o.mean-walls+underLamps)
}

// sunIn draws the disc where a window shows it before the sky.
func (p *plan) sunIn(o *outside) {
	sc, r, d := p.sc, p.sc.room, o.source
	if p.far == 0 || d.Y < 0 || rgb.Lum(o.beam) <= 0 {
		return
	}
	seen, all := 0., 0.
	near := math.Cos(num.Radians(1))
	sc.s.Around(d, 1, func(x, y int) {
		if sc.s.Towards(x, y, d) < near {
			return
		}
		all++
		if i := y*sc.s.W + x; r.Windows.Alpha.V[i] > .5 && float64(sc.lum.V[i]) > skyOver*r.Seen {
			seen++
		}
	})
	if all == 0 || seen <= .7*all {
		return
	}
	beam := rgb.Times(o.beam, p.far)
	if p.night {
		// A moon is no lamp: the room's own light is what a camera is set for.
		var sky float64
		for _, e := range r.Panes {
			_, new := o.through(e, p.far)
			sky += e.Solid * rgb.Lum(new)
		}
		beam = rgb.Times(beam, min(1, moonMost*sky/max(rgb.Lum(beam), 1e-30)))
	}
	p.room.disc, p.room.at = rgb.Times(beam, math.Exp2(o.exposed)), d
}

// relightWalls compares what windows and lamps send to each direction before
// and after.
func (p *plan) relightWalls(o *outside, lamps float64) {
	r, q := p.sc.room, p.room
	before, after := make([]room.Emitter, len(r.Panes)), make([]room.Emitter, len(r.Panes))
	for i, e := range r.Panes {
		before[i], after[i] = e, e
		before[i].Radiance, after[i].Radiance = o.through(e, p.far)
	}
	for c := range q.walls {
		q.walls[c] = raster.NewPlane(room.Cells, room.Cells/2)
	}
	cells := raster.NewSphere(room.Cells, room.Cells/2)
	shares := make([]float64, cells.H)
	parallel.Rows(cells.H, func(from, to int) {
		for y := from; y < to; y++ {
			for x := range cells.W {
				d := cells.Direction(x, y)
				old, new, lamp := room.Falls(d, before), room.Falls(d, after), room.Falls(d, r.Shining)
				shares[y] += cells.Solid[y] * rgb.Lum(new) / max(rgb.Lum(new)+lamps*rgb.Lum(lamp), 1e-30)
				old, new = rgb.Plus(old, lamp), rgb.Plus(new, rgb.Times(lamp, lamps))
				level := math.Log2(max(rgb.Lum(new), 1e-30) / max(rgb.Lum(old), 1e-30))
				for c := range q.walls {
					colour := math.Log2(max(new[c], 1e-30)/max(old[c], 1e-30)) - level
					q.walls[c].Row(y)[x] = float32(min(max(level, -20), 20) + roomAdapted*min(max(colour, -6), 6) + o.exposed)
				}
			}
		}
	})
	for _, v := range shares {
		q.share += v / (4 * math.Pi)
	}
}
