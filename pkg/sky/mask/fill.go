package mask

import (
	"math"

	"github.com/clipenv/toolkit/pkg/sky/feature"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

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
	s := m.Sphere
	in := make([]bool, len(m.a.V))
	for i, v := range m.a.V {
		in[i] = v <= .5
	}
	p := raster.Connect(in, s.W, s.H)
	grounded := make([]bool, p.Count)
	for i := s.Row(.2) * s.W; i < len(in); i++ {
		if part := p.Of[i]; part >= 0 {
			grounded[part] = true
		}
	}
	count := p.Sum(func(int) float64 { return 1 })
	above := p.Sum(func(i int) float64 { return float64(m.above.V[i]) })
	size := p.Sum(func(i int) float64 { return s.Solid[i/s.W] })
	blue := p.Sum(func(i int) float64 { return float64(m.F[2].V[i] - m.F[1].V[i]) })
	over := func(c int) []float64 {
		return p.Sum(func(i int) float64 { return float64(m.F[c].V[i]-m.around[c].V[i]) / feature.ChromaPart })
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
	low := make([]float64, p.Count)
	for i, part := range p.Of {
		if part >= 0 {
			low[part] = s.Elevation[i/s.W]
		}
	}
	for i, part := range p.Of {
		small := part >= 0 && (size[part] < largest || low[part] > nothingStands && size[part] < .25)
		in[i] = small && !grounded[part] && !thing(part) &&
			(above[part]/count[part] > darkest || blue[part]/count[part] > deepBlue)
	}
	for i, fill := range raster.Grown(in, s.W, s.H, m.Texels(2)) {
		if fill {
			m.a.V[i] = 1
		}
	}
}

// fillBright fills bright parts that reach the ground but stand before sky:
// clouds at the horizon, and the glow of a low sun.
func (m *masking) fillBright() {
	s, limit := m.Sphere, m.Smooth()
	low := !m.sun.Found || m.sun.Direction.Elevation() < 11.5
	warm := raster.NewPlane(s.W, s.H).Each(func(i int) float32 { return (m.F[1].V[i] - m.F[2].V[i]) / feature.ChromaPart }).Blur(6 * m.Scale)
	in := make([]bool, len(m.a.V))
	for i := range in {
		dl, el := m.above.V[i], s.Elevation[i/s.W]
		cloud := dl > .15 && warm.V[i] < .3 && el > 1.5
		shine := low && dl > .1 && m.Texture.V[i] < 1.6*limit && el > .4
		in[i] = m.a.V[i] <= .5 && (cloud || shine) && feature.Green(m.F[1].V[i], m.F[2].V[i]) < .5
	}
	m.inSky(in, .3)
	for i, fill := range raster.Grown(in, s.W, s.H, m.Texels(2)) {
		if fill && m.above.V[i] > -.1 {
			m.a.V[i] = 1
		}
	}
}

// fillClouds fills, by night, what hangs in the sky, stands on nothing, and outshines
// it by less than a lamp and its halo do.
func (m *masking) fillClouds() {
	s := m.Sphere
	in, lamps := make([]bool, len(m.a.V)), make([]bool, len(m.a.V))
	for i := range in {
		el := s.Elevation[i/s.W]
		in[i] = m.a.V[i] <= .5 && m.above.V[i] > .15 && m.above.V[i] < cloudMost && el > cloudLowest
		lamps[i] = m.above.V[i] > 2*cloudMost && el > 0
	}
	for i, near := range raster.Grown(lamps, s.W, s.H, m.Texels(HaloReach)) {
		in[i] = in[i] && !near
	}
	m.inSky(in, .6)
	m.hanging(in, .25)
	for i, fill := range raster.Grown(in, s.W, s.H, m.Texels(2)) {
		if fill && m.above.V[i] > -.1 {
			m.a.V[i] = 1
		}
	}
}

// hanging leaves of a set the parts that rest on what is no sky with less than a share
// of their undersides.
func (m *masking) hanging(in []bool, share float64) {
	s := m.Sphere
	p := raster.Connect(in, s.W, s.H)
	under, rests := make([]float64, p.Count), make([]float64, p.Count)
	for i, part := range p.Of {
		if below := i + (m.Texels(2)+1)*s.W; part >= 0 && below < len(p.Of) && p.Of[below] != part {
			under[part]++
			if m.a.V[below] <= .5 {
				rests[part]++
			}
		}
	}
	for i, part := range p.Of {
		in[i] = part >= 0 && rests[part] < share*under[part]
	}
}

// HaloReach is how many texels at 1024×512 lie at most from a lamp to the sky that the
// mask knows.
const HaloReach = 24.

// cloudMost is how many stops a cloud in the light of a town outshines the sky by,
// and cloudLowest how high it stands, in degrees.
const cloudMost, cloudLowest = 2.5, 5.

// inSky leaves of a set the parts of whose surroundings more than a share is sky.
func (m *masking) inSky(in []bool, share float64) {
	s := m.Sphere
	p := raster.Connect(in, s.W, s.H)
	ring, sky := make([]float64, p.Count), make([]float64, p.Count)
	reach := m.Texels(2) + 1
	for y := range s.H {
		for x := range s.W {
			part := p.Of[y*s.W+x]
			if part < 0 {
				continue
			}
			for _, d := range [4][2]int{{reach, 0}, {-reach, 0}, {0, reach}, {0, -reach}} {
				ny := y + d[1]
				if ny < 0 || ny >= s.H {
					continue
				}
				if n := ny*s.W + (x+d[0]+s.W)%s.W; p.Of[n] < 0 {
					ring[part]++
					if m.a.V[n] > .5 {
						sky[part]++
					}
				}
			}
		}
	}
	for i, part := range p.Of {
		in[i] = part >= 0 && sky[part] > share*ring[part]
	}
}

// spread adds to a set what is reached from it, from texel to texel beside each other, as
// far as may allows each step.
func (m *masking) spread(in []bool, may func(from, to int) bool) {
	s := m.Sphere
	var front []int
	for i, is := range in {
		if is {
			front = append(front, i)
		}
	}
	for len(front) > 0 {
		i := front[len(front)-1]
		front = front[:len(front)-1]
		x, y := i%s.W, i/s.W
		for _, n := range [4]int{y*s.W + (x+1)%s.W, y*s.W + (x+s.W-1)%s.W, max(y-1, 0)*s.W + x, min(y+1, s.H-1)*s.W + x} {
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
	s, lg := m.Sphere, m.F[0]
	most, grain := underStep/float32(m.Scale), domeGrain/float32(m.Scale)
	in := make([]bool, len(m.a.V))
	for i, a := range m.a.V {
		in[i] = a > .9 && s.Elevation[i/s.W] > feature.FloodLowest
	}
	m.spread(in, func(from, to int) bool {
		if m.above.V[to] < underMost || m.above.V[to] > 0 || m.colour.V[to] > underColour || s.Elevation[to/s.W] < feature.FloodLowest {
			return false
		}
		x, row := to%s.W, lg.Row(to/s.W)
		uneven := max(num.Abs(row[(x+1)%s.W]-row[x]), num.Abs(row[(x+s.W-1)%s.W]-row[x]))
		return uneven < grain && num.Abs(lg.V[to]-lg.V[from]) < most
	})
	for i, a := range m.a.V {
		in[i] = in[i] && a <= .5
	}
	m.hanging(in, underRests)
	for i, is := range in {
		if is {
			m.a.V[i] = 1
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
	s, lg := m.Sphere, m.lum.Like().Each(func(i int) float32 { return num.Log2(m.lum.V[i] + m.Floor) })
	most, grain := domeStep/float32(m.Scale), domeGrain/float32(m.Scale)
	low := func(i int) bool {
		return s.Elevation[i/s.W] >= feature.FloodLowest && s.Elevation[i/s.W] <= domeHighest
	}
	in := make([]bool, len(m.a.V))
	for i, a := range m.a.V {
		in[i] = a > .9 && low(i)
	}
	m.spread(in, func(_, n int) bool {
		if m.a.V[n] > .9 || !low(n) || m.above.V[n] < 0 {
			return false
		}
		nx, row := n%s.W, lg.Row(n/s.W)
		left, right, up, down := row[(nx+s.W-1)%s.W], row[(nx+1)%s.W], lg.V[max(n-s.W, nx)], lg.V[n+s.W]
		steep := max(num.Abs(left-row[nx]), num.Abs(right-row[nx]), num.Abs(up-row[nx]))
		return steep < most && num.Abs(left+right-2*row[nx]) < grain && num.Abs(up+down-2*row[nx]) < 3*grain
	})
	for i, is := range in {
		if is && m.a.V[i] <= .9 {
			m.a.V[i] = 1
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
	s := m.Sphere
	ground := s.OfGround(m.lum, .9)
	base := num.Log2(ground + m.Floor)
	highest, free := 12., float32(0)
	if m.dusk {
		highest, free = duskHighest, duskFree
	}
	for y := s.Row(highest); y < s.Row(-.3); y++ {
		least := base + duskOver
		if m.dusk {
			least += duskHigher * float32(num.Step(8, 14, s.Elevation[y]))
		}
		for x := range s.W {
			i := y*s.W + x
			if over := m.F[0].V[i] - least; over > 0 && m.above.V[i] > -.4 && m.colour.V[i] < duskColour+free*over {
				m.a.V[i] = 1
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
	in := make([]bool, len(m.a.V))
	for i := range in {
		in[i] = m.a.V[i] <= .5 && m.F[0].V[i] > least && m.colour.V[i] < shadedColour+duskFree*max(m.F[0].V[i]-least, 0) && m.Sphere.Elevation[i/m.Sphere.W] > feature.FloodLowest
	}
	// What is thin is a pole whose edges let the sky through.
	thick := raster.Opened(in, m.Sphere.W, m.Sphere.H, m.Texels(2))
	m.inSky(thick, .5)
	for i, near := range raster.Grown(thick, m.Sphere.W, m.Sphere.H, m.Texels(4)) {
		if near && in[i] {
			m.a.V[i] = 1
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
	s, d := m.Sphere, m.sun.Direction
	// Before a low sun all else is dark.
	high := num.Step(4, 12, d.Elevation())
	near := math.Cos(num.Radians(14 + 14*(1-high)))
	ground := s.OfGround(m.lum, .9)
	base := num.Log2(ground + m.Floor)
	level := max(math.Hypot(d.X, d.Z), 1e-9)
	for y := range s.Row(.3) {
		for x := range s.W {
			i := y*s.W + x
			around := m.above.V[i] > .2 && s.Towards(x, y, d) > near
			side := (s.SinLon[x]*d.X + s.CosLon[x]*d.Z) / level
			switch {
			case around:
				m.a.V[i] = 1
			case side > glareSide && s.Elevation[y] > 1:
				over := m.F[0].V[i] - base
				free := float32(high) * cloudFree * max(over-cloudFrom, 0)
				m.a.V[i] = max(m.a.V[i], num.Step(cloudFrom, cloudSure, over)*(1-num.Step(.2+free, .5+free, m.colour.V[i])))
			}
		}
	}
}

// How many stops over the brightest tenth of the ground what has the sky's
// colour on the sun's side may be, and must be, cloud; by how much further its chroma
// may be from the sky's for each stop over the first, under a high sun; and the cosine
// of the azimuth to the sun on its side.
const cloudFrom, cloudSure, cloudFree, glareSide = 1.6, 2.8, .35, .35
