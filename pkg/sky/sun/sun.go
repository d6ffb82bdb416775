// Package sun finds the disc of a sun or a moon in a map, and weighs its light; where none
// is seen, it tells the side that glows.
package sun

import (
	"math"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// Sun is the sun, or the moon, that a map shows.
type Sun struct {
	// Found says that there is a disc, or a low one behind trees.
	Found bool

	// Direction is that of the disc. Without one, its azimuth is that of the
	// sky's brightest part below 35°.
	Direction envmap.Vec

	// Energy is the irradiance of a surface that faces the disc, red, green
	// and blue, as the texels have it.
	Energy [3]float64

	// Beam is Energy times Clipped.
	Beam [3]float64

	// Clipped is how many times more light the disc must have given than its
	// texels hold, by the light that the ground sends back; 1 for a whole one.
	Clipped float64

	// Ratio is the brightest texel's luminance over that of the ring around,
	// and Alone the energy over that of the second brightest spot.
	Ratio, Alone float64

	// Share is the energy's part of the irradiance of level ground.
	Share float64
}

// What a disc is told by. Over 27 maps at 1024×512 the energies of the two
// brightest spots are as 50 and more to 1 where there is a sun, 1 to 7 for
// lamps.
const (
	sunBlur      = 1.2 // texels at 1024×512
	sunSpots     = 6
	sunApart     = 8.  // degrees between spots
	Radius       = 2.5 // degrees that hold the disc and its glare
	ringInner    = 4.
	ringOuter    = 7.
	discRatio    = 60. // a disc in the open
	discAlone    = 20.
	veiledRatio  = 12. // a low sun behind branches
	veiledAlone  = 5.
	veiledBelow  = 25. // degrees
	sunLowest    = -1.2
	sunLeast     = .02 // of the irradiance on level ground, by day
	glowBelow    = 35.
	groundAlbedo = .72 // the palest ground that is usual: snow is .8
)

// GlareAbove is how many degrees a sun stands high that floods no ground with light of
// the lens and of the air.
const GlareAbove = 17.

// spot is one of the brightest places of a map.
type spot struct {
	direction envmap.Vec
	energy    [3]float64
	peak      float64 // luminance of the brightest texel
	ratio     float64
}

// spots finds the brightest places above the horizon, the first first.
func spots(im *hdr.Image, s *raster.Sphere, lum raster.Plane) []spot {
	blurred := lum.Blur(sunBlur * float64(im.W) / 1024)
	last := s.Row(-3)
	found := make([]spot, 0, sunSpots)
	for range sunSpots {
		at, best := -1, float32(0)
		for i, v := range blurred.V[:last*im.W] {
			if v > best {
				at, best = i, v
			}
		}
		if at < 0 {
			break
		}
		centre := s.Direction(at%im.W, at/im.W)
		found = append(found, measure(im, s, lum, centre))
		near := math.Cos(num.Radians(sunApart))
		s.Around(centre, sunApart, func(x, y int) {
			if s.Towards(x, y, centre) > near {
				blurred.V[y*im.W+x] = 0
			}
		})
	}
	return found
}

// measure weighs the light around the brightest texel of a spot.
func measure(im *hdr.Image, s *raster.Sphere, lum raster.Plane, centre envmap.Vec) spot {
	cosine := func(angle float64) float64 { return math.Cos(num.Radians(angle)) }
	inner, outer, radius := cosine(ringInner), cosine(ringOuter), cosine(max(Radius, 1.5*180/float64(s.H)))
	var ring []float32
	var peak float32
	s.Around(centre, ringOuter, func(x, y int) {
		c := s.Towards(x, y, centre)
		switch {
		case c > radius:
			peak = max(peak, lum.V[y*im.W+x])
		case c < inner && c > outer && s.Elevation[y] > -2:
			ring = append(ring, lum.V[y*im.W+x])
		}
	})
	around := raster.Quantile(ring, .5)
	var sp spot
	var heading envmap.Vec
	s.Around(centre, Radius+1, func(x, y int) {
		if s.Towards(x, y, centre) <= radius {
			return
		}
		i := y*im.W + x
		for c := range sp.energy {
			sp.energy[c] += s.Solid[y] * max(0, float64(im.Pix[3*i+c])-float64(around))
		}
		if v := lum.V[i]; v > .1*peak {
			heading = heading.Add(s.Direction(x, y).Scale(s.Solid[y] * max(0, float64(v-4*around))))
		}
	})
	sp.direction, sp.peak = centre, float64(peak)
	if heading.Dot(heading) > 0 {
		sp.direction = heading.Unit()
	}
	sp.ratio = float64(peak) / max(float64(around), 1e-6*float64(peak), 1e-30)
	return sp
}

// Find looks for the disc in a map of the working size. Whether a disc that
// is weak for a sun may count depends on the kind of scene.
func Find(im *hdr.Image, s *raster.Sphere, lum raster.Plane) Sun {
	found := spots(im, s, lum)
	if len(found) == 0 {
		return Sun{Direction: envmap.Vec{Z: 1}, Clipped: 1}
	}
	first := found[0]
	second := 1e-30
	if len(found) > 1 {
		second = max(second, rgb.Lum(found[1].energy))
	}
	sun := Sun{Direction: first.direction, Energy: first.energy, Beam: first.energy, Clipped: 1,
		Ratio: first.ratio, Alone: rgb.Lum(first.energy) / second}
	above := rgb.Lum(envmap.IrradianceFromAbove(im))
	el := sun.Direction.Elevation()
	sun.Share = rgb.Lum(first.energy) / max(above, 1e-30)
	sun.Found = el > sunLowest && sun.Ratio > discRatio && sun.Alone > discAlone
	return sun
}

// Open says that the disc is seen in the open.
func (u Sun) Open() bool { return u.Found && u.Ratio > discRatio && u.Alone > discAlone }

// Clipped compares the light that falls on level ground with what the ground
// sends back. Ground that would have to be paler than snow was lit by more
// than the map holds, and that must have been in the disc, the one thing that
// cameras clip. before and after are the irradiances without the disc and of
// the disc alone; ground is a luminance that 30 % of the ground lies above.
func Clipped(sky, disc, ground float64) float64 {
	need := math.Pi * ground / groundAlbedo
	if disc <= 0 || sky+disc >= need {
		return 1
	}
	return min((need-sky)/disc, 1e3)
}

// Glow is the azimuth of the sky's brightest part below 35°, as a level
// direction: the mean of what a mask leaves, weighed by the square of its
// luminance, so that a broad bright part wins over a small lamp. Where trees
// hide the bright side, the mean lies where more is seen: then that side tells
// which is the brighter, each texel against those as high.
func Glow(s *raster.Sphere, lum, mask raster.Plane) envmap.Vec {
	capped := lum.Like()
	most := raster.Quantile(lum.Where(func(x, y int) bool { return mask.Row(y)[x] > .5 }), .995)
	capped.Each(func(i int) float32 { return min(lum.V[i], most) })
	capped = capped.Blur(8 * float64(s.W) / 1024)
	var all, over envmap.Vec
	brighter, weights := make([]float64, s.W), make([]float64, s.W) // of each column
	for y := s.Row(glowBelow); y < s.H/2; y++ {
		var sum, seen float64
		for x, m := range mask.Row(y) {
			v := float64(capped.Row(y)[x])
			sum, seen = sum+v*v*float64(m), seen+float64(m)
		}
		for x, m := range mask.Row(y) {
			v := float64(capped.Row(y)[x])
			weight := s.Solid[y] * float64(m)
			column := envmap.Vec{X: s.SinLon[x], Z: s.CosLon[x]}
			all = all.Add(column.Scale(v * v * weight))
			part := (v*v - sum/max(seen, 1e-12)) * weight
			over = over.Add(column.Scale(part))
			brighter[x], weights[x] = brighter[x]+part, weights[x]+weight
		}
	}
	if all.Dot(all) < 1e-20 {
		return envmap.Vec{Z: 1}
	}
	all, over = all.Unit(), over.Unit()
	near := func(d envmap.Vec) float64 {
		var sum, weight float64
		for x, part := range brighter {
			if s.SinLon[x]*d.X+s.CosLon[x]*d.Z > glowNear {
				sum, weight = sum+part, weight+weights[x]
			}
		}
		return sum / max(weight, 1e-12)
	}
	if near(over) > 2*max(near(all), 0) {
		return over
	}
	return all
}

// glowNear is the cosine of the azimuth to a glow that still is the glow's.
const glowNear = .85

// Judge takes the kind of scene into account. A lamp is no sun: lamps is true of rooms and
// nights, whose brightest spot is one. By day a low sun behind branches or thin cloud
// counts, though its disc is broken: it still must be several times brighter than all
// else.
func (u *Sun) Judge(lamps bool) {
	switch {
	case lamps:
		u.Found = false
	case !u.Found:
		el := u.Direction.Elevation()
		u.Found = el > sunLowest && el < veiledBelow && u.Ratio > veiledRatio && u.Alone > veiledAlone && u.Share > sunLeast
	}
}

// Disc is the beam of a disc that was found.
func (u Sun) Disc() [3]float64 {
	if !u.Found {
		return [3]float64{}
	}
	return u.Beam
}
