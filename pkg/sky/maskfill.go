package sky

import "math"

// deepBlue is how many stops of chroma blue lies over red in what can only be
// clear sky between clouds.
const deepBlue = .5

// How many stops over the sky what is too dark for it lies at most, how many of its blue it
// has, and how many of red, for each of blue, a cloud has more that is as dark.
const thingUnder, thingBlue, greyRed = -.4, -.1, .5

// nothingStands is an elevation, in degrees, over which no thing hangs by night
// but clouds in the light of a town.
const nothingStands = 25.

// fillHoles fills what stands on nothing and is not darker than the sky:
// clouds, glare, the disc.
func (m *masking) fillHoles() {
	s := m.s
	in := make([]bool, len(m.a.v))
	for i, v := range m.a.v {
		in[i] = v <= .5
	}
	p := connect(in, s.w, s.h)
	grounded := make([]bool, p.count)
	for i := s.row(.2) * s.w; i < len(in); i++ {
		if part := p.of[i]; part >= 0 {
			grounded[part] = true
		}
	}
	count := p.sum(func(int) float64 { return 1 })
	above := p.sum(func(i int) float64 { return float64(m.above.v[i]) })
	size := p.sum(func(i int) float64 { return s.solid[i/s.w] })
	blue := p.sum(func(i int) float64 { return float64(m.f[2].v[i] - m.f[1].v[i]) })
	over := func(c int) []float64 {
		return p.sum(func(i int) float64 { return float64(m.f[c].v[i]-m.around[c].v[i]) / chromaPart })
	}
	red, bluer := over(1), over(2)
	// Leaves and twigs are darker than the sky and lack its blue; a cloud that does is
	// grey, and so as much redder.
	thing := func(part int32) bool {
		n := count[part]
		return above[part] < thingUnder*n && bluer[part] < thingBlue*n && red[part] < -greyRed*bluer[part]
	}
	darkest, largest := -1.2, .25
	if m.night { // stars, the moon
		darkest, largest = -9, .01
	}
	low := make([]float64, p.count)
	for i, part := range p.of {
		if part >= 0 {
			low[part] = s.elevation[i/s.w]
		}
	}
	for i, part := range p.of {
		small := part >= 0 && (size[part] < largest || low[part] > nothingStands && size[part] < .25)
		in[i] = small && !grounded[part] && !thing(part) &&
			(above[part]/count[part] > darkest || blue[part]/count[part] > deepBlue)
	}
	for i, fill := range grown(in, s.w, s.h, m.texels(2)) {
		if fill {
			m.a.v[i] = 1
		}
	}
}

// fillBright fills bright parts that reach the ground but stand before sky:
// clouds at the horizon, and the glow of a low sun.
func (m *masking) fillBright() {
	s, limit := m.s, m.smooth()
	low := !m.sun.Found || m.sun.Direction.Elevation() < 11.5
	warm := newPlane(s.w, s.h).each(func(i int) float32 { return (m.f[1].v[i] - m.f[2].v[i]) / chromaPart }).blur(6 * m.scale)
	in := make([]bool, len(m.a.v))
	for i := range in {
		dl, el := m.above.v[i], s.elevation[i/s.w]
		cloud := dl > .15 && warm.v[i] < .3 && el > 1.5
		shine := low && dl > .1 && m.texture.v[i] < 1.6*limit && el > .4
		in[i] = m.a.v[i] <= .5 && (cloud || shine) && green(m.f[1].v[i], m.f[2].v[i]) < .5
	}
	m.inSky(in, .3)
	for i, fill := range grown(in, s.w, s.h, m.texels(2)) {
		if fill && m.above.v[i] > -.1 {
			m.a.v[i] = 1
		}
	}
}

// fillClouds fills, by night, what hangs in the sky, stands on nothing, and outshines
// it by less than a lamp and its halo do.
func (m *masking) fillClouds() {
	s := m.s
	in, lamps := make([]bool, len(m.a.v)), make([]bool, len(m.a.v))
	for i := range in {
		el := s.elevation[i/s.w]
		in[i] = m.a.v[i] <= .5 && m.above.v[i] > .15 && m.above.v[i] < cloudMost && el > cloudLowest
		lamps[i] = m.above.v[i] > 2*cloudMost && el > 0
	}
	for i, near := range grown(lamps, s.w, s.h, m.texels(haloReach)) {
		in[i] = in[i] && !near
	}
	m.inSky(in, .6)
	m.hanging(in, .25)
	for i, fill := range grown(in, s.w, s.h, m.texels(2)) {
		if fill && m.above.v[i] > -.1 {
			m.a.v[i] = 1
		}
	}
}

