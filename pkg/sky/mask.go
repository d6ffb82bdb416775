package sky

import (
	"math"

	"github.com/clipenv/toolkit/internal/parallel"
)

// Mask is the soft sky mask: 1 is sky, 0 foreground. It is found at the
// working size and follows the full-size picture.
type Mask struct {
	filter guided
	matte  matte
	alpha  plane  // at the working size
	open   []bool // the rows there that are all sky, whatever the picture shows

	windows bool // it is of a room's windows, which reach below the horizon

	// Share is the part of the upper hemisphere that is sky.
	Share float64
}

const (
	floodLowest  = .3  // degrees above the horizon at which a sky may start
	floodLeast   = .13 // steradians of a part that may be sky
	floodReaches = 18. // degrees that it has to reach
	floodGap     = .05 // steradians of a part that is bluer than the largest,
	floodBluer   = .35 // by so many stops of blue over red
	floodDeeper  = .8  // and for each stop may be so many darker
	floodWarmer  = 1.1 // stops of red over blue, over the largest part's
	floodDarker  = .9  // stops under the largest part

	// What lies so many stops under another part, and has so many stops less of
	// blue over red, is the underside of something.
	ceilingDarker, ceilingGreyer = 2.5, .2

	openLeast   = .31 // steradians in sum, else the sky shows through leaves only
	openSure    = 1.3 // and from here on none of it does
	gapReach    = 8.  // texels at 1024×512 from the flood
	guideRadius = 3.  // texels at 1024×512
	guideEps    = 2e-4
	maskLowest  = -2.5 // degrees
)

// flood is the smooth part of what lies above the horizon, and its area. Out
// of doors a ceiling is none of it, be it the largest part.
func (f *features) flood(outdoors bool) (keep []bool, area float64) {
	s, limit := f.s, f.smooth()
	in := make([]bool, s.w*s.h)
	for y := range s.row(floodLowest) {
		for x, v := range f.texture.row(y) {
			in[y*s.w+x] = v < limit
		}
	}
	in = opened(in, s.w, s.h, f.texels(2))
	p := connect(in, s.w, s.h)
	size := p.sum(func(i int) float64 { return s.solid[i/s.w] })
	top := make([]float64, p.count)
	for i := len(p.of) - 1; i >= 0; i-- {
		if part := p.of[i]; part >= 0 {
			top[part] = s.elevation[i/s.w]
		}
	}
	// A wall may be as smooth as the sky beside it, but is warmer, and glass
	// that mirrors the sky is darker.
	mean := func(value func(i int) float32) []float64 {
		sum := p.sum(func(i int) float64 { return s.solid[i/s.w] * float64(value(i)) })
		for part := range sum {
			sum[part] /= size[part]
		}
		return sum
	}
	blue := mean(func(i int) float32 { return (f.f[2].v[i] - f.f[1].v[i]) / chromaPart })
	light := mean(func(i int) float32 { return f.f[0].v[i] })
	largest := -1
	tall := func(part int) bool { return size[part] >= floodLeast && top[part] >= floodReaches }
	under := func(part int) bool {
		for other := range size {
			if tall(other) && light[other] > light[part]+ceilingDarker && blue[other] > blue[part]+ceilingGreyer {
				return true
			}
		}
		return false
	}
	sky := func(part int) bool { return tall(part) && !(outdoors && under(part)) }
	for part := range size {
		if sky(part) && (largest < 0 || size[part] > size[largest]) {
			largest = part
		}
	}
	clear := make([]bool, p.count)
	for part := range clear {
		if largest < 0 {
			break
		}
		// Clear sky away from the sun is darker and bluer. A small gap of it may be
		// told by that.
		bluer := blue[part] - blue[largest]
		gap := bluer > floodBluer && size[part] >= floodGap && top[part] >= floodReaches
		clear[part] = (sky(part) || gap) && bluer > -floodWarmer && light[part] > light[largest]-floodDarker-floodDeeper*max(bluer, 0)
	}
	for i, part := range p.of {
		in[i] = part >= 0 && clear[part]
		if in[i] {
			area += s.solid[i/s.w]
		}
	}
	return in, area
}

// noMask is the mask of a room.
func noMask(s *sphere) Mask { return Mask{alpha: newPlane(s.w, s.h)} }

