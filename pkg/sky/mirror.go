package sky

import "github.com/clipenv/toolkit/pkg/rgb"

// wet is where a scene's water lies, 0 to 1, and where there is some.
type wet struct {
	share plane // at the working size
	sky   plane // the part of its light that is the mirrored sky's, and not its bed's or its banks'
	some  bool
}

// wetness is the scene's.
func (sc *Scene) wetness() *wet { return sc.wetOnce.of(sc.findWet) }

func (sc *Scene) findWet() *wet {
	var w wet
	if sc.Pure || !sc.fits {
		return &w
	}
	if w.share, w.some = sc.water(); w.some {
		w.sky = sc.mirrorsSky()
	}
	return &w
}

// at is how far a texel is water.
func (w *wet) at(i int) float32 {
	if !w.some {
		return 0
	}
	return w.share.v[i]
}

// mirrorsSky is the part of the light of water that is the mirrored sky's. Before a
// low sun it is all where a sky stands over it: waves mirror less than its glow, and
// more than that where they glitter, and what they do is taken off beforehand.
func (sc *Scene) mirrorsSky() plane {
	open, light := sc.Mask.alpha.blur(4*sc.f.scale), sc.f.f[0].blur(4*sc.f.scale)
	low := sc.Sun.Found && sc.Sun.Direction.Elevation() <= glareAbove
	return open.like().fill(func(x, y int) float32 {
		up := open.h - 1 - y
		part := open.row(up)[x]
		if low {
			return part
		}
		at := [3]float32{sc.fit[0].row(up)[x], sc.fit[1].row(up)[x], sc.fit[2].row(up)[x]}
		sky := log2(rgb.Luminance(exp2(at[0]), exp2(at[1]), exp2(at[2])))
		sent := float32(fresnel(-sc.s.elevation[y])) * exp2(sky-light.row(y)[x])
		part *= min(wavesSend*sent, 1)
		if sc.Sun.Found { // whose glitter is warm
			return part
		}
		warm := (sc.f.f[1].row(y)[x] - sc.f.f[2].row(y)[x]) / chromaPart
		return part * (1 - step(bankWarm, 2*bankWarm, warm-at[0]+at[2])) * (1 - step(bankSends, 2*bankSends, sent))
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
func (p *plan) mirrored() (stops [3]plane) {
	var s *sphere
	for c := range stops {
		base := p.sky.base[c].smaller(lightWidth)
		if s == nil {
			s = newSphere(base.w, base.h)
		}
		fit := p.sc.fit[c].smaller(lightWidth).to(s.w, s.h)
		stops[c] = base.like().fill(func(x, y int) float32 {
			up := min(y, s.h-1-y)
			old := fit.row(up)[x]
			if wet := p.glare.wet; wet != nil {
				down := s.h - 1 - up
				if l := wet[down*p.sc.s.h/s.h]; l.cap > 0 {
					old += p.floods(s.towards(x, down, p.sc.Sun.Direction)) * (l.over[c] - old)
				}
			}
			return base.row(up)[x] - old
		}).blurBy(wavesAcross*float64(base.w)/lightWidth, wavesAlong*float64(base.w)/lightWidth)
	}
	return stops
}
