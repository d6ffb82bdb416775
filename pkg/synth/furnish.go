package synth

import (
	"math"
	"math/rand/v2"

	"github.com/clipenv/toolkit/pkg/label"
)

func oneOf[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }

// sized sets the room's size and where in it the viewer stands.
func (m *room) sized(length, width, height float64, r *rand.Rand) {
	m.half = vec{length / 2, width / 2, height / 2}
	eye := between(r, 1.3, 1.7)
	m.centre = vec{between(r, -.25, .25) * length, between(r, -.25, .25) * width, height/2 - eye}
}

// paint gives all walls one albedo, and the floor and the ceiling theirs.
func (m *room) paint(wall, floor, ceiling surface) {
	for i := range 4 {
		m.walls[i] = wall
	}
	m.walls[4], m.walls[5] = floor, ceiling
}

// windows opens n windows along a wall; v is the height of their middle.
func (m *room) windows(wall, n int, v, hv, fill float64, radiance vec, bars int) {
	hu, _ := m.extent(wall)
	step := 2 * hu / float64(n)
	for i := range n {
		m.add(panel{wall: wall, u: -hu + step*(float64(i)+.5), v: v, hu: step / 2 * fill, hv: hv, radiance: radiance, bars: bars, view: true})
	}
}

// ceilingLights hangs a grid of lights.
func (m *room) ceilingLights(nx, ny int, hu, hv float64, radiance vec) {
	for i := range nx {
		for j := range ny {
			u := m.half.x * (2*(float64(i)+.5)/float64(nx) - 1)
			v := m.half.y * (2*(float64(j)+.5)/float64(ny) - 1)
			m.add(panel{wall: 5, u: u, v: v, hu: hu, hv: hv, radiance: radiance})
		}
	}
}

// stand puts a box on the floor, at a place in the room's frame.
func (m *room) stand(x, y, length, width, height float64, albedo vec) {
	b := &solid{shape: boxShape, half: vec{length / 2, width / 2, height / 2}, albedo: albedo}
	b.centre = m.centre.add(vec{x, y, -m.half.z + height/2})
	if math.Abs(b.centre.x) < b.half.x+.4 && math.Abs(b.centre.y) < b.half.y+.4 {
		return // the viewer stands there
	}
	m.solids = append(m.solids, b)
}

// pictures hangs unlit panels at eye level.
func (m *room) pictures(n int, r *rand.Rand) {
	for range n {
		w := r.IntN(4)
		hu, _ := m.extent(w)
		c := vec{r.Float64(), r.Float64(), r.Float64()}
		m.add(panel{wall: w, u: between(r, -.8, .8) * hu, v: between(r, -.1, .4) * m.half.z, hu: between(r, .2, .7), hv: between(r, .2, .5), albedo: c.mul(c).scale(.6).add(vec{.03, .03, .03})})
	}
}

var (
	daylight = []vec{{.95, 1, 1.08}, {.85, .97, 1.2}, {1.12, 1, .85}}
	bulbs    = []vec{{1.15, .84, .52}, {1.12, .88, .62}, {1, .96, .9}, {1.2, .8, .42}}
	tubes    = []vec{{.97, 1, 1.0}, {1, .97, .9}, {.94, 1, 1.03}}
)

func (m *room) furnishRoom(r *rand.Rand) label.Attributes {
	m.sized(between(r, 3.2, 7), between(r, 3, 6), between(r, 2.4, 3.1), r)
	wall := surface{albedo: oneOf(r, vec{.70, .67, .61}, vec{.60, .52, .40}, vec{.50, .53, .54}, vec{.66, .55, .42}, vec{.42, .25, .18}, vec{.40, .46, .38}).scale(between(r, .8, 1.1)), size: 1}
	if r.Float64() < .2 {
		wall.pattern, wall.second = wainscot, vec{.32, .19, .10}
	}
	floor := surface{albedo: oneOf(r, vec{.34, .20, .11}, vec{.26, .155, .085}, vec{.45, .33, .21}, vec{.38, .36, .34}), pattern: planks, size: .5}
	m.paint(wall, floor, surface{albedo: vec{.78, .77, .74}, size: 1})
	m.gloss = .3 * r.Float64()
	var a label.Attributes
	warm := oneOf(r, bulbs...)
	if r.Float64() < .62 {
		a |= label.Windows | label.NaturalLight
		sky := oneOf(r, daylight...).scale(between(r, 4, 9))
		first := r.IntN(4)
		m.windows(first, 1+r.IntN(3), .12*m.half.z, m.half.z*between(r, .5, .68), between(r, .5, .75), sky, 2)
		if r.Float64() < .35 {
			m.windows((first+2)%4, 1+r.IntN(2), .12*m.half.z, m.half.z*.55, .5, sky, 2)
		}
	}
	if a == 0 || r.Float64() < .45 {
		a |= label.ArtificialLight
		m.ceilingLights(1+r.IntN(2), 1, between(r, .12, .3), between(r, .12, .3), warm.scale(between(r, 14, 40)))
		for range r.IntN(3) { // wall lamps
			w := r.IntN(4)
			hu, _ := m.extent(w)
			m.add(panel{wall: w, u: between(r, -.8, .8) * hu, v: .35 * m.half.z, hu: .12, hv: .16, radiance: warm.scale(between(r, 10, 25))})
		}
	}
	m.pictures(1+r.IntN(5), r)
	cloth := oneOf(r, vec{.14, .16, .20}, vec{.32, .27, .21}, vec{.22, .10, .08}, vec{.55, .53, .49}, vec{.10, .16, .13})
	wood := floor.albedo.scale(between(r, .5, 1.1))
	m.stand(-m.half.x+.6, between(r, -.3, .3)*m.half.y, .95, 2.1, .5, cloth) // a sofa and its back
	m.stand(-m.half.x+.2, 0, .3, 2.1, .9, cloth.scale(.9))
	m.stand(between(r, -.2, .2)*m.half.x, between(r, .2, .5)*m.half.y, 1.3, .7, .45, wood)
	m.stand(m.half.x-.3, between(r, -.5, .5)*m.half.y, .55, 1.5, between(r, .8, 2), wood)
	m.stand(between(r, -.4, .4)*m.half.x, -m.half.y+.35, 1.4, .6, between(r, .5, 1.9), wood.scale(1.2))
	if r.Float64() < .5 {
		m.stand(m.half.x*.3, m.half.y-1, 1.7, 2, .55, vec{.65, .63, .6})
	}
	return a
}

