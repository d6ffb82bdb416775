package envmap

import (
	"math"

	"github.com/clipenv/toolkit/pkg/hdr"
)

// lampStops is from how far above a map's mean on a texel counts as a lamp:
// what is left below it is smooth enough for the samples of a lobe.
const lampStops = 3

// lamps are the texels of a map that are too bright to be found by chance: a
// sun of one texel between the samples of a lobe would draw feathers.
type lamps struct {
	towards []Vec
	power   [][3]float64 // radiance times solid angle
}

// takeLamps parts a map into lamps and the rest. The brightest channel of the
// rest is eight times the map's mean at most, so that lamps cover an eighth of
// the sphere at most.
func takeLamps(im *hdr.Image) (lamps, *hdr.Image) {
	g, rest := newGrid(im.W, im.H), like(im)
	mean := Mean(im)
	most := math.Exp2(lampStops) * max(mean[0], mean[1], mean[2])
	var l lamps
	for i := range im.W * im.H {
		p, q := im.Pix[3*i:3*i+3], rest.Pix[3*i:3*i+3]
		copy(q, p)
		brightest := float64(max(p[0], p[1], p[2]))
		if !(brightest > most) {
			continue
		}
		x, y := i%im.W, i/im.W
		var power [3]float64
		for c, v := range p {
			power[c] = float64(v) * (1 - most/brightest) * g.solid[y]
			q[c] = float32(float64(v) * most / brightest)
		}
		l.towards, l.power = append(l.towards, g.direction(x, y)), append(l.power, power)
	}
	return l, rest
}

// add adds the light of all lamps that a rough metal of normal n sends to the
// viewer: F·D·G2/(4·cosV) times each one's irradiance, for the GGX of
// lobe.reflect (Walter et al. 2007, "Microfacet Models for Refraction through
// Rough Surfaces"; the height-correlated G2 of Heitz 2014).
func (l lamps) add(rgb [3]float64, n Vec) [3]float64 {
	const alpha2 = silverAlpha * silverAlpha
	cosV := n.Dot(view)
	lambdaV := smithLambda(cosV)
	for i, d := range l.towards {
		cosL := n.Dot(d)
		if cosL <= 0 {
			continue
		}
		h := n.Dot(d.Add(view).Unit())
		bottom := 1 + (alpha2-1)*h*h
		weight := silverReflectance * alpha2 / (math.Pi * bottom * bottom) / (4 * cosV) / (1 + lambdaV + smithLambda(cosL))
		for c, power := range l.power[i] {
			rgb[c] += weight * power
		}
	}
	return rgb
}
