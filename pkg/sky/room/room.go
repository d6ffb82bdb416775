// Package room takes an indoor map apart into windows, lamps, patches of sun and walls.
//
// Bright parts with an edge are openings; of them windows and lamps are told (windows), with
// what their frames hold and what hangs before them (parts). view says where sky is seen
// through clear glass, curtain how much light comes through what is none.
package room

import (
	"math"
	"slices"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/feature"
	"github.com/clipenv/toolkit/pkg/sky/mask"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// Room is an indoor scene with windows taken apart: what is seen through them,
// the lamps, the patches of sun on its floor, and how much light each gives.
type Room struct {
	Windows mask.Mask       // at the working size, as the two that follow
	Lamps   raster.Plane    // how far a texel may be a lamp
	Patches raster.Plane    // how far one may be in a patch of sun
	Shade   [3]raster.Plane // log2 of radiance around such a patch, beneath it
	Median  float32         // luminance of what lies about the horizon
	Seen    float64         // luminance of what is seen through windows, of its brighter part
	Blue    float64         // of it, stops of blue over red

	Clear bool // the windows are of clear glass
	// How far clear ones may show sky, log2 of its luminance there, and of all that is
	// seen around a texel.
	Sky, Old, About raster.Plane
	Edge            raster.Plane // how far a texel may hold some of each, of window and wall
	Plaster         raster.Plane // and how far a texel may be of the wall within them
	// How far others may glow, and what is beside them, and how far a texel is of the
	// window itself.
	Glow, Within raster.Plane

	Panes, Shining []Emitter
}

// Emitter is a cell of the map that light comes from.
type Emitter struct {
	To       envmap.Vec
	Solid    float64    // steradians
	Radiance [3]float64 // mean over solid
}

// Cells is the width at which a room's light is summed.
const Cells = 64

// picture is a room as its map shows it, at the working size.
type picture struct {
	im  *hdr.Image
	s   *raster.Sphere
	f   *feature.Features
	lum raster.Plane
}

// Find finds a room's windows, nil where it has none that are sure. small is the map
// at the width that windows are looked for at, im that at the working size, of which f are
// the features and lum is the luminance.
func Find(small, im *hdr.Image, f *feature.Features, lum raster.Plane) *Room {
	sc := &picture{im, f.Sphere, f, lum}
	o := findOpenings(small)
	windows, lamps := o.windows()
	if windows == nil {
		return nil
	}
	w, h := sc.s.W, sc.s.H
	panes, shining := o.panes(windows, lamps)
	r := &Room{Median: o.median, Windows: mask.Soften(sc.f, o.plane(panes).To(w, h), true)}
	// The soft mask keeps near what was found.
	near := o.plane(raster.Grown(panes, o.s.W, o.s.H, 2)).To(w, h)
	r.Windows.Alpha.Each(func(i int) float32 { return r.Windows.Alpha.V[i] * near.V[i] })

	o.addSpecks(shining, panes, windows, lamps)
	r.Lamps = o.plane(raster.Grown(shining, o.s.W, o.s.H, 2)).Blur(1).To(w, h)
	r.takePatches(o, o.lit(panes, windows), near)

	r.Clear = slices.ContainsFunc(windows, func(a opening) bool { return a.size > windowSure && a.spread > clearSpread })
	r.weigh(sc)
	if r.Clear {
		r.findSky(sc, o.brightest(windows).To(w, h))
		r.findPlaster(sc)
		r.Edge = o.border(panes).To(w, h)
	} else {
		r.curtained(sc, panes, o.s.W, o.s.H)
		r.weigh(sc)
	}
	return r
}

// takePatches takes the patches of sun and what the floor beneath them shows around them:
// neither they nor windows, which near says, tell that.
func (r *Room) takePatches(o *openings, lit []bool, near raster.Plane) {
	under, seen := o.plane(lit), near.Smaller(o.s.W)
	clear := under.Like().Each(func(i int) float32 { return max(1-under.V[i]-seen.V[i], 0) })
	for c := range r.Shade {
		r.Shade[c] = raster.PullPush(o.lg.Like().Each(func(i int) float32 { return num.Log2(max(o.im.Pix[3*i+c], 0) + o.floor) }), clear).To(near.W, near.H)
	}
	r.Patches = under.Blur(1.5).To(near.W, near.H)
}

// weigh sums what windows and lamps give.
func (r *Room) weigh(sc *picture) {
	var bright []float32
	for i, a := range r.Windows.Alpha.V {
		if a > .5 {
			bright = append(bright, sc.lum.V[i])
		}
	}
	r.Seen = float64(raster.Quantile(bright, seenShare))
	var red, blue float64
	for i, a := range r.Windows.Alpha.V {
		if v := float64(sc.lum.V[i]); a > .5 && v >= r.Seen && v < 4*r.Seen {
			red, blue = red+float64(max(sc.im.Pix[3*i], 0)), blue+float64(max(sc.im.Pix[3*i+2], 0))
		}
	}
	r.Blue = math.Log2(max(blue, 1e-30) / max(red, 1e-30))
	lamp := r.Lamps.Like().Each(func(i int) float32 {
		return r.Lamps.V[i] * (1 - r.Windows.Alpha.V[i]) * IsLamp(sc.lum.V[i], r.Median)
	})
	r.Panes, r.Shining = sc.emitters(r.Windows.Alpha), sc.emitters(lamp)
}

// Brightest is where a window that is not in the roof gives most light: a sun
// of which nobody says where it stands is seen there.
func (r *Room) Brightest() (to envmap.Vec) {
	most := -1.
	for _, e := range r.Panes {
		give := rgb.Lum(e.Radiance) * e.Solid
		if e.To.Y > .6 {
			give *= 1e-6
		}
		if give > most {
			most, to = give, e.To
		}
	}
	return to
}

// seenShare is the share of a window's texels that are darker than its sky.
const seenShare = .75

// IsLamp is how far a texel of a luminance, where a lamp may be, is one.
func IsLamp(lum, median float32) float32 { return num.Step(4, 10, lum/max(median, 1e-30)) }

// emitters are the cells of the map with what a weight leaves of it.
func (sc *picture) emitters(weight raster.Plane) (out []Emitter) {
	var light [3]raster.Plane
	for c := range light {
		light[c] = weight.Like().Each(func(i int) float32 { return weight.V[i] * max(sc.im.Pix[3*i+c], 0) }).Smaller(Cells)
	}
	share := weight.Smaller(Cells)
	s := raster.NewSphere(share.W, share.H)
	for y := range s.H {
		for x := range s.W {
			i := y*s.W + x
			if a := float64(share.V[i]); a > 1e-4 {
				e := Emitter{To: s.Direction(x, y), Solid: a * s.Solid[y]}
				for c := range e.Radiance {
					e.Radiance[c] = float64(light[c].V[i]) / a
				}
				out = append(out, e)
			}
		}
	}
	return out
}

// At is the room for a scene of a smaller size.
func (r *Room) At(w, h int) *Room {
	if r == nil {
		return nil
	}
	to := func(p raster.Plane) raster.Plane { return p.Smaller(w).To(w, h) }
	out := *r
	out.Windows = r.Windows.At(w, h)
	out.Lamps, out.Patches = to(r.Lamps), to(r.Patches)
	if r.Clear {
		out.Sky, out.Old, out.About, out.Plaster, out.Edge = to(r.Sky), to(r.Old), to(r.About), to(r.Plaster), to(r.Edge)
	} else {
		out.Glow, out.Within = to(r.Glow), to(r.Within)
	}
	for c := range out.Shade {
		out.Shade[c] = to(r.Shade[c])
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

// Falls is what emitters send to a direction, as the sum of radiance over their
// solid angle.
func Falls(on envmap.Vec, from []Emitter) (sum [3]float64) {
	for i := range from {
		e := &from[i]
		k := e.Solid * reaches(e.To.Dot(on))
		for c := range sum {
			sum[c] += k * e.Radiance[c]
		}
	}
	return sum
}