func (m *room) furnishHall(r *rand.Rand) label.Attributes {
	m.sized(between(r, 11, 26), between(r, 8, 15), between(r, 5, 10), r)
	wall := surface{albedo: oneOf(r, vec{.60, .54, .45}, vec{.55, .47, .35}, vec{.66, .64, .60}, vec{.40, .30, .22}).scale(between(r, .8, 1.1)), pattern: ribs, size: between(r, 2, 4)}
	stone := vec{.42, .38, .33}.scale(between(r, .7, 1.2))
	floor := surface{albedo: stone, second: stone.scale(between(r, .35, .8)), pattern: tiles, size: between(r, .6, 1.6)}
	if r.Float64() < .3 {
		floor = surface{albedo: vec{.33, .19, .10}, pattern: planks, size: .6}
	}
	m.paint(wall, floor, surface{albedo: wall.albedo.to(vec{.6, .57, .52}, r.Float64()), pattern: ribs, size: between(r, 1.5, 3)})
	m.gloss = between(r, .2, .9)
	var a label.Attributes
	if r.Float64() < .55 {
		a |= label.Windows | label.NaturalLight
		sky := oneOf(r, daylight...).scale(between(r, 5, 11))
		w := 2 * r.IntN(2)
		n := 3 + r.IntN(5)
		m.windows(w, n, .2*m.half.z, m.half.z*between(r, .4, .6), between(r, .3, .5), sky, 2)
		if r.Float64() < .6 {
			m.windows(w+1, n, .2*m.half.z, m.half.z*.5, .4, sky, 2)
		}
	}
	if a == 0 || r.Float64() < .6 {
		a |= label.ArtificialLight
		m.ceilingLights(2+r.IntN(4), 1+r.IntN(3), between(r, .25, .6), between(r, .25, .6), oneOf(r, bulbs...).scale(between(r, 12, 35)))
	}
	if r.Float64() < .75 { // two rows of columns
		n := 3 + r.IntN(4)
		radius := between(r, .2, .5)
		for i := range n {
			for _, side := range []float64{-1, 1} {
				at := m.centre.add(vec{m.half.x * (2*(float64(i)+.5)/float64(n) - 1), side * m.half.y * .62, 0})
				if math.Hypot(at.x, at.y) > radius+.6 {
					m.solids = append(m.solids, &solid{shape: trunkShape, centre: at, half: vec{radius, radius, m.half.z}, albedo: wall.albedo.scale(1.05)})
				}
			}
		}
	}
	for range 3 + r.IntN(8) { // benches and counters
		m.stand(between(r, -.85, .85)*m.half.x, between(r, -.85, .85)*m.half.y, between(r, .6, 3), between(r, .5, 1), between(r, .45, 1.1), vec{.28, .17, .10}.scale(between(r, .5, 1.4)))
	}
	m.pictures(r.IntN(6), r)
	return a
}

