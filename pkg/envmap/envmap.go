// Package envmap knows what the texels of an environment map mean: where on
// the sphere they lie, how large they are, how maps turn and change size, how
// radiance is coded for a network, shown to CLIP and shown to people, and how
// two maps are compared.
//
//	hdr.Image (linear radiance) -> Resize, Yaw -> hdr.Image
//	hdr.Image -> Planar -> radiance [3,H,W] -> FromPlanar; Coding: its logarithm
//	hdr.Image -> Picture -> what CLIP sees; ToneMap -> what people see
//	hdr.Image -> Measure, ProjectSH, RenderSpheres, WSPSNR, ... -> numbers
//
// It is pure Go: files are package hdr's, tensors are package torch's.
//
// A map is equirectangular: column x of W spans longitude, row y of H spans
// the polar angle, row 0 at the zenith. Directions follow OpenEXR's
// latitude-longitude maps (ImfEnvmap.h): y is up, the centre of the map looks
// along +z, the left and right edges meet at -z, and +x is a quarter of the
// width left of the centre.
package envmap

import (
	"github.com/clipenv/toolkit/internal/parallel"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/rgb"
)

// Luminance is rgb.Luminance of a texel.
func Luminance(r, g, b float32) float32 { return rgb.Luminance(r, g, b) }

// luminance returns the W*H luminances of a map.
func luminance(im *hdr.Image) []float32 {
	lum := make([]float32, im.W*im.H)
	parallel.Rows(im.H, func(from, to int) {
		for y := from; y < to; y++ {
			row, out := im.Row(y), lum[y*im.W:(y+1)*im.W]
			for x := range out {
				out[x] = Luminance(row[3*x], row[3*x+1], row[3*x+2])
			}
		}
	})
	return lum
}
