package main

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/app"
	"github.com/clipenv/toolkit/internal/files"
	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/dataset"
	"github.com/clipenv/toolkit/pkg/hdr"
)

func datasetSheetVerb() *cli.Command {
	return &cli.Command{
		Name:      "sheet",
		Usage:     "show the maps of a data set: a contact sheet, or a page with their words",
		ArgsUsage: "DIR...",
		Description: "The maps are shown at the fixed exposure at which CLIP sees them: a night is\n" +
			"dark. A page (.html) needs no other file.",
		Flags: append(splitFlags(),
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "write `FILE` (.png or .html)"},
			&cli.IntFlag{Name: "limit", Usage: "show at most `N` maps, the first by their names", Value: 200},
			&cli.IntFlag{Name: "columns", Usage: "put `N` maps into a row of a .png", Value: 5},
			&cli.StringFlag{Name: "size", Usage: "show them at `WIDTHxHEIGHT` pixels", Value: "256x128"},
		),
		Action: runDatasetSheet,
	}
}

func runDatasetSheet(c *cli.Context) error {
	if err := needFlags(c, "output"); err != nil {
		return err
	}
	output := c.String("output")
	kind := strings.ToLower(filepath.Ext(output))
	if kind != ".png" && kind != ".html" {
		return usage("dataset sheet: --output is %s, want a .png or .html file", output)
	}
	if limit, columns := c.Int("limit"), c.Int("columns"); limit < 1 || columns < 1 {
		return usage("dataset sheet: --limit is %d and --columns is %d, want 1 or more", limit, columns)
	}
	paths := files.NewPlan("dataset sheet")
	for _, dir := range c.Args().Slice() {
		paths.ReadsUnder("of the data set:", dir, app.IsData)
	}
	paths.Writes("--output", output)
	if err := paths.Check(); err != nil {
		return err
	}
	set, err := loadFolders(c)
	if err != nil {
		return err
	}
	shown := set[:min(len(set), c.Int("limit"))]
	if len(shown) < len(set) {
		fmt.Fprintf(c.App.ErrWriter, "%d of %d maps are shown; --limit shows more\n", len(shown), len(set))
	}
	recipe, err := sheetRecipe(c, shown)
	if err != nil {
		return err
	}
	drawn, err := run.Until(c.Context, func() ([]byte, error) { return drawSheet(c, kind, recipe, shown) })
	if err != nil {
		return err
	}
	err = run.WriteFile(output, func(w io.Writer) error {
		_, err := w.Write(drawn)
		return err
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.App.Writer, "%s: %s\n", quote.Text(output), quote.Plural(len(shown), "map"))
	return err
}

// drawSheet makes the file, .png or .html, whole.
func drawSheet(c *cli.Context, kind, recipe string, shown []dataset.Map) ([]byte, error) {
	var file bytes.Buffer
	if kind == ".html" {
		title := "Maps of " + strings.Join(c.Args().Slice(), ", ")
		err := dataset.WriteContacts(&file, title, recipe, shown, c.Float64("val"), c.Float64("test"))
		return file.Bytes(), err
	}
	sheet, err := dataset.Contacts(shown, c.Int("columns"))
	if err != nil {
		return nil, err
	}
	err = hdr.EncodePNG(&file, sheet, recipe)
	return file.Bytes(), err
}

// sheetRecipe tells which maps are shown, and how.
func sheetRecipe(c *cli.Context, shown []dataset.Map) (string, error) {
	recipe, err := run.NewRecipe(versions(), "dataset sheet", struct {
		Size    string  `json:"size"`
		Columns int     `json:"columns"`
		Val     float64 `json:"val"`
		Test    float64 `json:"test"`
	}{c.String("size"), c.Int("columns"), c.Float64("val"), c.Float64("test")})
	for _, m := range shown {
		recipe.Inputs = append(recipe.Inputs, run.File{Name: filepath.Base(m.Path), SHA256: m.SHA256})
	}
	return recipe.String(), err
}
