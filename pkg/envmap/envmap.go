// Package envmap knows what the texels of an environment map mean: where on
// the sphere they lie, how large they are, how maps turn and change size, how
// radiance is coded for a network, shown to CLIP and shown to people, and how
// two maps are compared.
//
//	hdr.Image (linear radiance) -> Resize, Yaw, Rotate -> hdr.Image
//	hdr.Image -> Coding.EncodePlanar -> log-radiance [3,H,W] -> DecodePlanar
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
	"runtime"
	"sync"

	"github.com/clipenv/toolkit/pkg/hdr"
)

// Luminance returns the CIE Y of linear RGB with Rec. 709 primaries, with the
// weights of ITU-R BT.709 in the four digits that most HDR tools use.
func Luminance(r, g, b float32) float32 { return .2126*r + .7152*g + .0722*b }

// rows calls work over bands that together make up rows 0 to h, on as many
// goroutines as may run at once. A band's number is below that count.
func rows(h int, work func(band, from, to int)) {
	bands := bandCount(h)
	if bands == 1 {
		work(0, 0, h)
		return
	}
	var group sync.WaitGroup
	for b := range bands {
		group.Go(func() { work(b, b*h/bands, (b+1)*h/bands) })
	}
	group.Wait()
}

// bandCount is the number of bands that rows cuts h rows into, at least 1.
func bandCount(h int) int { return max(1, min(runtime.GOMAXPROCS(0), h)) }

// sumRows adds what measure returns for every row, in the order of the rows,
// so that the sum does not depend on the number of goroutines.
func sumRows[T any](h int, measure func(y int) T, add func(sum *T, row T)) (sum T) {
	parts := make([]T, h)
	rows(h, func(_, from, to int) {
		for y := from; y < to; y++ {
			parts[y] = measure(y)
		}
	})
	for _, part := range parts {
		add(&sum, part)
	}
	return sum
}

// luminance returns the W*H luminances of a map.
func luminance(im *hdr.Image) []float32 {
	lum := make([]float32, im.W*im.H)
	rows(im.H, func(_, from, to int) {
		for y := from; y < to; y++ {
			row, out := im.Row(y), lum[y*im.W:(y+1)*im.W]
			for x := range out {
				out[x] = Luminance(row[3*x], row[3*x+1], row[3*x+2])
			}
		}
	})
	return lum
}
