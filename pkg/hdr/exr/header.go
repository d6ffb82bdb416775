package exr

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/clipenv/toolkit/pkg/hdr"
)

// The layout of a header, from "OpenEXR File Layout": attributes, each a name
// and a type ending in 0, a length of four bytes, and the value; a 0 ends
// them. A file of several parts has a header for each and an empty one last.
const (
	manyParts = 1 << 12 // in the version word
	maxName   = 255     // of an attribute and of its type
	maxHeader = 1 << 28 // of all values together; the library holds them in memory
)

// sizes are the lengths of values whose type fixes them. The library reads so
// many bytes whatever length the file gives, and would lose its place.
var sizes = map[string]int64{
	"box2i": 16, "box2f": 16, "chromaticities": 32, "compression": 1, "deepImageState": 1,
	"double": 8, "envmap": 1, "float": 4, "int": 4, "keycode": 28, "lineOrder": 1,
	"m33f": 36, "m33d": 72, "m44f": 64, "m44d": 128, "rational": 8, "tiledesc": 9,
	"timecode": 8, "v2i": 8, "v2f": 8, "v2d": 16, "v3i": 12, "v3f": 12, "v3d": 24,
}

// checkHeader returns an error unless the values of all attributes lie inside
// of the file. The library makes room for a value before it reads it, and so
// takes gigabytes for a damaged length.
func checkHeader(src *hdr.Source) error {
	r := bufio.NewReader(src.Reader())
	h := headerScan{r: r, left: src.Size}
	var prefix [8]byte
	if err := h.read(prefix[:]); err != nil {
		return err
	}
	version := binary.LittleEndian.Uint32(prefix[4:])
	for {
		n, err := h.part()
		if err != nil {
			return err
		}
		if version&manyParts == 0 || n == 0 {
			return nil
		}
	}
}

// headerScan reads on through the headers.
type headerScan struct {
	r    *bufio.Reader
	left int64 // bytes of the file that follow

	taken int64 // bytes of values so far
}

// part passes the attributes of one part and returns their number.
func (h *headerScan) part() (n int, err error) {
	for ; ; n++ {
		name, err := h.name()
		if err != nil || name == "" {
			return n, err
		}
		kind, err := h.name()
		if err != nil {
			return n, err
		}
		var size [4]byte
		if err := h.read(size[:]); err != nil {
			return n, err
		}
		length := int64(int32(binary.LittleEndian.Uint32(size[:])))
		if length < 0 || length > h.left {
			return n, fmt.Errorf("attribute %q has %d bytes, the file has %d more: its header is damaged", name, length, h.left)
		}
		if h.taken += length; h.taken > maxHeader {
			return n, fmt.Errorf("the attributes up to %q have %d bytes, want at most %d: the header is damaged", name, h.taken, maxHeader)
		}
		if want, ok := sizes[kind]; ok && length != want {
			return n, fmt.Errorf("attribute %q of type %s has %d bytes, want %d: the header is damaged", name, kind, length, want)
		}
		switch kind {
		case "compression":
			err = h.compression()
		case "chlist":
			err = h.channels(name, length)
		case "stringvector":
			err = h.strings(name, length)
		case "preview":
			err = h.preview(name, length)
		default:
			err = h.skip(length)
		}
		if err != nil {
			return n, err
		}
	}
}

// newer are the compressions that the library linked in does not know, by
// their number, and the version of OpenEXR that brought them.
var newer = map[byte]string{10: "HTJ2K256, which OpenEXR 3.4 brought", 11: "HTJ2K32, which OpenEXR 3.4 brought", 12: "LJ2K, which OpenEXR 3.5 brought", 13: "ZSTD, which OpenEXR 3.5 brought"}

// compression passes the number of a compression, which is one byte.
func (h *headerScan) compression() error {
	var number [1]byte
	if err := h.read(number[:]); err != nil || number[0] < oldest {
		return err
	}
	name := newer[number[0]]
	if name == "" {
		name = fmt.Sprintf("number %d, which is unknown", number[0])
	}
	return fmt.Errorf("compression is %s; this program reads with OpenEXR %s: save it as zip or piz first", name, Version())
}

// oldest is the first number of a newer compression.
const oldest = 10

// channels passes a list of channels: a name and sixteen bytes each, up to an
// empty name.
func (h *headerScan) channels(name string, length int64) error {
	end := h.left - length
	for {
		channel, err := h.name()
		if err == nil && channel != "" {
			err = h.skip(16)
		}
		if err != nil {
			return err
		}
		if channel == "" {
			break
		}
	}
	if h.left != end {
		return fmt.Errorf("attribute %q has %d bytes, its channels take %d: the header is damaged", name, length, length+end-h.left)
	}
	return nil
}

// preview passes a picture of four bytes to the pixel, behind its width and
// height.
func (h *headerScan) preview(name string, length int64) error {
	var size [8]byte
	if err := h.read(size[:]); err != nil {
		return err
	}
	w, height := int64(binary.LittleEndian.Uint32(size[:4])), int64(binary.LittleEndian.Uint32(size[4:]))
	if w > length || height > length || 8+4*w*height != length {
		return fmt.Errorf("attribute %q has %d bytes, want those of %d×%d pixels: the header is damaged", name, length, w, height)
	}
	return h.skip(length - 8)
}

// strings passes a value made of strings, each with its own length.
func (h *headerScan) strings(name string, length int64) error {
	for length > 0 {
		var size [4]byte
		if err := h.read(size[:]); err != nil {
			return err
		}
		length -= 4
		n := int64(int32(binary.LittleEndian.Uint32(size[:])))
		if n < 0 || n > length {
			return fmt.Errorf("attribute %q has a string of %d bytes, want at most %d: the header is damaged", name, n, max(0, length))
		}
		if err := h.skip(n); err != nil {
			return err
		}
		length -= n
	}
	return nil
}

func (h *headerScan) read(p []byte) error {
	n, err := io.ReadFull(h.r, p)
	h.left -= int64(n)
	return cut(err)
}

func (h *headerScan) skip(n int64) error {
	k, err := io.CopyN(io.Discard, h.r, n)
	h.left -= k
	return cut(err)
}

// name reads up to the next 0.
func (h *headerScan) name() (string, error) {
	b, err := h.r.Peek(maxName + 1)
	n := bytes.IndexByte(b, 0)
	switch {
	case n >= 0:
		name := string(b[:n])
		return name, h.skip(int64(n) + 1)
	case err != nil:
		return "", cut(err)
	}
	return "", fmt.Errorf("attribute %.20q… has a name of more than %d bytes: the header is damaged", b, maxName)
}

// cut says what a bare end-of-file means.
func cut(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return fmt.Errorf("the file ends in its header: it is cut short")
	}
	return err
}
