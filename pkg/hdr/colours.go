package hdr

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"math"
	"sync"

	"github.com/kovidgoyal/imaging/prism/meta/icc"

	"github.com/clipenv/toolkit/internal/parallel"
	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/pkg/rgb"
)

// curve takes stored values of 8 and of 16 bits to linear light.
type curve struct {
	eight   *[256]float32
	sixteen func() *[65536]float32 // made when it is asked for
}

var sRGBCurve = curve{&linear8, linear16}

// curveOf tabulates a function of stored values in [0,1].
func curveOf(f func(float64) float64) curve {
	c := curve{eight: new([256]float32)}
	for i := range c.eight {
		c.eight[i] = float32(f(float64(i) / 255))
	}
	c.sixteen = sync.OnceValue(func() *[65536]float32 {
		t := new([65536]float32)
		for i := range t {
			t[i] = float32(f(float64(i) / 65535))
		}
		return t
	})
	return c
}

// colours are how the stored values of a picture become linear Rec. 709.
type colours struct {
	curve     curve
	primaries *Primaries                       // that the curve leaves them in; nil is Rec. 709
	convert   func(r, g, b float64) [3]float64 // from behind the curve, or nil
	note      string
}

// colours follows PNG's order of precedence (3rd edition, 4.3): cICP, the
// profile, sRGB, gAMA with cHRM. What is not told is sRGB.
func (s said) colours(pic image.Image) colours {
	c := colours{curve: sRGBCurve}
	switch {
	case len(s.cicp) == 4:
		if primaries, transfer := s.cicp[0], s.cicp[1]; primaries != 1 || transfer != 13 {
			c.note = fmt.Sprintf("its colours are of ITU-T H.273's primaries %d and transfer %d (cICP), which are not known here: read as sRGB", primaries, transfer)
		}
	case s.icc != nil:
		return s.profile(pic)
	case s.srgb:
	default:
		s.gammaAndPrimaries(&c)
	}
	return c
}

// gammaAndPrimaries reads gAMA and cHRM: integers, 100000 to the unit.
func (s said) gammaAndPrimaries(c *colours) {
	if len(s.gamma) == 4 {
		gamma := float64(binary.BigEndian.Uint32(s.gamma)) / 1e5
		switch {
		case gamma < .01 || gamma > 100:
			c.note = fmt.Sprintf("its gAMA of %.5g makes no sense: read as sRGB", gamma)
		case math.Abs(gamma-1/2.2) > .005: // those who write 1/2.2 mean sRGB
			c.curve = curveOf(func(v float64) float64 { return math.Pow(v, 1/gamma) })
			c.note = fmt.Sprintf("its gAMA of %.5g is applied", gamma)
		}
	}
	if len(s.chromaticities) == 32 {
		var v [8]float64
		for i := range v {
			v[i] = float64(binary.BigEndian.Uint32(s.chromaticities[4*i:])) / 1e5
		}
		p := Primaries{White: [2]float64(v[0:2]), Red: [2]float64(v[2:4]), Green: [2]float64(v[4:6]), Blue: [2]float64(v[6:8])}
		if p.Valid() && !p.near(Rec709) {
			c.primaries = &p
		}
	}
}

