package sky

import (
	"math"
	"sync"

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

	glows     bool       // there is a sun's glow, of one behind cloud too
	glowAt    envmap.Vec // and here it is
	fits      bool       // there is a sky to be fitted
	fit       [3]plane
	detail    [3]plane // clouds, complete behind the foreground
	starry    bool     // stars are seen
	veil      veil
	edge      plane    // the most that the mask is beside a texel
	behind    [3]plane // foreground's colour, complete under the mask
	around    [3]float64
	old       lights
	white     [3]float64 // the light that clouds stand in, of luminance 1
	lamplight [3]float64
	halo      halo    // by night
	dayLevel  float64 // by night: the light on level ground of a day that is exposed as the map is
	shadow    shadows
	sunlit    sunlit
	room      *room // of an indoor scene with windows; nil of others

	lamplitOnce  sync.Once // of what follows, see lamplit
	lamplitFound *lamplit

	lightSize    sync.Once // of what follows, see smaller
	atLight      *hdr.Image
	alphaAtLight plane

	wetOnce sync.Once // of what follows, see wetness
	wet     wet
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
	sc.Light = sc.estimate()
	sc.shadow = sc.findShadows()
	sc.sunlit = sc.findSunlit()
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
	m.Mask = Mask{alpha: to(sc.Mask.alpha), Share: sc.Mask.Share}
	if m.fits {
		for c := range sc.fit {
			m.fit[c] = to(sc.fit[c])
		}
	}
	m.takeLight()
	m.Sun = sc.Sun // as the large map tells it
	m.room = sc.room.at(m.s.w, m.s.h)
	m.shadow = m.findShadows()
	m.wetOnce.Do(func() {
		if w := sc.wetness(); w.some {
			m.wet = wet{to(w.share), to(w.sky), true}
		}
	})
	m.sunlit = m.findSunlit()
	return m, nil
}

// leastSky is the share of the upper hemisphere that is worth a new sky.
const leastSky = .04

// judgeSun takes the kind of scene into account. A lamp is no sun. By day a
// low sun behind branches or thin cloud counts, though its disc is broken: it
// still must be several times brighter than all else.
func (sc *Scene) judgeSun() {
	u := &sc.Sun
	switch {
	case sc.Kind == Indoor || sc.Kind == Night:
		u.Found = false
	case !u.Found:
		el := u.Direction.Elevation()
		u.Found = el > sunLowest && el < veiledBelow && u.Ratio > veiledRatio && u.Alone > veiledAlone && u.Share > sunLeast
	}
}

// estimate is the light that a map shows. What cannot be seen is guessed: a
// sun that hides stands at 35°.
func (sc *Scene) estimate() atmosphere.Light {
	d := sc.Sun.Direction
	l := atmosphere.Light{SunAzimuth: radians(d.Azimuth()), Haze: .25}
	switch {
	case sc.Sun.Found:
		l.SunElevation = radians(d.Elevation())
		// A beam weaker than a clear sky's says how much cloud is before it.
		clear := atmosphere.New(l)
		free := luma(clear.Beam()) / max(luma(clear.Horizontal()), 1e-30)
		has := luma(sc.Sun.Beam) / max(luma(sc.old.sky), 1e-30)
		l.Cover = min(max(1-math.Sqrt(has/max(free, 1e-30)), 0), .8) * sc.greyness()
	case sc.Kind == Night:
		l.SunElevation, l.Moon, l.Stars = radians(-38), 1, .5
	case sc.Kind == Dusk:
		l.SunElevation = radians(.5)
	default:
		l.SunElevation = radians(35)
		l.Cover = sc.greyness()
	}
	return l
}

// greyness is the share of the sky that is cloud by its colour: blue lies less
// than half a stop over red.
func (sc *Scene) greyness() float64 {
	var grey, all float64
	for y := range sc.s.h / 2 {
		for x, a := range sc.Mask.alpha.row(y) {
			if a > .9 {
				i := y*sc.s.w + x
				blue := float64(sc.f.f[2].v[i]-sc.f.f[1].v[i]) / chromaPart
				grey += sc.s.solid[y] * (1 - step(.15, .9, blue))
				all += sc.s.solid[y]
			}
		}
	}
	return grey / max(all, 1e-12)
}

// Own is the target that leaves the scene as it is.
func (sc *Scene) Own() Target {
	return Target{Light: sc.Light, Tint: [3]float64{1, 1, 1}, Detail: 1, Lamps: 1, Glow: 1, Softened: .85, Strength: 1}
}

// isPure tells the blurred reflection of a sky from ground, which has grain: by
// how far a texel lies from the mean of its neighbours.
func (sc *Scene) isPure() bool {
	lg := sc.f.f[0].smaller(kindWidth)
	s := newSphere(lg.w, lg.h)
	var grain []float32
	for y := max(s.row(-6), 1); y < min(s.row(-75), s.h-1); y++ {
		row, up, down := lg.row(y), lg.row(y-1), lg.row(y+1)
		for x, v := range row {
			grain = append(grain, abs(v-(row[(x+1)%s.w]+row[(x+s.w-1)%s.w]+up[x]+down[x])/4))
		}
	}
	return len(grain) > 0 && quantile(grain, .5) < pureBelow*kindWidth/float32(lg.w)
}

