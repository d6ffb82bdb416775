package sky

import (
	"math"

	"github.com/clipenv/toolkit/internal/parallel"
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
)

// roomPlan is what a target asks of a room with windows. Gains are stops.
type roomPlan struct {
	view          [3]plane   // of what is seen through windows
	walls         [3]plane   // of what they light
	sun           [3]float32 // of what a patch of sun has over the floor around it
	lamps         float32
	lift          float32
	far           float32
	same, exposed float32 // stops that the light changes by where no new sky is drawn, and the whole map
	disc          [3]float64
	at            envmap.Vec // of the disc
	share         float64    // of the new light that comes through windows

	sky    [3]plane // log2 of the new sky's radiance in clear windows; no values where there are none
	air    [3]plane // one row: fog's
	fogged float32  // how far it hides what stands outside
}

const (
	roomSkyWidth = 128 // at which the sky outside is drawn

	// fallen is the part of the model's old sky's fall with elevation that is
	// taken for the view's.
	fallen = .5

	// coloured is how far the old sky's colour is the view's.
	coloured = .75

	// faced is the part of a difference between what windows and what level
	// ground get that stays: a low sun before the only window would make of a
	// sunset the brightest hour.
	faced = .4

	// shapeMost bounds, in stops, how far the new sky in a window lies off the
	// mean of all windows.
	shapeMost = 2.5

	// sunbeamBack is the share of a beam that the floor sends on.
	sunbeamBack = .3

	// roomAdapted is the power to which a change of the walls' colour is taken.
	roomAdapted = .55

	// undazzled is the part of the stops between a room and its windows that is
	// taken off by night, when no camera is set for the room.
	undazzled = .25

	moonMost = .1 // of the windows' light that a moon in them has at most

	skyOver = .5 // share of what is seen that has a view's luminance before the disc
)

// outside is the light beyond the windows before and after, in the map's
// units.
type outside struct {
	drawn          [3]plane   // stops over the old view
	mean           float64    // of them in windows, of luminance
	colour         [3]float64 // stops that all of it is coloured by
	beam, had      [3]float64 // irradiance of the new beam and the old
	source, hadAt  envmap.Vec
	plain, exposed float64 // stops that a target changes the light by, and the whole map
}

// blue is the stops of blue over red of a sky's upper half.
func (d drawn) blue() float64 {
	sum := fromAbove(d.im, d.s)
	return math.Log2(max(sum[2], 1e-30) / max(sum[0], 1e-30))
}

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
		q.view[c] = o.drawn[c].like().each(func(i int) float32 {
			return float32(p.far)*o.drawn[c].v[i] + float32((1-p.far)*o.plain+expo)
		})
	}
	p.drawView(o)
	p.fogView()
	p.sunIn(o)
	p.relightWalls(o, lamps)
	if p.night {
		dark := float32(p.far * undazzled * max(0, math.Log2(sc.room.seen/max(float64(sc.room.median), 1e-30))))
		for c := range q.view {
			for _, v := range [3]plane{q.view[c], q.sky[c], q.air[c]} {
				v.each(func(i int) float32 { return v.v[i] - dark })
			}
		}
	}
	level := luma(o.beam)
	hard := min(level*max(o.source.Y, 0)/max(luma(o.had)*max(o.hadAt.Y, 0), 1e-30), 4)
	for c := range q.sun {
		// Its colour is the old beam's already.
		tinted := o.beam[c] / max(level, 1e-30) * luma(o.had) / max(o.had[c], 1e-30)
		gain := p.far*math.Log2(max(hard*tinted, 1e-6)) + (1-p.far)*o.plain
		q.sun[c] = float32(gain + expo)
	}
}

