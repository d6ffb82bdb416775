package data

import (
	"context"

	"github.com/clipenv/toolkit/internal/app"
	"github.com/clipenv/toolkit/pkg/dataset"
)

// Drawing is the drawing of a folder of synthetic maps.
type Drawing struct {
	dataset.Drawing
	Folder string
	First  uint64 // number of the first map
	Count  int
}

// Run draws the maps that are not there yet.
func (d Drawing) Run(ctx context.Context, s app.Session) (dataset.Drawn, error) {
	return d.Write(ctx, d.Folder, d.First, d.Count, program(s), s.Talk)
}

// program is what makes a data set, as package dataset names it.
func program(s app.Session) dataset.Program {
	return dataset.Program{Toolkit: s.Versions.Toolkit, Libtorch: s.Versions.Libtorch}
}
