package sky

import (
	"math"

	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
	"github.com/clipenv/toolkit/pkg/sky/sun"
)

// weighLight sums the light that the foreground stands in.
func (sc *Scene) weighLight() {
	small := sc.oldLight()
	s := raster.NewSphere(small.W, small.H)
	sc.old = collect(small, s, sc.Sun.Disc(), sc.Sun.Direction)
	dark := sc.lum.Where(func(_, y int) bool { return sc.s.Elevation[y] < -12 })
	if sc.Sun.Found && !sc.Pure {
		sc.Sun.Clipped = sun.Clipped(rgb.Lum(sc.old.sky), rgb.Lum(sc.old.beam), float64(raster.Quantile(dark, .7)))
		sc.Sun.Beam = rgb.Times(sc.Sun.Energy, sc.Sun.Clipped)
		sc.old = collect(small, s, sc.Sun.Disc(), sc.Sun.Direction)
	}
	sc.cast = sc.bareCast()
	sc.clouds = cloudLight{sky: [3]float64{1, 1, 1}}
	if sc.Sun.Found {
		sc.clouds = cloudLight{sky: sc.old.sky, beam: sc.Sun.Beam, to: sc.Sun.Direction}
	}
	if sc.Kind == Night {
		// Lamps must light what the sky does not: ground is about as dark as
		// a 22 % grey.
		var ground []float32
		for c := range 3 {
			ground = ground[:0]
			for y := sc.s.Row(-15); y < sc.s.H; y++ {
				for x := range sc.s.W {
					ground = append(ground, sc.im.Row(y)[3*x+c])
				}
			}
			need := math.Pi * float64(raster.Quantile(ground, .5)) / groundGrey
			sc.lamplight[c] = max(0, need-sc.old.level()[c])
		}
		sc.dayLevel = sc.findDayLevel()
	}
}

// bareCast is the colour, of luminance 1, by which the light on bare ground must have differed
// from that of the sky that is seen: earth and sand are no redder than brick, though
// a camera, or cloud that was lit from below, may make a dawn's sky bluer than its light.
func (sc *Scene) bareCast() [3]float64 {
	var bare []float32
	im, _ := sc.smaller()
	all := 0
	s := raster.NewSphere(im.W, im.H)
	for y := s.Row(bareLow); y < s.H; y++ {
		row := im.Row(y)
		for x := range s.W {
			over := overRed(row[3*x : 3*x+3])
			if all++; over[0]-over[1]/2 < bareGreen {
				bare = append(bare, -over[1])
			}
		}
	}
	if 2*len(bare) < all {
		return [3]float64{1, 1, 1}
	}
	level := sc.old.level()
	light := math.Log2(max(level[0], 1e-30) / max(level[2], 1e-30))
	half := math.Exp2(max(float64(raster.Quantile(bare, .5))-light-bareMost, 0) / 2)
	return rgb.Times([3]float64{half, 1, 1 / half}, 1/rgb.Lum([3]float64{half, 1, 1 / half}))
}

const (
	bareLow   = -15. // degrees: what lies lower is ground
	bareGreen = .3   // stops of green over red and blue from which on it is leaves
	bareMost  = 1.3  // stops of red over blue of brick in white light
)

// oldLight is the map at the size at which light is summed, without the disc: its
// sky drawn as a new one is, so that a map in its own light is weighed alike.
func (sc *Scene) oldLight() *hdr.Image {
	if sc.Sun.Found {
		sc.around = sc.ringAround()
	}
	was, _ := sc.smaller()
	if !sc.fits {
		return was
	}
	p := &plan{sc: sc, t: sc.Own()}
	for c := range p.sky.base {
		p.sky.base[c] = sc.fit[c].Smaller(modelWidth)
	}
	out, _ := p.drawSmall()
	copy(out.Pix[len(out.Pix)/2:], was.Pix[len(was.Pix)/2:])
	return out
}

// ringAround is the sky's colour around the disc.
func (sc *Scene) ringAround() (around [3]float64) {
	inner, outer := math.Cos(num.Radians(3)), math.Cos(num.Radians(6))
	var ring [3][]float32
	sc.s.Around(sc.Sun.Direction, 6, func(x, y int) {
		i := y*sc.s.W + x
		c := sc.s.Towards(x, y, sc.Sun.Direction)
		if c < inner && c > outer && (sc.Mask.Alpha.V[i] > .5 || !sc.fits) {
			for k := range ring {
				ring[k] = append(ring[k], sc.im.Pix[3*i+k])
			}
		}
	})
	for k := range ring {
		around[k] = float64(raster.Quantile(ring[k], .5))
	}
	return around
}
