// Package exr reads and writes OpenEXR files for package hdr, through the
// official library. Import it for its effect:
//
//	import _ "github.com/clipenv/toolkit/pkg/hdr/exr"
//
// Of a file it takes the layer that is asked for, else plain R G B, else the
// usual names of a renderer's whole picture, over all parts. It shows the
// display window: texels outside of the data window are black. Alpha is left
// out; colours stay premultiplied by it, as stored.
package exr

/*
#cgo pkg-config: OpenEXR
#cgo CXXFLAGS: -std=c++17 -O2
#include <stdlib.h>
#include "exr.h"
*/
import "C"

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"unsafe"

	"github.com/clipenv/toolkit/pkg/hdr"
)

func init() {
	hdr.Register(hdr.Format{
		Name:       "exr",
		Magics:     []string{"v/1\x01"},
		Extensions: []string{".exr"},
		Layers:     true,
		Decode:     decode,
		Holds:      holds,
		Encode:     encode,
	})
}

// maxSide is the largest width and height, of images and of tiles.
const maxSide = 1 << 16

// setup starts the library's threads at the first use, and not more than an
// image has blocks for.
var setup = sync.OnceFunc(func() {
	C.exr_setup(C.int(min(runtime.GOMAXPROCS(0), 16)), maxSide)
})

// Version returns the version of the OpenEXR library, as in "3.1.5".
func Version() string { return C.GoString(C.exr_version()) }

func decode(src *hdr.Source) (*hdr.Image, error) {
	if err := checkHeader(src); err != nil {
		return nil, err
	}
	setup()
	fd, data := C.int(-1), unsafe.Pointer(nil)
	if src.File != nil {
		fd = C.int(src.File.Fd())
		defer runtime.KeepAlive(src.File)
	} else {
		var pin runtime.Pinner
		defer pin.Unpin()
		data = unsafe.Pointer(unsafe.SliceData(src.Data))
		pin.Pin(data)
	}
	var file *C.exr_file
	if err := take(C.exr_open(fd, data, C.uint64_t(src.Size), &file)); err != nil {
		return nil, err
	}
	defer C.exr_close(file)
	channels := channelsOf(file)
	layers := layersOf(channels)
	if len(layers) == 0 {
		return nil, noPicture(channels)
	}
	chosen, err := choose(layers, src.Layer)
	if err != nil {
		return nil, err
	}
	var info C.exr_info
	if err := chosen.open(file, &info); err != nil {
		return nil, err
	}
	if err := src.CheckSize(int64(info.width), int64(info.height)); err != nil {
		return nil, err
	}
	im := hdr.New(int(info.width), int(info.height))
	im.Meta = meta(file, &info)
	im.Meta.Layer, im.Meta.Layers = chosen.name, names(layers)
	if err := take(C.exr_read(file, (*C.float)(unsafe.SliceData(im.Pix)))); err != nil {
		return nil, err
	}
	return im, nil
}

func channelsOf(file *C.exr_file) (all []channel) {
	var c C.exr_channel
	for i := C.int(0); C.exr_channel_at(file, i, &c) != 0; i++ {
		all = append(all, channel{
			int(c.part), C.GoString(c.part_name), C.GoString(c.name), c.flat != 0, int(c.x_sampling), int(c.y_sampling),
		})
	}
	return all
}

// open makes a layer the one that is read.
func (l layer) open(file *C.exr_file, info *C.exr_info) error {
	var names [3]*C.char
	for i, name := range l.channels {
		names[i] = C.CString(name)
		defer C.free(unsafe.Pointer(names[i]))
	}
	return take(C.exr_select(file, C.int(l.part), boolean(l.chroma), names[0], names[1], names[2], info))
}

// dataWindowNote names a panorama inside of a larger picture.
func dataWindowNote(info *C.exr_info) string {
	x, y, w, h := int64(info.data_x), int64(info.data_y), int64(info.data_width), int64(info.data_height)
	inside := x >= 0 && y >= 0 && x+w <= int64(info.width) && y+h <= int64(info.height)
	if w != 2*h || !inside || w == int64(info.width) && h == int64(info.height) {
		return ""
	}
	return fmt.Sprintf("its data window, %d×%d at (%d, %d), is twice as wide as high inside of a display window of %d×%d, the rest of which is black: crop it to the data window if that is the panorama",
		w, h, x, y, info.width, info.height)
}

