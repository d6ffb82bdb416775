package envmap

import (
	"image"
	"image/color"
	"strings"
	"testing"

	"golang.org/x/image/font"
	"golang.org/x/image/math/fixed"
)

func block(w, h int, c color.Color) image.Image {
	// Bounds that do not begin at zero, as after SubImage.
	im := image.NewNRGBA(image.Rect(5, 7, 5+w, 7+h))
	for y := 7; y < 7+h; y++ {
		for x := 5; x < 5+w; x++ {
			im.Set(x, y, c)
		}
	}
	return im
}

func TestSheetHoldsEveryPictureAndLabel(t *testing.T) {
	inks := []color.NRGBA{{255, 0, 0, 255}, {0, 255, 0, 255}, {0, 0, 255, 255}, {255, 255, 0, 255}, {0, 255, 255, 255}}
	var images []image.Image
	for _, c := range inks {
		images = append(images, block(60, 30, c))
	}
	bare, labelled := must(Sheet(images, nil, 2)), must(Sheet(images, []string{"a", "b", "", "d", "e"}, 2))
	for _, sheet := range []*image.NRGBA{bare, labelled} {
		counts := map[color.NRGBA]int{}
		light := 0
		for i := 0; i < len(sheet.Pix); i += 4 {
			c := color.NRGBA{sheet.Pix[i], sheet.Pix[i+1], sheet.Pix[i+2], sheet.Pix[i+3]}
			counts[c]++
			if c.R > 128 && c.G > 128 && c.B > 128 {
				light++
			}
		}
		for _, c := range inks {
			if counts[c] != 60*30 {
				t.Errorf("picture %v has %d pixels on the sheet, want %d", c, counts[c], 60*30)
			}
		}
		if hasText := light > 0; hasText != (sheet == labelled) {
			t.Errorf("sheet has %d light pixels of text; labelled is %v", light, sheet == labelled)
		}
	}
	if got, want := bare.Bounds().Size(), image.Pt(2*60+3*8, 3*30+4*8); got != want {
		t.Errorf("bare sheet is %v, want %v", got, want)
	}
	if got, want := labelled.Bounds().Dy()-bare.Bounds().Dy(), 3*sheetLine; got != want {
		t.Errorf("three rows of labels add %d pixels, want %d", got, want)
	}
}

func TestLabelsFitTheirPictures(t *testing.T) {
	face := must(sheetFace())
	words := "a sunset in a forest, cloudy, with trees and an immeasurablyunbreakablylongword µ½°"
	for _, width := range []int{20, 60, 200, 2000} {
		lines := breakLines(face, words, width)
		if len(lines) > sheetLines {
			t.Errorf("width %d: got %d lines, want at most %d", width, len(lines), sheetLines)
		}
		for _, line := range lines {
			if got := font.MeasureString(face, line).Ceil(); got > width {
				t.Errorf("width %d: line %q is %d pixels wide", width, line, got)
			}
		}
		if whole := strings.Join(lines, " ") == words; whole != (width == 2000) {
			t.Errorf("width %d: got %q, want the whole label only at 2000", width, lines)
		}
	}
}

// counting is a face that counts the letters that are measured.
type counting struct {
	font.Face
	letters int
}

func (c *counting) GlyphAdvance(r rune) (fixed.Int26_6, bool) {
	c.letters++
	return c.Face.GlyphAdvance(r)
}

// A picture shows a few letters, however many follow: the work is bounded by
// the width.
func TestLongLabelsCostNoMore(t *testing.T) {
	const width = 256
	for name, label := range map[string]string{
		"one word":         strings.Repeat("a", 200_000),
		"many words":       strings.Repeat("sky ", 200_000),
		"a word among few": "a " + strings.Repeat("b", 200_000) + " c",
		"thin letters":     strings.Repeat("i", 200_000),
	} {
		face := &counting{Face: must(sheetFace())}
		lines := breakLines(face, label, width)
		if last := lines[len(lines)-1]; face.letters > 20*width || !strings.HasSuffix(strings.Join(lines, ""), "…") && !strings.HasSuffix(last, "c") {
			t.Errorf("%s: got %d letters measured and %q at the end, want at most %d and an ellipsis", name, face.letters, last, 20*width)
		}
		for _, line := range lines {
			if got := font.MeasureString(face, line).Ceil(); got > width {
				t.Errorf("%s: line %q is %d pixels wide, want at most %d", name, line, got, width)
			}
		}
	}
}

func TestSheetRefuses(t *testing.T) {
	one := []image.Image{block(4, 2, color.White)}
	for want, call := range map[string]func() (*image.NRGBA, error){
		"envmap: sheet without pictures, want at least one":            func() (*image.NRGBA, error) { return Sheet(nil, nil, 1) },
		"envmap: sheet of 0 columns, want at least 1":                  func() (*image.NRGBA, error) { return Sheet(one, nil, 0) },
		"envmap: sheet of 1 pictures with 2 labels, want one for each": func() (*image.NRGBA, error) { return Sheet(one, []string{"", ""}, 1) },
	} {
		if _, err := call(); err == nil || err.Error() != want {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
