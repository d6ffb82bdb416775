package curves

import (
	"bytes"
	"image/color"
	"image/png"
	"testing"
)

// Where the path runs and what is pointed out can be found in the picture.
func TestAPathThroughTwoFigures(t *testing.T) {
	spots := []Spot{{0, 0, "0", false}, {1, .5, "0.5", true}, {2, 1, "1", false}}
	var out bytes.Buffer
	if err := DrawPath(&out, "recall", "zero-shot", spots); err != nil {
		t.Fatal(err)
	}
	im, err := png.Decode(&out)
	if err != nil {
		t.Fatal(err)
	}
	if got := im.Bounds(); got.Dx() != Width || got.Dy() != Height/2 {
		t.Fatalf("got a picture of %v, want %d×%d", got, Width, Height/2)
	}
	at := func(x, y int) color.NRGBA { return color.NRGBAModel.Convert(im.At(x, y)).(color.NRGBA) }
	// The middle spot stands in the frame's middle, the first and the last a margin from its corners.
	middleX, middleY := (left+right)/2, (top+bottom)/2
	if got, want := at(middleX, middleY), (color.NRGBA{213, 94, 0, 255}); got != want {
		t.Errorf("the middle is %v, want the colour of what is chosen, %v", got, want)
	}
	margin := room / (1 + 2*room)
	x, y := left+int(margin*float64(right-left)), bottom-int(margin*float64(bottom-top))
	if got := at(x, y); got != blue {
		t.Errorf("the first spot at %d,%d is %v, want %v", x, y, got, blue)
	}
}
