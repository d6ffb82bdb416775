// Package mask finds what of an outdoor map is sky, as a share of each texel.
//
// New begins with what feature's flood takes for sky and adds what is like it (mask, fill:
// clouds, glare, glow); what is a mixture, twigs before the sky, is solved for (matte). A mask
// is found at the working size, and read row by row along the edges of a picture of any
// size (read).
package mask

import (
	"github.com/clipenv/toolkit/internal/parallel"
	"github.com/clipenv/toolkit/pkg/sky/feature"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
	"github.com/clipenv/toolkit/pkg/sky/sun"
)

// Mask is the soft sky mask: 1 is sky, 0 foreground. It is found at the
// working size and follows the full-size picture.
type Mask struct {
	filter raster.Guided
	matte  matte
	Alpha  raster.Plane // at the working size
	open   []bool       // the rows there that are all sky, whatever the picture shows

	windows bool // it is of a room's windows, which reach below the horizon

	// Share is the part of the upper hemisphere that is sky.
	Share float64
}

const (
	openLeast   = .31 // steradians in sum, else the sky shows through leaves only
	openSure    = 1.3 // and from here on none of it does
	gapReach    = 8.  // texels at 1024×512 from the flood
	guideRadius = 3.  // texels at 1024×512
	guideEps    = 2e-4
	Lowest      = -2.5 // degrees: what lies lower is no sky
)

// None is the mask of a room.
func None(s *raster.Sphere) Mask { return Mask{Alpha: raster.NewPlane(s.W, s.H)} }

// New finds the sky of an outdoor scene, of which lum is the luminance.
func New(f *feature.Features, lum raster.Plane, sun sun.Sun, night, dusk bool) Mask {
	m := &masking{Features: f, lum: lum, sun: sun, night: night, dusk: dusk}
	var area float64
	if m.keep, area = f.Flood(true); area < openLeast {
		m.throughLeaves()
	} else {
		m.likeFlood()
		m.drop()
		if !m.night {
			m.fillUndersides()
		}
		m.fillHoles()
		if m.night {
			m.fillDomes()
			m.fillClouds()
		} else {
			m.fillBright()
			m.fillDusk()
		}
		m.fillGlare()
		if area < openSure && !m.night {
			m.addLeaves()
		}
	}
	mask := Soften(f, m.a, false)
	mask.unmix(f)
	return mask
}

// masking is a mask in the making.
type masking struct {
	*feature.Features
	lum   raster.Plane
	sun   sun.Sun
	night bool
	dusk  bool
	keep  []bool // flood

	above  raster.Plane    // log luminance over that of the sky around
	colour raster.Plane    // distance from the sky's chroma
	around [3]raster.Plane // features of the sky around
	a      raster.Plane
}

// leavesOver is the least by which sky between leaves is brighter than the
// ground, in stops: pale rock is not.
const leavesOver = 1.5

// vividWarm is how much more what is warm is a colour of its own, by day.
const vividWarm = 1.7

// leavesPorous is how evenly leaves mix with the sky between them, at least. Walls that
// are as bright as the sky have .28.
const leavesPorous = .36

// throughLeaves splits what lies above the horizon into two classes of
// luminance (Otsu 1979): the brighter one is sky where it is no vivid colour.
func (m *masking) throughLeaves() {
	lg := m.F[0]
	values := lg.Where(func(_, y int) bool { return m.Sphere.Elevation[y] > 8 })
	low, high := raster.Quantile(values, .02), raster.Quantile(values, .995)
	ground := raster.Quantile(lg.Where(func(_, y int) bool { return m.Sphere.Elevation[y] < -6 }), .5)
	split := max(otsu(values, low, high), ground+leavesOver)
	m.a = lg.Like().Fill(func(x, y int) float32 {
		i := y*m.Sphere.W + x
		red, blue := m.F[1].V[i]/feature.ChromaPart, m.F[2].V[i]/feature.ChromaPart
		vivid := max(red, blue, 0) - min(red, blue, 0)
		switch {
		case blue > 0 && red < 0: // a blue sky; leaves are never blue
			vivid = -red
		case !m.dusk && !m.night: // a wall in the sun, or leaves against it
			vivid = max(vivid, vividWarm*(red-blue))
		}
		return num.Step(split-.2, split+1.2, lg.V[i]) * num.Step(1, 9, float32(m.Sphere.Elevation[y])) * (1 - num.Step(1.1, 2, vivid))
	})
}

