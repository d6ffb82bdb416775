package synth

import (
	"math"
	"math/rand/v2"

	"github.com/clipenv/toolkit/pkg/label"
)

// outside is what newOutdoor has decided before anything is built.
type outside struct {
	time, weather, place, ground label.Attributes
	sun                          float64 // azimuth, radians
}

// newOutdoor draws time, weather, place and ground, builds the sky and lets
// its light fall on the rest.
func newOutdoor(want label.Attributes, r *rand.Rand) *Scene {
	var p outside
	p.time = pick(r, want, choice{label.Day, .37}, choice{label.Sunset, .20}, choice{label.Sunrise, .08}, choice{label.Dusk, .10}, choice{label.Night, .25})
	p.weather = pick(r, want, weathers(p.time)...)
	p.place = pick(r, want, choice{label.Field, .15}, choice{label.Forest, .18}, choice{label.Park, .14}, choice{label.Beach, .14},
		choice{label.Desert, .06}, choice{label.Mountain, .12}, choice{label.City, .15}, choice{label.Waterside, .07}, choice{label.OpenSky, .05})
	p.ground = pick(r, want, grounds(p.place)...)
	p.sun = 2 * math.Pi * r.Float64()

	var elevation float64 // degrees
	switch p.time {
	case label.Day:
		elevation = between(r, 17, 72)
	case label.Sunset, label.Sunrise:
		elevation = between(r, -2.5, 8.5)
	case label.Dusk:
		elevation = between(r, -9.5, -5)
	default:
		elevation = -18
	}
	s := &Scene{Attributes: label.Outdoor | label.NaturalLight | p.time | p.weather | p.place | p.ground, exposure: math.Exp(.12 * r.NormFloat64())}
	o := &outdoor{sky: newSky(p.time, p.weather, elevation, p.sun, r), ground: newGround(p.ground, r)}
	s.view = o
	o.air.reach = between(r, 4000, 14000)
	if p.weather == label.Fog {
		o.air.reach = between(r, 18, 70)
	}
	if p.weather == label.Rain {
		o.air.reach, o.ground.wet = 700, .35
	}
	if p.time == label.Night && p.place == label.City {
		o.sky.glare = vec{1.05, .72, .42}.scale(between(r, .008, .04))
	}
	s.illuminate(o, p, r)
	s.populate(o, p, r)
	s.solids = o.solids
	if o.visible(o.light.to) && len(s.discs) > 0 && p.time != label.Dusk {
		if p.time == label.Night {
			s.Attributes |= label.Moon
		} else {
			s.Attributes |= label.SunVisible
		}
	}
	switch {
	case p.time.Any(label.Sunset | label.Sunrise):
		s.Attributes |= label.SunLow
	case p.time == label.Day && elevation > 42:
		s.Attributes |= label.SunHigh
	}
	if p.time == label.Night && p.place == label.City {
		s.lampsAlong(o, r)
	}
	s.exposure *= o.expose()
	return s
}

func weathers(time label.Attributes) []choice {
	clear, partly, overcast := .40, .30, .19
	if time.Any(label.Sunset | label.Sunrise) {
		clear, partly, overcast = .42, .43, .07
	}
	return []choice{{label.Clear, clear}, {label.PartlyCloudy, partly}, {label.Overcast, overcast}, {label.Fog, .06}, {label.Rain, .05}}
}

func grounds(place label.Attributes) []choice {
	switch place {
	case label.Forest:
		return []choice{{label.Soil, .45}, {label.Grass, .35}, {label.Snow, .13}, {label.Rock, .07}}
	case label.Park:
		return []choice{{label.Grass, .65}, {label.Pavement, .15}, {label.Snow, .12}, {label.Soil, .08}}
	case label.Beach, label.Desert:
		return []choice{{label.Sand, 1}}
	case label.Mountain:
		return []choice{{label.Grass, .35}, {label.Rock, .33}, {label.Snow, .27}, {label.Soil, .05}}
	case label.City:
		return []choice{{label.Pavement, .9}, {label.Snow, .05}, {label.Grass, .05}}
	case label.Waterside, label.OpenSky:
		return []choice{{label.Water, 1}}
	}
	return []choice{{label.Grass, .55}, {label.Snow, .2}, {label.Soil, .15}, {label.Rock, .1}}
}

// illuminate sets the light on the ground and the discs of sun or moon.
func (s *Scene) illuminate(o *outdoor, p outside, r *rand.Rand) {
	o.light.to = o.sky.to
	o.light.sun = o.sky.sun
	radius := .016
	if p.time == label.Night {
		o.light.sun = vec{}
		if p.weather == label.Clear {
			o.sky.stars = newStars(r)
			s.Attributes |= label.Stars
			for _, star := range o.sky.stars.points {
				s.discs = append(s.discs, disc{star.to, star.flux, 0, true})
			}
		}
		if p.weather.Any(label.Clear|label.PartlyCloudy) && r.Float64() < .4 {
			o.light.to = direction(2*math.Pi*r.Float64(), between(r, .15, 1.1))
			o.light.sun = vec{.88, .96, 1.1}.scale(between(r, .012, .06))
			o.sky.moon, o.sky.moonGlow = o.light.to, between(r, .02, .09)
			radius = .019
		}
	}
	if o.light.sun.x > 0 {
		through := 1.
		if o.sky.dull > 0 {
			through = 0
		}
		if o.sky.clouds != nil {
			through *= 1 - o.sky.clouds.opacity(o.light.to, .01)
		}
		o.light.sun = o.light.sun.scale(through)
		if through > .25 && o.light.to.z > -.01 {
			s.discs = append(s.discs, disc{o.light.to, o.light.sun, radius, true})
		}
	}
	o.light.sky = o.sky.irradiance()
}

