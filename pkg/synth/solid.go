package synth

import "math"

// shape is the kind of a solid.
type shape int

const (
	boxShape shape = iota
	trunkShape
	crownShape
	coneShape
)

// solid is a thing that stands on the ground: a building, a trunk, a crown.
// The viewer is at the origin; the ground is below it.
type solid struct {
	shape  shape
	centre vec
	half   vec // half its extent; trunks, crowns and cones are round in x and y
	albedo vec
	seed   uint32
	ragged float64 // part of a crown's surface that is holes
	facade *facade
}

// away is the horizontal distance and the angular half width seen from the origin.
func (s *solid) away() (distance, width float64) {
	r := s.half.x
	if s.shape == boxShape {
		r = math.Hypot(s.half.x, s.half.y)
	}
	distance = math.Hypot(s.centre.x, s.centre.y)
	if distance <= r {
		return distance, math.Pi
	}
	return distance, math.Asin(r / distance)
}

// hit returns the distance along the unit vector d from o at which a ray
// enters the solid, and the outward normal there.
func (s *solid) hit(o, d vec) (t float64, n vec, ok bool) {
	o = o.sub(s.centre)
	switch s.shape {
	case boxShape:
		return hitBox(o, d, s.half)
	case crownShape:
		return s.hitCrown(o, d)
	case coneShape:
		return s.hitCone(o, d)
	}
	a := d.x*d.x + d.y*d.y
	b := o.x*d.x + o.y*d.y
	q := b*b - a*(o.x*o.x+o.y*o.y-s.half.x*s.half.x)
	if q < 0 || a == 0 {
		return 0, vec{}, false
	}
	t = (-b - math.Sqrt(q)) / a
	z := o.z + t*d.z
	if t <= 0 || math.Abs(z) > s.half.z {
		return 0, vec{}, false
	}
	return t, vec{(o.x + t*d.x) / s.half.x, (o.y + t*d.y) / s.half.x, 0}, true
}

// hitBox is the slab test for a box about the origin.
func hitBox(o, d, half vec) (t float64, n vec, ok bool) {
	near, far := math.Inf(-1), math.Inf(1)
	slab := func(p, v, h float64, axis vec) bool {
		if math.Abs(v) < 1e-12 {
			return math.Abs(p) <= h
		}
		a, b := (-h-p)/v, (h-p)/v
		face := axis.scale(-1)
		if a > b {
			a, b = b, a
			face = axis
		}
		if a > near {
			near, n = a, face
		}
		far = min(far, b)
		return near <= far
	}
	ok = slab(o.x, d.x, half.x, vec{1, 0, 0}) && slab(o.y, d.y, half.y, vec{0, 1, 0}) && slab(o.z, d.z, half.z, vec{0, 0, 1})
	return near, n, ok && near > 0
}

// hitCrown is an ellipsoid with a ragged outline.
func (s *solid) hitCrown(o, d vec) (float64, vec, bool) {
	inv := vec{1 / s.half.x, 1 / s.half.y, 1 / s.half.z}
	p, v := o.mul(inv), d.mul(inv)
	a, b := v.dot(v), p.dot(v)
	q := b*b - a*(p.dot(p)-1)
	if q < 0 {
		return 0, vec{}, false
	}
	t := (-b - math.Sqrt(q)) / a
	if t <= 0 {
		return 0, vec{}, false
	}
	u := p.add(v.scale(t))
	n := u.mul(inv).unit()
	leaves := noise{seed: s.seed}.fractal((u.x+u.z)*3.2, (u.y-u.z)*3.2, 0, .7, 3)
	if math.Sqrt(q/a) < .55*s.ragged+.45*leaves || leaves > 1.25-s.ragged {
		return 0, vec{}, false
	}
	return t, vec{n.x + .5*leaves, n.y - .5*leaves, n.z + .3}.unit(), true
}

// hitCone is a cone with its apex on top, ragged like a conifer.
func (s *solid) hitCone(o, d vec) (float64, vec, bool) {
	k := s.half.x / (2 * s.half.z) // radius for each metre below the apex
	o.z -= s.half.z
	a := d.x*d.x + d.y*d.y - k*k*d.z*d.z
	b := o.x*d.x + o.y*d.y - k*k*o.z*d.z
	c := o.x*o.x + o.y*o.y - k*k*o.z*o.z
	q := b*b - a*c
	if q < 0 || a < 1e-9 {
		return 0, vec{}, false
	}
	t := (-b - math.Sqrt(q)) / a
	z := o.z + t*d.z
	if t <= 0 || z > 0 || z < -2*s.half.z {
		return 0, vec{}, false
	}
	x, y := o.x+t*d.x, o.y+t*d.y
	n := vec{x, y, -k * k * z}.unit()
	leaves := noise{seed: s.seed}.fractal(math.Atan2(y, x)*2, z/s.half.z*9, 0, .7, 3)
	if math.Sqrt(q/a)/(-k*z+1e-6) < .35+.5*leaves {
		return 0, vec{}, false
	}
	return t, vec{n.x + .4*leaves, n.y - .4*leaves, n.z + .2 + .3*leaves}.unit(), true
}

// blocks reports whether the solid stands between a point and the sun; it
// skips the ragged edges.
func (s *solid) blocks(p, to vec) bool {
	o := p.sub(s.centre)
	r := s.half.x
	if s.shape == boxShape {
		r = math.Hypot(s.half.x, s.half.y)
	}
	flat := math.Hypot(to.x, to.y)
	if cross := math.Abs(o.x*to.y - o.y*to.x); cross > r*flat {
		return false
	}
	_, _, ok := s.hit(p, to)
	return ok
}
