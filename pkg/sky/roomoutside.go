package sky

import (
	"math"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
	"github.com/clipenv/toolkit/pkg/sky/room"
)

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

	// sunbeamBack is the share of a beam that the floor sends on.
	sunbeamBack = .3
)

// outside is the light beyond the windows before and after, in the map's
// units.
type outside struct {
	drawn          [3]raster.Plane // stops over the old view
	mean           float64         // of them in windows, of luminance
	colour         [3]float64      // stops that all of it is coloured by
	beam, had      [3]float64      // irradiance of the new beam and the old
	source, hadAt  envmap.Vec
	plain, exposed float64 // stops that a target changes the light by, and the whole map
}

// blue is the stops of blue over red of a sky's upper half.
func (d drawn) blue() float64 {
	sum := fromAbove(d.im, d.s)
	return math.Log2(max(sum[2], 1e-30) / max(sum[0], 1e-30))
}

// lookOut draws the new light beyond the windows, over the old as far as that
// is known.
func (p *plan) lookOut() *outside {
	old := p.sc.oldView()
	now := draw(p.t, p.t.Light, roomSkyWidth)
	o := &outside{source: now.source, hadAt: old.source, exposed: p.t.ExposureStops}
	o.plain = p.stops - o.exposed
	tint := rgb.Times(p.t.Tint, 1/max(rgb.Lum(p.t.Tint), 1e-6))
	o.overOld(now, old, tint, p.sc.room.Panes)
	scale := p.sc.room.Seen / old.level // of the model's radiance to the map's
	for c := range o.beam {
		o.beam[c] = scale * old.white[c] * tint[c] * now.beam[c] * num.Step(0, .02, max(now.source.Y, 0))
		o.had[c] = scale * old.white[c] * old.beam[c]
	}
	if p.t.Kelvin > 0 {
		o.beam = rgb.Times(atmosphere.Kelvin(p.t.Kelvin), rgb.Lum(o.beam))
	}
	o.beam = rgb.Times(o.beam, math.Exp2(p.t.SunStops))
	o.brighten(o.asPictured(p.sc.room.Panes, lightStops(p.t.Light)-lightStops(p.sc.Light)))
	return o
}

// oldView is the light that came through the windows, as a sky's model has it.
type oldView struct {
	rows   [][3]float64 // radiance by elevation, since where its sun stood no window tells
	level  float64      // luminance on the mean of the windows
	solid  float64      // steradians of these
	white  [3]float64   // of the camera, over the model's
	beam   [3]float64   // of a clear sky
	source envmap.Vec
}

// oldView draws the old sky, which was as blue as the view, between a clear one and
// clouds.
func (sc *Scene) oldView() *oldView {
	had := sc.Own()
	clear := draw(had, had.Light, roomSkyWidth)
	believed := min(max(sc.room.Blue/max(clear.blue(), 1e-3), 0), 1)
	had.Cover = 1 - believed
	own := draw(had, had.Light, roomSkyWidth)
	s := own.s
	v := &oldView{rows: make([][3]float64, s.H/2), beam: clear.beam, source: own.source}
	for y := range v.rows {
		for x := range s.W {
			for c := range v.rows[y] {
				v.rows[y][c] += float64(own.im.Pix[3*(y*s.W+x)+c]) / float64(s.W)
			}
		}
	}
	var was [3]float64
	for _, e := range sc.room.Panes {
		_, y := s.Texel(e.To)
		was = rgb.Plus(was, rgb.Times(v.row(y), e.Solid))
		v.solid += e.Solid
	}
	v.level = max(rgb.Lum(rgb.Times(was, 1/max(v.solid, 1e-12))), 1e-30)
	clearly := fromAbove(clear.im, clear.s)
	v.white = pow(rgb.Times(clearly, 1/max(rgb.Lum(clearly), 1e-30)), -coloured*believed)
	return v
}

// row is the radiance of row y, and below the horizon that over it.
func (v *oldView) row(y int) [3]float64 { return v.rows[min(y, len(v.rows)-1)] }

// shape is the stops of row y, of which a part falls with elevation.
func (v *oldView) shape(y int) float64 {
	return fallen*math.Log2(max(rgb.Lum(v.row(y)), 1e-30)) + (1-fallen)*math.Log2(v.level)
}

// overOld compares the new sky with the old view, by place, and takes the mean of the
// windows.
func (o *outside) overOld(now drawn, old *oldView, tint [3]float64, panes []room.Emitter) {
	s := now.s
	at := func(x, y int) []float32 { return now.im.Pix[3*(min(y, s.H/2-1)*s.W+x):] }
	lum := func(x, y int) float64 {
		v := at(x, y)
		return max(rgb.Lum([3]float64{float64(v[0]), float64(v[1]), float64(v[2])}), 1e-30)
	}
	for _, e := range panes {
		x, y := s.Texel(e.To)
		o.mean += e.Solid / max(old.solid, 1e-12) * (math.Log2(lum(x, y)) - old.shape(y))
	}
	for c := range o.drawn {
		o.colour[c] = math.Log2(old.white[c] * max(tint[c], 1e-4))
		o.drawn[c] = raster.NewPlane(s.W, s.H).Fill(func(x, y int) float32 {
			bright := lum(x, y)
			over := math.Log2(bright) - old.shape(y) - o.mean
			over /= 1 + math.Abs(over)/shapeMost
			chroma := float64(at(x, y)[c]) / bright
			return float32(o.mean + over + adapted*(math.Log2(max(chroma, 1e-4))+o.colour[c]))
		})
	}
}

// asPictured is by how many stops the new light becomes the picture's: by as many as
// out of doors, and a part of what windows get more or less than asked there.
func (o *outside) asPictured(panes []room.Emitter, asked float64) float64 {
	var before, after float64
	for _, e := range panes {
		old, new := o.through(e, 1)
		before += e.Solid * rgb.Lum(old)
		after += e.Solid * rgb.Lum(new)
	}
	physical := math.Log2(max(after, 1e-30) / max(before, 1e-30))
	return o.plain - asked + (1-faced)*(asked-physical)
}

// brighten makes the new light brighter by stops.
func (o *outside) brighten(stops float64) {
	for c := range o.drawn {
		o.drawn[c].Each(func(i int) float32 { return o.drawn[c].V[i] + float32(stops) })
	}
	o.beam = rgb.Times(o.beam, math.Exp2(stops))
	o.mean += stops
}

// through is the light of a cell of the windows before and after, with what the
// floor sends on of a beam that falls through it. far is how far the new light
// takes the old one's place.
func (o *outside) through(e room.Emitter, far float64) (old, new [3]float64) {
	out, had := envmap.Vec{X: e.To.X, Z: e.To.Z}.Unit(), math.Sqrt(max(1-o.hadAt.Y*o.hadAt.Y, 0))/math.Pi
	if e.To.Y > overhead {
		out, had = e.To, max(o.hadAt.Y, 0)
	}
	facing := max(out.Dot(o.source), 0)
	x, y := raster.TexelAt(e.To, o.drawn[0].W, o.drawn[0].H)
	plain := (1 - far) * o.plain
	for c := range old {
		back := sunbeamBack / math.Pi * had * o.had[c]
		old[c] = e.Radiance[c] + back
		new[c] = e.Radiance[c]*math.Exp2(far*float64(o.drawn[c].Row(y)[x])+plain) +
			far*sunbeamBack/math.Pi*facing*o.beam[c] + (1-far)*math.Exp2(o.plain)*back
	}
	return old, new
}

// overhead is the sine of the elevation above which a window lies in a roof.
const overhead = .86
