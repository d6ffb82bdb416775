package sky

import (
	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/feature"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
	"github.com/clipenv/toolkit/pkg/sky/sun"
	"github.com/clipenv/toolkit/pkg/sky/water"
)

// wet is where a scene's water lies, 0 to 1, and where there is some.
type wet struct {
	share raster.Plane // at the working size
	sky   raster.Plane // the part of its light that is the mirrored sky's, and not its bed's or its banks'
	some  bool
}

// wetness is the scene's.
func (sc *Scene) wetness() *wet { return sc.wetOnce.of(sc.findWet) }

func (sc *Scene) findWet() *wet {
	var w wet
	if sc.Pure || !sc.fits {
		return &w
	}
	if w.share, w.some = water.Find(sc.f, sc.lum, sc.Mask.Alpha, sc.Sun); w.some {
		w.sky = sc.mirrorsSky()
	}
	return &w
}

// at is how far a texel is water.
func (w *wet) at(i int) float32 {
	if !w.some {
		return 0
	}
	return w.share.V[i]
}

// mirrorsSky is the part of the light of water that is the mirrored sky's. Before a
// low sun it is all where a sky stands over it: waves mirror less than its glow, and
// more than that where they glitter, and what they do is taken off beforehand.
func (sc *Scene) mirrorsSky() raster.Plane {
	alpha := sc.Mask.Alpha
	open := alpha.Like().Fill(func(x, y int) float32 { // below the horizon the same again: no edge
		return alpha.Row(min(y, alpha.H-1-y))[x]
	}).Blur(4 * sc.f.Scale)
	light := sc.f.F[0].Blur(4 * sc.f.Scale)
	low := sc.Sun.Found && sc.Sun.Direction.Elevation() <= sun.GlareAbove
	return open.Like().Fill(func(x, y int) float32 {
		up := open.H - 1 - y
		part := open.Row(up)[x]
		if low {
			return part
		}
		at := [3]float32{sc.fit[0].Row(up)[x], sc.fit[1].Row(up)[x], sc.fit[2].Row(up)[x]}
		sky := num.Log2(rgb.Luminance(num.Exp2(at[0]), num.Exp2(at[1]), num.Exp2(at[2])))
		sent := float32(water.Fresnel(-sc.s.Elevation[y])) * num.Exp2(sky-light.Row(y)[x])
		part *= min(wavesSend*sent, 1)
		if sc.Sun.Found { // whose glitter is warm
			return part
		}
		warm := (sc.f.F[1].Row(y)[x] - sc.f.F[2].Row(y)[x]) / feature.ChromaPart
		return part * (1 - num.Step(bankWarm, 2*bankWarm, warm-at[0]+at[2])) * (1 - num.Step(bankSends, 2*bankSends, sent))
	})
}

// wavesSend is how many times what level water sends waves do, which turn a side.
const wavesSend = 1.5

// bankSends is how many times as bright as water the sky's image in it is where that
// is no sky but something darker.
const bankSends = 2.5

// bankWarm is by how many stops of red over blue that which stands before a sky, in
// the mirror, is warmer than the sky.
const bankWarm = 1.

// Waves mirror what stands around, too: deviations in texels at lightWidth. What
// the water changes by over the ground beside it is believed as far as so many
// stops, and of its colour, some of which is the water's own, a part.
const (
	wavesAcross  = 14.
	wavesAlong   = 4.
	mirrorOver   = 1.4
	mirrorColour = .6
)

// mirrored is what water is multiplied by, in stops at lightWidth: as much as the
// sky changes that stands as far over the horizon. Of water that has an old sun's
// glare taken off, that sky is the one over its like.
func (p *plan) mirrored() (stops [3]raster.Plane) {
	var s *raster.Sphere
	for c := range stops {
		base := p.sky.base[c].Smaller(lightWidth)
		if s == nil {
			s = raster.NewSphere(base.W, base.H)
		}
		fit := p.sc.fit[c].Smaller(lightWidth).To(s.W, s.H)
		stops[c] = base.Like().Fill(func(x, y int) float32 {
			up := min(y, s.H-1-y)
			old := fit.Row(up)[x]
			if wet := p.glare.wet; wet != nil {
				down := s.H - 1 - up
				if l := wet[down*p.sc.s.H/s.H]; l.cap > 0 {
					old += p.floods(s.Towards(x, down, p.sc.Sun.Direction)) * (l.over[c] - old)
				}
			}
			return base.Row(up)[x] - old
		}).BlurBy(wavesAcross*float64(base.W)/lightWidth, wavesAlong*float64(base.W)/lightWidth)
	}
	return stops
}
