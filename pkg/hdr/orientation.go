package hdr

import (
	"bytes"
	"fmt"

	"github.com/bep/imagemeta"
)

// orientation returns EXIF's Orientation (CIPA DC-008, 4.6.4), 1 to 8; it is 1
// where there is none.
func orientation(exif []byte) int {
	upright := 1
	if len(exif) == 0 {
		return upright
	}
	// What is damaged in it is no reason to refuse the picture.
	_, _ = imagemeta.Decode(imagemeta.Options{
		R: bytes.NewReader(exif), ImageFormat: imagemeta.TIFF, Sources: imagemeta.EXIF,
		ShouldHandleTag: func(tag imagemeta.TagInfo) bool { return tag.Tag == "Orientation" && tag.Namespace == "IFD0" },
		HandleTag: func(tag imagemeta.TagInfo) error {
			if v, ok := tag.Value.(uint16); ok && v >= 1 && v <= 8 {
				upright = int(v)
			}
			return imagemeta.ErrStopWalking
		},
	})
	return upright
}

// turned are the words for what each orientation asks for.
var turned = [9]string{
	2: "mirrored", 3: "turned by half", 4: "turned by half and mirrored",
	5: "turned by a quarter to the right and mirrored", 6: "turned by a quarter to the right",
	7: "turned by a quarter to the left and mirrored", 8: "turned by a quarter to the left",
}

// orient brings a stored picture into the position in which it is to be seen.
// The first row stored is the top, or the bottom of 3 and 4, the left side of 5
// and 8, the right side of 6 and 7; the first column stored is the left, or the
// right of 2 and 3, the top of 5 and 6, the bottom of 7 and 8.
func orient(im *Image, as int) {
	if as <= 1 {
		return
	}
	w, h := im.W, im.H
	if as >= 5 {
		w, h = h, w
	}
	fromRight := as == 2 || as == 3 || as == 7 || as == 8
	fromBottom := as == 3 || as == 4 || as == 6 || as == 7
	pix := make([]float32, len(im.Pix))
	for y := range h {
		for x := range w {
			column, row := x, y
			if as >= 5 {
				column, row = y, x
			}
			if fromRight {
				column = im.W - 1 - column
			}
			if fromBottom {
				row = im.H - 1 - row
			}
			copy(pix[3*(y*w+x):][:3], im.Pix[3*(row*im.W+column):][:3])
		}
	}
	im.W, im.H, im.Pix = w, h, pix
	im.Meta.Notes = append(im.Meta.Notes, fmt.Sprintf("its EXIF orientation %d is applied: %s", as, turned[as]))
}