// furnishStudio reports too whether the studio's walls are black.
func (m *room) furnishStudio(r *rand.Rand) (label.Attributes, bool) {
	m.sized(between(r, 4.5, 9), between(r, 4, 8), between(r, 3, 4.6), r)
	dark := r.Float64() < .45
	grey := between(r, .45, .85)
	if dark {
		grey = between(r, .02, .06)
	}
	wall := surface{albedo: vec{1, .99, .97}.scale(grey), size: 1}
	floor := wall
	if r.Float64() < .5 {
		floor = surface{albedo: oneOf(r, vec{.38, .36, .34}, vec{.30, .19, .11}, vec{.15, .15, .15}), pattern: oneOf(r, plain, planks), size: .5}
	}
	ceiling := wall
	if !dark && r.Float64() < .4 {
		ceiling.albedo = vec{.08, .08, .08}
	}
	m.paint(wall, floor, ceiling)
	a := label.ArtificialLight
	white := oneOf(r, vec{1, 1, 1}, vec{1.03, 1, .94}, vec{.95, 1, 1.06})
	for range 2 + r.IntN(4) { // softboxes, which face the middle of the room
		w := oneOf(r, 0, 1, 2, 3, 5)
		hu, hv := m.extent(w)
		k := between(r, .3, .8)
		m.add(panel{wall: w, u: between(r, -.7, .7) * (hu - k), v: between(r, .1, .55) * (hv - k), hu: k, hv: k * between(r, .5, 1.2), radiance: white.scale(between(r, 14, 40))})
	}
	if r.Float64() < .4 { // strip lights
		m.ceilingLights(2, 1, .12, m.half.y*.7, white.scale(between(r, 8, 20)))
	}
	if r.Float64() < .22 {
		a |= label.Windows | label.NaturalLight
		m.windows(r.IntN(4), 2, 0, m.half.z*.55, .6, oneOf(r, daylight...).scale(between(r, 4, 9)), 2)
	}
	for range 1 + r.IntN(5) { // stands, cases, a backdrop
		m.stand(between(r, -.8, .8)*m.half.x, between(r, -.8, .8)*m.half.y, between(r, .06, .9), between(r, .06, .7), between(r, .5, 2), vec{.05, .05, .05}.scale(between(r, .5, 4)))
	}
	if r.Float64() < .5 {
		m.add(panel{wall: r.IntN(4), hu: between(r, .8, 1.6), hv: m.half.z * .85, albedo: oneOf(r, vec{.75, .75, .75}, vec{.32, .34, .37}, vec{.45, .30, .22}, vec{.06, .06, .06})})
	}
	return a, dark
}

func (m *room) furnishWarehouse(r *rand.Rand) label.Attributes {
	m.sized(between(r, 18, 45), between(r, 14, 28), between(r, 6, 11), r)
	wall := surface{albedo: oneOf(r, vec{.42, .42, .41}, vec{.34, .36, .38}, vec{.46, .40, .32}, vec{.35, .20, .15}).scale(between(r, .8, 1.2)), pattern: ribs, size: between(r, .8, 5)}
	floor := surface{albedo: vec{.28, .275, .26}.scale(between(r, .6, 1.2)), pattern: plain, size: 4}
	m.paint(wall, floor, surface{albedo: vec{.30, .30, .30}.scale(between(r, .5, 1.2)), pattern: ribs, size: between(r, 2, 5)})
	m.gloss = between(r, .1, .7)
	var a label.Attributes
	if r.Float64() < .6 {
		a |= label.Windows | label.NaturalLight
		sky := oneOf(r, daylight...).scale(between(r, 4, 9))
		switch r.IntN(3) {
		case 0: // the great door
			m.add(panel{wall: r.IntN(4), v: -.15 * m.half.z, hu: between(r, 3, 6), hv: m.half.z * .85, radiance: sky, bars: 6, view: true})
		case 1: // a band of windows under the roof
			m.windows(2, 5+r.IntN(6), .6*m.half.z, m.half.z*.22, .8, sky, 3)
			m.windows(3, 5+r.IntN(6), .6*m.half.z, m.half.z*.22, .8, sky, 3)
		default: // skylights
			m.ceilingLights(3+r.IntN(4), 2, .8, m.half.y*.25, sky)
		}
	}
	if a == 0 || r.Float64() < .6 {
		a |= label.ArtificialLight
		m.ceilingLights(3+r.IntN(4), 2+r.IntN(3), between(r, .15, .9), between(r, .1, .35), oneOf(r, tubes...).scale(between(r, 18, 45)))
	}
	for i := range 7 { // roof beams
		x := m.half.x * (2*(float64(i)+.5)/7 - 1)
		m.solids = append(m.solids, &solid{shape: boxShape, centre: m.centre.add(vec{x, 0, m.half.z - .5}), half: vec{.12, m.half.y, .2}, albedo: vec{.16, .15, .15}})
		for _, side := range []float64{-1, 1} {
			m.stand(x, side*(m.half.y-.3), .35, .35, 2*m.half.z, vec{.25, .22, .2})
		}
	}
	crate := oneOf(r, vec{.36, .24, .13}, vec{.12, .20, .30}, vec{.34, .12, .07}, vec{.30, .30, .28}, vec{.40, .32, .08})
	for range 5 + r.IntN(14) {
		m.stand(between(r, -.9, .9)*m.half.x, oneOf(r, -1., 1.)*between(r, .3, .9)*m.half.y, between(r, .8, 3.5), between(r, .8, 2.5), between(r, .6, 3), crate.scale(between(r, .5, 1.4)))
	}
	return a
}
