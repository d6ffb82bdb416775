package atmosphere

import "math"

// row is the sky at one elevation, by the angle in azimuth to the sun's, at
// the azimuths of the glow's table with one more at each end, so that a
// spline needs no edges: node k+1 is azimuth k.
type row struct {
	plain   [glowTurns + 2][3]float32 // all but the aerosol's first scattering
	aerosol []aureole                 // of each source
}

// aureole is the aerosol's first scattering without its phase function, and
// the cosine to the source as along + across·cos(azimuth).
type aureole struct {
	mie           [glowTurns + 2][3]float32
	along, across float64
}

// belowFade is how far below the horizon its light has faded into the
// ground's.
const belowFade = 20 * math.Pi / 180

// newRow works out an elevation, -π/2 to π/2.
func (s *Sky) newRow(elevation float64) *row {
	r := &row{aerosol: make([]aureole, len(s.sources))}
	at := max(0, elevation)
	sin, cos := math.Sincos(at)
	glimmer := s.glimmer(sin)
	kept, ground := 1., [3]float64{}
	if elevation < 0 {
		t := min(1, -elevation/belowFade)
		kept = 1 - t*t*(3-2*t)
		ground = scaled(s.ground, 1-kept)
	}
	clear := kept * s.clear
	for i, source := range s.sources {
		r.aerosol[i].along, r.aerosol[i].across = sin*source.sin, cos*source.cos
	}
	about := glowPlaceOf(at)
	for k := range glowTurns {
		turned := math.Cos(math.Pi * float64(k) / (glowTurns - 1))
		var air spectrum
		for i, source := range s.sources {
			a := &r.aerosol[i]
			g := source.at(&about, k)
			phase := rayleighPhase(a.along + a.across*turned)
			for c := range air {
				air[c] += g.more[c] + phase*g.rayleigh[c]
			}
			for c, v := range g.mie.rgb() {
				a.mie[k+1][c] = float32(clear * v)
			}
		}
		clouds := 0.
		if s.cloud != ([3]float64{}) {
			clouds = kept * s.cloudShape(at, turned)
		}
		for c, v := range air.rgb() {
			r.plain[k+1][c] = float32(clear*(v+glimmer[c]) + clouds*s.cloud[c] + ground[c])
		}
	}
	mirror(&r.plain)
	for i := range r.aerosol {
		mirror(&r.aerosol[i].mie)
	}
	return r
}

// mirror fills the nodes beyond both ends: azimuths go on as they came.
func mirror(nodes *[glowTurns + 2][3]float32) {
	nodes[0], nodes[glowTurns+1] = nodes[2], nodes[glowTurns-1]
}

// glimmer is the light of a moonless night at the elevation with a sine,
// behind the air.
func (s *Sky) glimmer(sin float64) [3]float64 {
	return scaled(s.air.through(max(sin, sunRadius)), airglow*vanRhijn(sin))
}

// vanRhijn is how much more airglow there is to look through at the elevation
// with a sine than at the zenith: a thin layer at 90 km (van Rhijn 1921).
func vanRhijn(sin float64) float64 {
	const q = groundRadius / (groundRadius + 90)
	return 1 / math.Sqrt(1-q*q*(1-sin*sin))
}

// place is an azimuth's place in a row.
type place struct {
	node    int
	weights [4]float32
	turned  float64 // cosine of the azimuth to the sun's
}

func placeAt(turn float64) place {
	u := turn / math.Pi * (glowTurns - 1)
	i := min(int(u), glowTurns-2)
	p := place{node: i, turned: math.Cos(turn)}
	for n, w := range cubic(u - float64(i)) {
		p.weights[n] = float32(w)
	}
	return p
}

// at returns the radiance at an azimuth to the sun's, 0 to π.
func (r *row) at(turn float64) [3]float64 {
	p := placeAt(turn)
	rgb := r.in(&p)
	return [3]float64{float64(rgb[0]), float64(rgb[1]), float64(rgb[2])}
}

// in returns the radiance at a place. It is finite and not negative.
func (r *row) in(p *place) (rgb [3]float32) {
	rgb = spline(&r.plain, p)
	for i := range r.aerosol {
		a := &r.aerosol[i]
		phase := float32(miePhase(a.along + a.across*p.turned))
		mie := spline(&a.mie, p)
		rgb[0] += phase * mie[0]
		rgb[1] += phase * mie[1]
		rgb[2] += phase * mie[2]
	}
	return [3]float32{max(0, rgb[0]), max(0, rgb[1]), max(0, rgb[2])}
}

// spline interpolates between the nodes on both sides of p, two on each.
func spline(nodes *[glowTurns + 2][3]float32, p *place) [3]float32 {
	a, b, c, d := &nodes[p.node], &nodes[p.node+1], &nodes[p.node+2], &nodes[p.node+3]
	w := &p.weights
	return [3]float32{
		w[0]*a[0] + w[1]*b[0] + w[2]*c[0] + w[3]*d[0],
		w[0]*a[1] + w[1]*b[1] + w[2]*c[1] + w[3]*d[1],
		w[0]*a[2] + w[1]*b[2] + w[2]*c[2] + w[3]*d[2],
	}
}
