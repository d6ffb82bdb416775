package atmosphere

import (
	"math"
	"sync"

	"github.com/clipenv/toolkit/internal/parallel"
)

// The table of light scattered more than once, Hillaire 2020, section 5.5: by
// height and by the sine of the sun's elevation there. It is worked out on few
// nodes and refined in the logarithm, since dusk falls by powers of ten.
const (
	shineHeights = 10
	shineCoarse  = 32
	shineFine    = 8*(shineCoarse-1) + 1

	// Sun angles are laid out by x/(shineBend + |x|) of the sine x, densest
	// at the horizon, from shineLowest up to 1.
	shineBend   = .25
	shineLowest = -.5

	// darkest keeps logarithms finite: a radiance under an irradiance of 1,
	// far below a moonless night's over the sun's.
	darkest = 1e-14
)

func bent(x float64) float64 { return x / (shineBend + math.Abs(x)) }

func unbent(s float64) float64 { return s * shineBend / (1 - math.Abs(s)) }

var (
	shineFrom = bent(shineLowest)
	shineSpan = bent(1) - bent(shineLowest)
)

// shine returns the mean radiance that comes to a height by more than one
// scattering, under an irradiance of 1 and a sun whose elevation has sine x.
func (h *altitude) shine(x float64, out *spectrum) { h.more.at((bent(x)-shineFrom)/shineSpan, out) }

// hazes is how many hazes from 0 to 1 the table is worked out for. It is smooth
// in the haze: a spline in its logarithm through these is within .5 % of it, and nearer by day.
const hazes = 11

var scatteredLogs = func() (tables [hazes]func() []spectrum) {
	for i := range tables {
		tables[i] = sync.OnceValue(func() []spectrum { return thinAir(float64(i) / (hazes - 1)).multiple() })
	}
	return tables
}()

// scatteredMore is the table of a haze.
func scatteredMore(haze float64) []spectrum {
	at := haze * (hazes - 1)
	k := min(int(at), hazes-2)
	table := make([]spectrum, shineHeights*shineFine)
	add := func(node int, weight float64) {
		for j, v := range scatteredLogs[node]() {
			for c := range v {
				table[j][c] += weight * v[c]
			}
		}
	}
	for n, weight := range cubic(at - float64(k)) {
		switch node := k + n - 1; {
		case weight == 0:
		case node < 0: // it goes on as a parabola
			add(0, 3*weight)
			add(1, -3*weight)
			add(2, weight)
		case node >= hazes:
			add(hazes-1, 3*weight)
			add(hazes-2, -3*weight)
			add(hazes-3, weight)
		default:
			add(node, weight)
		}
	}
	for j := range table {
		for c := range table[j] {
			table[j][c] = exp(table[j][c])
		}
	}
	return table
}

// multiple works out the table's logarithms: equations 5 to 10 of the paper.
func (a *air) multiple() []spectrum {
	table := make([]spectrum, shineHeights*shineFine)
	parallel.Rows(shineHeights, func(from, to int) {
		for i := from; i < to; i++ {
			a.multipleAt(i, table[i*shineFine:(i+1)*shineFine])
		}
	})
	return table
}

// multipleAt works out a row of the table.
func (a *air) multipleAt(i int, row []spectrum) {
	v := float64(i) / (shineHeights - 1)
	height := v * v * (topRadius - groundRadius)
	paths, again := a.aroundIn(min(height+.001, topRadius-groundRadius-.01))
	var nodes [shineCoarse]spectrum
	for j := range nodes {
		x := unbent(shineFrom + shineSpan*float64(j)/(shineCoarse-1))
		second := a.second(paths, x)
		for c := range wavelengths {
			nodes[j][c] = math.Log(second[c]/(1-again[c]) + darkest)
		}
	}
	for j := range row {
		k := min(j/8, shineCoarse-2)
		before, after := max(k-1, 0), min(k+2, shineCoarse-1)
		w := cubic(float64(j-8*k) / 8)
		for c := range wavelengths {
			row[j][c] = w[0]*nodes[before][c] + w[1]*nodes[k][c] + w[2]*nodes[k+1][c] + w[3]*nodes[after][c]
		}
	}
}

