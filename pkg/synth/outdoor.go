package synth

import (
	"math"

	"github.com/clipenv/toolkit/pkg/label"
)

// outdoor is a scene under the sky.
type outdoor struct {
	sky    *sky
	ground *ground
	light  light
	air    air
	ridges []*ridge // far ones first
	canopy *canopy
	solids []*solid
	cast   bool // solids cast shadows on the ground
}

// canopy is the roof of leaves over a forest's floor.
type canopy struct {
	noise   noise
	cover   float64 // from -1, open, to 1, closed
	opening float64 // elevation, radians, above which the roof opens
	leaf    vec     // albedo
}

// column is what can be seen in one direction of azimuth.
type column struct {
	turn   float64 // azimuth / 2π, 0 to 1
	solids []*solid
}

// look is the radiance along the unit vector d, and how much of the open sky,
// 0 to 1, is seen there; footprint is the width of a texel in radians.
func (o *outdoor) look(d vec, c *column, footprint float64) (vec, float64) {
	flat := math.Hypot(d.x, d.y)
	near := math.Inf(1)
	if d.z < -1e-6 {
		near = o.ground.eye / -d.z
	}
	var hit *solid
	var normal vec
	for _, s := range c.solids {
		if t, n, ok := s.hit(vec{}, d); ok && t < near {
			near, normal, hit = t, n, s
		}
	}
	if hit != nil {
		return o.air.veil(o.shade(hit, d.scale(near), normal, footprint*near), o.haze(d), near), 0
	}
	if d.z < -1e-6 {
		return o.floor(d, near, footprint), 0
	}
	radiance, open := o.sky.radiance(d, footprint), 1.
	tangent := d.z / max(flat, 1e-6)
	for _, g := range o.ridges {
		if k := g.covers(c.turn, tangent, footprint); k > 0 {
			body := o.air.veil(g.colour(o.light, d, c.turn, tangent, footprint), o.haze(d), g.distance)
			radiance, open = radiance.to(body, k), open*(1-k)
		}
	}
	if o.canopy != nil {
		k, leaves := o.canopy.over(d, footprint, o.light, o.sky)
		radiance, open = radiance.to(leaves, k), open*(1-k)
	}
	return radiance, open
}

// haze is the light that far air scatters towards the viewer.
func (o *outdoor) haze(d vec) vec {
	flat := max(math.Hypot(d.x, d.y), 1e-6)
	return o.sky.behind(vec{d.x / flat * .998, d.y / flat * .998, .06})
}

// floor is the ground's radiance seen along d at a distance.
func (o *outdoor) floor(d vec, distance, footprint float64) vec {
	g := o.ground
	x, y := d.x*distance, d.y*distance
	// A texel's width on the ground: its mean over along and across the view.
	wide := footprint * distance / math.Sqrt(-d.z)
	if distance > 3000 {
		wide = footprint * 3000
	}
	wet := g.isWater(x, y, min(wide, 8))
	var c vec
	if wet < 1 {
		lit := g.shadeOf
		if g.dapple > 0 {
			flecks := noise{seed: g.noise.seed ^ 0x1234}
			lit *= 1 + g.dapple*smooth(.0, .5, flecks.fractal(x/1.3, y/1.3, wide/1.3, .6, 3))*3
		}
		p := vec{x, y, -g.eye}
		if o.cast && distance < 150 && o.light.sun.x > 0 {
			for _, s := range o.solids {
				if s.blocks(p, o.light.to) {
					lit = 0
					break
				}
			}
		}
		e := o.light.sky.scale(.35 + .65*g.shadeOf)
		if z := o.light.to.z; z > 0 {
			e = e.add(o.light.sun.scale(z * lit))
		}
		for _, lamp := range g.lampPools {
			v := lamp.at.sub(p)
			r2 := v.dot(v)
			e = e.add(lamp.power.scale(max(v.z, 0) / (r2 * math.Sqrt(r2))))
		}
		c = g.albedoAt(x, y, wide).mul(e).scale(1 / math.Pi)
		if g.wet > 0 {
			up := vec{d.x, d.y, math.Abs(d.z) + .02}.unit()
			c = c.scale(.7).to(o.sky.radiance(up, .3), g.wet*(.25+.75*math.Pow(1+d.z, 4)))
		}
	}
	if wet > 0 {
		w := g.water(o.sky, o.light, d, x, y, wide)
		if g.shore != nil && wet < .98 { // foam
			w = w.to(o.light.onGround().scale(.75/math.Pi), .6*(1-wet))
		}
		c = c.to(w, wet)
	}
	return o.air.veil(c, o.haze(d), min(distance, 6000)*.6)
}