// newMask finds the sky of an outdoor scene.
func newMask(f *features, lum plane, sun Sun, kind Kind) Mask {
	m := &masking{features: f, lum: lum, sun: sun, night: kind == Night, dusk: kind == Dusk}
	var area float64
	if m.keep, area = f.flood(true); area < openLeast {
		m.throughLeaves()
	} else {
		m.likeFlood()
		m.drop()
		if !m.night {
			m.fillUndersides()
		}
		m.fillHoles()
		if m.night {
			m.fillDomes()
			m.fillClouds()
		} else {
			m.fillBright()
			m.fillDusk()
		}
		m.fillGlare()
		if area < openSure && !m.night {
			m.addLeaves()
		}
	}
	mask := f.soften(m.a, false)
	mask.unmix(f)
	return mask
}

// masking is a mask in the making.
type masking struct {
	*features
	lum   plane
	sun   Sun
	night bool
	dusk  bool
	keep  []bool // flood

	above  plane    // log luminance over that of the sky around
	colour plane    // distance from the sky's chroma
	around [3]plane // features of the sky around
	a      plane
}

// leavesOver is the least by which sky between leaves is brighter than the
// ground, in stops: pale rock is not.
const leavesOver = 1.5

// vividWarm is how much more what is warm is a colour of its own, by day.
const vividWarm = 1.7

// leavesPorous is how evenly leaves mix with the sky between them, at least. Walls that
// are as bright as the sky have .28.
const leavesPorous = .36

// throughLeaves splits what lies above the horizon into two classes of
// luminance (Otsu 1979): the brighter one is sky where it is no vivid colour.
func (m *masking) throughLeaves() {
	lg := m.f[0]
	values := lg.where(func(_, y int) bool { return m.s.elevation[y] > 8 })
	low, high := quantile(values, .02), quantile(values, .995)
	ground := quantile(lg.where(func(_, y int) bool { return m.s.elevation[y] < -6 }), .5)
	split := max(otsu(values, low, high), ground+leavesOver)
	m.a = lg.like().fill(func(x, y int) float32 {
		i := y*m.s.w + x
		red, blue := m.f[1].v[i]/chromaPart, m.f[2].v[i]/chromaPart
		vivid := max(red, blue, 0) - min(red, blue, 0)
		switch {
		case blue > 0 && red < 0: // a blue sky; leaves are never blue
			vivid = -red
		case !m.dusk && !m.night: // a wall in the sun, or leaves against it
			vivid = max(vivid, vividWarm*(red-blue))
		}
		return step(split-.2, split+1.2, lg.v[i]) * step(1, 9, float32(m.s.elevation[y])) * (1 - step(1.1, 2, vivid))
	})
}

// addLeaves adds the sky between leaves where it is a part of what is seen of the sky:
// one glade in a wood is no other place.
func (m *masking) addLeaves() {
	flood := m.a
	m.throughLeaves()
	if porosity(m.a) < leavesPorous {
		m.a = flood
		return
	}
	m.a.each(func(i int) float32 { return max(m.a.v[i], flood.v[i]) })
}

// otsu returns the threshold that parts values between low and high into two
// classes with the largest variance between them.
func otsu(values []float32, low, high float32) float32 {
	const bins = 256
	if !(high > low) {
		return low
	}
	var count [bins]float64
	total, sum := 0., 0.
	for _, v := range values {
		i := int(min(max((v-low)/(high-low), 0), 1) * (bins - 1))
		count[i]++
		total++
		sum += float64(i)
	}
	best, at := -1., 0
	below, belowSum := 0., 0.
	for i, n := range count {
		below += n
		belowSum += n * float64(i)
		if below == 0 || below == total {
			continue
		}
		d := belowSum/below - (sum-belowSum)/(total-below)
		if v := below * (total - below) * d * d; v > best {
			best, at = v, i
		}
	}
	return low + (high-low)*float32(at)/(bins-1)
}

