package atmosphere

import (
	"math"
	"math/rand/v2"
)

// starCount is how many stars of magnitude 6.5 or brighter there are over the
// whole sphere: the Yale Bright Star Catalogue's 9,110.
const starCount = 9110

// starZero is the irradiance of a star of magnitude 0 above the air, in this
// package's units: 2.54e-6 lx (Allen's Astrophysical Quantities, 4th edition).
const starZero = 2.54e-6 / LumensPerWatt

// AddStars adds stars to a map of 3·w·h radiances: as many as the eye sees on a
// dark night, of the true range of brightness, dimmed by air and clouds, none
// below the horizon. The same seed gives the same stars at every size, and
// at every size the same light.
func (s *Sky) AddStars(pix []float32, w, h int, seed uint64) {
	mustHold(pix, w, h)
	share := s.light.Stars * (1 - s.light.Cover) * (1 - s.light.Cover)
	if share == 0 {
		return
	}
	var colours [16][3]float64
	for i := range colours {
		colours[i] = Kelvin(starKelvin(float64(i) / float64(len(colours)-1)))
	}
	rng := rand.New(rand.NewPCG(seed, 0x57a5))
	for range starCount {
		sin, azimuth := 2*rng.Float64()-1, 2*math.Pi*rng.Float64()
		magnitude := starMagnitude(1 - rng.Float64())
		colour := colours[rng.IntN(len(colours))]
		through := s.air.through(sin)
		if through == ([3]float64{}) {
			continue
		}
		for c := range 3 {
			colour[c] *= share * starZero * math.Pow(10, -.4*magnitude) * through[c]
		}
		addPoint(pix, w, h, math.Acos(sin), azimuth, colour)
	}
}

// starMagnitude returns the magnitude that a share of the stars to 6.5 is
// brighter than. Counts grow by 10^.51 a magnitude among stars that the eye
// sees (Allen), which makes the brightest -1.3.
func starMagnitude(share float64) float64 {
	return max(-1.5, 6.5+math.Log10(share)/.51)
}

// starKelvin spreads the stars' temperatures from those of class M to class A.
func starKelvin(share float64) float64 { return 3500 * math.Pow(10000./3500, share) }

// addPoint adds a point's irradiance, bilinearly to the four texels round it,
// round the seam and over the poles.
func addPoint(pix []float32, w, h int, polar, longitude float64, irradiance [3]float64) {
	x, y := longitude/(2*math.Pi)*float64(w)-.5, polar/math.Pi*float64(h)-.5
	left, top := math.Floor(x), math.Floor(y)
	for i, v := range [2]float64{1 - (y - top), y - top} {
		for j, u := range [2]float64{1 - (x - left), x - left} {
			column, row := int(left)+j, int(top)+i
			switch {
			case row < 0:
				column, row = column+w/2, 0
			case row >= h:
				column, row = column+w/2, h-1
			}
			column = (column%w + w) % w
			solid := solidAngle(row, w, h)
			for c := range 3 {
				pix[3*(row*w+column)+c] += float32(u * v * irradiance[c] / solid)
			}
		}
	}
}
