// Package feature has what a sky is told from things by: Features are log luminance and two
// chromas of each texel, and how much these change from one to the next. As a Guide they
// hold filters to a picture's edges at any size. Flood is the first guess at where the sky
// is: what is smooth, large and high.
package feature

import (
	"math"
	"slices"

	"github.com/clipenv/toolkit/internal/parallel"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// Features are what a sky is told from its foreground by, at the working size:
// log2 of luminance and two chromas, and how much they change from texel to
// texel.
type Features struct {
	Sphere  *raster.Sphere
	Scale   float64         // width over 1024: lengths are given at 1024×512
	Floor   float32         // luminance that counts as black
	F       [3]raster.Plane // log2 of luminance; red and blue over it, stops by ChromaPart
	cap     raster.Plane    // the most that log luminance may be
	Change  raster.Plane    // length of the gradient per texel
	Texture raster.Plane    // change, blurred
}

// Lengths in texels at 1024×512, and gradients per texel there.
const (
	capBlur     = 20.
	capStops    = 3.
	ChromaPart  = .7 // weight of a stop of chroma beside one of luminance
	textureBlur = 2.
	smoothBelow = .11
)

// New takes the features of a map, of which lum is the luminance.
func New(im *hdr.Image, s *raster.Sphere, lum raster.Plane) *Features {
	f := &Features{Sphere: s, Scale: float64(im.W) / 1024}
	f.Floor = 1e-4*raster.Quantile(slices.Clone(lum.V), .5) + 1e-20
	raw := lum.Like().Each(func(i int) float32 { return num.Log2(lum.V[i] + f.Floor) })
	// The disc must not read as an edge.
	f.cap = raw.Smaller(256).Blur(capBlur*min(f.Scale, .25)).To(im.W, im.H)
	f.cap.Each(func(i int) float32 { return f.cap.V[i] + capStops })
	f.F[0] = raw.Each(func(i int) float32 { return min(raw.V[i], f.cap.V[i]) })
	for c, channel := range [2]int{0, 2} {
		f.F[c+1] = lum.Like().Each(func(i int) float32 {
			return chroma(im.Pix[3*i+channel], lum.V[i], f.Floor)
		})
	}
	f.Change = lum.Like()
	parallel.Rows(im.H, func(from, to int) {
		for y := from; y < to; y++ {
			f.gradients(y, f.Change.Row(y))
		}
	})
	f.Texture = f.Change.Blur(textureBlur * f.Scale)
	return f
}

// gradients are the lengths of the gradient in row y.
func (f *Features) gradients(y int, out []float32) {
	up, down := max(y-1, 0), min(y+1, f.Sphere.H-1)
	rows := float32(down - up)
	for c, p := range f.F {
		row, above, below := p.Row(y), p.Row(up), p.Row(down)
		left, last := row[len(row)-1], len(row)-1
		for x, here := range row {
			right := row[0]
			if x < last {
				right = row[x+1]
			}
			dx, dy := (right-left)/2, (below[x]-above[x])/rows
			left = here
			if sum := dx*dx + dy*dy; c == 0 {
				out[x] = sum
			} else {
				out[x] += sum
			}
		}
	}
	for x, sum := range out {
		out[x] = float32(math.Sqrt(float64(sum)))
	}
}

// chroma is how far a channel lies above luminance, in stops, at the weight
// that it has beside luminance.
func chroma(v, lum, floor float32) float32 {
	return ChromaPart * (num.Log2(max(v, 0)+floor) - num.Log2(lum+floor))
}

// Smooth is the gradient per texel below which a place may be sky. A smooth
// gradient grows as the map shrinks, an edge doesn't.
func (f *Features) Smooth() float32 {
	return float32(smoothBelow / math.Sqrt(f.Scale))
}

// Texels is a length at 1024×512 in whole texels of this map, at least 1.
func (f *Features) Texels(n float64) int { return max(1, int(math.Round(n*f.Scale))) }

// Green is how far what has chromas of red and blue is leaves or grass, 0 to 1. Red walls
// send back little blue, too.
func Green(red, blue float32) float32 {
	return num.Step(.04, .22, -(red+blue)/2) * (1 - num.Step(.1, .35, red))
}
