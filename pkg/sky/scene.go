package sky

import (
	"github.com/clipenv/toolkit/internal/parallel"
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/sky/feature"
	"github.com/clipenv/toolkit/pkg/sky/fit"
	"github.com/clipenv/toolkit/pkg/sky/mask"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
	"github.com/clipenv/toolkit/pkg/sky/room"
	"github.com/clipenv/toolkit/pkg/sky/sun"
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
	Sun  sun.Sun
	Mask mask.Mask

	// Pure says that the lower half is no ground but the sky's reflection, as
	// in maps of skies alone.
	Pure bool

	// Light is the numbers of the light that the map shows, as far as it
	// tells them.
	Light atmosphere.Light

	full *hdr.Image
	im   *hdr.Image // at the working size
	s    *raster.Sphere
	f    *feature.Features
	lum  raster.Plane

	// Of the sky.
	glows  bool            // there is a sun's glow, of one behind cloud too
	glowAt envmap.Vec      // and here it is
	around [3]float64      // radiance around the disc
	fits   bool            // there is a sky to be fitted
	fit    [3]raster.Plane // smooth sky, stops
	detail [3]raster.Plane // clouds, stops over it, complete behind the foreground
	veil   veil
	starry bool       // stars are seen
	clouds cloudLight // that they stand in, as far as it is known
	galaxy float64    // how far they are so many that what lies among them is no cloud

	// Of what stands before it.
	edge   raster.Plane    // the most that the mask is beside a texel
	behind [3]raster.Plane // foreground's colour, complete under the mask
	canopy canopy
	shadow shadows
	sunlit sunlit
	halo   halo         // by night, and where far lamps shine
	off    raster.Plane // how far it shows a far lamp; no values without
	room   *room.Room   // of an indoor scene with windows; nil of others

	// Of the light: irradiances.
	old       lights
	cast      [3]float64 // by which that on bare ground differs, see bareCast
	lamplight [3]float64 // by night: what lamps add on level ground
	dayLevel  float64    // by night: what level ground gets on a day that is exposed as the map is

	lightOnce   once[atLight]      // see smaller
	lamplitOnce once[*lamplit]     // see lamplit
	glareOnce   once[glare]        // see glare
	facingOnce  once[facing]       // see facing
	thingOnce   once[raster.Plane] // see darkThings
	cloudyOnce  once[float64]      // see cloudiness
	toneOnce    once[raster.Plane] // see tone
	lineOnce    once[[]float32]    // see skyline
	roofOnce    once[float64]      // see roofed
	glowOnce    once[float32]      // see glowing
	groundOnce  once[raster.Plane] // see ground
	grainOnce   once[smooth]       // see smoothed
	snowyOnce   once[snowy]        // see snowy
	wetOnce     once[*wet]         // see wetness
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
	sc := &Scene{Kind: kind, full: im, im: work, s: raster.NewSphere(work.W, work.H), lum: raster.Luminances(work)}
	sc.f = feature.New(work, sc.s, sc.lum)
	sc.Sun = sun.Find(work, sc.s, sc.lum)
	sc.Sun.Judge(kind == Indoor || kind == Night)
	sc.findGlow()
	switch sc.Pure = kind != Indoor && sc.isPure(); {
	case kind == Indoor:
		sc.Mask = mask.None(sc.s)
	case sc.Pure:
		sc.Mask = mask.Half(sc.s)
	default:
		sc.Mask = mask.New(sc.f, sc.lum, sc.Sun, kind == Night, kind == Dusk)
	}
	if !sc.Sun.Found && sc.Mask.Share > 0 {
		sc.Sun.Direction = sun.Glow(sc.s, sc.lum, sc.Mask.Alpha)
	}
	if sc.Mask.Share > leastSky {
		var smooth fit.Fitted
		if smooth, sc.fits = fit.Sky(work, sc.s, sc.Mask.Alpha, sc.Sun); sc.fits {
			sc.fit = smooth.Planes(sc.s)
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
		small, err := atMost(work, kindWidth)
		if err != nil {
			return nil, err
		}
		if sc.room = room.Find(small, work, sc.f, sc.lum); sc.room != nil {
			sc.Light.SunAzimuth = num.Radians(sc.room.Brightest().Azimuth())
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
	m := &Scene{Kind: sc.Kind, Pure: sc.Pure, Light: sc.Light, full: im, im: im, s: raster.NewSphere(im.W, im.H), lum: raster.Luminances(im), fits: sc.fits, glows: sc.glows, glowAt: sc.glowAt}
	m.f = feature.New(im, m.s, m.lum)
	m.Sun = sc.Sun
	to := func(p raster.Plane) raster.Plane { return p.Smaller(im.W).To(im.W, im.H) }
	m.Mask = sc.Mask.At(im.W, im.H)
	if m.fits {
		for c := range sc.fit {
			m.fit[c] = to(sc.fit[c])
		}
	}
	m.cloudyOnce.of(sc.cloudiness)
	m.takeLight()
	m.Sun = sc.Sun // as the large map tells it
	m.room = sc.room.At(m.s.W, m.s.H)
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
	if sc.fits && (sc.Kind == Night || sc.off.V != nil) {
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
	out := raster.NewPlane(sc.full.W, sc.full.H)
	parallel.Rows(out.H, func(from, to int) {
		m := sc.Mask.Reader(sc.f, sc.f.GuideReader(out.W, out.H), out.W, out.H)
		for y := from; y < to; y++ {
			m.Row(y, sc.full.Row(y), out.Row(y))
		}
	})
	return out.V
}

// SkySeen says that there is a sky that can be changed.
func (sc *Scene) SkySeen() bool { return sc.fits }
