package envmap

import (
	"image"
	"image/color"
	"math"
	"sync"
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
func Picture(radiance float32) float32 { return pictureTable().at(radiance) }

// PictureRow applies the rule to values of radiance. dst has room for them.
func PictureRow(dst, radiance []float32) {
	t := pictureTable()
	dst = dst[:len(radiance)]
	for i, v := range radiance {
		dst[i] = t.at(v)
	}
}

// Paint makes an image of a picture [3,h,w] in [0,1]; what lies beyond is cut
// off.
func Paint(picture []float32, w, h int) *image.NRGBA {
	im, n := image.NewNRGBA(image.Rect(0, 0, w, h)), w*h
	level := func(v float32) uint8 { return uint8(255*min(max(v, 0), 1) + .5) }
	for i := range n {
		im.SetNRGBA(i%w, i/w, color.NRGBA{level(picture[i]), level(picture[n+i]), level(picture[2*n+i]), 255})
	}
	return im
}

// powers holds the rule's power at 1024 floats of each octave from the floor to
// 1: between two of them a line is within 3e-8 of it, half a step of a float32.
// Powers of all the values of a map would take longer than reading it.
type powers []float64

func (t powers) at(radiance float32) float32 {
	if !(radiance > PictureFloor) { // NaN too
		radiance = PictureFloor
	}
	if radiance > 1 {
		radiance = 1
	}
	bits := math.Float32bits(radiance)
	part := float64(bits&(1<<pictureDropped-1)) / (1 << pictureDropped)
	i := bits>>pictureDropped - pictureFirst
	return float32(t[i] + part*(t[i+1]-t[i]))
}

var pictureTable = sync.OnceValue(func() powers {
	t := make(powers, math.Float32bits(1)>>pictureDropped-pictureFirst+2)
	for i := range t {
		t[i] = math.Pow(float64(math.Float32frombits((pictureFirst+uint32(i))<<pictureDropped)), 1/PictureGamma)
	}
	return t
})

// pictureDropped is how many of a float32's last bits are left out of the
// table's index, and pictureFirst the index of the floor.
const pictureDropped = 23 - 10

var pictureFirst = math.Float32bits(PictureFloor) >> pictureDropped