// lookOut draws the new light beyond the windows, over the old as far as that
// is known.
func (p *plan) lookOut() *outside {
	sc, r := p.sc, p.sc.room
	had := sc.Own()
	clear := draw(had, roomSkyWidth)
	// The old sky was as blue as the view, between a clear one and clouds.
	believed := min(max(r.blue/max(clear.blue(), 1e-3), 0), 1)
	had.Cover = 1 - believed
	plainly := p.t
	plainly.Clouds = nil
	now, own := draw(plainly, roomSkyWidth), draw(had, roomSkyWidth)
	s := now.s
	o := &outside{source: now.source, hadAt: own.source, exposed: p.t.ExposureStops}
	o.plain = p.stops - o.exposed
	// The old sky by elevation, since where its sun stood no window tells.
	rows := make([][3]float64, s.h/2)
	for y := range rows {
		for x := range s.w {
			for c := range rows[y] {
				rows[y][c] += float64(own.im.Pix[3*(y*s.w+x)+c]) / float64(s.w)
			}
		}
	}
	var was [3]float64
	var solid float64
	for _, e := range r.panes {
		_, y := s.texel(e.to)
		was = plus(was, times(rows[min(y, s.h/2-1)], e.solid))
		solid += e.solid
	}
	was = times(was, 1/max(solid, 1e-12))
	level := max(luma(was), 1e-30)
	tint := times(p.t.Tint, 1/max(luma(p.t.Tint), 1e-6))
	clearly := fromAbove(clear.im, clear.s)
	white := pow(times(clearly, 1/max(luma(clearly), 1e-30)), -coloured*believed) // of the camera, over the model's
	mean := 0.                                                                    // stops of the new sky over the old, on the mean of the windows
	lum := func(x, y int) float64 {
		i := 3 * (min(y, s.h/2-1)*s.w + x)
		return max(luma([3]float64{float64(now.im.Pix[i]), float64(now.im.Pix[i+1]), float64(now.im.Pix[i+2])}), 1e-30)
	}
	shape := func(y int) float64 {
		return fallen*math.Log2(max(luma(rows[min(y, s.h/2-1)]), 1e-30)) + (1-fallen)*math.Log2(level)
	}
	for _, e := range r.panes {
		x, y := s.texel(e.to)
		mean += e.solid / max(solid, 1e-12) * (math.Log2(lum(x, y)) - shape(y))
	}
	for c := range o.drawn {
		o.colour[c] = math.Log2(white[c] * max(tint[c], 1e-4))
		o.drawn[c] = newPlane(s.w, s.h).fill(func(x, y int) float32 {
			bright := lum(x, y)
			over := math.Log2(bright) - shape(y) - mean
			over /= 1 + math.Abs(over)/shapeMost
			chroma := float64(now.im.Pix[3*(min(y, s.h/2-1)*s.w+x)+c]) / bright
			return float32(mean + over + adapted*(math.Log2(max(chroma, 1e-4))+o.colour[c]))
		})
	}
	scale := r.seen / level // of the model's radiance to the map's
	for c := range o.beam {
		o.beam[c] = scale * white[c] * tint[c] * now.beam[c] * step(0, .02, max(now.source.Y, 0))
		o.had[c] = scale * white[c] * clear.beam[c]
	}
	if p.t.Kelvin > 0 {
		o.beam = times(atmosphere.Kelvin(p.t.Kelvin), luma(o.beam))
	}
	o.beam = times(o.beam, math.Exp2(p.t.SunStops))
	// From the model's change to the picture's.
	var before, after float64
	for _, e := range r.panes {
		old, new := o.through(e, 1)
		before += e.solid * luma(old)
		after += e.solid * luma(new)
	}
	physical := math.Log2(max(after, 1e-30) / max(before, 1e-30))
	asked := lightStops(p.t.Light) - lightStops(sc.Light)
	shift := o.plain - asked + (1-faced)*(asked-physical)
	for c := range o.drawn {
		o.drawn[c].each(func(i int) float32 { return o.drawn[c].v[i] + float32(shift) })
	}
	o.beam = times(o.beam, math.Exp2(shift))
	o.mean = mean + shift
	return o
}

