package synth

import (
	"math"
	"math/rand/v2"

	"github.com/clipenv/toolkit/pkg/label"
)

// ground is the level plane on which the viewer stands.
type ground struct {
	kind      label.Attributes
	albedo    vec
	patch     vec     // albedo of its patches
	patches   float64 // how much of the ground they take, 0 to 1
	rough     float64 // contrast of its texture
	grain     float64 // metres of its coarsest texture
	joints    float64 // metres between joints of paving, 0 for none
	noise     noise
	turn      [2]float64 // cosine and sine of the paving's direction
	shore     *shore
	deep      vec // colour of deep water
	ripple    float64
	shadeOf   float64 // part of the sun that a canopy lets through, 1 in the open
	dapple    float64 // contrast of the sun's flecks under a canopy
	wet       float64 // part of the light that is mirrored from a wet ground
	eye       float64 // height of the viewer, metres
	lampPools []pool
}

// shore parts land from water along a wavy line; water lies on the side that
// the unit vector (x, y) points to, beyond a distance.
type shore struct {
	x, y, distance float64
}

// pool is the light of a lamp on the ground.
type pool struct {
	at    vec // height included
	power vec // intensity: irradiance at one metre
}

func newGround(kind label.Attributes, r *rand.Rand) *ground {
	g := &ground{kind: kind, noise: noise{seed: r.Uint32()}, shadeOf: 1, eye: 1.4 + .5*r.Float64(), ripple: .03 + .07*r.Float64()}
	g.turn[1], g.turn[0] = math.Sincos(2 * math.Pi * r.Float64())
	vary := func(c vec, sd float64) vec {
		k := math.Exp(sd * r.NormFloat64())
		return vec{c.x * k * math.Exp(.4*sd*r.NormFloat64()), c.y * k, c.z * k * math.Exp(.4*sd*r.NormFloat64())}
	}

	switch kind {
	case label.Grass:
		g.albedo = vary(oneOf(r, vec{.105, .150, .038}, vec{.085, .140, .030}, vec{.150, .160, .055}, vec{.19, .17, .075}), .15)
		g.patch, g.patches = vary(vec{.17, .14, .075}, .15), .45*r.Float64()
		g.rough, g.grain = .34, 2.5
	case label.Sand:
		g.albedo = vary(oneOf(r, vec{.44, .345, .225}, vec{.50, .41, .29}, vec{.40, .31, .21}, vec{.46, .31, .17}), .1)
		g.patch, g.patches = g.albedo.scale(.78), .4*r.Float64()
		g.rough, g.grain = .13, 3
	case label.Snow:
		g.albedo = vary(vec{.80, .83, .88}, .04)
		g.patch, g.patches = g.albedo.mul(vec{.83, .87, .93}), .6
		g.rough, g.grain = .07, 5
		if r.Float64() < .25 {
			g.patch, g.patches = vec{.22, .19, .14}, .2
		}
	case label.Pavement:
		g.albedo = vary(oneOf(r, vec{.20, .20, .20}, vec{.27, .26, .245}, vec{.33, .31, .285}, vec{.12, .12, .125}, vec{.25, .21, .18}), .15)
		g.patch, g.patches = g.albedo.scale(.72), .3*r.Float64()
		g.rough, g.grain = .10, 4
		if r.Float64() < .65 {
			g.joints = .5 + 2.5*r.Float64()
		}
	case label.Rock:
		g.albedo = vary(oneOf(r, vec{.25, .225, .20}, vec{.20, .195, .19}, vec{.31, .24, .18}), .15)
		g.patch, g.patches = g.albedo.scale(.45), .5
		g.rough, g.grain = .55, 2.2
	case label.Soil:
		g.albedo = vary(oneOf(r, vec{.17, .115, .07}, vec{.21, .15, .095}, vec{.13, .095, .06}), .15)
		g.patch, g.patches = vary(oneOf(r, vec{.07, .095, .03}, vec{.24, .14, .06}), .2), .2+.4*r.Float64()
		g.rough, g.grain = .38, 1.6
	case label.Water:
		g.albedo = vec{.06, .07, .07}
	}
	g.deep = vary(oneOf(r, vec{.020, .060, .075}, vec{.018, .070, .062}, vec{.025, .045, .06}), .2)
	return g
}

