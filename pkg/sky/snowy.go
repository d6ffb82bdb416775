package sky

import (
	"math"

	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// snowy is where the map's ground is snow already. Snow is white: all of its colour is
// that of its light.
type snowy struct {
	some  bool
	share raster.Plane // 0 to 1, at the working size
	white [3]float32   // what, relit, has the new light's colour, of luminance 1
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
	s, lit := sc.s, sc.below()*rgb.Lum(sc.old.level())/math.Pi
	if sc.Kind == Indoor || sc.Kind == Night || sc.Pure || lit <= 0 || sc.roofed() > 0 {
		return w
	}
	ground := sc.lum.Like().Fill(func(x, y int) float32 {
		return float32(num.Step(snowyHigh, snowyHigh/2, s.Elevation[y])) * (1 - sc.Mask.Alpha.Row(y)[x])
	})
	white := sc.lum.Like().Each(func(i int) float32 {
		return ground.V[i] * num.Step(snowyFrom, snowySure, sc.lum.V[i]/float32(lit))
	})
	var sum, all float64
	var colour [3]float64
	for y := s.Row(-4); y < s.H; y++ {
		for x := range s.W {
			i := y*s.W + x
			part := s.Solid[y] * float64(white.V[i])
			sum, all = sum+part, all+s.Solid[y]*float64(ground.V[i])
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
		w.white[c] = float32(light[c] / rgb.Lum(light))
	}
	own, floor := float32(math.Log2(colour[0]/colour[2])), float32(snowyDark*sc.below()*rgb.Lum(sc.old.sky)/math.Pi)
	w.share = white.Each(func(i int) float32 {
		warm := num.Log2((max(sc.im.Pix[3*i], 0)+sc.f.Floor)/(max(sc.im.Pix[3*i+2], 0)+sc.f.Floor)) - own
		is := max(num.Step(floor, 2*floor, sc.lum.V[i]), num.Step(snowyCold, 2*snowyCold, -warm))
		return ground.V[i] * is * (1 - num.Step(snowyWarm, 2*snowyWarm, warm))
	})
	return w
}
