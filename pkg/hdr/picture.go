package hdr

import (
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"slices"
	"strings"
)

// EncodePNG writes a picture as a PNG, with a recipe unless that is empty. The
// recipe is an iTXt chunk called Recipe (PNG 3rd edition, 11.3.3). It stands
// before the pixels, so that a reader meets it at once.
func EncodePNG(w io.Writer, pic image.Image, recipe string) error {
	if recipe == "" {
		return png.Encode(w, pic)
	}
	// What is written first is the signature, 8 bytes, and IHDR, 25.
	return png.Encode(&insertion{w: w, at: 8 + 25, extra: recipeChunk(recipe)}, pic)
}

// EncodeJPEG writes a picture as a JPEG, with a recipe unless that is empty.
// The quality is 1 to 100. The recipe is a comment (COM, ITU-T T.81, B.2.4.5)
// at the beginning of the file, or several comments if one is too small for
// it.
func EncodeJPEG(w io.Writer, pic image.Image, quality int, recipe string) error {
	if recipe != "" {
		w = &insertion{w: w, at: 2, extra: recipeComments(recipe)}
	}
	return jpeg.Encode(w, pic, &jpeg.Options{Quality: quality})
}

// insertion is a writer that puts extra behind the first bytes.
type insertion struct {
	w     io.Writer
	at    int // bytes that are still to come before extra
	extra []byte
}

func (i *insertion) Write(p []byte) (int, error) {
	n, err := i.w.Write(p[:min(i.at, len(p))])
	if i.at -= n; err != nil || i.at > 0 {
		return n, err
	}
	if _, err := i.w.Write(i.extra); err != nil {
		return n, err
	}
	i.extra = nil
	more, err := i.w.Write(p[n:])
	return n + more, err
}

// recipeText begins the data of the chunk: its keyword, that it is neither
// compressed nor in a language, and no translation of the keyword.
const recipeText = "Recipe\x00\x00\x00\x00\x00"

func recipeChunk(recipe string) []byte {
	text := strings.ReplaceAll(strings.ToValidUTF8(recipe, "\uFFFD"), "\x00", " ") // a zero would end it
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(recipeText)+len(text)))
	chunk = append(chunk, "iTXt"+recipeText+text...)
	return binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
}

// The markers that matter here.
const (
	markerEOI  = 0xd9
	markerSOS  = 0xda
	markerAPP1 = 0xe1
	markerAPP2 = 0xe2
	markerCOM  = 0xfe
)

func recipeComments(recipe string) (segments []byte) {
	const most = 65535 - 2 - len(recipePrefix) // the length counts itself
	for part := range slices.Chunk([]byte(recipe), most) {
		segments = append(segments, 0xff, markerCOM)
		segments = binary.BigEndian.AppendUint16(segments, uint16(2+len(recipePrefix)+len(part)))
		segments = append(append(segments, recipePrefix...), part...)
	}
	return segments
}