// albedoAt is the reflectance at a point of the plane; footprint is a texel's
// width there, in metres.
func (g *ground) albedoAt(x, y, footprint float64) vec {
	n := g.noise
	t := .6 * n.fractal(x/g.grain, y/g.grain, footprint/g.grain, .92, 7)
	c := g.albedo
	if g.patches > 0 {
		n.seed ^= 0x51ed27
		big := n.fractal(x/(g.grain*4), y/(g.grain*4), footprint/(g.grain*4), .5, 3)
		c = c.to(g.patch, smooth(.5-g.patches, .9-g.patches, big+.35*t))
	}
	c = c.scale(math.Exp(g.rough*clamp(t, -2, 2)) / (1 + .25*g.rough*g.rough))
	if g.joints > 0 {
		u, v := g.turn[0]*x-g.turn[1]*y, g.turn[1]*x+g.turn[0]*y
		c = c.scale(1 - .45*max(line(u/g.joints, .05, footprint/g.joints), line(v/g.joints, .05, footprint/g.joints)))
	}
	return c
}

// line is 1 on stripes of a width about each whole number, filtered by the
// footprint, which spreads a stripe without changing its mean.
func line(u, width, footprint float64) float64 {
	d := math.Abs(u - math.Round(u))
	w := max(width, footprint)
	if w > .5 {
		return width
	}
	return smooth(w, w*.4, d) * width / w
}

// isWater tells how far, 0 to 1, a point lies in the water.
func (g *ground) isWater(x, y, footprint float64) float64 {
	if g.kind == label.Water && g.shore == nil {
		return 1
	}
	if g.shore == nil {
		return 0
	}
	far := x*g.shore.x + y*g.shore.y
	along := y*g.shore.x - x*g.shore.y
	far += 1.5 * g.noise.fractal(along/14, far/40, footprint/14, .5, 3)
	edge := max(.25, footprint)
	return smooth(g.shore.distance-edge, g.shore.distance+edge, far)
}

// water is the radiance of the surface seen along d: the sky mirrored in
// ripples, by Schlick's Fresnel term, over the colour of the deep.
func (g *ground) water(s *sky, l light, d vec, x, y, footprint float64) vec {
	n := g.noise
	n.seed ^= 0xabcde
	a := n.fractal(x/2.2, y/2.2, footprint/2.2, .6, 4)
	b := n.fractal(y/1.7+31, x/1.7, footprint/1.7, .6, 4)
	far := math.Hypot(x, y)
	slope := g.ripple / (1 + far/60)
	normal := vec{a * slope, b * slope, 1}.unit()
	cos := clamp(-d.dot(normal), .02, 1)
	up := d.add(normal.scale(2 * cos))
	up.z = max(math.Abs(up.z), .015)
	up = up.unit()
	fresnel := .02 + .98*math.Pow(1-cos, 5)
	fresnel = lerp(fresnel, .35, .25) // rough water far off tilts towards the viewer
	mirrored := s.radiance(up, max(.05, slope))
	c := mirrored.scale(fresnel).add(g.deep.mul(l.onGround()).scale((1 - fresnel) / math.Pi * 2.2))
	if l.sun.x > 0 { // the glitter path: facets that mirror the sun
		k := up.dot(l.to)
		spread := .0025 + 1.6*g.ripple*g.ripple
		if k > 0 {
			lobe := fastExp((k - 1) / spread)
			c = c.add(l.sun.scale(.12 * lobe / (2 * math.Pi * spread) * fresnel * clamp(1+1.2*(a+b), .15, 2)))
		}
	}
	return c
}
