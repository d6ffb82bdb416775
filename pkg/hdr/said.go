package hdr

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"io"
	"slices"
)

// said is what the file of a picture says beside its pixels, as it stands
// there. Each part has at most maxHeaderBytes.
type said struct {
	recipe string
	exif   []byte // a TIFF file
	xmp    []byte // XML
	icc    []byte // a profile

	// Of PNG: what it says of its colours without a profile.
	cicp, gamma, chromaticities []byte
	srgb                        bool
}

// readPart returns n bytes of a file from an offset on, or nil.
func readPart(r *io.SectionReader, at, n int64) []byte {
	if n < 0 || n > maxHeaderBytes || at+n > r.Size() {
		return nil
	}
	data := make([]byte, n)
	if _, err := r.ReadAt(data, at); err != nil {
		return nil
	}
	return data
}

// inflate returns what zlib packed, or nil where it is damaged or too large.
func inflate(packed []byte) []byte {
	z, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil
	}
	data, err := io.ReadAll(io.LimitReader(z, maxHeaderBytes+1))
	if err != nil || len(data) > maxHeaderBytes {
		return nil
	}
	return data
}

// saidByPNG looks through the chunks of a PNG that was decoded (PNG 3rd
// edition, 11.3).
func saidByPNG(src *Source) (s said) {
	r := src.Reader()
	for at := int64(8); ; {
		head := readPart(r, at, 8) // length and type
		if head == nil {
			return s
		}
		n := int64(binary.BigEndian.Uint32(head))
		body := func() []byte { return readPart(r, at+8, n) }
		switch string(head[4:]) {
		case "iTXt":
			text := body()
			if recipe, ok := bytes.CutPrefix(text, []byte(recipeText)); ok && s.recipe == "" {
				s.recipe = string(recipe)
			} else if packet, ok := bytes.CutPrefix(text, []byte("XML:com.adobe.xmp\x00")); ok {
				s.xmp = internationalText(packet)
			}
		case "eXIf":
			s.exif = body()
		case "iCCP":
			if _, packed, ok := bytes.Cut(body(), []byte{0, 0}); ok { // name, method
				s.icc = inflate(packed)
			}
		case "cICP":
			s.cicp = body()
		case "gAMA":
			s.gamma = body()
		case "cHRM":
			s.chromaticities = body()
		case "sRGB":
			s.srgb = true
		case "IEND":
			return s
		}
		at += 8 + n + 4 // and the checksum
	}
}

// internationalText returns the text of an iTXt chunk from behind its keyword.
func internationalText(body []byte) []byte {
	if len(body) < 2 {
		return nil
	}
	packed := body[0] == 1
	for range 2 { // the language, the keyword in it
		_, rest, ok := bytes.Cut(body[2:], []byte{0})
		if !ok {
			return nil
		}
		body = append([]byte{0, 0}, rest...)
	}
	if packed {
		return inflate(body[2:])
	}
	return body[2:]
}

// saidByJPEG looks through the segments in front of the pixels of a JPEG that
// was decoded.
func saidByJPEG(src *Source) (s said) {
	r := src.Reader()
	var recipe []byte
	profile := map[byte][]byte{} // parts by their number
	total := 0
	for at := int64(2); total < maxHeaderBytes; {
		head := readPart(r, at, 4) // marker and length
		if head == nil || head[0] != 0xff {
			break
		}
		marker := head[1]
		if marker == 0xff { // a fill byte
			at++
			total++
			continue
		}
		if marker == 0x01 || 0xd0 <= marker && marker <= 0xd8 { // without a length
			at += 2
			continue
		}
		if marker == markerSOS || marker == markerEOI {
			break
		}
		n := int64(binary.BigEndian.Uint16(head[2:]))
		if marker == markerCOM || marker == markerAPP1 || marker == markerAPP2 {
			data := readPart(r, at+4, max(n, 2)-2)
			total += len(data)
			if part, ok := bytes.CutPrefix(data, []byte(recipePrefix)); ok && marker == markerCOM {
				recipe = append(recipe, part...)
			} else if part, ok := bytes.CutPrefix(data, []byte("Exif\x00\x00")); ok && marker == markerAPP1 {
				s.exif = part
			} else if part, ok := bytes.CutPrefix(data, []byte("http://ns.adobe.com/xap/1.0/\x00")); ok && marker == markerAPP1 {
				s.xmp = part
			} else if part, ok := bytes.CutPrefix(data, []byte("ICC_PROFILE\x00")); ok && marker == markerAPP2 && len(part) > 2 {
				profile[part[0]] = part[2:]
			}
		}
		at += 2 + n
	}
	s.recipe = string(recipe)
	for i := 1; profile[byte(i)] != nil && i < 256; i++ {
		s.icc = slices.Concat(s.icc, profile[byte(i)])
	}
	return s
}

// saidByWebP looks through the chunks of a WebP that was decoded (RFC 9649).
func saidByWebP(src *Source) (s said) {
	r := src.Reader()
	for at := int64(12); ; {
		head := readPart(r, at, 8) // type and length
		if head == nil || head[0] == 0 {
			return s
		}
		n := int64(binary.LittleEndian.Uint32(head[4:]))
		switch string(head[:4]) {
		case "EXIF":
			s.exif = bytes.TrimPrefix(readPart(r, at+8, n), []byte("Exif\x00\x00"))
		case "XMP ":
			s.xmp = readPart(r, at+8, n)
		case "ICCP":
			s.icc = readPart(r, at+8, n)
		}
		at += 8 + n + n%2
	}
}