// through is the light of a cell of the windows before and after, with what the
// floor sends on of a beam that falls through it. far is how far the new light
// takes the old one's place.
func (o *outside) through(e emitter, far float64) (old, new [3]float64) {
	out, had := envmap.Vec{X: e.to.X, Z: e.to.Z}.Unit(), math.Sqrt(max(1-o.hadAt.Y*o.hadAt.Y, 0))/math.Pi
	if e.to.Y > overhead {
		out, had = e.to, max(o.hadAt.Y, 0)
	}
	facing := max(out.Dot(o.source), 0)
	x, y := texelAt(e.to, o.drawn[0].w, o.drawn[0].h)
	plain := (1 - far) * o.plain
	for c := range old {
		back := sunbeamBack / math.Pi * had * o.had[c]
		old[c] = e.radiance[c] + back
		new[c] = e.radiance[c]*math.Exp2(far*float64(o.drawn[c].row(y)[x])+plain) +
			far*sunbeamBack/math.Pi*facing*o.beam[c] + (1-far)*math.Exp2(o.plain)*back
	}
	return old, new
}

// overhead is the sine of the elevation above which a window lies in a roof.
const overhead = .86

// sunIn draws the disc where a window shows it before the sky.
func (p *plan) sunIn(o *outside) {
	sc, r, d := p.sc, p.sc.room, o.source
	if p.far == 0 || d.Y < 0 || luma(o.beam) <= 0 {
		return
	}
	seen, all := 0., 0.
	near := math.Cos(radians(1))
	sc.s.around(d, 1, func(x, y int) {
		if sc.s.towards(x, y, d) < near {
			return
		}
		all++
		if i := y*sc.s.w + x; r.windows.alpha.v[i] > .5 && float64(sc.lum.v[i]) > skyOver*r.seen {
			seen++
		}
	})
	if all == 0 || seen <= .7*all {
		return
	}
	beam := times(o.beam, p.far)
	if p.night {
		// A moon is no lamp: the room's own light is what a camera is set for.
		var sky float64
		for _, e := range r.panes {
			_, new := o.through(e, p.far)
			sky += e.solid * luma(new)
		}
		beam = times(beam, min(1, moonMost*sky/max(luma(beam), 1e-30)))
	}
	p.room.disc, p.room.at = times(beam, math.Exp2(o.exposed)), d
}

// relightWalls compares what windows and lamps send to each direction before
// and after.
func (p *plan) relightWalls(o *outside, lamps float64) {
	r, q := p.sc.room, p.room
	before, after := make([]emitter, len(r.panes)), make([]emitter, len(r.panes))
	for i, e := range r.panes {
		before[i], after[i] = e, e
		before[i].radiance, after[i].radiance = o.through(e, p.far)
	}
	for c := range q.walls {
		q.walls[c] = newPlane(roomCells, roomCells/2)
	}
	cells := newSphere(roomCells, roomCells/2)
	shares := make([]float64, cells.h)
	parallel.Rows(cells.h, func(from, to int) {
		for y := from; y < to; y++ {
			for x := range cells.w {
				d := cells.direction(x, y)
				old, new, lamp := falls(d, before), falls(d, after), falls(d, r.shining)
				shares[y] += cells.solid[y] * luma(new) / max(luma(new)+lamps*luma(lamp), 1e-30)
				old, new = plus(old, lamp), plus(new, times(lamp, lamps))
				level := math.Log2(max(luma(new), 1e-30) / max(luma(old), 1e-30))
				for c := range q.walls {
					colour := math.Log2(max(new[c], 1e-30)/max(old[c], 1e-30)) - level
					q.walls[c].row(y)[x] = float32(min(max(level, -20), 20) + roomAdapted*min(max(colour, -6), 6) + o.exposed)
				}
			}
		}
	})
	for _, v := range shares {
		q.share += v / (4 * math.Pi)
	}
}
