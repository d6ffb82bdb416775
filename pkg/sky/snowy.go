package sky

import "math"

// snowy is where the map's ground is snow already. Snow is white: all of its colour is
// that of its light.
type snowy struct {
	some  bool
	share plane      // 0 to 1, at the working size
	white [3]float32 // what, relit, has the new light's colour, of luminance 1
}

const (
	snowyFrom, snowySure = .5, .68 // albedo that may be snow's, and must be
	snowyGround          = .35     // share of the ground that is, for there to be any
	snowyHigh            = 8.      // degrees above the horizon that banks of it reach
	snowyWarm            = .3      // stops of red over blue, over its own, that snow has not
	snowyCold            = .25     // stops of blue over red, over its own, that only shade has, be it as dark
	snowyDark            = .3      // of the sky's light that it sends back in the shade, at least
)

// snowy tells ground that is snow by its light: no other sends so much of it back,
// over so much ground. Under leaves less falls there. Under a roof it is not known what
// falls on the floor.
func (sc *Scene) snowy() snowy { return sc.snowyOnce.of(sc.findSnowy) }

func (sc *Scene) findSnowy() (w snowy) {
	s, lit := sc.s, sc.below()*luma(sc.old.level())/math.Pi
	if sc.Kind == Indoor || sc.Kind == Night || sc.Pure || lit <= 0 || sc.roofed() > 0 {
		return w
	}
	ground := sc.lum.like().fill(func(x, y int) float32 {
		return float32(step(snowyHigh, snowyHigh/2, s.elevation[y])) * (1 - sc.Mask.alpha.row(y)[x])
	})
	white := sc.lum.like().each(func(i int) float32 {
		return ground.v[i] * step(snowyFrom, snowySure, sc.lum.v[i]/float32(lit))
	})
	var sum, all float64
	var colour [3]float64
	for y := s.row(-4); y < s.h; y++ {
		for x := range s.w {
			i := y*s.w + x
			part := s.solid[y] * float64(white.v[i])
			sum, all = sum+part, all+s.solid[y]*float64(ground.v[i])
			for c := range colour {
				colour[c] += part * float64(sc.im.Pix[3*i+c])
			}
		}
	}
	if sum < snowyGround*all {
		return w
	}
	w.some = true
	light := pow(sc.old.level(), adapted)
	for c := range light {
		w.white[c] = float32(light[c] / luma(light))
	}
	own, floor := float32(math.Log2(colour[0]/colour[2])), float32(snowyDark*sc.below()*luma(sc.old.sky)/math.Pi)
	w.share = white.each(func(i int) float32 {
		warm := log2((max(sc.im.Pix[3*i], 0)+sc.f.floor)/(max(sc.im.Pix[3*i+2], 0)+sc.f.floor)) - own
		is := max(step(floor, 2*floor, sc.lum.v[i]), step(snowyCold, 2*snowyCold, -warm))
		return ground.v[i] * is * (1 - step(snowyWarm, 2*snowyWarm, warm))
	})
	return w
}