// hanging leaves of a set the parts that rest on what is no sky with less than a share
// of their undersides.
func (m *masking) hanging(in []bool, share float64) {
	s := m.s
	p := connect(in, s.w, s.h)
	under, rests := make([]float64, p.count), make([]float64, p.count)
	for i, part := range p.of {
		if below := i + (m.texels(2)+1)*s.w; part >= 0 && below < len(p.of) && p.of[below] != part {
			under[part]++
			if m.a.v[below] <= .5 {
				rests[part]++
			}
		}
	}
	for i, part := range p.of {
		in[i] = part >= 0 && rests[part] < share*under[part]
	}
}

// cloudMost is how many stops a cloud in the light of a town outshines the sky by,
// and cloudLowest how high it stands, in degrees.
const cloudMost, cloudLowest = 2.5, 5.

// inSky leaves of a set the parts of whose surroundings more than a share is sky.
func (m *masking) inSky(in []bool, share float64) {
	s := m.s
	p := connect(in, s.w, s.h)
	ring, sky := make([]float64, p.count), make([]float64, p.count)
	reach := m.texels(2) + 1
	for y := range s.h {
		for x := range s.w {
			part := p.of[y*s.w+x]
			if part < 0 {
				continue
			}
			for _, d := range [4][2]int{{reach, 0}, {-reach, 0}, {0, reach}, {0, -reach}} {
				ny := y + d[1]
				if ny < 0 || ny >= s.h {
					continue
				}
				if n := ny*s.w + (x+d[0]+s.w)%s.w; p.of[n] < 0 {
					ring[part]++
					if m.a.v[n] > .5 {
						sky[part]++
					}
				}
			}
		}
	}
	for i, part := range p.of {
		in[i] = part >= 0 && sky[part] > share*ring[part]
	}
}

// spread adds to a set what is reached from it, from texel to texel beside each other, as
// far as may allows each step.
func (m *masking) spread(in []bool, may func(from, to int) bool) {
	s := m.s
	var front []int
	for i, is := range in {
		if is {
			front = append(front, i)
		}
	}
	for len(front) > 0 {
		i := front[len(front)-1]
		front = front[:len(front)-1]
		x, y := i%s.w, i/s.w
		for _, n := range [4]int{y*s.w + (x+1)%s.w, y*s.w + (x+s.w-1)%s.w, max(y-1, 0)*s.w + x, min(y+1, s.h-1)*s.w + x} {
			if !in[n] && may(i, n) {
				in[n] = true
				front = append(front, n)
			}
		}
	}
}

// fillUndersides adds what lies so far under the sky around that it counts as none, but
// has its colour, goes over into it without a step, and hangs: the shaded undersides
// of clouds. Hills in mist go over as softly, and stand.
func (m *masking) fillUndersides() {
	s, lg := m.s, m.f[0]
	most, grain := underStep/float32(m.scale), domeGrain/float32(m.scale)
	in := make([]bool, len(m.a.v))
	for i, a := range m.a.v {
		in[i] = a > .9 && s.elevation[i/s.w] > floodLowest
	}
	m.spread(in, func(from, to int) bool {
		if m.above.v[to] < underMost || m.above.v[to] > 0 || m.colour.v[to] > underColour || s.elevation[to/s.w] < floodLowest {
			return false
		}
		x, row := to%s.w, lg.row(to/s.w)
		uneven := max(abs(row[(x+1)%s.w]-row[x]), abs(row[(x+s.w-1)%s.w]-row[x]))
		return uneven < grain && abs(lg.v[to]-lg.v[from]) < most
	})
	for i, a := range m.a.v {
		in[i] = in[i] && a <= .5
	}
	m.hanging(in, underRests)
	for i, is := range in {
		if is {
			m.a.v[i] = 1
		}
	}
}

// Of the shaded undersides of clouds: stops over the sky around, at least, and the chroma that
// they may be from it; stops from texel to texel at 1024×512; and the share of what lies
// under them that is no sky.
const underMost, underColour, underStep, underRests = -2., .2, .2, .75

// fillDomes adds the light of towns over a night's horizon: what is reached from
// the sky by going brighter without a step, on texels without grain.
func (m *masking) fillDomes() {
	s, lg := m.s, m.lum.like().each(func(i int) float32 { return log2(m.lum.v[i] + m.floor) })
	most, grain := domeStep/float32(m.scale), domeGrain/float32(m.scale)
	low := func(i int) bool { return s.elevation[i/s.w] >= floodLowest && s.elevation[i/s.w] <= domeHighest }
	in := make([]bool, len(m.a.v))
	for i, a := range m.a.v {
		in[i] = a > .9 && low(i)
	}
	m.spread(in, func(_, n int) bool {
		if m.a.v[n] > .9 || !low(n) || m.above.v[n] < 0 {
			return false
		}
		nx, row := n%s.w, lg.row(n/s.w)
		left, right, up, down := row[(nx+s.w-1)%s.w], row[(nx+1)%s.w], lg.v[max(n-s.w, nx)], lg.v[n+s.w]
		steep := max(abs(left-row[nx]), abs(right-row[nx]), abs(up-row[nx]))
		return steep < most && abs(left+right-2*row[nx]) < grain && abs(up+down-2*row[nx]) < 3*grain
	})
	for i, is := range in {
		if is && m.a.v[i] <= .9 {
			m.a.v[i] = 1
		}
	}
}

