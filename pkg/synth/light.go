package synth

// light is what falls on the ground and on what stands there.
type light struct {
	to  vec // unit vector to the sun or the moon
	sun vec // irradiance on a plane that faces it, after clouds
	sky vec // irradiance on the ground from the rest of the sky
}

// on is the irradiance on a surface with the unit normal n; lit is the part of
// the sun that reaches it. A wall sees half the sky, and ground of albedo
// bounce below it.
func (l light) on(n vec, lit float64, bounce vec) vec {
	e := l.sky.scale(.5 + .5*n.z)
	if c := n.dot(l.to); c > 0 && lit > 0 {
		e = e.add(l.sun.scale(c * lit))
	}
	if n.z < .99 {
		from := l.sky.add(l.sun.scale(max(l.to.z, 0)))
		e = e.add(from.mul(bounce).scale(.5 - .5*n.z))
	}
	return e
}

// onGround is the irradiance on level ground in the open.
func (l light) onGround() vec { return l.sky.add(l.sun.scale(max(l.to.z, 0))) }

// air hides what is far behind the light it scatters itself.
type air struct {
	reach float64 // metres over which 1/e of a thing's light is left
}

// veil mixes a thing's colour at a distance with the haze in front of it.
func (a air) veil(c, haze vec, distance float64) vec {
	return c.to(haze, 1-fastExp(-distance/a.reach))
}
