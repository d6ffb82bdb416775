package envmap

import (
	"math"
	"sync"

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
	if !(radiance > PictureFloor) {
		radiance = PictureFloor
	}
	bits := math.Float32bits(min(radiance, 1))
	at := bits>>pictureDropped - pictureFirst
	part := float64(bits&(1<<pictureDropped-1)) / (1 << pictureDropped)
	t := pictureTable()[at : at+2 : at+2]
	return float32(t[0] + part*(t[1]-t[0]))
}

// pictureTable holds the rule's power at 1024 floats of each octave from the
// floor to 1: between two of them a line is within 3e-8 of it, half a step of a
// float32. Powers of all the values of a map would take longer than reading it.
var pictureTable = sync.OnceValue(func() []float64 {
	t := make([]float64, math.Float32bits(1)>>pictureDropped-pictureFirst+2)
	for i := range t {
		t[i] = math.Pow(float64(math.Float32frombits((pictureFirst+uint32(i))<<pictureDropped)), 1/PictureGamma)
	}
	return t
})

// pictureDropped is how many of a float32's last bits are left out of the
// table's index, and pictureFirst the index of the floor.
const pictureDropped = 23 - 10

var pictureFirst = math.Float32bits(PictureFloor) >> pictureDropped

// PicturePlanar applies the rule to a map: [3,H,W] in (0, 1].
func PicturePlanar(im *hdr.Image) []float32 { return planar(im, Picture) }