// addLeaves adds the sky between leaves where it is a part of what is seen of the sky:
// one glade in a wood is no other place.
func (m *masking) addLeaves() {
	flood := m.a
	m.throughLeaves()
	if Porosity(m.a) < leavesPorous {
		m.a = flood
		return
	}
	m.a.Each(func(i int) float32 { return max(m.a.V[i], flood.V[i]) })
}

// otsu returns the threshold that parts values between low and high into two
// classes with the largest variance between them.
func otsu(values []float32, low, high float32) float32 {
	const bins = 256
	if !(high > low) {
		return low
	}
	var count [bins]float64
	total, sum := 0., 0.
	for _, v := range values {
		i := int(min(max((v-low)/(high-low), 0), 1) * (bins - 1))
		count[i]++
		total++
		sum += float64(i)
	}
	best, at := -1., 0
	below, belowSum := 0., 0.
	for i, n := range count {
		below += n
		belowSum += n * float64(i)
		if below == 0 || below == total {
			continue
		}
		d := belowSum/below - (sum-belowSum)/(total-below)
		if v := below * (total - below) * d * d; v > best {
			best, at = v, i
		}
	}
	return low + (high-low)*float32(at)/(bins-1)
}

const gapLowest, gapWidth = 15., 3.

// likeFlood compares every texel with the flooded sky around it.
func (m *masking) likeFlood() {
	s := m.Sphere
	weight := raster.PlaneOf(m.keep, s.W, s.H)
	for c := range m.around {
		m.around[c] = raster.FillFrom(m.F[c], weight, m.Scale)
	}
	m.above, m.colour, m.a = weight.Like(), weight.Like(), weight.Like()
	wide := m.Change.Blur(m.Scale)
	near := raster.Grown(m.keep, s.W, s.H, m.Texels(gapReach))
	limit := m.Smooth()
	m.a.Fill(func(x, y int) float32 {
		i := y*s.W + x
		el := float32(s.Elevation[y])
		dl := m.F[0].V[i] - m.around[0].V[i]
		dc := num.Abs(m.F[1].V[i]-m.around[1].V[i]) + num.Abs(m.F[2].V[i]-m.around[2].V[i])
		m.above.V[i], m.colour.V[i] = dl, dc
		if m.keep[i] {
			return 1
		}
		a := num.Step(-1.3, -.45, dl) * (1 - num.Step(.45, 1.1, dc)) * num.Step(-2, .2, el)
		if m.Texture.V[i] > .8*limit {
			a *= 1 - num.Step(.7, 1.5, dl) // lit walls and lamps
		}
		// Between twigs before the sky what looks like it is it.
		gap := near[i] && dl < .7 && dc < .4
		if dl >= -.25 && !gap {
			a *= 1 - num.Step(3*limit, 7*limit, wide.V[i])
		}
		return a
	})
}

// drop takes out what neither touches the flood nor shines as the sky does.
func (m *masking) drop() {
	s := m.Sphere
	in := make([]bool, len(m.a.V))
	for i, v := range m.a.V {
		in[i] = v > .5
	}
	p := raster.Connect(in, s.W, s.H)
	touches := make([]bool, p.Count)
	for i, part := range p.Of {
		if part >= 0 && m.keep[i] {
			touches[part] = true
		}
	}
	for i, part := range p.Of {
		hole := m.above.V[i] > -.5 && m.colour.V[i] < .35 && s.Elevation[i/s.W] > 1
		if part >= 0 && !touches[part] && !hole {
			m.a.V[i] = 0
		}
	}
}

