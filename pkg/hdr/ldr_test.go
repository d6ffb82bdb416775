package hdr

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
	"testing"
)

func TestEveryByteSurvivesLinearLight(t *testing.T) {
	im := New(256, 1)
	for i := range im.Pix {
		im.Pix[i] = linear8[i/3]
	}
	back := mustDecode(t, file(t, "a.png", im, WriteOptions{}))
	if !back.Meta.LDR || back.Meta.Format != "png" {
		t.Errorf("got %+v, want an LDR png", back.Meta)
	}
	for i := range im.Pix {
		if back.Pix[i] != im.Pix[i] {
			t.Fatalf("byte %d: got %v, want %v", i/3, back.Pix[i], im.Pix[i])
		}
	}
}

func TestTheCurveIsItsInverse(t *testing.T) {
	for i := range 1001 {
		v := float64(i) / 1000
		if got := SRGBEncode(srgbDecode(v)); math.Abs(got-v) > 1e-6 {
			t.Errorf("%v came back as %v", v, got)
		}
	}
}

func TestScreenValuesOutsideOfTheirRangeAreCut(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	im := &Image{W: 2, H: 1, Pix: []float32{nan, -inf, -1, inf, 2, 1}}
	got := screen(im).Pix
	want := []uint8{0, 0, 0, 255, 255, 255, 255, 255}
	if !bytes.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestJPEGIsNearItsImage(t *testing.T) {
	im := New(64, 32)
	for i := range im.Pix {
		im.Pix[i] = float32(.2 + .6*float64(i)/float64(len(im.Pix)))
	}
	data := file(t, "a.jpg", im, WriteOptions{Quality: 98})
	back := mustDecode(t, data)
	for i := range im.Pix {
		if d := math.Abs(float64(back.Pix[i] - im.Pix[i])); d > .03 {
			t.Fatalf("value %d: got %v, want %v within .03", i, back.Pix[i], im.Pix[i])
		}
	}
	if small := file(t, "b.jpg", im, WriteOptions{Quality: 10}); len(small) >= len(data) {
		t.Errorf("quality 10 takes %d bytes, quality 98 %d", len(small), len(data))
	}
}

func TestPalettesAreLookedUp(t *testing.T) {
	pic := image.NewPaletted(image.Rect(0, 0, 3, 2), color.Palette{color.Black, color.RGBA{188, 255, 10, 255}})
	pic.SetColorIndex(2, 1, 1)
	var b bytes.Buffer
	if err := png.Encode(&b, pic); err != nil {
		t.Fatal(err)
	}
	im := mustDecode(t, b.Bytes())
	got, want := [3]float32(im.Row(1)[6:]), [3]float32{linear8[188], 1, linear8[10]}
	if got != want || im.Pix[0] != 0 {
		t.Errorf("got %v beside %v, want %v beside 0", got, im.Pix[0], want)
	}
}
