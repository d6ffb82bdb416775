package sky

import "math"

// clearSpread is the least number of stops between the dark and the bright tenth of
// a window of clear glass, with what stands outside: curtains, blinds and frosted
// glass are more even, and no sky is seen in them.
const clearSpread = 3.1

// What is seen through a window is sky where it is about as bright and as blue as
// its brightest part: stops, and of a green leaf the ratio of green to the mean of red
// and blue.
const (
	viewDark, viewBright   = -1.2, -.7
	viewWarm, viewBlue     = -.55, 1.8 // of blue over red; none at half of it
	viewDarker             = 2.4       // of what is bluer, by stops of that: a sky far from its sun
	viewDarkest            = 1.2       // and at most
	viewLowest             = -2.6      // stops of one window's sky under that of all
	viewLeaf, viewLeafFull = 1.1, 1.25
	viewSky                = .85 // share of what is over the horizon that is darker than its sky
)

// viewWidth is the width at which the old sky in windows is told.
const viewWidth = 256

// brightest is how bright each window's sky is, log2 of luminance, at the size that
// windows were found at: the brightest that is seen in it over the horizon.
func (o *openings) brightest(windows []opening) plane {
	level, known := o.lg.like(), o.lg.like()
	for _, a := range windows {
		var bright []float32
		for _, i := range a.texels {
			if o.s.elevation[int(i)/o.s.w] > 2 {
				bright = append(bright, o.lg.v[i])
			}
		}
		if bright == nil {
			continue
		}
		v := quantile(bright, viewSky) + log2(o.median)
		for _, i := range a.texels {
			level.v[i], known.v[i] = v, 1
		}
	}
	return pullPush(level, known)
}

// findSky says where windows may show sky, and how bright it is there. local is each
// window's brightest.
func (r *room) findSky(sc *Scene, local plane) {
	s := sc.s
	var bright, blue []float32
	for i, a := range r.windows.alpha.v {
		if a > .5 && s.elevation[i/s.w] > 2 {
			bright = append(bright, sc.lum.v[i])
		}
	}
	level := float64(quantile(bright, viewSky))
	for i, a := range r.windows.alpha.v {
		if v := float64(sc.lum.v[i]); a > .5 && s.elevation[i/s.w] > 2 && v > .7*level && v < 3*level {
			blue = append(blue, sc.f.bluish(sc.im.Pix[3*i:3*i+3]))
		}
	}
	hue := quantile(blue, .5)
	of := r.windows.alpha.like().fill(func(x, y int) float32 {
		i := y*s.w + x
		a := r.windows.alpha.v[i]
		if a < .5 || s.elevation[y] < 0 {
			return 0
		}
		p := sc.im.Pix[3*i : 3*i+3]
		off := float64(sc.f.bluish(p) - hue)
		stops := float64(log2(sc.lum.v[i]+1e-20)) - max(float64(local.v[i]), math.Log2(max(level, 1e-30))+viewLowest)
		stops += min(viewDarker*max(off, 0), viewDarkest)
		return a * (1 - leaf(p)) * aboveGround(s.elevation[y]) *
			float32(step(viewDark, viewBright, stops)*step(viewWarm, viewWarm/2, off)*step(viewBlue, viewBlue/2, off))
	})
	mean := func(of, share plane) plane {
		p := of.like().each(func(i int) float32 { return of.v[i] * log2(sc.lum.v[i]+1e-20) }).smaller(viewWidth)
		return p.each(func(i int) float32 { return p.v[i] / max(share.v[i], 1e-6) })
	}
	share, all := of.smaller(viewWidth), r.windows.alpha.smaller(viewWidth)
	seen := mean(r.windows.alpha, all)
	r.about = pullPush(seen, all.like().each(func(i int) float32 { return step(.2, .8, all.v[i]) })).to(s.w, s.h)
	r.old = pullPush(mean(of, share), share.like().each(func(i int) float32 { return step(.05, .4, share.v[i]) })).to(s.w, s.h)
	frame := log2(float32(level)) + frameUnder
	r.sky = open(share, all, seen, frame).to(s.w, s.h)
}

// frameUnder is how many stops under the sky a window's frame lies at most: what is
// brighter stands outside.
const frameUnder = -5.

// barTall and thingTall are how many degrees a bar across a window is high at most, and
// what stands on the ground at least.
const barTall, thingTall float32 = 2.5, 4.5

// open is where windows show sky, for a small map of the share of it, that of windows,
// and what is seen in them in stops: nothing below what stands on the ground.
func open(share, windows, seen plane, frame float32) plane {
	out := share.blur(.8)
	solid := func(x, y int) bool {
		i := y*out.w + (x+out.w)%out.w
		return windows.v[i] < .3 || share.v[i] < .25*windows.v[i] && seen.v[i] > frame
	}
	for x := range out.w {
		run, longest := 0, 0
		for y := range out.h {
			i := y*out.w + x
			switch {
			case windows.v[i] < .3: // between windows
				run, longest = 0, 0
			case solid(x-1, y) && solid(x, y) && solid(x+1, y): // no upright bar
				run++
			default:
				run = 0
			}
			longest = max(longest, run)
			out.v[i] *= 1 - step(barTall, thingTall, float32(longest)*180/float32(out.h))
			out.v[i] = step(.15, .4, out.v[i])
		}
	}
	return out
}

// bluish is a texel's stops of blue over red.
func (f *features) bluish(p []float32) float32 {
	return log2(max(p[2], 0)+f.floor) - log2(max(p[0], 0)+f.floor)
}

// aboveGround is how far sky is seen at an elevation in degrees.
func aboveGround(elevation float64) float32 { return float32(step(0, 2, elevation)) }

// leaf is how far a texel is green.
func leaf(p []float32) float32 {
	return step(float32(viewLeaf), viewLeafFull, 2*p[1]/max(p[0]+p[2], 1e-30))
}

// drawView draws the new sky for windows, log2 of radiance, with the clouds that it
// gets: o's light, by place and not by what the old view was.
func (p *plan) drawView(o *outside) {
	sc, r := p.sc, p.sc.room
	if !r.clear || p.far == 0 {
		return
	}
	now := draw(p.t, sc.between(p.t), min(sc.s.w, modelWidth))
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
	for c := range p.room.sky {
		p.room.sky[c] = newPlane(s.w, s.h).each(func(i int) float32 {
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
		p.room.sky[c] = p.room.sky[c].to(sc.s.w, sc.s.h)
	}
	detail := float32(p.t.Detail)
	for y := range sc.s.h {
		fade := horizonFade(sc.s.elevation[y]) * detail
		for x := range sc.s.w {
			i := y*sc.s.w + x
			for c := range p.clouds {
				p.room.sky[c].v[i] += fade * p.clouds[c].v[i]
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
		from := s.row(8)
		to := max(s.row(1), from+1)
		for y := from; y < to; y++ {
			for x, v := range q.sky[c].row(y) {
				q.air[c].v[x] += v / float32(to-from)
			}
		}
	}
	q.fogged = float32(1 - math.Exp(-p.t.Fog*outdoorsAway))
}
