package synth

import (
	"math"
	"math/rand/v2"
)

// plantTrees sets trees at distances between near and far metres.
func (o *outdoor) plantTrees(n int, near, far, conifers float64, winter bool, r *rand.Rand) {
	for range n {
		a := 2 * math.Pi * r.Float64()
		distance := math.Sqrt(between(r, near*near, far*far))
		at := vec{distance * math.Cos(a), distance * math.Sin(a), 0}
		height := between(r, 4, 13)
		base := -o.ground.eye
		leaf := leafColour(winter, r)
		if r.Float64() < conifers {
			w := height * between(r, .14, .22)
			o.solids = append(o.solids, &solid{shape: coneShape, centre: vec{at.x, at.y, base + height*.55}, half: vec{w, w, height * .47}, albedo: leaf.scale(.8), seed: r.Uint32()})
		} else {
			w := height * between(r, .26, .42)
			o.solids = append(o.solids, &solid{shape: crownShape, centre: vec{at.x, at.y, base + height*.66}, half: vec{w, w, height * .36}, albedo: leaf, seed: r.Uint32(), ragged: between(r, .25, .6)})
		}
		o.solids = append(o.solids, trunk(at, between(r, .12, .3), base, base+height*.6, r))
	}
}

func trunk(at vec, radius, bottom, top float64, r *rand.Rand) *solid {
	bark := []vec{{.085, .065, .048}, {.11, .095, .08}, {.14, .085, .05}}[r.IntN(3)]
	return &solid{shape: trunkShape, centre: vec{at.x, at.y, (bottom + top) / 2}, half: vec{radius, radius, (top - bottom) / 2}, albedo: bark.scale(between(r, .7, 1.3)), seed: r.Uint32()}
}

// plantForest puts the viewer under a canopy among trunks.
func (o *outdoor) plantForest(winter bool, r *rand.Rand) {
	conifers := r.Float64()
	o.canopy = &canopy{
		noise: noise{seed: r.Uint32()}, cover: between(r, -.1, .6), opening: between(r, .7, 1.7),
		leaf: leafColour(winter, r).scale(1.5),
	}
	o.ground.shadeOf = between(r, .18, .45)
	o.ground.dapple = between(r, .4, 1)
	for range 30 + r.IntN(50) {
		a := 2 * math.Pi * r.Float64()
		distance := math.Sqrt(between(r, 6, 900))
		at := vec{distance * math.Cos(a), distance * math.Sin(a), 0}
		o.solids = append(o.solids, trunk(at, between(r, .08, .35), -o.ground.eye, between(r, 8, 22), r))
		if r.Float64() < .35*conifers && distance > 6 {
			h := between(r, 2, 7)
			o.solids = append(o.solids, &solid{shape: coneShape, centre: vec{at.x + 1, at.y + 1, h - o.ground.eye}, half: vec{h * .38, h * .38, h}, albedo: o.canopy.leaf.scale(.8), seed: r.Uint32()})
		}
	}
	for range r.IntN(14) { // undergrowth
		a, distance := 2*math.Pi*r.Float64(), between(r, 3, 14)
		w := between(r, .4, 1.3)
		o.solids = append(o.solids, &solid{shape: crownShape, centre: vec{distance * math.Cos(a), distance * math.Sin(a), w*.4 - o.ground.eye}, half: vec{w, w, w * .8}, albedo: o.canopy.leaf, seed: r.Uint32(), ragged: .4})
	}
	wall := woodOf(winter, between(r, .12, .25), between(r, .35, .6), 45, conifers, r)
	wall.albedo = o.canopy.leaf.scale(.8)
	o.ridges = append(o.ridges, wall)
}

// plantPark sets single trees on open ground before a wood's edge.
func (o *outdoor) plantPark(winter bool, r *rand.Rand) {
	conifers := 0.
	if r.Float64() < .4 {
		conifers = r.Float64()
	}
	o.ridges = append(o.ridges, woodOf(winter, between(r, .04, .09), between(r, .12, .26), 90, conifers, r))
	o.plantTrees(4+r.IntN(9), 7, 32, conifers, winter, r)
	o.cast = true
}
