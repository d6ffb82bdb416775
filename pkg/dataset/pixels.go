package dataset

import (
	"math"

	"github.com/clipenv/toolkit/pkg/hdr"
)

// redAtHorizon is the ratio of red to blue from the horizon up to 20 degrees,
// each texel clipped to 1, as the picture shows it.
func redAtHorizon(im *hdr.Image) float64 {
	var red, blue float64
	for y := int(float64(im.H) * (.5 - 20./180)); y < im.H/2; y++ {
		row := im.Row(y)
		for x := 0; x < len(row); x += 3 {
			red += math.Min(float64(row[x]), 1)
			blue += math.Min(float64(row[x+2]), 1)
		}
	}
	return (red + 1e-9) / (blue + 1e-9)
}

// clippedMean is the mean of the radiance clipped to 1, by solid angle.
func clippedMean(im *hdr.Image) float64 {
	var sum, weight float64
	for y := range im.H {
		k := math.Sin(math.Pi * (float64(y) + .5) / float64(im.H))
		for _, v := range im.Row(y) {
			sum += k * math.Min(float64(v), 1)
		}
		weight += k * float64(3*im.W)
	}
	return sum / weight
}
