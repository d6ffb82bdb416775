package sky

import (
	"math"
	"sync"

	"github.com/clipenv/toolkit/internal/parallel"
	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/fit"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
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
	gain, least, most raster.Plane
}

func (sc *Scene) newVeil() veil {
	s := sc.s
	v := veil{raster.NewPlane(s.W, s.H), raster.NewPlane(s.W, s.H), raster.NewPlane(s.W, s.H)}
	v.gain.Fill(func(x, y int) float32 {
		i := y*s.W + x
		angle := 180.
		if sc.glows && s.Towards(x, y, sc.glowAt) > cosVeil {
			angle = num.Degrees(num.Acos(s.Towards(x, y, sc.glowAt)))
		}
		v.least.V[i] = float32(-.15 - (detailMost-.15)*num.Step(14, 40, angle))
		v.most.V[i] = float32(.3 + (detailMost-.3)*num.Step(8, 30, angle))
		return float32(num.Step(3, 16, angle))
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
		sc.galaxy = num.Step(fewStars, manyStars, share)
	}
	seen := sc.lum.Like().Each(func(i int) float32 {
		if sc.Mask.Alpha.V[i] > .85 && !(sc.starry && specks[i]) && !sc.halo.hides(i) {
			return 1
		}
		return 0
	})
	var d [3]raster.Plane
	for c := range d {
		d[c] = sc.lum.Like()
	}
	parallel.Rows(len(seen.V), func(from, to int) {
		for i := from; i < to; i++ {
			over := fit.Stops(sc.im.Pix[3*i:3*i+3], sc.f.Floor)
			for c := range over {
				over[c] -= sc.fit[c].V[i]
			}
			over = detailOf(over, sc.veil.gain.V[i], sc.veil.least.V[i], sc.veil.most.V[i])
			for c := range d {
				d[c].V[i] = over[c]
			}
		}
	})
	for c := range sc.detail {
		sc.detail[c] = raster.PullPush(d[c], seen)
	}
}

// fitClear has the smooth sky take in what it missed broadly of one without clouds: a ripple
// there is no cloud, and would stay as an arc where the sun stood.
func (sc *Scene) fitClear() {
	if !sc.fits || sc.Kind == Night {
		return
	}
	clear := float32(num.Step(clearDetail, clearSky, sc.cloudiness()))
	if clear == 0 {
		return
	}
	grey := brightnessOver(sc.detail)
	weight := grey.Like().Each(func(i int) float32 { // of small clouds, little
		w := 1 / (1 + grey.V[i]*grey.V[i]/(rippleMost*rippleMost))
		return w * w
	})
	broadly := func(p raster.Plane) raster.Plane {
		p = p.Smaller(cloudWidth)
		return p.Blur(rippleBlur * float64(p.W) / 360)
	}
	all := broadly(weight)
	for c, d := range sc.detail {
		missed := broadly(d.Like().Each(func(i int) float32 { return weight.V[i] * d.V[i] }))
		missed = missed.Each(func(i int) float32 { return clear * missed.V[i] / max(all.V[i], 1e-3) }).To(d.W, d.H)
		sc.fit[c] = d.Like().Each(func(i int) float32 { return sc.fit[c].V[i] + missed.V[i] })
		sc.detail[c] = d.Like().Each(func(i int) float32 { return d.V[i] - missed.V[i] })
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
	if over := num.Abs(grey) - detailWhole; over > 0 {
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
	planes  [3]raster.Plane
	azimuth float64 // of the sun it was taken under, radians to the right of the centre

	before [3]raster.Plane // the smooth sky itself, log2; no values where it is not known
	light  cloudLight      // and the light of that day

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
	d := &Detail{azimuth: num.Radians(sc.Sun.Direction.Azimuth())}
	aside := sc.s.W / 3
	for c, p := range sc.detail {
		d.planes[c] = p.Like().Fill(func(x, y int) float32 {
			hidden := 1 - sc.veil.gain.Row(y)[x]
			if hidden == 0 {
				return p.Row(y)[x]
			}
			return p.Row(y)[x] + hidden*p.Row(y)[(x+aside)%sc.s.W]
		})
	}
	return d, true
}

// Stops are the detail's upper half at a width, in stops of red, green and
// blue, row by row from the zenith, with its sun in the middle column.
func (d *Detail) Stops(width int) (stops [3][]float32) {
	for c, p := range d.turned(d.planes, 0, width, width/2) {
		stops[c] = p.V[:len(p.V)/2]
	}
	return stops
}

// turned is the detail, or what it stood before, at a size, turned so that its sun
// stands at an azimuth.
func (d *Detail) turned(planes [3]raster.Plane, azimuth float64, w, h int) (out [3]raster.Plane) {
	key := turning{&planes[0].V[0], azimuth, w, h}
	if had, ok := d.drawn.Load(key); ok {
		return had.([3]raster.Plane)
	}
	defer func() { d.drawn.Store(key, out) }()
	for c := range out {
		p := planes[c].Smaller(w)
		if p.W < w/2 {
			p = smoothly(p)
		}
		by := (azimuth - d.azimuth) / (2 * math.Pi) * float64(p.W)
		whole := math.Floor(by)
		part := float32(by - whole)
		n := ((int(whole)%p.W)+p.W)%p.W + p.W
		out[c] = p.Like().Fill(func(x, y int) float32 {
			row := p.Row(y)
			a, b := row[(x-n+2*p.W)%p.W], row[(x-n-1+2*p.W)%p.W]
			return a + part*(b-a)
		}).To(w, h)
	}
	return out
}

// horizonFade takes clouds out at the horizon, in degrees.
func horizonFade(elevation float64) float32 { return float32(num.Step(-2, 1, elevation)) }
