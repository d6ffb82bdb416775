package hdr

import (
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"os"

	"golang.org/x/image/webp"
)

// Pictures for the screen: values are sRGB-encoded, so they decode to linear
// light in [0,1]. Alpha is ignored. What
// their files say of colours, of their position and of the sphere is followed,
// or said.

func init() {
	Register(Format{
		Name:       "png",
		Magics:     []string{"\x89PNG\r\n\x1a\n"},
		Extensions: []string{".png"},
		Decode:     codec{png.DecodeConfig, png.Decode, color.YCbCrToRGB, 8 * 1100, saidByPNG}.read,
		Holds:      screenRange,
		Encode:     encodePNG,
	})
	Register(Format{
		Name:       "jpeg",
		Magics:     []string{"\xff\xd8\xff"},
		Extensions: []string{".jpg", ".jpeg"},
		Decode:     codec{jpeg.DecodeConfig, jpeg.Decode, color.YCbCrToRGB, 8 * 64, saidByJPEG}.read,
		Holds:      screenRange,
		Encode:     encodeJPEG,
	})
	Register(Format{
		Name:   "webp",
		Magics: []string{"RIFF****WEBPVP8"},
		Decode: codec{webp.DecodeConfig, webp.Decode, studioToRGB, 0, saidByWebP}.read,
	})
}

// codec is one of the image packages, with what else there is to know.
type codec struct {
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
	toRGB  func(y, cb, cr uint8) (r, g, b uint8) // for formats with luma and chroma

	// densest is the number of texels that a byte stands for at most, or 0
	// where there is no such number: deflate reaches 1032:1 on a PNG of one
	// bit to the texel, and JPEG spends a bit on a block of 8×8.
	densest int64

	said func(*Source) said
}

// read looks at the size before it decodes pixels.
func (k codec) read(src *Source) (*Image, error) {
	c, err := k.config(src.Reader())
	if err != nil {
		return nil, clearer(err)
	}
	w, h := int64(c.Width), int64(c.Height)
	if err := src.CheckSize(w, h); err != nil {
		return nil, err
	}
	if k.densest > 0 && src.Size < w*h/k.densest {
		return nil, fmt.Errorf("%d×%d texels need at least %d bytes, the file has %d: it is cut short or its header damaged",
			w, h, w*h/k.densest, src.Size)
	}
	pic, err := k.decode(src.Reader())
	if err != nil {
		return nil, clearer(err)
	}
	b := pic.Bounds()
	if b.Dx() != c.Width || b.Dy() != c.Height {
		return nil, fmt.Errorf("picture is %d×%d, its header says %d×%d", b.Dx(), b.Dy(), w, h)
	}
	im := New(b.Dx(), b.Dy())
	said := k.said(src)
	im.Meta = Meta{LDR: true, Encoding: "8-bit", Recipe: said.recipe}
	colours := said.colours(pic)
	if !colours.curve.linearise(im.Pix, pic, k.toRGB) {
		return nil, fmt.Errorf("pixels are %T, which this program does not know", pic)
	}
	colours.apply(im)
	orient(im, orientation(said.exif))
	if note := panoramaNote(said.xmp); note != "" {
		im.Meta.Notes = append(im.Meta.Notes, note)
	}
	switch pic.(type) {
	case *image.Gray16, *image.RGBA64, *image.NRGBA64:
		im.Meta.Encoding = "16-bit"
	}
	return im, nil
}

// clearer says what a bare end-of-file means.
func clearer(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return fmt.Errorf("the file ends: it is cut short")
	}
	return err
}