// path is a ray from a height, in steps that the sun shines on.
type path struct {
	share  float64 // of the sphere that it stands for
	mu     float64 // cosine of the ray to the vertical
	radius float64 // where it begins
	steps  []step
	ground spectrum // what comes back of the ground's radiance
	length float64  // to the ground, where it meets it
}

// step is a stretch of a path: how far along, at what height, and how much of
// an isotropic source there reaches the path's beginning.
type step struct {
	t        float64
	altitude altitude
	rayleigh spectrum
	mie      spectrum
	either   spectrum
}

// trace cuts the ray from radius r in n steps, short where it begins.
func (a *air) trace(r, mu float64, n int) path {
	p := path{mu: mu, radius: r, steps: make([]step, n)}
	length, meets := toGround(r, mu)
	if !meets {
		length = toTop(r, mu)
	}
	through := spectrum{1, 1, 1, 1}
	for i := range p.steps {
		near, far := float64(i)/float64(n), float64(i+1)/float64(n)
		middle := (near + far) / 2
		s := step{t: length * middle * middle}
		radius := math.Sqrt(r*r + s.t*s.t + 2*r*s.t*mu)
		s.altitude = a.at(radius)
		rayleigh, mie, extinction := a.coefficients(max(0, radius-groundRadius))
		for c := range wavelengths {
			left := exp(-extinction[c] * length * (far*far - near*near))
			reach := through[c] * (1 - left) / max(extinction[c], 1e-15)
			s.rayleigh[c], s.mie[c] = reach*rayleigh[c], reach*mie[c]
			s.either[c] = s.rayleigh[c] + s.mie[c]
			through[c] *= left
		}
		p.steps[i] = s
	}
	if meets {
		p.ground, p.length = through.times(groundAlbedo/math.Pi), length
	}
	return p
}

// sine returns the sine of the sun's elevation as seen from t along the path,
// at a radius there, where its sine is x at the path's beginning and its cosine
// to the path is toSun.
func (p path) sine(t, radius, x, toSun float64) float64 {
	return (p.radius*x + t*toSun) / radius
}

const (
	aroundRings = 10 // elevations, dense at the horizon
	aroundTurns = 3  // azimuths on the half circle
	aroundSteps = 10
)

// aroundIn returns paths to all sides from a height, and f_ms, the share of
// isotropic light that is scattered once more on its way to there.
func (a *air) aroundIn(height float64) (paths []path, again spectrum) {
	for k := range aroundRings {
		m := (float64(k)+.5)/aroundRings*2 - 1
		p := a.trace(groundRadius+height, m*math.Abs(m), aroundSteps)
		p.share = 2 * math.Abs(m) / aroundRings
		for _, s := range p.steps {
			for c := range wavelengths {
				again[c] += p.share * s.either[c]
			}
		}
		paths = append(paths, p)
	}
	return paths, again
}

// second returns L_2nd, what comes by two scatterings from all sides, under
// a sun whose elevation has sine x.
func (a *air) second(paths []path, x float64) (sum spectrum) {
	ground := a.at(groundRadius)
	var sun spectrum
	cosine := math.Sqrt(max(0, 1-x*x))
	for _, p := range paths {
		across := math.Sqrt(1 - p.mu*p.mu)
		for k := range aroundTurns {
			toSun := p.mu*x + across*cosine*math.Cos((float64(k)+.5)/aroundTurns*math.Pi)
			for i := range p.steps {
				s := &p.steps[i]
				s.altitude.sunlight(p.sine(s.t, s.altitude.radius, x, toSun), &sun)
				for c := range sun {
					sum[c] += p.share * s.either[c] * sun[c] / (4 * math.Pi)
				}
			}
			if p.length > 0 {
				y := p.sine(p.length, groundRadius, x, toSun)
				ground.sunlight(y, &sun)
				for c := range sun {
					sum[c] += p.share * p.ground[c] * sun[c] * max(0, y)
				}
			}
		}
	}
	return sum.times(1. / aroundTurns)
}

// cubic returns the weights of Catmull and Rom's spline, 1974, of the nodes at
// -1, 0, 1 and 2 for a point t between 0 and 1.
func cubic(t float64) [4]float64 {
	return [4]float64{
		t * (-.5 + t*(1-.5*t)),
		1 + t*t*(-2.5+1.5*t),
		t * (.5 + t*(2-1.5*t)),
		t * t * (-.5 + .5*t),
	}
}
