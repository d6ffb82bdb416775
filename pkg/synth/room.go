package synth

import (
	"math"
	"math/rand/v2"

	"github.com/clipenv/toolkit/pkg/label"
)

const rooms = label.Room | label.Hall | label.Studio | label.Warehouse

// room is a box seen from inside, lit by panels on its walls.
type room struct {
	half   vec        // half its length, width and height, metres
	centre vec        // of the room, seen from the eye
	walls  [6]surface // -x +x -y +y floor ceiling
	panels []panel
	solids []*solid
	base   vec // light that has bounced about, irradiance
	gloss  float64
	noise  noise
}

// surface is a wall's albedo and pattern.
type surface struct {
	albedo, second vec
	pattern        pattern
	size           float64 // metres of the pattern
}

type pattern int

const (
	plain pattern = iota
	tiles
	planks
	ribs
	wainscot
)

// panel is a rectangle of light or of paint on a wall: u and v are the wall's
// axes in metres from its middle.
type panel struct {
	wall      int
	u, v      float64 // middle
	hu, hv    float64 // half extent
	radiance  vec     // zero for a picture
	albedo    vec
	bars      int  // window bars across
	view      bool // a window: brighter above than below
	at, faces vec  // middle and normal in the room's frame
}

// frame names the room's axes: for each wall, the axis it is normal to, its
// sign, and the axes u and v run along.
var frame = [6]struct{ normal, u, v vec }{
	{vec{-1, 0, 0}, vec{0, 1, 0}, vec{0, 0, 1}}, {vec{1, 0, 0}, vec{0, 1, 0}, vec{0, 0, 1}},
	{vec{0, -1, 0}, vec{1, 0, 0}, vec{0, 0, 1}}, {vec{0, 1, 0}, vec{1, 0, 0}, vec{0, 0, 1}},
	{vec{0, 0, -1}, vec{1, 0, 0}, vec{0, 1, 0}}, {vec{0, 0, 1}, vec{1, 0, 0}, vec{0, 1, 0}},
}

// extent is half a wall's size along its own axes.
func (m *room) extent(wall int) (u, v float64) {
	f := frame[wall]
	return math.Abs(f.u.dot(m.half)), math.Abs(f.v.dot(m.half))
}

// add hangs a panel on its wall.
func (m *room) add(p panel) {
	f := frame[p.wall]
	p.at = f.normal.mul(m.half).mul(f.normal).mul(f.normal).add(f.u.scale(p.u)).add(f.v.scale(p.v))
	p.faces = f.normal.scale(-1)
	m.panels = append(m.panels, p)
}

// exit is where a ray from inside leaves the room.
func (m *room) exit(o, d vec) (t float64, wall int) {
	t = math.Inf(1)
	try := func(p, v, h float64, low int) {
		if v > 1e-12 {
			if s := (h - p) / v; s < t {
				t, wall = s, low+1
			}
		} else if v < -1e-12 {
			if s := (-h - p) / v; s < t {
				t, wall = s, low
			}
		}
	}
	try(o.x, d.x, m.half.x, 0)
	try(o.y, d.y, m.half.y, 2)
	try(o.z, d.z, m.half.z, 4)
	return t, wall
}

// irradiance is the light on a point with a normal, in the room's frame:
// every panel as a small source at its middle, kept finite close by.
func (m *room) irradiance(p, n vec) vec {
	e := m.base
	for i := range m.panels {
		l := &m.panels[i]
		if l.radiance.x == 0 {
			continue
		}
		v := l.at.sub(p)
		r2 := v.dot(v)
		a, b := v.dot(n), -v.dot(l.faces)
		if a <= 0 || b <= 0 {
			continue
		}
		area := 4 * l.hu * l.hv
		e = e.add(l.radiance.scale(area * a * b / (r2 * (r2 + area/math.Pi))))
	}
	return e
}

func (m *room) look(d vec, c *column, footprint float64) (vec, float64) {
	near, hit, normal := math.Inf(1), (*solid)(nil), vec{}
	for _, s := range c.solids {
		if t, n, ok := s.hit(vec{}, d); ok && t < near {
			near, hit, normal = t, s, n
		}
	}
	eye := m.centre.scale(-1)
	t, wall := m.exit(eye, d)
	if hit != nil && near < t {
		p := eye.add(d.scale(near))
		return hit.albedo.mul(m.irradiance(p, normal)).scale(1 / math.Pi), 0
	}
	p := eye.add(d.scale(t))
	c0 := m.surfaceAt(p, wall, footprint*t)
	if m.gloss > 0 && wall == 4 { // a polished floor mirrors what is above it
		up := vec{d.x, d.y, -d.z}
		t2, wall2 := m.exit(p, up)
		mirrored := m.surfaceAt(p.add(up.scale(t2)), wall2, footprint*(t+t2)*2)
		fresnel := m.gloss * (.06 + .6*math.Pow(1+d.z, 5))
		c0 = c0.add(vec{min(mirrored.x, 8), min(mirrored.y, 8), min(mirrored.z, 8)}.scale(fresnel))
	}
	return c0, 0
}

