package envmap

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

const (
	sheetMargin   = 8  // pixels around and between pictures
	sheetFontSize = 14 // pixels
	sheetLine     = 18 // pixels from one line of a label to the next
	sheetLines    = 3  // lines of a label that are shown
)

var (
	sheetPaper = color.NRGBA{24, 24, 26, 255}
	sheetInk   = color.NRGBA{232, 232, 228, 255}
)

// Sheet draws pictures in rows of the given number of columns, each with its
// label above it. Columns are as wide as the widest picture and each row as high
// as its highest; labels are broken at spaces to fit, and cut after three lines.
// labels may be nil; otherwise there is one for each picture.
func Sheet(images []image.Image, labels []string, columns int) (*image.NRGBA, error) {
	switch {
	case len(images) == 0:
		return nil, fmt.Errorf("envmap: sheet without pictures, want at least one")
	case columns < 1:
		return nil, fmt.Errorf("envmap: sheet of %d columns, want at least 1", columns)
	case labels != nil && len(labels) != len(images):
		return nil, fmt.Errorf("envmap: sheet of %d pictures with %d labels, want one for each", len(images), len(labels))
	}
	columns = min(columns, len(images))
	count := (len(images) + columns - 1) / columns
	width, highest := 0, make([]int, count)
	for i, im := range images {
		size := im.Bounds().Size()
		width, highest[i/columns] = max(width, size.X), max(highest[i/columns], size.Y)
	}
	face, err := sheetFace()
	if err != nil {
		return nil, err
	}
	defer face.Close()

	lines := make([][]string, len(images))
	above := make([]int, count) // pixels for the labels of each row
	for i, label := range labels {
		lines[i] = breakLines(face, label, width)
		above[i/columns] = max(above[i/columns], sheetLine*len(lines[i]))
	}
	height := sheetMargin
	for row, a := range above {
		height += a + highest[row] + sheetMargin
	}
	sheet := image.NewNRGBA(image.Rect(0, 0, columns*(width+sheetMargin)+sheetMargin, height))
	draw.Draw(sheet, sheet.Bounds(), image.NewUniform(sheetPaper), image.Point{}, draw.Src)

	top := sheetMargin
	for i, im := range images {
		left := sheetMargin + i%columns*(width+sheetMargin)
		if i > 0 && i%columns == 0 {
			top += above[i/columns-1] + highest[i/columns-1] + sheetMargin
		}
		pen := font.Drawer{Dst: sheet, Src: image.NewUniform(sheetInk), Face: face}
		for k, line := range lines[i] {
			pen.Dot = fixed.P(left, top+sheetLine*k+sheetFontSize)
			pen.DrawString(line)
		}
		at := image.Pt(left, top+above[i/columns])
		draw.Draw(sheet, image.Rectangle{at, at.Add(im.Bounds().Size())}, im, im.Bounds().Min, draw.Over)
	}
	return sheet, nil
}

// sheetFace is Go Regular, which has Latin, Greek and Cyrillic letters. A face
// is not safe for use by several goroutines, so each sheet has its own.
func sheetFace() (font.Face, error) {
	parsed, err := opentype.Parse(goregular.TTF)
	if err != nil {
		return nil, fmt.Errorf("envmap: font for labels: %w", err)
	}
	face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: sheetFontSize, DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		return nil, fmt.Errorf("envmap: font for labels: %w", err)
	}
	return face, nil
}

// breakLines breaks a label into lines of at most width pixels. No word is
// measured beyond a line's width, nor read beyond the lines that are shown:
// people write captions of any length.
func breakLines(face font.Face, label string, width int) []string {
	var lines []string
	cut := false
	space := advance(face, ' ')
	used := fixed.Int26_6(0) // of the last line
	for word := range strings.FieldsSeq(label) {
		long, _ := fit(face, word, width)
		if last := len(lines) - 1; last >= 0 && (used+space+long).Ceil() <= width {
			lines[last] += " " + word
			used += space + long
			continue
		}
		if len(lines) == sheetLines {
			cut = true
			break
		}
		lines, used = append(lines, word), long
	}
	for i, line := range lines {
		lines[i] = shorten(face, line, width, cut && i == sheetLines-1)
	}
	return lines
}

// shorten ends a line with an ellipsis where it is too long or where more was
// to follow.
func shorten(face font.Face, line string, width int, more bool) string {
	const ellipsis = "…"
	if long, all := fit(face, line, width); all == len(line) && (!more || (long+advance(face, '…')).Ceil() <= width) {
		if more {
			line += ellipsis
		}
		return line
	}
	_, end := fit(face, line, width-advance(face, '…').Ceil())
	return line[:end] + ellipsis
}

// fit returns how long the beginning of text is that fits into width pixels,
// and where it ends; of a text that does not fit, no more is looked at. What
// does not fit is longer than width.
func fit(face font.Face, text string, width int) (long fixed.Int26_6, end int) {
	before := rune(-1)
	for i, r := range text {
		step := advance(face, r)
		if before >= 0 {
			step += face.Kern(before, r)
		}
		if (long + step).Ceil() > width {
			return fixed.I(width + 1), i
		}
		long, before = long+step, r
	}
	return long, len(text)
}

// advance is how far a letter moves the pen.
func advance(face font.Face, r rune) fixed.Int26_6 {
	a, _ := face.GlyphAdvance(r)
	return a
}
