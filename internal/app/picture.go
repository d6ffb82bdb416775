package app

import (
	"image"
	"io"
	"path/filepath"
	"strings"

	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/hdr"
)

// IsPicture tells whether WritePicture writes a file of that name.
func IsPicture(path string) bool {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".png", ".jpg", ".jpeg":
		return true
	}
	return false
}

// WritePicture writes a .png or a .jpg, with its recipe.
func WritePicture(path string, picture image.Image, recipe run.Recipe) error {
	return run.WriteFile(path, func(w io.Writer) error {
		if strings.EqualFold(filepath.Ext(path), ".png") {
			return hdr.EncodePNG(w, picture, recipe.String())
		}
		return hdr.EncodeJPEG(w, picture, hdr.DefaultQuality, recipe.String())
	})
}
