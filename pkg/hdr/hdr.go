// Package hdr reads and writes environment maps as files.
//
//	Read:  Radiance .hdr, OpenEXR, PNG, JPEG, WebP -> Image
//	Write: Image -> Radiance .hdr, OpenEXR, PNG, JPEG
//
// The first bytes of a file tell its format, whatever its name. Formats
// register themselves, as those of the standard image package do. OpenEXR
// needs cgo: a program that wants it imports package hdr/exr for its effect.
// Package envmap knows what the pixels mean on the sphere, and has the tone
// maps and the logarithmic codes.
package hdr

import "fmt"

// MaxPixels is the size of the largest image that is read, unless a Source
// sets another limit: 16384×8192 texels, 1.6 GB of float32. A larger header is
// refused before any pixel is allocated.
const MaxPixels = 16384 * 8192

// Image holds linear, scene-referred radiance with Rec. 709 primaries and a
// D65 white.
type Image struct {
	W, H int
	Pix  []float32 // W*H*3 values: interleaved RGB, row by row, row 0 at the zenith
	Meta Meta
}

// Meta holds what a file says beside its pixels. The zero value is that of an
// image made in memory.
type Meta struct {
	Format      string // "radiance", "exr", "png", "jpeg" or "webp"
	Encoding    string // how values were stored: "rgbe", "xyze", "half", "float", "uint", "8-bit", "16-bit"
	Compression string // OpenEXR's name for its compression, as in "dwab"
	Envmap      string // OpenEXR's envmap attribute: "latlong", "cube" or ""

	Layer  string   // of an OpenEXR file, the layer that was read
	Layers []string // all that it has

	// LDR says that the file held sRGB-encoded values in [0,1], so that
	// nothing is known of light above white.
	LDR bool

	// Recipe records how the image was made. Every format that is written
	// keeps it inside the file.
	Recipe string

	// Comments are the remaining free lines of a Radiance header, and the
	// lines of OpenEXR's attribute comments.
	Comments []string

	// Attributes are OpenEXR's string attributes and the NAME=value lines of
	// a Radiance header; lines of one name are kept as lines of one value.
	// Those that only describe the stored pixels, such as EXPOSURE, are
	// applied to Pix and left out.
	Attributes map[string]string

	// Notes say what was odd about the file and how it was read, a sentence
	// each. Text of the file in them is quoted.
	Notes []string

	// Primaries are those that the file declared, or nil. Pix is in Rec. 709
	// whatever they were.
	Primaries *Primaries

	// Repairs counts the values that were not usable radiance.
	Repairs Repairs
}

// New returns a black image w texels wide and h high.
func New(w, h int) *Image {
	return &Image{W: w, H: h, Pix: make([]float32, w*h*3)}
}

// Row returns the 3*W values of row y, as part of Pix.
func (im *Image) Row(y int) []float32 {
	n := 3 * im.W
	return im.Pix[y*n : (y+1)*n : (y+1)*n]
}

// Peak returns the largest value of any channel, and 0 for an empty image.
func (im *Image) Peak() float32 {
	var peak float32
	for _, v := range im.Pix {
		peak = max(peak, v)
	}
	return peak
}

// CheckEquirect returns an error, with a hint, unless the image can be an
// equirectangular panorama: twice as wide as high.
func (im *Image) CheckEquirect() error {
	w, h := im.W, im.H
	switch {
	case w == 2*h && im.Meta.Envmap == "cube":
		return fmt.Errorf("hdr: the file calls itself a cube map, want a latitude-longitude panorama")
	case w == 2*h:
		return nil
	}
	hint := "scale or pad it to 2:1 first"
	switch {
	case h == 2*w:
		hint = "turn it by a quarter first"
	case im.Meta.Envmap == "cube", h == 6*w, w == 6*h, 3*w == 4*h, 4*w == 3*h:
		hint = "it looks like a cube map: convert it to a latitude-longitude panorama first"
	case w == h:
		hint = "it looks like an angular map or a picture: convert it to a latitude-longitude panorama first"
	case w == 2*h+1, w == 2*h-1, w == 2*h+2, w == 2*h-2:
		hint = "it is a texel or two off: scale it to 2:1 first"
	}
	return fmt.Errorf("hdr: image is %d×%d, want a panorama twice as wide as high: %s", w, h, hint)
}

// check returns an error unless Pix has the length that W and H promise.
func (im *Image) check() error {
	if im.W < 1 || im.H < 1 || len(im.Pix) != im.W*im.H*3 {
		return fmt.Errorf("image is %d×%d with %d values, want %d", im.W, im.H, len(im.Pix), im.W*im.H*3)
	}
	return nil
}
