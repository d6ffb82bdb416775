package sky

import (
	"math"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// plan is all that a target asks of a scene, worked out at small sizes.
type plan struct {
	sc *Scene
	t  Target // its numbers at the asked strength

	far       float64 // how far the new sky takes the old one's place, 0 to 1
	detailFar float64 // how far the old sky's detail is cloud detail only
	discFar   float64 // how far the old disc is gone
	unlit     float64 // and what it lit that level ground does not tell of
	stops     float64 // that the foreground changes by on the mean
	night     bool    // the target is darker than any dusk

	sky    newSky
	tones  [2]raster.Plane // luminance of the old smooth sky and of the new, in stops, where clouds change with them
	clouds [3]raster.Plane
	things raster.Plane // stops over the old sky below which things stand before other clouds
	relit  relit
	fog    *fog
	snow   *snow
	room   *roomPlan // of a room with windows
	lamps  bool      // some stand on the foreground, and are not relit as it is

	lamplit *lamplit   // what lamps lit, by day; nil for none
	grey    [3]float32 // stops of what is grey in the new day, over what the foreground is multiplied by
	painted [3]float64 // beam of the disc that is drawn
	softer  float64    // stops of shadow that go, of those there are
	evens   float32    // share of relief's colour that goes
	glow    float32    // of the lens, over the beam
	glare   glare
	blue    skyblue
	glowing float32         // luminance that only glow near the horizon has
	pure    [3]raster.Plane // what the lower half of a pure sky shows, log2; no values unless it is one
	mirror  [3]raster.Plane // stops of water; empty where there is none
}

// plan works out a target.
func (sc *Scene) plan(t Target) *plan {
	own := sc.Own()
	p := &plan{sc: sc}
	p.t = sc.meant(t, own)
	if by := t.Strength; sc.mixes(t, own) {
		// Between day and night lies a sunset, which nobody asks for by
		// half a night: there the two skies are mixed. So are a night's and
		// another's: what lights a night is not known, and no light is near it.
		p.far = min(by, 1)
		p.stops = sc.exposure(p.t)
		if !t.KeepEnergy {
			p.stops = (p.stops-p.t.ExposureStops)*by + p.t.ExposureStops
		}
		p.discFar = num.Step(0, .5, p.far)
	} else {
		p.far = change(own.Light, p.t.Light, sc.movesWithin())
		p.stops = sc.exposure(p.t)
		moved := envmap.AngleBetween(vec(atmosphere.Toward(own.SunElevation, own.SunAzimuth)), vec(atmosphere.Toward(p.t.SunElevation, p.t.SunAzimuth)))
		p.far = max(p.far, misty(p.t.Fog), sc.lacksWarmth(p.t))
		if sc.fits && sc.cloudiness() >= clearDetail {
			p.far = max(p.far, num.Step(.5, 0, p.t.Detail)) // what is behind clouds is not known
		}
		p.discFar = max(num.Step(0, .5, moved), p.far)
	}
	if p.unlit = p.discFar; sc.Sun.Found { // a low sun that hardly moves lights the same
		turned := num.Degrees(envmap.AngleBetween(sc.Sun.Direction, vec(atmosphere.Toward(p.t.SunElevation, p.t.SunAzimuth))))
		p.unlit *= max(num.Step(5, 25, turned), num.Step(.3, .8, p.t.Cover))
	}
	p.stops += sc.cameraStops(p.t, p.stops)
	if p.t.SunStops != 0 || p.t.Kelvin > 0 {
		p.discFar = 1
	}
	p.detailFar = max(p.far, min(1, 2*math.Abs(p.t.Detail-1)))
	if t.Clouds != nil {
		p.detailFar = max(p.detailFar, min(1, t.Strength))
	} else if sc.galaxy > 0 {
		p.t.Detail *= 1 - sc.galaxy*(1-min(p.t.Stars/own.Stars, 1)) // it goes out with the stars
	}
	p.night = isNight(p.t.Light)
	p.glowing = sc.glowing()
	switch {
	case sc.fits:
		p.outdoors()
	case sc.room != nil:
		p.planRoom()
	default:
		p.enclosed()
	}
	return p
}

// outdoors draws the new sky and what comes of it.
func (p *plan) outdoors() {
	sc := p.sc
	if p.t.Clouds != nil {
		p.things = sc.darkThings()
	}
	p.sky = sc.drawSky(p.t, p.far, p.stops)
	if p.t.Clouds != nil {
		p.clouds = p.clouded(p.sky.base, p.sky.clouds)
	}
	if p.far > 0 && p.t.Clouds == nil {
		p.tones = [2]raster.Plane{sc.tone(), brightness(p.sky.base)}
	}
	small, s := p.drawSmall()
	p.relit = sc.relight(p, small, s)
	p.glare = sc.glare()
	p.blue = p.skyblue(small)
	if sc.shadow.hard {
		p.softer = (1 - p.relit.keep) * p.t.Softened
		p.evens = float32(p.far * p.t.Softened * min(max(1-p.relit.new.warmest()/max(sc.old.warmest(), 1e-3), 0), 1))
	}
	// What a camera clipped of the old disc comes back as the light changes.
	held := 1 / max(sc.Sun.Clipped, 1)
	held += (1 - held) * (1 - num.Step(0, .2, p.discFar))
	left := rgb.Times(sc.Sun.Disc(), (1-p.discFar)*math.Exp2(p.stops)*held)
	for c := range p.painted {
		p.painted[c] = max(0, p.sky.beam[c]-left[c])
	}
	if p.discFar > 0 && p.t.Glow > 0 && rgb.Lum(p.painted) > 0 {
		var sum float64
		s := raster.NewSphere(min(sc.s.W, modelWidth), min(sc.s.H, modelWidth/2))
		for y := range s.H {
			for x := range s.W {
				sum += s.Solid[y] * float64(lensGlow(s, x, y, p.sky.source))
			}
		}
		p.glow = float32(glowShare * p.t.Glow * p.discFar / sum)
	}
	if p.t.Fog > 0 {
		p.fog = sc.newFog(p.t.Fog, fogLight(small, s, sc.Mask.Share, sc.below()))
	}
	if p.t.Snow > 0 && !sc.Pure {
		p.snow = sc.newSnow(min(p.t.Snow, 1))
	}
	if sc.wetness().some {
		p.mirror = p.mirrored()
	}
	p.lamps = sc.Kind == Night || sc.off.V != nil
	if sc.Kind == Night {
		if !p.night {
			p.lamplit = sc.lamplit()
			for c, v := range p.relit.new.level() {
				p.grey[c] = float32(adapted*math.Log2(max(v, 1e-30)) - p.relit.level[c])
			}
		}
	}
	if sc.Pure {
		p.pure = p.pureGround(small, s)
	}
}

// glowing is luminance that of what lies near the horizon only glow has.
func (sc *Scene) glowing() float32 {
	return sc.glowOnce.of(func() float32 {
		return 4 * sc.s.OfGround(sc.lum, .9)
	})
}