// populate builds what stands on the ground.
func (s *Scene) populate(o *outdoor, p outside, r *rand.Rand) {
	switch p.place {
	case label.Forest:
		s.Attributes |= label.Trees
		o.plantForest(p.ground == label.Snow, r)
	case label.Park:
		s.Attributes |= label.Trees
		o.plantPark(p.ground == label.Snow, r)
	case label.Beach:
		o.layShore(r)
		s.Attributes |= label.Water
	case label.Desert:
		for k := range 2 {
			g := newHills(between(r, .05, .25)/float64(k+1), 250/float64(k+1), .1, r)
			g.albedo, g.rough = o.ground.albedo, .12
			o.ridges = append(o.ridges, g)
		}
	case label.Mountain:
		o.raiseMountains(p.ground, r)
		if r.Float64() < .35 {
			s.Attributes |= label.Trees
			o.ridges = append(o.ridges, woodOf(p.ground == label.Snow, .03, .10, 150, .9, r))
		}
	case label.City:
		s.Attributes |= label.Buildings
		if o.build(p.time, r) {
			s.Attributes |= label.CityLights
		}
		if r.Float64() < .25 && p.ground != label.Snow {
			s.Attributes |= label.Trees
			o.plantTrees(2+r.IntN(5), 9, 25, 0, false, r)
		}
		o.cast = true
	case label.Waterside:
		o.raiseFarShore(r)
	case label.Field:
		switch r.IntN(3) {
		case 0:
			g := newHills(between(r, .03, .12), 1200, .2, r)
			g.albedo = o.ground.albedo
			o.ridges = append(o.ridges, g)
		case 1:
			o.ridges = append(o.ridges, woodOf(p.ground == label.Snow, .015, .05, 300, .3, r))
		}
	}
}

// woodOf is a wood's edge with its leaves, bare or under snow in winter.
func woodOf(winter bool, low, high, distance, conifers float64, r *rand.Rand) *ridge {
	g := newWood(low, high, distance, conifers, r)
	g.albedo = leafColour(winter, r)
	return g
}

func leafColour(winter bool, r *rand.Rand) vec {
	if winter {
		return []vec{{.09, .10, .085}, {.26, .28, .30}, {.14, .12, .11}}[r.IntN(3)].scale(between(r, .8, 1.2))
	}
	c := []vec{{.055, .095, .022}, {.045, .080, .022}, {.085, .105, .03}, {.038, .062, .026}}[r.IntN(4)]
	if r.Float64() < .1 {
		c = vec{.17, .085, .025} // autumn
	}
	return c.scale(between(r, .8, 1.4))
}

// layShore opens the sea on one side and leaves low dunes or trees behind.
func (o *outdoor) layShore(r *rand.Rand) {
	azimuth := 2 * math.Pi * r.Float64()
	s, c := math.Sincos(azimuth)
	o.ground.shore = &shore{x: c, y: s, distance: between(r, -1, 5)}
	switch r.IntN(4) {
	case 0, 1:
		g := newHills(between(r, .04, .16), 300, .2, r)
		g.albedo = o.ground.albedo.to(vec{.1, .13, .04}, .6*r.Float64())
		g.lower(azimuth, math.Pi/2)
		o.ridges = append(o.ridges, g)
	case 2:
		g := woodOf(false, .05, .16, 120, 0, r)
		g.lower(azimuth, math.Pi/2)
		o.ridges = append(o.ridges, g)
	}
	if r.Float64() < .3 {
		g := newHills(between(r, .04, .12), 4000, .5, r)
		g.albedo = vec{.11, .13, .08}
		o.ridges = append([]*ridge{g}, o.ridges...)
	}
}

func (o *outdoor) raiseMountains(ground label.Attributes, r *rand.Rand) {
	height := between(r, .35, .85)
	far := newHills(height, 5000, between(r, .6, 1), r)
	far.albedo = vec{.20, .185, .17}.scale(between(r, .7, 1.3))
	far.cap = vec{.80, .83, .88}
	far.snowLine = height * between(r, .25, 1.1)
	if ground == label.Snow {
		far.snowLine = .05
	}
	near := newHills(height*between(r, .35, .6), 1500, between(r, .2, .7), r)
	near.albedo = o.ground.albedo.to(vec{.09, .10, .045}, .5)
	if ground == label.Snow {
		near.albedo, near.cap, near.snowLine = vec{.35, .36, .38}, far.cap, .08
	}
	o.ridges = append(o.ridges, far, near)
}

func (o *outdoor) raiseFarShore(r *rand.Rand) {
	if r.Float64() < .5 {
		g := newHills(between(r, .05, .25), 3500, between(r, 0, .8), r)
		g.albedo = vec{.10, .12, .06}
		o.ridges = append(o.ridges, g)
	}
	if r.Float64() < .6 {
		o.ridges = append(o.ridges, woodOf(false, .02, .06, 400, .5, r))
	}
	if r.Float64() < .6 { // a bank of grass or stone under the viewer
		s, c := math.Sincos(2 * math.Pi * r.Float64())
		bank := newGround([]label.Attributes{label.Grass, label.Rock, label.Soil}[r.IntN(3)], r)
		bank.kind = label.Water
		bank.shore = &shore{x: c, y: s, distance: between(r, -1, 5)}
		o.ground = bank
	}
}
