package sky

import (
	"math"
	"sync"

	"github.com/clipenv/toolkit/internal/parallel"
	"github.com/clipenv/toolkit/pkg/rgb"
)

// detailMost is the most stops by which clouds lie over or under the fit. From
// detailWhole on they are held back softly, so that what lies beyond keeps its shape.
const (
	detailMost          = 2.5
	detailWhole float32 = 1.2
)

// detailColour is the most stops by which a channel of theirs lies over or under
// their luminance.
const detailColour = 1.5

// veil is how much of a sky's detail counts as cloud near its own sun, whose
// glare is not: three curves of the angle to it, as planes.
type veil struct {
	gain, least, most plane
}

func (sc *Scene) newVeil() veil {
	s := sc.s
	v := veil{newPlane(s.w, s.h), newPlane(s.w, s.h), newPlane(s.w, s.h)}
	v.gain.fill(func(x, y int) float32 {
		i := y*s.w + x
		angle := 180.
		if sc.glows && s.towards(x, y, sc.glowAt) > cosVeil {
			angle = degrees(acos(s.towards(x, y, sc.glowAt)))
		}
		v.least.v[i] = float32(-.15 - (detailMost-.15)*step(14, 40, angle))
		v.most.v[i] = float32(.3 + (detailMost-.3)*step(8, 30, angle))
		return float32(step(3, 16, angle))
	})
	return v
}

// cosVeil is the cosine of an angle at which a glow's veil has ended.
const cosVeil = .7

// takeDetail finds the clouds: stops of the map over its fit, filled in
// behind the foreground.
func (sc *Scene) takeDetail() {
	specks, share := sc.findSpecks()
	if sc.starry = specks != nil; sc.Kind == Night {
		sc.galaxy = step(fewStars, manyStars, share)
	}
	seen := sc.lum.like().each(func(i int) float32 {
		if sc.Mask.alpha.v[i] > .85 && !(sc.starry && specks[i]) && !sc.halo.hides(i) {
			return 1
		}
		return 0
	})
	var d [3]plane
	for c := range d {
		d[c] = sc.lum.like()
	}
	parallel.Rows(len(seen.v), func(from, to int) {
		for i := from; i < to; i++ {
			over := skyStops(sc.im.Pix[3*i:3*i+3], sc.f.floor)
			for c := range over {
				over[c] -= sc.fit[c].v[i]
			}
			over = detailOf(over, sc.veil.gain.v[i], sc.veil.least.v[i], sc.veil.most.v[i])
			for c := range d {
				d[c].v[i] = over[c]
			}
		}
	})
	for c := range sc.detail {
		sc.detail[c] = pullPush(d[c], seen)
	}
}

// fitClear has the smooth sky take in what it missed broadly of one without clouds: a ripple
// there is no cloud, and would stay as an arc where the sun stood.
func (sc *Scene) fitClear() {
	if !sc.fits || sc.Kind == Night {
		return
	}
	clear := float32(step(clearDetail, clearSky, sc.cloudiness()))
	if clear == 0 {
		return
	}
	grey := brightnessOver(sc.detail)
	weight := grey.like().each(func(i int) float32 { // of small clouds, little
		w := 1 / (1 + grey.v[i]*grey.v[i]/(rippleMost*rippleMost))
		return w * w
	})
	broadly := func(p plane) plane {
		p = p.smaller(cloudWidth)
		return p.blur(rippleBlur * float64(p.w) / 360)
	}
	all := broadly(weight)
	for c, d := range sc.detail {
		missed := broadly(d.like().each(func(i int) float32 { return weight.v[i] * d.v[i] }))
		missed = missed.each(func(i int) float32 { return clear * missed.v[i] / max(all.v[i], 1e-3) }).to(d.w, d.h)
		sc.fit[c] = d.like().each(func(i int) float32 { return sc.fit[c].v[i] + missed.v[i] })
		sc.detail[c] = d.like().each(func(i int) float32 { return d.v[i] - missed.v[i] })
	}
	sc.fitBelow()
}

