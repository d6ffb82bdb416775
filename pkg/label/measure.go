package label

import (
	"math"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/rgb"
)

// Measure reads the attributes of Tone from a map: warm or cool, bright or
// dark, high or low contrast. pix is interleaved linear RGB, w×h, row 0 at the
// zenith. The measurement takes the picture that CLIP sees (envmap.Picture)
// and weights each texel by its solid angle. A map in the middle of a scale
// gets neither attribute.
func Measure(pix []float32, w, h int) Attributes {
	var sum, squares, weight float64
	var red, blue float64
	row := make([]float32, 3*w)
	for y, k := range envmap.LatitudeWeights(h) {
		envmap.PictureRow(row, pix[3*w*y:][:3*w])
		for i := 0; i+3 <= len(row); i += 3 {
			r, g, b := float64(row[i]), float64(row[i+1]), float64(row[i+2])
			l := rgb.Luminance(r, g, b)
			red += k * r
			blue += k * b
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
	switch ratio := (red + 1e-6) / (blue + 1e-6); {
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