// shade is the radiance of a solid at a point with a normal.
func (o *outdoor) shade(s *solid, p, n vec, footprint float64) vec {
	bounce := o.ground.albedo
	lit := 1.
	if o.canopy != nil {
		lit = o.ground.shadeOf
	}
	e := o.light.on(n, lit, bounce)
	for _, lamp := range o.ground.lampPools {
		v := lamp.at.sub(p)
		r2 := v.dot(v) + 1
		e = e.add(lamp.power.scale(max(v.dot(n), 0) / (r2 * math.Sqrt(r2))))
	}
	switch s.shape {
	case boxShape:
		wall := s.albedo.mul(e).scale(1 / math.Pi)
		if s.facade == nil || n.z > .5 {
			return wall
		}
		u := p.x
		if math.Abs(n.x) > .5 {
			u = p.y
		}
		return s.facade.colour(wall, u, p.z+o.ground.eye, footprint, s.seed)
	case trunkShape:
		bark := noise{seed: s.seed}.fractal(math.Atan2(n.y, n.x)*3, p.z*1.5, footprint*3, .6, 3)
		return s.albedo.mul(e).scale(math.Exp(.4*bark) / math.Pi * .85)
	}
	leaves := noise{seed: s.seed ^ 0x3131}.fractal((p.x+p.z)*1.1, (p.y-p.z)*1.1, footprint*1.1, .75, 4)
	dark := .45 + .35*n.z // crowns are darker below
	through := o.light.sun.scale(.10 * lit)
	return s.albedo.mul(e.scale(dark).add(through)).scale(math.Exp(.75*clamp(leaves, -1.5, 1.5)) / math.Pi)
}

// over is the part of the sky that the leaves hide along d, and their radiance.
func (c *canopy) over(d vec, footprint float64, l light, s *sky) (float64, vec) {
	t := 1 / (d.z + .18)
	x, y := d.x*t, d.y*t
	n := c.noise.fractal(x*2.4, y*2.4, footprint*t*2.4, .78, 6)
	elevation := math.Asin(clamp(d.z, 0, 1))
	closed := c.cover + 1.6*smooth(.55, .05, elevation) - 1.2*smooth(c.opening, c.opening+.5, elevation)
	k := smooth(-.25, .25, n+closed)
	if k == 0 {
		return 0, vec{}
	}
	m := c.noise
	m.seed ^= 0x99
	depth := m.fractal(x*5, y*5, footprint*t*5, .75, 4)
	e := l.sky.scale(.22 + .35*d.z)
	toward := max(d.dot(l.to), 0)
	e = e.add(l.sun.scale(max(l.to.z, .08) * (.05 + .22*math.Pow(toward, 3))))
	leaf := c.leaf.to(c.leaf.mul(vec{1.5, 1.6, .7}), math.Pow(toward, 2)*.6)
	return k, leaf.mul(e).scale(math.Exp(.8*clamp(depth-.3*n, -1.6, 1.6)) / math.Pi * 1.6)
}

// visible reports whether nothing stands before the sun or the moon.
func (o *outdoor) visible(to vec) bool {
	if to.z < 0 {
		return false
	}
	turn := math.Atan2(to.y, to.x) / (2 * math.Pi)
	turn -= math.Floor(turn)
	c := column{turn: turn, solids: o.solids}
	_, open := o.look(to, &c, .02)
	return open > .5
}

// expose is the factor that keeps bright grounds off white, as a photographer
// of snow would: sunlit ground is brought to .72 at most.
func (o *outdoor) expose() float64 {
	g := o.ground
	if g.kind == label.Water {
		return 1
	}
	e := o.light.sky.add(o.light.sun.scale(max(o.light.to.z, 0) * g.shadeOf))
	return min(1, .72/max(g.albedo.mul(e).luma()/math.Pi, 1e-9))
}
