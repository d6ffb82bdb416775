package sky

import "math"

// A low sun floods what stands before it with light of the lens and of the
// air, which has to go when the sun does.
const (
	glareAbove = 17. // degrees of a sun that floods no ground
	glareNear  = 12. // degrees around the sun where all of it goes
	glareFar   = 28. // and from which on nothing does
	glareOver  = 1.6 // times the median of what stands elsewhere
)

// glare is the light of a low sun in what stands before it: what is brighter
// than its like elsewhere. The zero value is none.
type glare struct {
	cap    float32    // luminance that is the thing's own
	colour [3]float32 // of things elsewhere, over their luminance
}

// findGlare looks at what stands near the horizon away from a low sun.
func (sc *Scene) findGlare() (g glare) {
	el := sc.Sun.Direction.Elevation()
	if !sc.Sun.Found || el > glareAbove || sc.Pure {
		return g
	}
	var elsewhere []float32
	var sum [3]float64
	away := math.Cos(radians(40))
	for y := sc.s.row(8); y < sc.s.row(-6); y++ {
		for x := range sc.s.w {
			if i := y*sc.s.w + x; sc.Mask.alpha.v[i] < .05 && sc.s.towards(x, y, sc.Sun.Direction) < away {
				elsewhere = append(elsewhere, sc.lum.v[i])
				for c := range sum {
					sum[c] += float64(sc.im.Pix[3*i+c])
				}
			}
		}
	}
	g.cap = glareOver * quantile(elsewhere, .5)
	for c := range sum {
		g.colour[c] = float32(sum[c] / max(luma(sum), 1e-30))
	}
	return g
}

// unglare takes the glare out of a texel of the map. cosine is that of the
// angle to the old sun.
func (p *plan) unglare(v *[3]float32, lum float32, cosine float64) {
	if lum <= p.glare.cap || cosine < math.Cos(radians(glareFar)) {
		return
	}
	near := float32(p.discFar) * float32(step(glareFar, glareNear, degrees(math.Acos(min(cosine, 1)))))
	own := p.glare.cap / lum
	dimmed := lum * exp2(.85*near*log2(own))
	for k := range v {
		v[k] = dimmed * (v[k]/lum + near*(1-own)*(p.glare.colour[k]-v[k]/lum))
	}
}
