package train

import (
	"image"
	"image/png"
	"io"

	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/envmap"
)

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
