package synth

import (
	"math"
	"math/rand/v2"
)

// ridge is a far skyline all around: hills, mountains, dunes or a wood's edge,
// as the elevation of its top over azimuth.
type ridge struct {
	top      []float64 // tangent of the elevation, at equal steps of azimuth
	distance float64   // metres, for haze
	albedo   vec
	cap      vec     // albedo above the snow line
	snowLine float64 // tangent of elevation; none when 0
	rough    float64
	noise    noise // period is a whole number of cells around
	cells    float64
	leafy    bool
}

const ridgeSteps = 2048

// newHills raises a smooth or a jagged skyline of tangents up to height.
func newHills(height, distance, jagged float64, r *rand.Rand) *ridge {
	g := &ridge{top: make([]float64, ridgeSteps), distance: distance, noise: noise{seed: r.Uint32(), period: 16}, cells: 16, rough: .35}
	n := noise{seed: r.Uint32(), period: int32(3 + r.IntN(4))}
	peak := 0.
	for i := range g.top {
		u := float64(i) / ridgeSteps * float64(n.period)
		f := n.fractal(u, .5, 0, .38+.14*jagged, 3+int(5*jagged))
		if jagged > .4 {
			f = .55 - math.Abs(f)*1.1 + .3*n.fractal(u, 9.5, 0, .5, 5)
		}
		g.top[i] = max(f+.42, .04)
		peak = max(peak, g.top[i])
	}
	for i := range g.top {
		g.top[i] *= height / peak
	}
	return g
}

// newWood raises a wood's edge: crowns of tangents between low and high.
func newWood(low, high, distance float64, conifers float64, r *rand.Rand) *ridge {
	g := &ridge{top: make([]float64, ridgeSteps), distance: distance, noise: noise{seed: r.Uint32(), period: 64}, cells: 64, rough: .55, leafy: true}
	stand := noise{seed: r.Uint32(), period: 5}
	trees := int(6 / ((low + high) / 2 * .55))
	for range trees * 2 {
		at := r.Float64() * ridgeSteps
		level := clamp(.5+.9*stand.fractal(at/ridgeSteps*5, 3.5, 0, .5, 3)+.25*r.NormFloat64(), 0, 1)
		h := lerp(low, high, level)
		conifer := r.Float64() < conifers
		half := h * (.3 + .25*r.Float64()) / (2 * math.Pi) * ridgeSteps
		if conifer {
			h, half = h*1.25, half*.6
		}
		for k := int(at - half); float64(k) < at+half; k++ {
			u := math.Abs(float64(k)-at) / half
			y := h * math.Sqrt(max(1-u*u, 0))
			if conifer {
				y = h * (1 - .85*u)
			}
			i := ((k % ridgeSteps) + ridgeSteps) % ridgeSteps
			g.top[i] = max(g.top[i], y)
		}
	}
	bumps := noise{seed: r.Uint32(), period: 400}
	for i := range g.top {
		g.top[i] = max(g.top[i], low*.5) + .1*low*bumps.fractal(float64(i)/ridgeSteps*400, .5, 0, .6, 3)
	}
	return g
}

// lower presses the skyline down about an azimuth, to leave a sea open.
func (g *ridge) lower(azimuth, width float64) {
	for i := range g.top {
		a := math.Abs(wrap(2*math.Pi*float64(i)/ridgeSteps - azimuth))
		g.top[i] *= smooth(width*.8, width*1.1, a)
	}
}

// covers is how much, 0 to 1, of a texel at a turn of azimuth (0 to 1) and a
// tangent of elevation the ridge hides.
func (g *ridge) covers(turn, tangent, footprint float64) float64 {
	u := turn * ridgeSteps
	i := int(u)
	f := u - float64(i)
	i &= ridgeSteps - 1
	top := lerp(g.top[i], g.top[(i+1)&(ridgeSteps-1)], f)
	return clamp(.5+(top-tangent)/max(footprint, .001), 0, 1)
}

// colour is the ridge's radiance under a light, before haze.
func (g *ridge) colour(l light, d vec, turn, tangent, footprint float64) vec {
	u, v := turn*g.cells, tangent*g.cells/(2*math.Pi)
	if !g.leafy {
		v *= 2.2
	}
	fp := footprint * g.cells / (2 * math.Pi)
	t := g.noise.fractal(u, v, fp, .6, 5)
	// The slope faces the viewer, turned left and right by the relief.
	relief := g.noise
	relief.seed ^= 0x77777
	side := 1.3 * relief.fractal(u, v*.6, fp, .55, 4)
	flat := math.Hypot(d.x, d.y)
	c, s := math.Cos(side), math.Sin(side)
	back := vec{-d.x / flat * .75, -d.y / flat * .75, .66}.turn(c, s)
	albedo := g.albedo
	if g.snowLine > 0 {
		albedo = albedo.to(g.cap, smooth(g.snowLine*.85, g.snowLine*1.1, tangent+.25*g.snowLine*t))
	}
	e := l.on(back, 1, vec{.15, .15, .15})
	if g.leafy { // crowns shade themselves and let light through
		e = l.on(back, .45, vec{.08, .1, .05}).add(l.sun.scale(.06)).scale(.8)
	}
	return albedo.mul(e).scale(math.Exp(g.rough*clamp(t, -1.6, 1.6)) / math.Pi)
}