// Soften makes a mask of what is 1 and 0, that follows the picture's own edges. windows
// says that it is of a room's windows, which reach below the horizon.
func Soften(f *feature.Features, a raster.Plane, windows bool) Mask {
	guide := f.Guide()
	mask := Mask{filter: raster.NewGuided(guide, a, f.Texels(guideRadius), guideEps), windows: windows}
	mask.Alpha, mask.open = mask.filter.Read(guide), mask.filter.AtLeast(hardened, feature.GuideMost)
	for y, el := range f.Sphere.Elevation {
		mask.harden(mask.Alpha.Row(y), el)
	}
	mask.Share = Share(f.Sphere, mask.Alpha)
	return mask
}

// unmix gives each texel of a mask the share of the sky that its colour tells.
func (m *Mask) unmix(f *feature.Features) {
	guide := f.Guide()
	m.matte = newMatte(f, guide, m.Alpha)
	parallel.Strips(m.Alpha.H, func() func(y int) {
		r := m.matte.reader(m.Alpha.W, m.Alpha.H)
		return func(y int) {
			if el := f.Sphere.Elevation[y]; !m.none(el) {
				r.row(y, el, [3][]float32{guide[0].Row(y), guide[1].Row(y), guide[2].Row(y)}, m.Alpha.Row(y))
			}
		}
	})
	m.Share = Share(f.Sphere, m.Alpha)
}

// none tells that at an elevation in degrees nothing is sky.
func (m *Mask) none(elevation float64) bool { return elevation < Lowest && !m.windows }

// harden takes the rest of the foreground's texture out of a row of the mask at
// an elevation in degrees.
func (m *Mask) harden(alpha []float32, elevation float64) {
	if m.none(elevation) {
		clear(alpha)
		return
	}
	for x, a := range alpha {
		alpha[x] = num.Step(1-hardened, hardened, a)
	}
}

// At is the mask for a scene of a smaller size.
func (m *Mask) At(w, h int) Mask {
	return Mask{Alpha: m.Alpha.Smaller(w).To(w, h), matte: m.matte, windows: m.windows, Share: m.Share}
}

// Behind is the radiance of the sky, complete behind things and without texture; planes
// without values where no texel is a mixture of both.
func (m *Mask) Behind() [3]raster.Plane { return m.matte.behind }

// hardened is from where on a mask is all sky.
const hardened = .88

// Share is the part of the upper hemisphere that a mask covers.
func Share(s *raster.Sphere, alpha raster.Plane) float64 {
	var sum, all float64
	for y := range s.H / 2 {
		for _, a := range alpha.Row(y) {
			sum += float64(a) * s.Solid[y]
			all += s.Solid[y]
		}
	}
	return sum / all
}

// Porosity is how evenly a mask mixes sky and what hides it overhead, 0 to 1: leaves
// leave gaps within gapWidth, in degrees, and walls none. What is overhead lies over
// gapLowest, in degrees.
func Porosity(alpha raster.Plane) float64 {
	mean := alpha.Smaller(256)
	mean = mean.Blur(gapWidth / 360 * float64(mean.W))
	s := raster.NewSphere(mean.W, mean.H)
	var mixed, all float64
	for y := range s.Row(gapLowest) {
		for _, v := range mean.Row(y) {
			mixed += s.Solid[y] * float64(4*v*(1-v))
			all += s.Solid[y]
		}
	}
	return mixed / max(all, 1e-12)
}

// Half is the mask of a pure sky: all above the horizon.
func Half(s *raster.Sphere) Mask {
	m := Mask{Alpha: raster.NewPlane(s.W, s.H), Share: 1}
	for y := range s.H / 2 {
		for x := range s.W {
			m.Alpha.Row(y)[x] = 1
		}
	}
	m.filter.Offset = m.Alpha
	for c := range m.filter.Slope {
		m.filter.Slope[c] = raster.NewPlane(s.W, s.H)
	}
	m.open = m.filter.AtLeast(hardened, feature.GuideMost)
	return m
}