// likeFlood compares every texel with the flooded sky around it.
func (m *masking) likeFlood() {
	s := m.s
	weight := planeOf(m.keep, s.w, s.h)
	for c := range m.around {
		m.around[c] = fillFrom(m.f[c], weight, m.scale)
	}
	m.above, m.colour, m.a = weight.like(), weight.like(), weight.like()
	wide := m.change.blur(m.scale)
	near := grown(m.keep, s.w, s.h, m.texels(gapReach))
	limit := m.smooth()
	m.a.fill(func(x, y int) float32 {
		i := y*s.w + x
		el := float32(s.elevation[y])
		dl := m.f[0].v[i] - m.around[0].v[i]
		dc := abs(m.f[1].v[i]-m.around[1].v[i]) + abs(m.f[2].v[i]-m.around[2].v[i])
		m.above.v[i], m.colour.v[i] = dl, dc
		if m.keep[i] {
			return 1
		}
		a := step(-1.3, -.45, dl) * (1 - step(.45, 1.1, dc)) * step(-2, .2, el)
		if m.texture.v[i] > .8*limit {
			a *= 1 - step(.7, 1.5, dl) // lit walls and lamps
		}
		// Between twigs before the sky what looks like it is it.
		gap := near[i] && dl < .7 && dc < .4
		if dl >= -.25 && !gap {
			a *= 1 - step(3*limit, 7*limit, wide.v[i])
		}
		return a
	})
}

// fillFrom continues a plane from where a weight is 1 to where it is 0: means
// over ever wider neighbourhoods, the nearest that has something.
func fillFrom(p, weight plane, scale float64) plane {
	w := weight.smaller(256)
	num := p.like().each(func(i int) float32 { return p.v[i] * weight.v[i] }).smaller(256)
	top, bottom := w.like(), w.like()
	scale = min(scale, .25)
	for _, level := range []struct{ sigma, weight float64 }{{24, 1}, {60, .03}, {160, .001}, {600, 1e-6}} {
		n, d := num.blur(level.sigma*scale), w.blur(level.sigma*scale)
		for i := range top.v {
			top.v[i] += float32(level.weight) * n.v[i]
			bottom.v[i] += float32(level.weight) * d.v[i]
		}
	}
	top.each(func(i int) float32 { return top.v[i] / max(bottom.v[i], 1e-12) })
	return top.to(p.w, p.h)
}

func abs(v float32) float32 { return float32(math.Abs(float64(v))) }

// drop takes out what neither touches the flood nor shines as the sky does.
func (m *masking) drop() {
	s := m.s
	in := make([]bool, len(m.a.v))
	for i, v := range m.a.v {
		in[i] = v > .5
	}
	p := connect(in, s.w, s.h)
	touches := make([]bool, p.count)
	for i, part := range p.of {
		if part >= 0 && m.keep[i] {
			touches[part] = true
		}
	}
	for i, part := range p.of {
		hole := m.above.v[i] > -.5 && m.colour.v[i] < .35 && s.elevation[i/s.w] > 1
		if part >= 0 && !touches[part] && !hole {
			m.a.v[i] = 0
		}
	}
}

// soften makes a mask of what is 1 and 0, that follows the picture's own edges.
func (f *features) soften(a plane, windows bool) Mask {
	guide := f.guide()
	mask := Mask{filter: newGuided(guide, a, f.texels(guideRadius), guideEps), windows: windows}
	mask.alpha, mask.open = mask.filter.read(guide), mask.filter.atLeast(hardened)
	for y, el := range f.s.elevation {
		mask.harden(mask.alpha.row(y), el)
	}
	mask.Share = share(f.s, mask.alpha)
	return mask
}

// unmix gives each texel of a mask the share of the sky that its colour tells.
func (m *Mask) unmix(f *features) {
	guide := f.guide()
	m.matte = f.newMatte(guide, m.alpha)
	parallel.Strips(m.alpha.h, func() func(y int) {
		r := m.matte.reader(m.alpha.w, m.alpha.h)
		return func(y int) {
			if el := f.s.elevation[y]; !m.none(el) {
				r.row(y, el, [3][]float32{guide[0].row(y), guide[1].row(y), guide[2].row(y)}, m.alpha.row(y))
			}
		}
	})
	m.Share = share(f.s, m.alpha)
}

// none tells that at an elevation in degrees nothing is sky.
func (m *Mask) none(elevation float64) bool { return elevation < maskLowest && !m.windows }

// harden takes the rest of the foreground's texture out of a row of the mask at
// an elevation in degrees.
func (m *Mask) harden(alpha []float32, elevation float64) {
	if m.none(elevation) {
		clear(alpha)
		return
	}
	for x, a := range alpha {
		alpha[x] = step(1-hardened, hardened, a)
	}
}

// hardened is from where on a mask is all sky.
const hardened = .88

// share is the part of the upper hemisphere that a mask covers.
func share(s *sphere, alpha plane) float64 {
	var sum, all float64
	for y := range s.h / 2 {
		for _, a := range alpha.row(y) {
			sum += float64(a) * s.solid[y]
			all += s.solid[y]
		}
	}
	return sum / all
}