// A sky whose detail deviates by clearSky stops is without clouds altogether. A ripple of its
// fit has rippleMost stops, and shows where it is blurred by rippleBlur degrees.
const (
	clearSky           = .06
	rippleMost float32 = .12
	rippleBlur         = 2.5
)

// detailOf is the cloud detail of a texel that lies over the fit by some stops.
// Its luminance has bounds, and its colour others: a cloud that is brighter than
// may be is no bluer than it was.
func detailOf(over [3]float32, gain, least, most float32) (d [3]float32) {
	grey := rgb.Luminance(over[0], over[1], over[2])
	held := grey
	if over := abs(grey) - detailWhole; over > 0 {
		held = detailWhole + softly(over)
		if grey < 0 {
			held = -held
		}
	}
	lum := min(max(gain*held, least), most)
	for c := range d {
		d[c] = lum + gain*min(max(over[c]-grey, -detailColour), detailColour)
	}
	return d
}

// Detail is a sky's clouds: log2 of a map over its own smooth sky, red, green
// and blue, in the upper half.
type Detail struct {
	planes  [3]plane
	azimuth float64 // of the sun it was taken under, radians to the right of the centre

	before [3]plane   // the smooth sky itself, log2; no values where it is not known
	light  cloudLight // and the light of that day

	drawn sync.Map // turning -> [3]plane: a search asks for the same again and again
}

type turning struct {
	of      *float32
	azimuth float64
	w, h    int
}

// CloudDetail is that of a scene, and false where there is no sky to take it
// from. Around its sun, whose glare hides the clouds, stand those of elsewhere
// at the same height.
func (sc *Scene) CloudDetail() (*Detail, bool) {
	if !sc.fits {
		return nil, false
	}
	d := &Detail{azimuth: radians(sc.Sun.Direction.Azimuth())}
	aside := sc.s.w / 3
	for c, p := range sc.detail {
		d.planes[c] = p.like().fill(func(x, y int) float32 {
			hidden := 1 - sc.veil.gain.row(y)[x]
			if hidden == 0 {
				return p.row(y)[x]
			}
			return p.row(y)[x] + hidden*p.row(y)[(x+aside)%sc.s.w]
		})
	}
	return d, true
}

// Stops are the detail's upper half at a width, in stops of red, green and
// blue, row by row from the zenith, with its sun in the middle column.
func (d *Detail) Stops(width int) (stops [3][]float32) {
	for c, p := range d.turned(d.planes, 0, width, width/2) {
		stops[c] = p.v[:len(p.v)/2]
	}
	return stops
}

// turned is the detail, or what it stood before, at a size, turned so that its sun
// stands at an azimuth.
func (d *Detail) turned(planes [3]plane, azimuth float64, w, h int) (out [3]plane) {
	key := turning{&planes[0].v[0], azimuth, w, h}
	if had, ok := d.drawn.Load(key); ok {
		return had.([3]plane)
	}
	defer func() { d.drawn.Store(key, out) }()
	for c := range out {
		p := planes[c].smaller(w)
		if p.w < w/2 {
			p = smoothly(p)
		}
		by := (azimuth - d.azimuth) / (2 * math.Pi) * float64(p.w)
		whole := math.Floor(by)
		part := float32(by - whole)
		n := ((int(whole)%p.w)+p.w)%p.w + p.w
		out[c] = p.like().fill(func(x, y int) float32 {
			row := p.row(y)
			a, b := row[(x-n+2*p.w)%p.w], row[(x-n-1+2*p.w)%p.w]
			return a + part*(b-a)
		}).to(w, h)
	}
	return out
}

// horizonFade takes clouds out at the horizon, in degrees.
func horizonFade(elevation float64) float32 { return float32(step(-2, 1, elevation)) }
