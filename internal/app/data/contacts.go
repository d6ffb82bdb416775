package data

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/clipenv/toolkit/internal/app"
	"github.com/clipenv/toolkit/internal/files"
	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/dataset"
	"github.com/clipenv/toolkit/pkg/hdr"
)

// Contacts is a picture of the maps of a data set, or a page of them with their
// words.
type Contacts struct {
	Folders
	Output  string // .png or .html
	Limit   int    // how many maps are shown, the first by their names
	Columns int    // maps in a row of a picture
}

// Check refuses to write over what is read.
func (c Contacts) Check() error {
	paths := files.NewPlan("dataset sheet")
	for _, dir := range c.Paths {
		paths.ReadsUnder("of the data set:", dir, app.IsData)
	}
	paths.Writes("--output", c.Output)
	return paths.Check()
}

// Run draws the maps and writes the file. It returns how many are shown.
func (c Contacts) Run(ctx context.Context, s app.Session) (maps int, err error) {
	set, err := c.load(ctx, s)
	if err != nil {
		return 0, err
	}
	shown := set[:min(len(set), c.Limit)]
	if len(shown) < len(set) {
		s.Tell("%d of %d maps are shown; --limit shows more", len(shown), len(set))
	}
	recipe, err := c.recipe(s, shown)
	if err != nil {
		return 0, err
	}
	drawn, err := run.Until(ctx, func() ([]byte, error) { return c.draw(recipe.String(), shown) })
	if err != nil {
		return 0, err
	}
	return len(shown), run.WriteFile(c.Output, func(w io.Writer) error {
		_, err := w.Write(drawn)
		return err
	})
}

func (c Contacts) draw(recipe string, shown []dataset.Map) ([]byte, error) {
	var file bytes.Buffer
	if strings.ToLower(filepath.Ext(c.Output)) == ".html" {
		title := "Maps of " + strings.Join(c.Paths, ", ")
		err := dataset.WriteContacts(&file, title, recipe, shown, c.Val, c.Test)
		return file.Bytes(), err
	}
	sheet, err := dataset.Contacts(shown, c.Columns)
	if err != nil {
		return nil, err
	}
	err = hdr.EncodePNG(&file, sheet, recipe)
	return file.Bytes(), err
}

func (c Contacts) recipe(s app.Session, shown []dataset.Map) (run.Recipe, error) {
	recipe, err := run.NewRecipe(s.Versions, "dataset sheet", struct {
		Size    string  `json:"size"`
		Columns int     `json:"columns"`
		Val     float64 `json:"val"`
		Test    float64 `json:"test"`
	}{fmt.Sprintf("%dx%d", c.Size.W, c.Size.H), c.Columns, c.Val, c.Test})
	for _, m := range shown {
		recipe.Inputs = append(recipe.Inputs, run.File{Name: filepath.Base(m.Path), SHA256: m.SHA256})
	}
	return recipe, err
}
