package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/files"
	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
)

func infoVerb() *cli.Command {
	return &cli.Command{
		Name:      "info",
		Usage:     "say what is in a map: format, light, recipe",
		ArgsUsage: "FILE",
		Description: "Reads a map whole and measures its light over the sphere. A map that is not\n" +
			"twice as wide as high is described without its light, or with it by --force.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "preview", Usage: "write a picture to `FILE` (.png): the map, its peak, and three balls in its light"},
			layerFlag(),
			&cli.BoolFlag{Name: "force", Usage: "measure a map that is not twice as wide as high as though it were a panorama"},
			&cli.BoolFlag{Name: "json", Usage: "print the report as JSON"},
		},
		Action: runInfo,
	}
}

// mapReport is what info prints. Its JSON keys stay as they are.
type mapReport struct {
	File            string `json:"file"`
	Bytes           int64  `json:"bytes"`
	Format          string `json:"format"`
	Encoding        string `json:"encoding"`
	Compression     string `json:"compression,omitempty"`
	Width           int    `json:"width"`
	Height          int    `json:"height"`
	Equirectangular bool   `json:"equirectangular"`
	Shape           string `json:"shape,omitempty"` // why it is no panorama, and the way out
	Envmap          string `json:"envmap,omitempty"`
	LDR             bool   `json:"ldr"`

	Values struct {
		NaN      int `json:"nan"`
		Inf      int `json:"inf"`
		Negative int `json:"negative"`
	} `json:"values"`

	Light *lightReport `json:"light,omitempty"` // of panoramas

	Layer      string            `json:"layer,omitempty"`  // that was read
	Layers     []string          `json:"layers,omitempty"` // where there are several
	Notes      []string          `json:"notes,omitempty"`
	Primaries  *hdr.Primaries    `json:"primaries,omitempty"`
	Attributes map[string]string `json:"attributes,omitempty"`
	Comments   []string          `json:"comments,omitempty"`
	Recipe     json.RawMessage   `json:"recipe,omitempty"`

	repairs string
}

type lightReport struct {
	RangeStops float64     `json:"range_stops"`
	Peak       *peakReport `json:"peak"` // null: a black map has none
	Mean       [3]float64  `json:"mean"`
	Above      [3]float64  `json:"irradiance_above"`
}

type peakReport struct {
	EV        float64    `json:"ev"` // stops above radiance 1
	Azimuth   float64    `json:"azimuth_degrees"`
	Elevation float64    `json:"elevation_degrees"`
	Radiance  [3]float64 `json:"radiance"`
}

func runInfo(c *cli.Context) error {
	if c.Args().Len() != 1 {
		return usage("info: got %d arguments, want one: FILE; 'toolkit info --help' shows its use", c.Args().Len())
	}
	path, preview := c.Args().First(), c.String("preview")
	if preview != "" {
		if ext := strings.ToLower(filepath.Ext(preview)); ext != ".png" {
			return usage("info: --preview %s: the picture is written as .png, not %q", preview, ext)
		}
		paths := files.NewPlan("info")
		paths.ReadsAgain("the map", path)
		paths.Writes("--preview", preview)
		if err := paths.Check(); err != nil {
			return err
		}
	}
	var im *hdr.Image
	var report mapReport
	bar := run.Progress(io.Discard, 2, "info")
	if err := stage(c, bar, "read", func() (err error) {
		im, err = mapFiles(c, c.App.ErrWriter).ReadLayer(path)
		return err
	}); err != nil {
		return err
	}
	if err := stage(c, bar, "measured", func() (err error) {
		report, err = describeMap(path, im, c.Bool("force"))
		return err
	}); err != nil {
		return err
	}
	if preview != "" {
		if report.Light == nil {
			return fmt.Errorf("%s: %s; --force draws it all the same", quote.Text(path), report.Shape)
		}
		if err := writeOverview(preview, path, im, report); err != nil {
			return err
		}
	}
	if c.Bool("json") {
		return printJSON(c, report)
	}
	return report.writeText(c.App.Writer)
}

func describeMap(path string, im *hdr.Image, force bool) (r mapReport, err error) {
	m := im.Meta
	r = mapReport{
		File: path, Format: m.Format, Encoding: m.Encoding, Compression: m.Compression,
		Width: im.W, Height: im.H, Equirectangular: true, Envmap: m.Envmap, LDR: m.LDR,
		Primaries: m.Primaries, Attributes: m.Attributes, Comments: m.Comments, repairs: m.Repairs.String(),
	}
	if r.Notes = m.Notes; len(m.Layers) > 1 {
		r.Layer, r.Layers = m.Layer, m.Layers
	}
	r.Values.NaN, r.Values.Inf, r.Values.Negative = m.Repairs.NaN, m.Repairs.Inf, m.Repairs.Negative
	if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
		r.Bytes = info.Size()
	}
	var carried run.Recipe
	carried.After(m.Recipe)
	r.Recipe = carried.Before
	if err := im.CheckEquirect(); err != nil {
		r.Equirectangular, r.Shape = false, err.Error()
		if !force {
			return r, nil
		}
	}
	light := envmap.Measure(im)
	r.Light = &lightReport{RangeStops: light.RangeStops, Mean: light.Mean, Above: light.Above}
	if !math.IsInf(light.PeakStops, -1) {
		r.Light.Peak = &peakReport{light.PeakStops, light.PeakDirection.Azimuth(), light.PeakDirection.Elevation(), light.Peak}
	}
	return r, nil
}

// writeOverview draws the map at the exposure that suits it. The picture
// carries its own recipe, with the map's.
func writeOverview(path, name string, im *hdr.Image, r mapReport) error {
	exposure := envmap.AutoExposure(im)
	words := fmt.Sprintf("%s: %d×%d, %.1f stops, shown at %+.1f EV", quote.Text(filepath.Base(name)), im.W, im.H, r.Light.RangeStops, exposure)
	picture, err := envmap.Overview(im, envmap.Measure(im), exposure, words)
	if err != nil {
		return err
	}
	recipe, err := mapRecipe("info", map[string]float64{"exposure_stops": exposure}, name, im)
	if err != nil {
		return err
	}
	return run.WriteFile(path, func(w io.Writer) error { return hdr.EncodePNG(w, picture, recipe.String()) })
}
