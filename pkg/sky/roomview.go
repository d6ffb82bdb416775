package sky

import (
	"math"

	"github.com/clipenv/toolkit/pkg/rgb"
)

// clearSpread is the least number of stops between the dark and the bright tenth of
// a window of clear glass, with what stands outside: curtains, blinds and frosted
// glass are more even, and no sky is seen in them.
const clearSpread = 3.1

// What is seen through a window is sky where it is about as bright and as blue as
// its brighter part: stops, and of a green leaf the ratio of green to the mean of red
// and blue.
const (
	viewDark, viewBright = -1.3, -.6
	viewWarm, viewAsBlue = -.9, -.5
	leafFrom, leafFull   = 1.28, 1.5
)

// viewWidth is the width at which the old sky in windows is told.
const viewWidth = 256

// findSky says where windows may show sky, and how bright it is there.
func (r *room) findSky(sc *Scene) {
	if !r.clear {
		return
	}
	s := sc.s
	of := r.windows.alpha.like().fill(func(x, y int) float32 {
		i := y*s.w + x
		a := r.windows.alpha.v[i]
		if a < .5 || s.elevation[y] < 0 {
			return 0
		}
		p := sc.im.Pix[3*i : 3*i+3]
		stops := math.Log2(max(float64(sc.lum.v[i])/max(r.seen, 1e-30), 1e-20))
		blue := float64(log2(max(p[2], 0)+sc.f.floor) - log2(max(p[0], 0)+sc.f.floor))
		return a * (1 - leaf(p)) * aboveGround(s.elevation[y]) *
			float32(step(viewDark, viewBright, stops)*step(viewWarm, viewAsBlue, blue-r.blue))
	})
	share := of.smaller(viewWidth)
	level := of.like().each(func(i int) float32 { return of.v[i] * log2(sc.lum.v[i]+1e-20) }).smaller(viewWidth)
	level.each(func(i int) float32 { return level.v[i] / max(share.v[i], 1e-6) })
	r.old = pullPush(level, share.like().each(func(i int) float32 { return step(.05, .4, share.v[i]) })).to(s.w, s.h)
	all := r.windows.alpha.smaller(viewWidth)
	seen := of.like().each(func(i int) float32 { return r.windows.alpha.v[i] * log2(sc.lum.v[i]+1e-20) }).smaller(viewWidth)
	seen.each(func(i int) float32 { return seen.v[i] / max(all.v[i], 1e-6) })
	r.about = pullPush(seen, all.each(func(i int) float32 { return step(.2, .8, all.v[i]) })).to(s.w, s.h)
	near := share.blur(1.2)
	r.sky = near.each(func(i int) float32 { return step(.03, .15, near.v[i]) }).to(s.w, s.h)
}

// aboveGround is how far sky is seen at an elevation in degrees.
func aboveGround(elevation float64) float32 { return float32(step(0, 2, elevation)) }

// leaf is how far a texel is green.
func leaf(p []float32) float32 {
	return step(float32(leafFrom), leafFull, 2*p[1]/max(p[0]+p[2], 1e-30))
}

// drawView draws the new sky for windows, log2 of radiance, with the clouds that it
// gets: o's light, by place and not by what the old view was.
func (p *plan) drawView(o *outside) {
	sc, r := p.sc, p.sc.room
	if !r.clear || p.far == 0 {
		return
	}
	now := draw(p.t, min(sc.s.w, modelWidth))
	s := now.s
	lum := func(i int) float64 {
		return max(luma([3]float64{float64(now.im.Pix[3*i]), float64(now.im.Pix[3*i+1]), float64(now.im.Pix[3*i+2])}), 1e-30)
	}
	var mean, solid float64
	for _, e := range r.panes {
		x, y := s.texel(e.to)
		mean, solid = mean+e.solid*math.Log2(lum(y*s.w+x)), solid+e.solid
	}
	mean /= max(solid, 1e-12)
	level := math.Log2(max(r.seen, 1e-30)) + o.mean
	grey := float32(.85 * step(.4, .8, between(p.t.Light, p.t.Clouds).Cover))
	for c := range p.room.sky {
		p.room.sky[c] = newPlane(s.w, s.h).each(func(i int) float32 {
			bright := lum(i)
			over := math.Log2(bright) - mean
			over /= 1 + math.Abs(over)/shapeMost
			chroma := max(float64(now.im.Pix[3*i+c])/bright, 1e-4)
			return float32(level + over + math.Log2(chroma) + o.colour[c])
		})
	}
	if p.clouds[0].v == nil {
		return
	}
	for c := range p.room.sky {
		p.room.sky[c] = p.room.sky[c].to(sc.s.w, sc.s.h)
	}
	detail := float32(p.t.Detail)
	for y := range sc.s.h {
		fade := horizonFade(sc.s.elevation[y]) * detail
		for x := range sc.s.w {
			i := y*sc.s.w + x
			cloud := [3]float32{p.clouds[0].v[i], p.clouds[1].v[i], p.clouds[2].v[i]}
			lum := rgb.Luminance(cloud[0], cloud[1], cloud[2])
			for c := range cloud {
				p.room.sky[c].v[i] += fade * (cloud[c] + grey*(lum-cloud[c]))
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
	if q.sky[0].v == nil || p.t.Fog == 0 {
		return
	}
	s := newSphere(q.sky[0].w, q.sky[0].h)
	for c := range q.air {
		q.air[c] = newPlane(s.w, 1)
		from, to := s.row(8), s.row(1)
		for y := from; y < to; y++ {
			for x, v := range q.sky[c].row(y) {
				q.air[c].v[x] += v / float32(to-from)
			}
		}
	}
	q.fogged = float32(1 - math.Exp(-p.t.Fog*outdoorsAway))
}
