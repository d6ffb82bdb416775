package sky

import (
	"math"
	"slices"

	"github.com/clipenv/toolkit/internal/parallel"
	"github.com/clipenv/toolkit/pkg/hdr"
)

// features are what a sky is told from its foreground by, at the working size:
// log2 of luminance and two chromas, and how much they change from texel to
// texel.
type features struct {
	s       *sphere
	scale   float64 // width over 1024: lengths are given at 1024×512
	floor   float32 // luminance that counts as black
	f       [3]plane
	cap     plane // the most that log luminance may be
	change  plane // length of the gradient per texel
	texture plane // change, blurred
}

// Lengths in texels at 1024×512, and gradients per texel there.
const (
	capBlur     = 20.
	capStops    = 3.
	chromaPart  = .7
	textureBlur = 2.
	smoothBelow = .11
)

func newFeatures(im *hdr.Image, s *sphere, lum plane) *features {
	f := &features{s: s, scale: float64(im.W) / 1024}
	f.floor = 1e-4*quantile(slices.Clone(lum.v), .5) + 1e-20
	raw := lum.like().each(func(i int) float32 { return log2(lum.v[i] + f.floor) })
	// The disc must not read as an edge.
	f.cap = raw.smaller(256).blur(capBlur*min(f.scale, .25)).to(im.W, im.H)
	f.cap.each(func(i int) float32 { return f.cap.v[i] + capStops })
	f.f[0] = raw.each(func(i int) float32 { return min(raw.v[i], f.cap.v[i]) })
	for c, channel := range [2]int{0, 2} {
		f.f[c+1] = lum.like().each(func(i int) float32 {
			return chroma(im.Pix[3*i+channel], lum.v[i], f.floor)
		})
	}
	f.change = lum.like()
	parallel.Rows(im.H, func(from, to int) {
		for y := from; y < to; y++ {
			f.gradients(y, f.change.row(y))
		}
	})
	f.texture = f.change.blur(textureBlur * f.scale)
	return f
}

// gradients are the lengths of the gradient in row y.
func (f *features) gradients(y int, out []float32) {
	up, down := max(y-1, 0), min(y+1, f.s.h-1)
	rows := float32(down - up)
	for c, p := range f.f {
		row, above, below := p.row(y), p.row(up), p.row(down)
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
	return chromaPart * (log2(max(v, 0)+floor) - log2(lum+floor))
}

// smooth is the gradient per texel below which a place may be sky. A smooth
// gradient grows as the map shrinks, an edge doesn't.
func (f *features) smooth() float32 {
	return float32(smoothBelow / math.Sqrt(f.scale))
}

// texels is a length at 1024×512 in whole texels of this map, at least 1.
func (f *features) texels(n float64) int { return max(1, int(math.Round(n*f.scale))) }