func meta(file *C.exr_file, info *C.exr_info) hdr.Meta {
	m := hdr.Meta{
		Encoding:    C.GoString(info.encoding),
		Compression: C.GoString(info.compression),
		Envmap:      C.GoString(info.envmap),
	}
	if note := dataWindowNote(info); note != "" {
		m.Notes = append(m.Notes, note)
	}
	if info.has_primaries != 0 {
		at := func(i int) [2]float64 {
			return [2]float64{float64(info.primaries[i]), float64(info.primaries[i+1])}
		}
		p := hdr.Primaries{Red: at(0), Green: at(2), Blue: at(4), White: at(6)}
		if p.Valid() {
			m.Primaries = &p
		}
	}
	var name, value *C.char
	var length C.size_t
	for i := C.int(0); C.exr_string(file, i, &name, &value, &length) != 0; i++ {
		key, text := C.GoString(name), C.GoStringN(value, C.int(length))
		switch {
		case key == recipeAttribute:
			m.Recipe = text
		case key == commentsAttribute && text != "":
			m.Comments = strings.Split(text, "\n")
		default:
			if m.Attributes == nil {
				m.Attributes = map[string]string{}
			}
			m.Attributes[key] = text
		}
	}
	return m
}

// libraryPrefix is how the library begins the reason for a file it cannot read,
// after which the reason itself follows.
var libraryPrefix = regexp.MustCompile(`(?i)(cannot (read|open)|error reading( pixel data from)?|failed to \w+( pixel data to)?)( image)? file "(file|memory)"[.:]? *`)

// take turns a reason of the C side into an error in this project's manner,
// and frees it.
func take(reason *C.char) error {
	if reason == nil {
		return nil
	}
	defer C.free(unsafe.Pointer(reason))
	text := libraryPrefix.ReplaceAllString(C.GoString(reason), "")
	text = strings.TrimRight(strings.Join(strings.Fields(text), " "), ". ")
	switch {
	case text == "":
		text = "the file is damaged"
	case strings.Contains(text, "std::bad_alloc"), strings.Contains(text, "allocate memory"):
		text = "out of memory: make the map smaller"
	}
	if len(text) > 1 && text[1] >= 'a' && text[1] <= 'z' {
		text = strings.ToLower(text[:1]) + text[1:]
	}
	return errors.New(text)
}

// The attributes for what Radiance has as comments; that for people's is one of
// OpenEXR's own (ImfStandardAttributes.h).
const (
	recipeAttribute   = "recipe"
	commentsAttribute = "comments"
)

// holds knows that the DWA compressions turn every value into a half float,
// whatever the type of its channel.
func holds(o hdr.WriteOptions) hdr.Range {
	r := hdr.HalfRange
	switch {
	case dwa(o.Compression):
		r.Way = fmt.Sprintf("%s, which packs half floats,", o.Compression)
		r.Instead = "compression zip, piz or none holds them, and so does .hdr"
	case o.Precision != hdr.Half:
		return hdr.Range{}
	}
	return r
}

func dwa(c hdr.Compression) bool { return c == hdr.DWAA || c == hdr.DWAB }

func encode(f *os.File, im *hdr.Image, o hdr.WriteOptions) error {
	setup()
	if im.W > maxSide || im.H > maxSide {
		return fmt.Errorf("image is %d×%d, want at most %d on a side", im.W, im.H, maxSide)
	}
	half := o.Precision == hdr.Half || o.Precision != hdr.Float && !hdr.HalfRange.LossIn(im).Any()
	// What a forced write cuts is cut here: the library would leave Infinity.
	half = half || dwa(o.Compression) && im.Peak() > hdr.MaxHalf
	out := C.exr_output{
		width:       C.int(im.W),
		height:      C.int(im.H),
		half:        boolean(half),
		latlong:     boolean(im.W == 2*im.H && im.Meta.Envmap != "cube"),
		compression: compression(o.Compression),
	}
	strs := newStrings(im.Meta, o.Recipe)
	defer strs.free()
	strs.fill(&out)
	return take(C.exr_write(C.int(f.Fd()), &out, (*C.float)(unsafe.SliceData(im.Pix))))
}

func boolean(b bool) C.int {
	if b {
		return 1
	}
	return 0
}

func compression(c hdr.Compression) C.int {
	if c == "" {
		c = hdr.ZIP
	}
	name := C.CString(string(c))
	defer C.free(unsafe.Pointer(name))
	return C.exr_compression(name)
}
