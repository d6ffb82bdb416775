package training

import (
	"image"

	"github.com/clipenv/toolkit/internal/app"
	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
)

// sheetRow is maps that are shown beside one another.
type sheetRow []*hdr.Image

// mostInRow are beside one another; more stand in rows of so many.
const mostInRow = 10

// write draws the maps under their labels, as they are exposed.
func (row sheetRow) write(path string, labels []string, recipe run.Recipe) error {
	var pictures []image.Image
	for _, im := range row {
		picture, err := envmap.Thumbnail(im, 0)
		if err != nil {
			return err
		}
		pictures = append(pictures, picture)
	}
	sheet, err := envmap.Sheet(pictures, labels, mostInRow)
	if err != nil {
		return err
	}
	return app.WritePicture(path, sheet, recipe)
}
