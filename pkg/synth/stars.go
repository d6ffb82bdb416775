package synth

import (
	"math"
	"math/rand/v2"
)

// stars is a night's points of light and the Milky Way behind them.
type stars struct {
	points []star
	pole   vec     // of the Milky Way's plane
	milky  float64 // its radiance
	noise  noise
}

// star is a point source: flux is the irradiance it gives.
type star struct {
	to   vec
	flux vec
}

func newStars(r *rand.Rand) *stars {
	s := &stars{noise: noise{seed: r.Uint32()}}
	n := 300 + r.IntN(900)
	bright := math.Exp(.4 * r.NormFloat64())
	for range n {
		d := direction(2*math.Pi*r.Float64(), math.Asin(r.Float64()))
		// Fluxes follow the count of stars: N(>f) ~ f^-1.2, cut at a hundred times the faintest.
		f := 1.1e-6 * bright * math.Min(math.Pow(1-r.Float64(), -1/1.2), 100)
		t := r.Float64()
		s.points = append(s.points, star{d, vec{.85 + .2*t, .95, 1.15 - .25*t}.scale(f)})
	}
	if r.Float64() < .5 {
		s.pole = direction(2*math.Pi*r.Float64(), r.Float64()*1.2)
		s.milky = .006 + .018*r.Float64()
	}
	return s
}

// band is the Milky Way's radiance in a direction.
func (s *stars) band(d vec, footprint float64) vec {
	if s.milky == 0 {
		return vec{}
	}
	a := math.Abs(d.dot(s.pole))
	if a > .45 {
		return vec{}
	}
	n := s.noise.fractal(d.x*4+d.z*3, d.y*4-d.z*2, footprint*5, .6, 4)
	glow := math.Exp(-a*a/.022) * clamp(.7+n, 0, 2)
	return vec{.95, .95, 1.1}.scale(s.milky * glow)
}
