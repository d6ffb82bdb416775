package sky

import (
	"github.com/clipenv/toolkit/internal/parallel"
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
)

// workWidth is the width at which a map is taken apart, and lightWidth that
// at which light is summed.
const (
	workWidth  = 1024
	lightWidth = 256
)

// Scene is a map taken apart. It may be rendered by several goroutines at
// once; the map must not change meanwhile.
type Scene struct {
	Kind Kind
	Sun  Sun
	Mask Mask

	// Pure says that the lower half is no ground but the sky's reflection, as
	// in maps of skies alone.
	Pure bool

	// Light is the numbers of the light that the map shows, as far as it
	// tells them.
	Light atmosphere.Light

	full *hdr.Image
	im   *hdr.Image // at the working size
	s    *sphere
	f    *features
	lum  plane

	// Of the sky.
	glows  bool       // there is a sun's glow, of one behind cloud too
	glowAt envmap.Vec // and here it is
	around [3]float64 // radiance around the disc
	fits   bool       // there is a sky to be fitted
	fit    [3]plane   // smooth sky, stops
	detail [3]plane   // clouds, stops over it, complete behind the foreground
	veil   veil
	starry bool       // stars are seen
	clouds cloudLight // that they stand in, as far as it is known
	galaxy float64    // how far they are so many that what lies among them is no cloud

	// Of what stands before it.
	edge   plane    // the most that the mask is beside a texel
	behind [3]plane // foreground's colour, complete under the mask
	canopy canopy
	shadow shadows
	sunlit sunlit
	halo   halo  // by night, and where far lamps shine
	off    plane // how far it shows a far lamp; no values without
	room   *room // of an indoor scene with windows; nil of others

	// Of the light: irradiances.
	old       lights
	cast      [3]float64 // by which that on bare ground differs, see bareCast
	lamplight [3]float64 // by night: what lamps add on level ground
	dayLevel  float64    // by night: what level ground gets on a day that is exposed as the map is

	lightOnce   once[atLight]   // see smaller
	lamplitOnce once[*lamplit]  // see lamplit
	glareOnce   once[glare]     // see glare
	facingOnce  once[facing]    // see facing
	thingOnce   once[plane]     // see darkThings
	cloudyOnce  once[float64]   // see cloudiness
	toneOnce    once[plane]     // see tone
	lineOnce    once[[]float32] // see skyline
	roofOnce    once[float64]   // see roofed
	glowOnce    once[float32]   // see glowing
	groundOnce  once[plane]     // see ground
	snowyOnce   once[snowy]     // see snowy
	wetOnce     once[*wet]      // see wetness
}

// Analyse takes a map apart. It tells the kind of scene itself.
func Analyse(im *hdr.Image) (*Scene, error) {
	kind, err := KindOf(im)
	if err != nil {
		return nil, err
	}
	return AnalyseAs(im, kind)
}

// AnalyseAs is Analyse for a kind of scene that is known.
func AnalyseAs(im *hdr.Image, kind Kind) (*Scene, error) {
	if err := im.CheckEquirect(); err != nil {
		return nil, err
	}
	work, err := atMost(im, workWidth)
	if err != nil {
		return nil, err
	}
	sc := &Scene{Kind: kind, full: im, im: work, s: newSphere(work.W, work.H), lum: luminances(work)}
	sc.f = newFeatures(work, sc.s, sc.lum)
	sc.Sun = findSun(work, sc.s, sc.lum)
	sc.judgeSun()
	sc.findGlow()
	switch sc.Pure = kind != Indoor && sc.isPure(); {
	case kind == Indoor:
		sc.Mask = noMask(sc.s)
	case sc.Pure:
		sc.Mask = halfMask(sc.s)
	default:
		sc.Mask = newMask(sc.f, sc.lum, sc.Sun, kind)
	}
	if !sc.Sun.Found && sc.Mask.Share > 0 {
		sc.Sun.Direction = glow(sc.s, sc.lum, sc.Mask.alpha)
	}
	if sc.Mask.Share > leastSky {
		var fit fitted
		if fit, sc.fits = fitSky(work, sc.s, sc.Mask.alpha, sc.Sun); sc.fits {
			sc.fit = fit.planes(sc.s)
			sc.fitGlow()
		}
	}
	sc.takeLight()
	sc.fitClear()
	sc.canopy.leaves = sc.leavesOverhead()
	sc.canopy.spots = sc.dappled()
	sc.Light = sc.estimate()
	sc.findBeams()
	if kind == Indoor {
		if sc.room, err = sc.takeRoom(); err != nil {
			return nil, err
		}
		if sc.room != nil {
			sc.Light.SunAzimuth = radians(sc.room.brightest().Azimuth())
		}
	}
	return sc, nil
}

// Small is the scene at a smaller size: the map made small, taken apart as the
// large one was. What is found there stays: sun, light, sky mask, fit and water.
func (sc *Scene) Small(width int) (*Scene, error) {
	im, err := envmap.Resize(sc.im, width, width/2)
	if err != nil {
		return nil, err
	}
	m := &Scene{Kind: sc.Kind, Pure: sc.Pure, Light: sc.Light, full: im, im: im, s: newSphere(im.W, im.H), lum: luminances(im), fits: sc.fits, glows: sc.glows, glowAt: sc.glowAt}
	m.f = newFeatures(im, m.s, m.lum)
	m.Sun = sc.Sun
	to := func(p plane) plane { return p.smaller(im.W).to(im.W, im.H) }
	m.Mask = Mask{alpha: to(sc.Mask.alpha), matte: sc.Mask.matte, Share: sc.Mask.Share}
	if m.fits {
		for c := range sc.fit {
			m.fit[c] = to(sc.fit[c])
		}
	}
	m.cloudyOnce.of(sc.cloudiness)
	m.takeLight()
	m.Sun = sc.Sun // as the large map tells it
	m.room = sc.room.at(m.s.w, m.s.h)
	m.wetOnce.of(func() *wet {
		w := *sc.wetness()
		if w.some {
			w.share, w.sky = to(w.share), to(w.sky)
		}
		return &w
	})
	m.canopy = sc.canopy
	m.findBeams()
	return m, nil
}

// leastSky is the share of the upper hemisphere that is worth a new sky.
const leastSky = .04

// takeLight takes clouds, light and what stands behind the foreground from the map.
func (sc *Scene) takeLight() {
	if sc.fits {
		sc.veil = sc.newVeil()
		sc.takeDetail()
	}
	sc.weighLight()
	sc.off = sc.lampsOff()
	if sc.fits && (sc.Kind == Night || sc.off.v != nil) {
		sc.halo = sc.findHalo()
		sc.takeDetail() // the fit has taken halos in: they are no clouds
	}
	sc.fillBehind()
}

// findBeams finds what an old sun's beams left on what stands before the sky.
func (sc *Scene) findBeams() {
	sc.shadow = sc.findShadows()
	sc.sunlit = sc.findSunlit()
	sc.lightCanopy()
	if !sc.shadow.hard {
		sc.shadow = sc.findSpots()
	}
}

// SkyMask is how far each texel is sky, 0 to 1, at the map's own size.
func (sc *Scene) SkyMask() []float32 {
	out := newPlane(sc.full.W, sc.full.H)
	parallel.Rows(out.h, func(from, to int) {
		m := sc.Mask.reader(sc.f, sc.f.guideReader(out.w, out.h), out.w, out.h)
		for y := from; y < to; y++ {
			m.row(y, sc.full.Row(y), out.row(y))
		}
	})
	return out.v
}

// SkySeen says that there is a sky that can be changed.
func (sc *Scene) SkySeen() bool { return sc.fits }
