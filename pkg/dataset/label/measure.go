package label

import (
	"math"

	"github.com/clipenv/toolkit/pkg/envmap"
)

// Measure reads the attributes of Tone from a map: warm or cool, bright or
// dark, high or low contrast. pix is interleaved linear RGB, w×h, row 0 at the
// zenith. They are seen in the picture that CLIP sees (envmap.Picture), each
// texel weighed by its solid angle. A map in the middle of a scale gets neither
// word.
func Measure(pix []float32, w, h int) Attributes {
	var sum, squares, weight float64
	var rgb [3]float64
	for y := range h {
		k := math.Sin(math.Pi * (float64(y) + .5) / float64(h))
		for x := range w {
			i := 3 * (y*w + x)
			var l float64
			for c, luma := range [3]float64{.2126, .7152, .0722} {
				v := float64(envmap.Picture(pix[i+c]))
				rgb[c] += k * v
				l += luma * v
			}
			sum += k * l
			squares += k * l * l
			weight += k
		}
	}
	if weight == 0 {
		return 0
	}
	mean := sum / weight
	deviation := math.Sqrt(max(squares/weight-mean*mean, 0))
	var a Attributes
	switch ratio := (rgb[0] + 1e-6) / (rgb[2] + 1e-6); {
	case ratio > 1.15:
		a |= Warm
	case ratio < .92:
		a |= Cool
	}
	switch {
	case mean > .62:
		a |= Bright
	case mean < .25:
		a |= Dark
	}
	switch {
	case deviation > .225:
		a |= HighContrast
	case deviation < .12:
		a |= LowContrast
	}
	return a
}