// profile makes colours of an ICC profile, for RGB and grey.
func (s said) profile(pic image.Image) (c colours) {
	c = colours{curve: sRGBCurve}
	defer func() {
		if recover() != nil { // the library's, over a damaged profile
			c = colours{curve: sRGBCurve, note: "its ICC profile is damaged: read as sRGB"}
		}
	}()
	p, err := readProfile(s.icc)
	if err != nil {
		c.note = fmt.Sprintf("its ICC profile is damaged (%s): read as sRGB", quote.Text(err.Error()))
		return c
	}
	name, _ := p.Description() // a profile without one is none the worse
	name = quote.Text(name)
	grey := false
	switch pic.(type) {
	case *image.Gray, *image.Gray16:
		grey = true
	}
	switch space := p.Header.DataColorSpace; {
	case space == icc.ColorSpaceRGB && p.IsSRGB(), space == icc.ColorSpaceRGB && grey:
		return c
	case space == icc.ColorSpaceRGB, space == icc.ColorSpaceGray && grey:
	default:
		c.note = fmt.Sprintf("its ICC profile \"%s\" is of %v, which cannot be converted: read as sRGB", name, space)
		return c
	}
	channels := 3
	if grey {
		channels = 1
	}
	pipeline, err := p.CreateTransformerToPCS(icc.RelativeColorimetricRenderingIntent, channels, true)
	if err != nil {
		c.note = fmt.Sprintf("its ICC profile \"%s\" cannot be converted (%s): read as sRGB", name, quote.Text(err.Error()))
		return c
	}
	lab := p.Header.ProfileConnectionSpace == icc.ColorSpaceLab
	toRec709 := fromPCS()
	convert := func(r, g, b float64) [3]float64 {
		in, out := [4]float64{r, g, b}, [4]float64{}
		pipeline.TransformGeneral(out[:], in[:])
		x, y, z := out[0], out[1], out[2]
		if lab {
			x, y, z = p.PCSIlluminant.Lab_to_XYZ(x, y, z)
		}
		linear := toRec709.Apply([3]float64{x, y, z})
		for i, v := range linear {
			linear[i] = max(0, v) // outside of Rec. 709's triangle
		}
		return linear
	}
	if v := convert(.5, .4, .3); math.IsNaN(v[0] + v[1] + v[2]) {
		panic("a profile that gives no numbers")
	}
	c.curve, c.convert = curveOf(func(v float64) float64 { return v }), convert
	c.note = fmt.Sprintf("its ICC profile \"%s\" is applied", name)
	return c
}

// readProfile checks the table of tags, from which the library makes room,
// before the library sees it (ICC.1:2022, 7.3).
func readProfile(data []byte) (*icc.Profile, error) {
	const header = 128
	if len(data) < header+4 {
		return nil, fmt.Errorf("it has %d bytes", len(data))
	}
	tags := int64(binary.BigEndian.Uint32(data[header:]))
	first := header + 4 + 12*tags
	if first > int64(len(data)) {
		return nil, fmt.Errorf("it promises %d tags", tags)
	}
	for i := range tags {
		entry := data[header+4+12*i:]
		at, n := int64(binary.BigEndian.Uint32(entry[4:])), int64(binary.BigEndian.Uint32(entry[8:]))
		if at < first || at+n > int64(len(data)) {
			return nil, fmt.Errorf("tag %d is outside of it", i)
		}
	}
	return icc.DecodeProfile(bytes.NewReader(data))
}

// fromPCS takes XYZ under D50, as profiles speak it, to linear Rec. 709.
func fromPCS() rgb.Matrix {
	d50 := [3]float64{.9642, 1, .8249} // ICC.1:2022, 7.2.16
	from, to := bradford.Apply(d50), bradford.Apply(xyz(Rec709.White))
	adapt := bradford.Inverse().Times(rgb.Diagonal([3]float64{to[0] / from[0], to[1] / from[1], to[2] / from[2]})).Times(bradford)
	return Rec709.toXYZ().Inverse().Times(adapt)
}

// apply converts what the curve has left in pix.
func (c colours) apply(im *Image) {
	if c.note != "" {
		im.Meta.Notes = append(im.Meta.Notes, c.note)
	}
	im.Meta.Primaries = c.primaries
	if c.convert == nil {
		return
	}
	parallel.Rows(im.W*im.H, func(from, to int) {
		var last [3]float32
		result := c.convert(0, 0, 0)
		for pix := im.Pix[3*from : 3*to]; len(pix) >= 3; pix = pix[3:] {
			if v := [3]float32(pix); v != last {
				last, result = v, c.convert(float64(v[0]), float64(v[1]), float64(v[2]))
			}
			pix[0], pix[1], pix[2] = float32(result[0]), float32(result[1]), float32(result[2])
		}
	})
}
