package evaluation

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"os"

	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/metric"
)

// Report is what came of an evaluation.
type Report struct {
	Table string // Markdown
	Cells []Cell
}

// Cell is one edit of an evaluation.
type Cell struct {
	Settings  string            `json:"settings"`
	Map       string            `json:"map"`
	Prompt    string            `json:"prompt"`
	Generator string            `json:"generator,omitempty"` // name of what the edit went through
	Figures   metric.Figures    `json:"figures"`             // null where the edit failed
	Undefined map[string]string `json:"undefined,omitempty"` // figures that are null, and why
	Error     string            `json:"error,omitempty"`
}

// report writes the table and the sheets.
func (e *Evaluation) report() (*Report, error) {
	table, err := e.grid.Table(e.cells)
	if err != nil {
		return nil, err
	}
	if err := run.WriteFile(e.dir.Path(tableName), func(w io.Writer) error { _, err := io.WriteString(w, table); return err }); err != nil {
		return nil, err
	}
	r := &Report{Table: table}
	for i, at := range e.grid.Cells() {
		cell := Cell{e.grid.Settings[at.Setting], e.grid.Maps[at.Map], e.grid.Prompts[at.Prompt], e.cells[i].Generator, e.cells[i].Figures, metric.Undefined(e.cells[i].Figures), ""}
		if err := e.cells[i].Err; err != nil {
			cell.Error = err.Error()
		}
		r.Cells = append(r.Cells, cell)
	}
	return r, e.sheets()
}

// picture reads the picture of a cell.
func (e *Evaluation) picture(i int) (image.Image, error) {
	f, err := os.Open(e.dir.Path(cellName(i)))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	picture, err := png.Decode(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name(), err)
	}
	return picture, nil
}

// sheets draws a picture of all edits for each setting; one that failed stays
// grey.
func (e *Evaluation) sheets() error {
	var inputs, edits []image.Image
	for i, im := range e.maps {
		picture, err := envmap.Thumbnail(im, e.exposure[i])
		if err != nil {
			return err
		}
		inputs = append(inputs, picture)
	}
	grey := image.NewUniform(color.Gray{Y: 0x40})
	for i, cell := range e.cells {
		if cell.Figures == nil {
			blank := image.NewNRGBA(image.Rect(0, 0, envmap.ThumbnailWidth, envmap.ThumbnailWidth/2))
			draw.Draw(blank, blank.Bounds(), grey, image.Point{}, draw.Src)
			edits = append(edits, blank)
			continue
		}
		picture, err := e.picture(i)
		if err != nil {
			return fmt.Errorf("evaluate: the picture of an edit: %w", err)
		}
		edits = append(edits, picture)
	}
	for i, name := range e.grid.Settings {
		sheet, err := e.grid.Sheet(i, inputs, edits)
		if err != nil {
			return err
		}
		if err := e.write(sheetName(i, name), sheet); err != nil {
			return err
		}
	}
	return nil
}