// Of a town's light: degrees that it rises to, stops from texel to texel at
// 1024×512, and of grain there.
const domeHighest, domeStep, domeGrain = 25., .3, .08

// fillDusk adds what outshines the ground by more than any wall does: the glow
// of a sun that is low or down. At dusk clouds in its light are as well: the more
// they do, the further their colour may be from that of the sky around; by day a
// white wall in the sun outshines paving, too.
func (m *masking) fillDusk() {
	if m.sun.Found && m.sun.Direction.Elevation() > 17 {
		return
	}
	s := m.s
	ground := s.ofGround(m.lum, .9)
	base := log2(ground + m.floor)
	highest, free := 12., float32(0)
	if m.dusk {
		highest, free = duskHighest, duskFree
	}
	for y := s.row(highest); y < s.row(-.3); y++ {
		least := base + duskOver
		if m.dusk {
			least += duskHigher * float32(step(8, 14, s.elevation[y]))
		}
		for x := range s.w {
			i := y*s.w + x
			if over := m.f[0].v[i] - least; over > 0 && m.above.v[i] > -.4 && m.colour.v[i] < duskColour+free*over {
				m.a.v[i] = 1
			}
		}
	}
	if m.dusk {
		m.fillShaded(base + shadedOver)
	}
}

// fillShaded adds clouds at dusk that no glow lights: darker than the sky around, of
// its colour, and brighter than what stands on the ground. least is that in stops.
func (m *masking) fillShaded(least float32) {
	in := make([]bool, len(m.a.v))
	for i := range in {
		in[i] = m.a.v[i] <= .5 && m.f[0].v[i] > least && m.colour.v[i] < shadedColour+duskFree*max(m.f[0].v[i]-least, 0) && m.s.elevation[i/m.s.w] > floodLowest
	}
	// What is thin is a pole whose edges let the sky through.
	thick := opened(in, m.s.w, m.s.h, m.texels(2))
	m.inSky(thick, .5)
	for i, near := range grown(thick, m.s.w, m.s.h, m.texels(4)) {
		if near && in[i] {
			m.a.v[i] = 1
		}
	}
}

// By how many stops the glow of dusk outshines the brightest tenth of the ground,
// and by how many more high in the sky; the chroma that it may be from the
// sky's, and how much more for each stop over that.
const (
	duskHighest         = 35. // degrees
	duskOver            = 2.3
	duskHigher          = .8
	duskColour          = 1.2
	duskFree    float32 = .5
)

// By how many stops a cloud in shade outshines the brightest tenth of the ground at
// dusk, and how far its chroma may be from the sky's.
const shadedOver, shadedColour = 1., .5

// fillGlare adds what shines around the disc; and on its side what outshines
// the ground, which is cloud: things on that side show their shade.
func (m *masking) fillGlare() {
	if !m.sun.Found {
		return
	}
	s, d := m.s, m.sun.Direction
	// Before a low sun all else is dark.
	high := step(4, 12, d.Elevation())
	near := math.Cos(radians(14 + 14*(1-high)))
	ground := s.ofGround(m.lum, .9)
	base := log2(ground + m.floor)
	level := max(math.Hypot(d.X, d.Z), 1e-9)
	for y := range s.row(.3) {
		for x := range s.w {
			i := y*s.w + x
			around := m.above.v[i] > .2 && s.towards(x, y, d) > near
			side := (s.sinLon[x]*d.X + s.cosLon[x]*d.Z) / level
			switch {
			case around:
				m.a.v[i] = 1
			case side > glareSide && s.elevation[y] > 1:
				over := m.f[0].v[i] - base
				free := float32(high) * cloudFree * max(over-cloudFrom, 0)
				m.a.v[i] = max(m.a.v[i], step(cloudFrom, cloudSure, over)*(1-step(.2+free, .5+free, m.colour.v[i])))
			}
		}
	}
}

// How many stops over the brightest tenth of the ground what has the sky's
// colour on the sun's side may be, and must be, cloud; by how much further its chroma
// may be from the sky's for each stop over the first, under a high sun; and the cosine
// of the azimuth to the sun on its side.
const cloudFrom, cloudSure, cloudFree, glareSide = 1.6, 2.8, .35, .35