// pureBelow is the grain of a reflected sky, in stops at 512×256. 20 of 20
// lie below .0051, and all grounds above .0128.
const pureBelow = .008

// takeLight takes clouds, light and what stands behind the foreground from the map.
func (sc *Scene) takeLight() {
	if sc.fits {
		sc.veil = sc.newVeil()
		sc.takeDetail()
	}
	sc.weighLight()
	if sc.fits && sc.Kind == Night {
		if sc.halo = sc.findHalo(); sc.halo.over.v != nil {
			sc.takeDetail() // without them
		}
	}
	sc.fillBehind()
}

// weighLight sums the light that the foreground stands in.
func (sc *Scene) weighLight() {
	small := sc.oldLight()
	s := newSphere(small.W, small.H)
	sc.old = collect(small, s, sc.Sun.disc(), sc.Sun.Direction)
	dark := sc.lum.where(func(_, y int) bool { return sc.s.elevation[y] < -12 })
	if sc.Sun.Found && !sc.Pure {
		sc.Sun.Clipped = clipped(luma(sc.old.sky), luma(sc.old.beam), float64(quantile(dark, .7)))
		sc.Sun.Beam = times(sc.Sun.Energy, sc.Sun.Clipped)
		sc.old = collect(small, s, sc.Sun.disc(), sc.Sun.Direction)
	}
	sc.white = [3]float64{1, 1, 1}
	if sc.Sun.Found {
		sc.white = cloudLight(sc.old.sky, sc.Sun.Beam, sc.Sun.Direction)
	}
	if sc.Kind == Night {
		// Lamps must light what the sky does not: ground is about as dark as
		// a 22 % grey.
		var ground []float32
		for c := range 3 {
			ground = ground[:0]
			for y := sc.s.row(-15); y < sc.s.h; y++ {
				for x := range sc.s.w {
					ground = append(ground, sc.im.Row(y)[3*x+c])
				}
			}
			need := math.Pi * float64(quantile(ground, .5)) / groundGrey
			sc.lamplight[c] = max(0, need-sc.old.level()[c])
		}
		sc.dayLevel = sc.findDayLevel()
	}
}

// disc is the beam of a disc that was found.
func (u Sun) disc() [3]float64 {
	if !u.Found {
		return [3]float64{}
	}
	return u.Beam
}

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
		p.sky.base[c] = sc.fit[c].smaller(modelWidth)
	}
	out, _ := p.drawSmall()
	copy(out.Pix[len(out.Pix)/2:], was.Pix[len(was.Pix)/2:])
	return out
}

// ringAround is the sky's colour around the disc.
func (sc *Scene) ringAround() (around [3]float64) {
	inner, outer := math.Cos(radians(3)), math.Cos(radians(6))
	var ring [3][]float32
	sc.s.around(sc.Sun.Direction, 6, func(x, y int) {
		i := y*sc.s.w + x
		c := sc.s.towards(x, y, sc.Sun.Direction)
		if c < inner && c > outer && (sc.Mask.alpha.v[i] > .5 || !sc.fits) {
			for k := range ring {
				ring[k] = append(ring[k], sc.im.Pix[3*i+k])
			}
		}
	})
	for k := range ring {
		around[k] = float64(quantile(ring[k], .5))
	}
	return around
}

// fillBehind finds the foreground's colour where the mask lies over it.
func (sc *Scene) fillBehind() {
	if sc.Mask.Share == 0 {
		return
	}
	// A texel beside the sky holds some of it, whatever the mask says.
	w, h := sc.s.w, sc.s.h
	sc.edge = sc.lum.like().fill(func(x, y int) (most float32) {
		for _, row := range [3]int{max(y-1, 0), y, min(y+1, h-1)} {
			a := sc.Mask.alpha.row(row)
			most = max(most, a[(x+w-1)%w], a[x], a[(x+1)%w])
		}
		return most
	})
	clear := sc.lum.like().each(func(i int) float32 {
		switch {
		case sc.Mask.alpha.v[i] >= .08:
			return 0
		case sc.edge.v[i] > .3:
			return .02 // where there is nothing better
		}
		return 1
	})
	for c := range sc.behind {
		p := sc.lum.like().each(func(i int) float32 { return log2(max(sc.im.Pix[3*i+c], 0) + sc.f.floor) })
		sc.behind[c] = pullPush(p, clear)
	}
}

// noMask is the mask of a room.
func noMask(s *sphere) Mask { return Mask{alpha: newPlane(s.w, s.h)} }

// halfMask is the mask of a pure sky: all above the horizon.
func halfMask(s *sphere) Mask {
	m := Mask{alpha: newPlane(s.w, s.h), Share: 1}
	for y := range s.h / 2 {
		for x := range s.w {
			m.alpha.row(y)[x] = 1
		}
	}
	m.filter.offset = m.alpha
	for c := range m.filter.slope {
		m.filter.slope[c] = newPlane(s.w, s.h)
	}
	return m
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

// vec is a direction of package atmosphere.
func vec(d [3]float64) envmap.Vec { return envmap.Vec{X: d[0], Y: d[1], Z: d[2]} }
