package synth

import (
	"math"
	"math/rand/v2"

	"github.com/clipenv/toolkit/pkg/label"
)

// build rings a square or a crossing with buildings in a grid of blocks, and
// reports whether their windows are lit.
func (o *outdoor) build(time label.Attributes, r *rand.Rand) bool {
	block := between(r, 22, 45)
	street := between(r, 9, 22)
	pitch := block + street
	tall := between(r, 8, 26) // mean height in metres
	if r.Float64() < .3 {
		tall *= 1.8
	}
	lit := 0.
	switch time {
	case label.Night:
		lit = between(r, .12, .45)
	case label.Dusk:
		lit = between(r, .05, .35)
	case label.Sunset, label.Sunrise:
		lit = max(0, between(r, -.15, .15))
	}
	glow := .35
	if time != label.Night {
		glow = .9
	}
	modern := r.Float64() < .5
	base := []vec{{.30, .27, .23}, {.36, .30, .22}, {.24, .245, .25}, {.30, .19, .14}, {.42, .40, .37}}[r.IntN(5)]
	offset := vec{between(r, -.2, .2) * street, between(r, -.2, .2) * street, 0}
	open := r.Float64() < .5 // leave the block under the viewer empty: a square
	turnSin, turnCos := math.Sincos(2 * math.Pi * r.Float64())
	o.ground.turn = [2]float64{turnCos, turnSin}
	overhead := o.sky.behind(vec{.5, 0, .866})
	for i := -4; i <= 4; i++ {
		for j := -4; j <= 4; j++ {
			cx, cy := (float64(i)+.5)*pitch, (float64(j)+.5)*pitch
			if open {
				cx, cy = float64(i)*pitch, float64(j)*pitch
			}
			cx, cy = cx+offset.x, cy+offset.y
			if math.Max(math.Abs(cx), math.Abs(cy)) < block/2+2 {
				continue
			}
			distance := math.Hypot(cx, cy)
			if distance > 3.6*pitch || r.Float64() < .12 {
				continue
			}
			h := tall * math.Exp(.4*r.NormFloat64())
			if distance > 2*pitch {
				h *= 1.35
			}
			b := &solid{shape: boxShape, centre: vec{cx, cy, h/2 - o.ground.eye}, half: vec{block / 2 * between(r, .75, 1), block / 2 * between(r, .75, 1), h / 2}, seed: r.Uint32()}
			k := math.Exp(.22 * r.NormFloat64())
			b.albedo = base.to(vec{.3, .3, .3}, r.Float64()*.4).scale(k)
			f := &facade{floor: between(r, 2.9, 4), bay: between(r, 1.8, 3.4), high: between(r, .45, .65), wide: between(r, .4, .6), lit: lit}
			if modern && r.Float64() < .6 {
				f.high, f.wide = between(r, .7, .88), between(r, .8, .94)
			}
			f.glass = overhead.scale(between(r, .12, .45))
			f.glow = vec{1, .74, .42}.scale(glow * between(r, .4, 1.3))
			if r.Float64() < .25 {
				f.glow = f.glow.mul(vec{.85, 1.1, 1.8})
			}
			b.facade = f
			o.solids = append(o.solids, b)
		}
	}
	return lit > .05
}

// lampsAlong sets street lamps around the viewer, with their light on the
// ground and the walls.
func (s *Scene) lampsAlong(o *outdoor, r *rand.Rand) {
	s.Attributes |= label.CityLights | label.ArtificialLight
	colour := []vec{{1, .62, .26}, {1, .78, .5}, {.95, .95, 1}}[r.IntN(3)]
	for range 4 + r.IntN(6) {
		a, distance := 2*math.Pi*r.Float64(), between(r, 7, 22)
		at := vec{distance * math.Cos(a), distance * math.Sin(a), between(r, 3, 6)}
		power := colour.scale(between(r, 1, 4))
		o.ground.lampPools = append(o.ground.lampPools, pool{at, power})
		s.discs = append(s.discs, disc{to: at.unit(), flux: power.scale(1 / at.dot(at)), radius: .25 / at.length()})
	}
}
