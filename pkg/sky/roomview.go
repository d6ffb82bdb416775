package sky

import (
	"math"

	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// drawView draws the new sky for windows, log2 of radiance, with the clouds that it
// gets: o's light, by place and not by what the old view was.
func (p *plan) drawView(o *outside) {
	sc, r := p.sc, p.sc.room
	if !r.Clear || p.far == 0 {
		return
	}
	now := draw(p.t, sc.between(p.t), min(sc.s.W, modelWidth))
	s := now.s
	lum := func(i int) float64 {
		return max(rgb.Lum([3]float64{float64(now.im.Pix[3*i]), float64(now.im.Pix[3*i+1]), float64(now.im.Pix[3*i+2])}), 1e-30)
	}
	var mean, solid float64
	for _, e := range r.Panes {
		x, y := s.Texel(e.To)
		mean, solid = mean+e.Solid*math.Log2(lum(y*s.W+x)), solid+e.Solid
	}
	mean /= max(solid, 1e-12)
	level := math.Log2(max(r.Seen, 1e-30)) + o.mean
	for c := range p.room.sky {
		p.room.sky[c] = raster.NewPlane(s.W, s.H).Each(func(i int) float32 {
			bright := lum(i)
			over := math.Log2(bright) - mean
			over /= 1 + math.Abs(over)/shapeMost
			chroma := max(float64(now.im.Pix[3*i+c])/bright, 1e-4)
			return float32(level + over + math.Log2(chroma) + o.colour[c])
		})
	}
	if p.t.Clouds == nil {
		return
	}
	p.clouds = p.clouded(p.room.sky, now.onClouds(p.t))
	for c := range p.room.sky {
		p.room.sky[c] = p.room.sky[c].To(sc.s.W, sc.s.H)
	}
	detail := float32(p.t.Detail)
	for y := range sc.s.H {
		fade := horizonFade(sc.s.Elevation[y]) * detail
		for x := range sc.s.W {
			i := y*sc.s.W + x
			for c := range p.clouds {
				p.room.sky[c].V[i] += fade * p.clouds[c].V[i]
			}
		}
	}
}

// What lies so many stops under what is around it may be a window's frame, before which
// there is no fog.
const frameFrom, frameTo float32 = -1.6, -.6

// outdoorsAway is how many metres of fog lie before what stands outside of a window.
const outdoorsAway = 35.

// fogView plans the fog before what is seen through clear windows: its light is the
// low sky's.
func (p *plan) fogView() {
	q := p.room
	if q.sky[0].V == nil || p.t.Fog == 0 {
		return
	}
	s := raster.NewSphere(q.sky[0].W, q.sky[0].H)
	for c := range q.air {
		q.air[c] = raster.NewPlane(s.W, 1)
		from := s.Row(8)
		to := max(s.Row(1), from+1)
		for y := from; y < to; y++ {
			for x, v := range q.sky[c].Row(y) {
				q.air[c].V[x] += v / float32(to-from)
			}
		}
	}
	q.fogged = float32(1 - math.Exp(-p.t.Fog*outdoorsAway))
}
