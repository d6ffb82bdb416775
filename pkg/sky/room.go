package sky

import (
	"math"
	"slices"

	"github.com/clipenv/toolkit/pkg/envmap"
)

// room is an indoor scene with windows taken apart: what is seen through them,
// the lamps, the patches of sun on its floor, and how much light each gives.
type room struct {
	windows Mask     // at the working size, as the two that follow
	lamps   plane    // how far a texel may be a lamp
	patches plane    // how far one may be in a patch of sun
	shade   [3]plane // log2 of radiance around such a patch, beneath it
	median  float32
	seen    float64 // luminance of what is seen through windows, of its brighter part
	blue    float64 // of it, stops of blue over red

	clear bool // the windows are of clear glass
	// How far clear ones may show sky, log2 of its luminance there, and of all that is
	// seen around a texel.
	sky, old, about plane
	edge            plane // how far a texel may hold some of each, of window and wall
	plaster         plane // and how far a texel may be of the wall within them
	// How far others may glow, and what is beside them, and how far a texel is of the
	// window itself.
	glow, within plane

	panes, shining []emitter
}

// emitter is a cell of the map that light comes from.
type emitter struct {
	to       envmap.Vec
	solid    float64    // steradians
	radiance [3]float64 // mean over solid
}

// roomCells is the width at which a room's light is summed.
const roomCells = 64

// takeRoom finds a room's windows, nil where it has none that are sure.
func (sc *Scene) takeRoom() (*room, error) {
	small, err := atMost(sc.im, kindWidth)
	if err != nil {
		return nil, err
	}
	o := findOpenings(small)
	windows, lamps := o.windows()
	if windows == nil {
		return nil, nil
	}
	w, h := sc.s.w, sc.s.h
	panes, shining := o.panes(windows, lamps)
	r := &room{median: o.median, windows: sc.f.soften(o.plane(panes).to(w, h), true)}
	// The soft mask keeps near what was found.
	near := o.plane(grown(panes, o.s.w, o.s.h, 2)).to(w, h)
	r.windows.alpha.each(func(i int) float32 { return r.windows.alpha.v[i] * near.v[i] })

	o.addSpecks(shining, panes, windows, lamps)
	r.lamps = o.plane(grown(shining, o.s.w, o.s.h, 2)).blur(1).to(w, h)
	r.takePatches(o, o.lit(panes, windows), near)

	r.clear = slices.ContainsFunc(windows, func(a opening) bool { return a.size > windowSure && a.spread > clearSpread })
	r.weigh(sc)
	if r.clear {
		r.findSky(sc, o.brightest(windows).to(w, h))
		r.findPlaster(sc)
		r.edge = o.border(panes).to(w, h)
	} else {
		r.curtained(sc, panes, o.s.w, o.s.h)
		r.weigh(sc)
	}
	return r, nil
}

// takePatches takes the patches of sun and what the floor beneath them shows around them:
// neither they nor windows, which near says, tell that.
func (r *room) takePatches(o *openings, lit []bool, near plane) {
	under, seen := o.plane(lit), near.smaller(o.s.w)
	clear := under.like().each(func(i int) float32 { return max(1-under.v[i]-seen.v[i], 0) })
	for c := range r.shade {
		r.shade[c] = pullPush(o.lg.like().each(func(i int) float32 { return log2(max(o.im.Pix[3*i+c], 0) + o.floor) }), clear).to(near.w, near.h)
	}
	r.patches = under.blur(1.5).to(near.w, near.h)
}