// surfaceAt is the radiance of a wall at a point in the room's frame.
func (m *room) surfaceAt(p vec, wall int, footprint float64) vec {
	f := frame[wall]
	u, v := p.dot(f.u), p.dot(f.v)
	painted := vec{-1, 0, 0}
	for i := range m.panels {
		l := &m.panels[i]
		if l.wall != wall {
			continue
		}
		du, dv := math.Abs(u-l.u)/l.hu, math.Abs(v-l.v)/l.hv
		if du > 1 || dv > 1 {
			continue
		}
		if l.radiance.x == 0 {
			painted = l.albedo
			continue
		}
		if l.bars > 0 {
			w := (u - l.u + l.hu) / (2 * l.hu) * float64(l.bars)
			h := (v - l.v + l.hv) / (2 * l.hv) * 2
			if line(w, .04, footprint/l.hu*float64(l.bars)/2) > .5 || line(h, .03, footprint/l.hv) > .5 {
				painted = vec{.3, .3, .3}
				continue
			}
		}
		k := 1.
		if l.view { // sky over land
			k = lerp(.35, 1.25, smooth(-.45, .1, (v-l.v)/l.hv))
			k *= 1 + .3*m.noise.fractal(u*2, v*2, footprint*2, .6, 3)
		}
		return l.radiance.scale(k)
	}
	s := &m.walls[wall]
	albedo := painted
	if painted.x < 0 {
		albedo = s.at(m.noise, u, v, footprint)
	}
	// Corners are darker: light does not reach into them.
	hu, hv := m.extent(wall)
	depth := min(hu-math.Abs(u), hv-math.Abs(v))
	corner := 1 - .4*fastExp(-depth/.5)
	return albedo.mul(m.irradiance(p, f.normal.scale(-1))).scale(corner / math.Pi)
}

func (s *surface) at(n noise, u, v, footprint float64) vec {
	grain := 1 + .1*n.fractal(u*1.5, v*1.5, footprint*1.5, .6, 4)
	a := s.albedo
	x, y := u/s.size, v/s.size
	fp := footprint / s.size
	switch s.pattern {
	case tiles:
		odd := math.Mod(math.Floor(x)+math.Floor(y), 2)
		if fp < .7 && odd != 0 {
			a = s.second
		} else if fp >= .7 {
			a = a.to(s.second, .5)
		}
	case planks:
		k := .8 + .4*fraction(int32(math.Floor(x*4)), int32(math.Floor(y*.6+.37*math.Floor(x*4))), n.seed)
		a = a.scale(lerp(k, 1, smooth(.2, .6, fp*4)))
	case ribs:
		a = a.scale(1 - .35*line(x, .25, fp))
	case wainscot:
		if v < -.25 {
			a = s.second
		}
	}
	return a.scale(grain)
}

// settle finds the light that has bounced, by the mean balance of a closed
// room: what the panels give is spread over all walls and returned by albedo.
func (m *room) settle() {
	var flux vec
	for _, l := range m.panels {
		flux = flux.add(l.radiance.scale(math.Pi * 4 * l.hu * l.hv))
	}
	var area float64
	var albedo vec
	for i := range m.walls {
		u, v := m.extent(i)
		area += 4 * u * v
		albedo = albedo.add(m.walls[i].albedo.scale(4 * u * v))
	}
	albedo = albedo.scale(.85 / area)
	back := func(a float64) float64 { return a / (1 - min(a, .9)) }
	m.base = flux.scale(1 / area).mul(vec{back(albedo.x), back(albedo.y), back(albedo.z)})
}

// newRoom draws a room, a hall, a studio or a warehouse.
func newRoom(want label.Attributes, r *rand.Rand) *Scene {
	kind := pick(r, want, choice{label.Room, .32}, choice{label.Hall, .22}, choice{label.Studio, .26}, choice{label.Warehouse, .2})
	s := &Scene{Attributes: label.Indoor | kind, exposure: 1}
	m := &room{noise: noise{seed: r.Uint32()}}
	var level float64 // mean radiance of the walls that the exposure aims at
	switch kind {
	case label.Room:
		s.Attributes |= m.furnishRoom(r)
		level = between(r, .12, .38)
	case label.Hall:
		s.Attributes |= m.furnishHall(r)
		level = between(r, .12, .36)
	case label.Studio:
		var dark bool
		var a label.Attributes
		a, dark = m.furnishStudio(r)
		s.Attributes |= a
		level = between(r, .18, .42)
		if dark {
			level = between(r, .015, .05)
		}
	default:
		s.Attributes |= m.furnishWarehouse(r)
		level = between(r, .10, .32)
	}
	m.settle()
	s.view, s.solids = m, m.solids
	s.exposure = level / m.mean()
	return s
}

// mean is the mean radiance of the walls over a few directions, lights left out.
func (m *room) mean() float64 {
	var sum float64
	n := 0
	for i := range 24 {
		for j := range 10 {
			d := direction(2*math.Pi*(float64(i)+.5)/24, math.Asin(-.9+.2*float64(j)))
			t, wall := m.exit(m.centre.scale(-1), d)
			p := m.centre.scale(-1).add(d.scale(t))
			sum += m.walls[wall].albedo.mul(m.irradiance(p, frame[wall].normal.scale(-1))).luma() / math.Pi
			n++
		}
	}
	return max(sum/float64(n), 1e-6)
}
