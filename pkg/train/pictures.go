package train

import (
	"image"
	"image/color"
	"image/png"
	"io"

	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/envmap"
)

// paint makes an image of a picture [3,h,w] in [0,1].
func paint(picture []float32, w, h int) image.Image {
	im, n := image.NewNRGBA(image.Rect(0, 0, w, h)), w*h
	level := func(v float32) uint8 { return uint8(255*min(max(v, 0), 1) + .5) }
	for i := range n {
		im.SetNRGBA(i%w, i/w, color.NRGBA{level(picture[i]), level(picture[n+i]), level(picture[2*n+i]), 255})
	}
	return im
}

// writeSheet draws labelled pictures into a PNG file; none leave no file.
func writeSheet(path string, pictures []image.Image, labels []string) error {
	if len(pictures) == 0 {
		return nil
	}
	sheet, err := envmap.Sheet(pictures, labels, 4)
	if err != nil {
		return err
	}
	return run.WriteFile(path, func(w io.Writer) error { return png.Encode(w, sheet) })
}
