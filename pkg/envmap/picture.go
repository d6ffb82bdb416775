package envmap

import (
	"math"

	"github.com/clipenv/toolkit/pkg/hdr"
)

// The one rule by which radiance becomes the picture that CLIP sees, in
// training, editing and scoring alike:
//
//	picture = clamp(radiance, PictureFloor, 1) ^ (1/PictureGamma)
//
// The exposure is fixed. It is part of what a map means: a night that is
// exposed to its own mean looks like day. The floor keeps the slope finite.
const (
	PictureFloor = 1e-5
	PictureGamma = 2.2
)

// Picture applies the rule to one value of radiance; the result is in (0, 1].
func Picture(radiance float32) float32 {
	v := float64(radiance)
	if !(v > PictureFloor) {
		v = PictureFloor
	}
	return float32(math.Pow(min(v, 1), 1/PictureGamma))
}

// PicturePlanar applies the rule to a map: [3,H,W] in (0, 1].
func PicturePlanar(im *hdr.Image) []float32 { return planar(im, Picture) }
