package main

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"os"

	"github.com/clipenv/toolkit/internal/figures"
	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/evaluate"
	"github.com/clipenv/toolkit/pkg/hdr"
)

func figuresOf(r *edit.Result) evaluate.Figures {
	f := evaluate.Figures{
		evaluate.CLIPBefore: r.CLIP.Before, evaluate.CLIPAfter: r.CLIP.After, evaluate.AboveStops: r.AboveStops,
		evaluate.HorizonRedBefore: r.HorizonRedBefore, evaluate.HorizonRedAfter: r.HorizonRed,
		evaluate.SeamBefore: r.SeamBefore, evaluate.SeamAfter: r.SeamAfter,
	}
	if j := r.Judge; j != nil {
		f[evaluate.JudgeBefore], f[evaluate.JudgeAfter] = j.Before, j.After
		f[evaluate.JudgeDecodedBefore], f[evaluate.JudgeDecodedAfter] = j.DecodedBefore, j.DecodedAfter
	}
	return f
}

// thumbnailWidth is the width of the pictures of a sheet.
const thumbnailWidth = 320

func thumbnail(im *hdr.Image, exposure float64) (image.Image, error) {
	small, err := envmap.Resize(im, thumbnailWidth, thumbnailWidth/2)
	if err != nil {
		return nil, err
	}
	return envmap.AgX.Render(small, exposure), nil
}

// report writes the table and the sheets, and prints.
func (e *evaluation) report() error {
	table, err := e.grid.Table(e.cells)
	if err != nil {
		return err
	}
	if err := run.WriteFile(e.dir.Path(tableName), func(w io.Writer) error { _, err := io.WriteString(w, table); return err }); err != nil {
		return err
	}
	if err := e.sheets(); err != nil {
		return err
	}
	if !e.c.Bool("json") {
		_, err = io.WriteString(e.c.App.Writer, table)
		return err
	}
	for i := range e.cells {
		if err := e.printCell(i); err != nil {
			return err
		}
	}
	return nil
}

// printCell prints a cell as a line of JSON.
func (e *evaluation) printCell(i int) error {
	at, cell := e.grid.Cells()[i], e.cells[i]
	_, missing, err := figures.Marshal(cell.Figures)
	if err != nil {
		return err
	}
	line := struct {
		Settings  string            `json:"settings"`
		Map       string            `json:"map"`
		Prompt    string            `json:"prompt"`
		Figures   evaluate.Figures  `json:"figures"`             // null where the edit failed
		Undefined map[string]string `json:"undefined,omitempty"` // figures that are null, and why
		Error     string            `json:"error,omitempty"`
	}{e.grid.Settings[at.Setting], e.grid.Maps[at.Map], e.grid.Prompts[at.Prompt], cell.Figures, undefined(missing), ""}
	if cell.Err != nil {
		line.Error = cell.Err.Error()
	}
	return writeFigures(e.c.App.Writer, line)
}

// picture reads the picture of a cell.
func (e *evaluation) picture(i int) (image.Image, error) {
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
func (e *evaluation) sheets() error {
	var inputs, edits []image.Image
	for i, im := range e.maps {
		picture, err := thumbnail(im, e.exposure[i])
		if err != nil {
			return err
		}
		inputs = append(inputs, picture)
	}
	grey := image.NewUniform(color.Gray{Y: 0x40})
	for i, cell := range e.cells {
		if cell.Figures == nil {
			blank := image.NewNRGBA(image.Rect(0, 0, thumbnailWidth, thumbnailWidth/2))
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