// weigh sums what windows and lamps give.
func (r *room) weigh(sc *Scene) {
	var bright []float32
	for i, a := range r.windows.alpha.v {
		if a > .5 {
			bright = append(bright, sc.lum.v[i])
		}
	}
	r.seen = float64(quantile(bright, seenShare))
	var red, blue float64
	for i, a := range r.windows.alpha.v {
		if v := float64(sc.lum.v[i]); a > .5 && v >= r.seen && v < 4*r.seen {
			red, blue = red+float64(max(sc.im.Pix[3*i], 0)), blue+float64(max(sc.im.Pix[3*i+2], 0))
		}
	}
	r.blue = math.Log2(max(blue, 1e-30) / max(red, 1e-30))
	lamp := r.lamps.like().each(func(i int) float32 {
		return r.lamps.v[i] * (1 - r.windows.alpha.v[i]) * isRoomLamp(sc.lum.v[i], r.median)
	})
	r.panes, r.shining = sc.emitters(r.windows.alpha), sc.emitters(lamp)
}

// brightest is where a window that is not in the roof gives most light: a sun
// of which nobody says where it stands is seen there.
func (r *room) brightest() (to envmap.Vec) {
	most := -1.
	for _, e := range r.panes {
		give := luma(e.radiance) * e.solid
		if e.to.Y > .6 {
			give *= 1e-6
		}
		if give > most {
			most, to = give, e.to
		}
	}
	return to
}

// seenShare is the share of a window's texels that are darker than its sky.
const seenShare = .75

// isRoomLamp is how far a texel of a luminance, where a lamp may be, is one.
func isRoomLamp(lum, median float32) float32 { return step(4, 10, lum/max(median, 1e-30)) }

// emitters are the cells of the map with what a weight leaves of it.
func (sc *Scene) emitters(weight plane) (out []emitter) {
	var light [3]plane
	for c := range light {
		light[c] = weight.like().each(func(i int) float32 { return weight.v[i] * max(sc.im.Pix[3*i+c], 0) }).smaller(roomCells)
	}
	share := weight.smaller(roomCells)
	s := newSphere(share.w, share.h)
	for y := range s.h {
		for x := range s.w {
			i := y*s.w + x
			if a := float64(share.v[i]); a > 1e-4 {
				e := emitter{to: s.direction(x, y), solid: a * s.solid[y]}
				for c := range e.radiance {
					e.radiance[c] = float64(light[c].v[i]) / a
				}
				out = append(out, e)
			}
		}
	}
	return out
}

// at is the room for a scene of a smaller size.
func (r *room) at(w, h int) *room {
	if r == nil {
		return nil
	}
	to := func(p plane) plane { return p.smaller(w).to(w, h) }
	out := *r
	out.windows = Mask{alpha: to(r.windows.alpha), windows: true, Share: r.windows.Share}
	out.lamps, out.patches = to(r.lamps), to(r.patches)
	if r.clear {
		out.sky, out.old, out.about, out.plaster, out.edge = to(r.sky), to(r.old), to(r.about), to(r.plaster), to(r.edge)
	} else {
		out.glow, out.within = to(r.glow), to(r.within)
	}
	for c := range out.shade {
		out.shade[c] = to(r.shade[c])
	}
	return &out
}

// reaches is how much of the light that comes from one direction falls on what
// is seen in another. Between walls that send light on to each other, as inside
// of a sphere, it is the same everywhere; what is near a window or a lamp gets
// more. It is 1 on the mean over the sphere.
func reaches(cosine float64) float64 {
	near := max(.5+.5*cosine, 0)
	return everywhere + 4*(1-everywhere)*near*near*near
}

// everywhere is the part that is the same in all directions: room light that is
// sent on twice or more.
const everywhere = .6

// falls is what emitters send to a direction, as the sum of radiance over their
// solid angle.
func falls(on envmap.Vec, from []emitter) (sum [3]float64) {
	for i := range from {
		e := &from[i]
		k := e.solid * reaches(e.to.Dot(on))
		for c := range sum {
			sum[c] += k * e.radiance[c]
		}
	}
	return sum
}

// Windows is the number of steradians through which the room sees out, 0 out
// of doors and where no window is sure.
func (sc *Scene) Windows() float64 {
	if sc.room == nil {
		return 0
	}
	var sum float64
	for _, e := range sc.room.panes {
		sum += e.solid
	}
	return min(sum, 4*math.Pi)
}
