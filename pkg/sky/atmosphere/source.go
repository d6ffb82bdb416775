package atmosphere

import (
	"math"

	"github.com/clipenv/toolkit/internal/parallel"
)

// The table of a source's glow, as the ground sees it: elevations from 0 to
// π/2, densest at the horizon, by azimuths from the source's to the one
// opposite.
const (
	glowElevations = 40
	glowTurns      = 32
	glowSteps      = 32

	// glowFew azimuths do where the source stands higher than glowSmooth: there its
	// light is smooth, and a spline through them is within .003 stops of all. That of
	// one that sets has the planet's shadow in it.
	glowFew    = 8
	glowSmooth = math.Pi / 180

	// eyeHeight is how far above the ground the eye is, in km.
	eyeHeight = .002
)

// source is a disc that lights the air: the sun or the moon.
type source struct {
	sin, cos float64  // of its elevation
	beam     spectrum // irradiance of a plane that faces it, under a clear sky
	glow     []glow
}

// glow is the light that comes from one direction, as logarithms: once
// scattered by air and by aerosol, without the phase functions, and scattered
// more often.
type glow struct{ rayleigh, mie, more spectrum }

// glowElevation is the elevation of a row of the table.
func glowElevation(i int) float64 {
	u := float64(i) / (glowElevations - 1)
	return math.Pi / 2 * u * u
}

type sourceKey struct {
	haze, elevation float64
	irradiance      spectrum
}

var recentSources = recent[sourceKey, *source]{}

// sourceOf is newSource, or what it gave not long before.
func sourceOf(haze float64, a *air, elevation float64, irradiance spectrum) *source {
	return recentSources.of(sourceKey{haze, elevation, irradiance}, func() *source { return newSource(a, elevation, irradiance) })
}

// newSource integrates equation 1 of Hillaire 2020 along each ray. The phase
// functions do not change along a ray, so they are left for the texel: that
// keeps the aureole sharp and the table smooth.
func newSource(a *air, elevation float64, irradiance spectrum) *source {
	if elevation > glowSmooth {
		return newSourceBy(glowFew, a, elevation, irradiance)
	}
	return newSourceBy(glowTurns, a, elevation, irradiance)
}

// newSourceBy is newSource by so many azimuths: glowTurns or glowFew.
func newSourceBy(turns int, a *air, elevation float64, irradiance spectrum) *source {
	s := &source{glow: make([]glow, glowElevations*glowTurns)}
	s.sin, s.cos = math.Sincos(elevation)
	eye := a.at(groundRadius + eyeHeight)
	eye.sunlight(s.sin, &s.beam)
	for c := range wavelengths {
		s.beam[c] *= irradiance[c]
	}
	parallel.Rows(glowElevations, func(from, to int) {
		for i := from; i < to; i++ {
			sin, cos := math.Sincos(glowElevation(i))
			ray, row := a.trace(eye.radius, sin, glowSteps), s.glow[i*glowTurns:][:turns]
			for k := range row {
				toSun := sin*s.sin + cos*s.cos*math.Cos(math.Pi*float64(k)/float64(turns-1))
				row[k] = ray.gather(s.sin, toSun, irradiance)
			}
			if turns < glowTurns {
				spread((*[glowTurns]glow)(s.glow[i*glowTurns:]))
			}
		}
	})
	return s
}

// spread makes a row of glowTurns of its first glowFew, which lie about the half circle
// as all do.
func spread(row *[glowTurns]glow) {
	few := [glowFew]glow(row[:glowFew])
	for k := range row {
		u := float64(k) / (glowTurns - 1) * (glowFew - 1)
		i := min(int(u), glowFew-2)
		row[k] = glow{}
		for n, weight := range cubic(u - float64(i)) {
			at := i + n - 1 // azimuths go on as they came
			row[k].add(weight, &few[min(max(at, -at), 2*(glowFew-1)-at)])
		}
	}
}

// add is a part of another.
func (g *glow) add(weight float64, of *glow) {
	for c := range wavelengths {
		g.rayleigh[c] += weight * of.rayleigh[c]
		g.mie[c] += weight * of.mie[c]
		g.more[c] += weight * of.more[c]
	}
}

// gather sums what the steps of a ray send to its beginning, under a source
// whose elevation has sine x, toSun away from the ray.
func (p path) gather(x, toSun float64, irradiance spectrum) (g glow) {
	var sun, more spectrum
	for i := range p.steps {
		s := &p.steps[i]
		y := p.sine(s.t, s.altitude.radius, x, toSun)
		s.altitude.sunlight(y, &sun)
		s.altitude.shine(y, &more)
		for c := range wavelengths {
			g.rayleigh[c] += s.rayleigh[c] * sun[c]
			g.mie[c] += s.mie[c] * sun[c]
			g.more[c] += s.either[c] * more[c]
		}
	}
	for c := range wavelengths {
		g.more[c] += darkest
		// Where no sun shines the logarithm still needs a number: a ten
		// thousandth of what is scattered more often.
		g.rayleigh[c] = math.Log(irradiance[c] * (g.rayleigh[c] + 1e-4*g.more[c]))
		g.mie[c] = math.Log(irradiance[c] * (g.mie[c] + 1e-4*g.more[c]))
		g.more[c] = math.Log(irradiance[c] * g.more[c])
	}
	return g
}

// glowPlace is an elevation's place in the table of a glow: the row below it, and the
// weights of the four about it.
type glowPlace struct {
	row     int
	weights [4]float64
}

// glowPlaceOf is that of an elevation from 0 to π/2.
func glowPlaceOf(elevation float64) glowPlace {
	u := math.Sqrt(elevation/(math.Pi/2)) * (glowElevations - 1)
	i := min(int(u), glowElevations-2)
	return glowPlace{i, cubic(u - float64(i))}
}

// at interpolates the table at an elevation, for each of its azimuths. The table goes on
// below the horizon as it goes above it, in the square root of the elevation, and over
// the zenith on the other side.
func (s *source) at(p *glowPlace, k int) (g glow) {
	for n, weight := range p.weights {
		row, turn := p.row+n-1, k
		switch {
		case row < 0:
			row = -row
		case row >= glowElevations:
			row, turn = 2*(glowElevations-1)-row, glowTurns-1-k
		}
		g.add(weight, &s.glow[row*glowTurns+turn])
	}
	for c := range wavelengths {
		g.rayleigh[c], g.mie[c], g.more[c] = exp(g.rayleigh[c]), exp(g.mie[c]), exp(g.more[c])
	}
	return g
}

// rayleighPhase is air's phase function of the scattering angle's cosine, per
// steradian.
func rayleighPhase(mu float64) float64 { return 3 / (16 * math.Pi) * (1 + mu*mu) }

// miePhase is the aerosol's.
func miePhase(mu float64) float64 {
	return (1-aureoleShare)*cornetteShanks(mieAsymmetry, mu) + aureoleShare*cornetteShanks(aureoleAsymmetry, mu)
}

// cornetteShanks is the phase function of Cornette and Shanks 1992, doi
// 10.1364/AO.31.003152, of an asymmetry g.
func cornetteShanks(g, mu float64) float64 {
	scale := 3 / (8 * math.Pi) * (1 - g*g) / (2 + g*g)
	x := 1 + g*g - 2*g*mu
	return scale * (1 + mu*mu) / (x * math.Sqrt(x))
}