// linearise fills interleaved RGB from any of the types that the decoders
// return, and reports whether it knew the type.
func (c curve) linearise(pix []float32, pic image.Image, toRGB func(y, cb, cr uint8) (r, g, b uint8)) bool {
	b := pic.Bounds()
	w := b.Dx()
	rows := func(row func(dst []float32, y int)) bool {
		for y := range b.Dy() {
			row(pix[3*w*y:][:3*w], y)
		}
		return true
	}
	bytesOf := func(samples []uint8, stride, step int, at [3]int) bool {
		return rows(func(dst []float32, y int) {
			src := samples[y*stride:]
			for x := range w {
				for k := range 3 {
					dst[3*x+k] = c.eight[src[step*x+at[k]]]
				}
			}
		})
	}
	wordsOf := func(samples []uint8, stride, step int, at [3]int) bool {
		table := c.sixteen()
		return rows(func(dst []float32, y int) {
			src := samples[y*stride:]
			for x := range w {
				for c := range 3 {
					i := step*x + at[c]
					dst[3*x+c] = table[uint16(src[i])<<8|uint16(src[i+1])]
				}
			}
		})
	}
	switch p := pic.(type) {
	case *image.RGBA: // opaque, since the decoders use NRGBA otherwise
		return bytesOf(p.Pix, p.Stride, 4, [3]int{0, 1, 2})
	case *image.NRGBA:
		return bytesOf(p.Pix, p.Stride, 4, [3]int{0, 1, 2})
	case *image.Gray:
		return bytesOf(p.Pix, p.Stride, 1, [3]int{})
	case *image.RGBA64:
		return wordsOf(p.Pix, p.Stride, 8, [3]int{0, 2, 4})
	case *image.NRGBA64:
		return wordsOf(p.Pix, p.Stride, 8, [3]int{0, 2, 4})
	case *image.Gray16:
		return wordsOf(p.Pix, p.Stride, 2, [3]int{})
	case *image.Paletted:
		var table [256][3]float32
		for i, entry := range p.Palette {
			v := color.NRGBAModel.Convert(entry).(color.NRGBA)
			table[i] = [3]float32{c.eight[v.R], c.eight[v.G], c.eight[v.B]}
		}
		return rows(func(dst []float32, y int) {
			for x, i := range p.Pix[y*p.Stride:][:w] {
				copy(dst[3*x:3*x+3], table[i][:])
			}
		})
	case *image.NYCbCrA:
		return c.linearise(pix, &p.YCbCr, toRGB)
	case *image.YCbCr:
		return rows(func(dst []float32, y int) {
			for x := range w {
				i, j := p.YOffset(b.Min.X+x, b.Min.Y+y), p.COffset(b.Min.X+x, b.Min.Y+y)
				red, green, blue := toRGB(p.Y[i], p.Cb[j], p.Cr[j])
				dst[3*x], dst[3*x+1], dst[3*x+2] = c.eight[red], c.eight[green], c.eight[blue]
			}
		})
	case *image.CMYK:
		return rows(func(dst []float32, y int) {
			src := p.Pix[y*p.Stride:]
			for x := range w {
				red, green, blue := color.CMYKToRGB(src[4*x], src[4*x+1], src[4*x+2], src[4*x+3])
				dst[3*x], dst[3*x+1], dst[3*x+2] = c.eight[red], c.eight[green], c.eight[blue]
			}
		})
	}
	return false
}

// studioToRGB decodes the luma and chroma of VP8, whose black is 16 and whose
// white is 235 (RFC 6386, section 9.2), in fixed point as libwebp does. The
// webp package leaves them as they are, in a type for JPEG's full range.
func studioToRGB(y, cb, cr uint8) (r, g, b uint8) {
	luma, u, v := int(y)*19077>>8, int(cb), int(cr)
	cut := func(v int) uint8 { return uint8(min(max(v>>6, 0), 255)) }
	return cut(luma + v*26149>>8 - 14234),
		cut(luma - u*6419>>8 - v*13320>>8 + 8708),
		cut(luma + u*33050>>8 - 17685)
}

// screenRange has no least: what is dark on a screen is meant to be.
func screenRange(WriteOptions) Range {
	return Range{Way: "a picture of 8 bits", Largest: 1, Instead: "a tone map brings them into it, .exr and .hdr hold them"}
}

func encodePNG(f *os.File, im *Image, o WriteOptions) error {
	return EncodePNG(f, screen(im), o.Recipe)
}

func encodeJPEG(f *os.File, im *Image, o WriteOptions) error {
	quality := o.Quality
	if quality == 0 {
		quality = DefaultQuality
	}
	if im.W > 65535 || im.H > 65535 {
		return fmt.Errorf("jpeg: image is %d×%d, want at most 65535 on a side", im.W, im.H)
	}
	return EncodeJPEG(f, screen(im), quality, o.Recipe)
}

// screen encodes linear values for a screen.
func screen(im *Image) *image.RGBA {
	pic := image.NewRGBA(image.Rect(0, 0, im.W, im.H))
	table := newToByte()
	for i := range im.W * im.H {
		src, dst := im.Pix[3*i:3*i+3:3*i+3], pic.Pix[4*i:4*i+4:4*i+4]
		dst[0], dst[1], dst[2], dst[3] = table.encode(src[0]), table.encode(src[1]), table.encode(src[2]), 255
	}
	return pic
}
