package mapfile

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"

	"github.com/clipenv/toolkit/internal/app"
	"github.com/clipenv/toolkit/internal/files"
	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
)

// Info is a look into one file.
type Info struct {
	File    string
	Layer   string
	Preview string // picture of the map, its peak and balls in its light; "" for none
	Force   bool   // measure a map that is no panorama as though it were
}

// MapReport is what is in a map. Its JSON keys stay as they are.
type MapReport struct {
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

	Light *LightReport `json:"light,omitempty"` // of panoramas

	Layer      string            `json:"layer,omitempty"`  // that was read
	Layers     []string          `json:"layers,omitempty"` // where there are several
	Notes      []string          `json:"notes,omitempty"`
	Primaries  *hdr.Primaries    `json:"primaries,omitempty"`
	Attributes map[string]string `json:"attributes,omitempty"`
	Comments   []string          `json:"comments,omitempty"`
	Recipe     json.RawMessage   `json:"recipe,omitempty"`

	Repairs string `json:"-"` // Values in words
}

// LightReport is the light of a map over the sphere.
type LightReport struct {
	RangeStops float64     `json:"range_stops"`
	Peak       *PeakReport `json:"peak"` // null: a black map has none
	Mean       [3]float64  `json:"mean"`
	Above      [3]float64  `json:"irradiance_above"`
}

// PeakReport is the brightest texel.
type PeakReport struct {
	EV float64 `json:"ev"` // stops above radiance 1
	Bearing
	Radiance [3]float64 `json:"radiance"`
}

// Check refuses to write over what is read.
func (i Info) Check() error {
	if i.Preview == "" {
		return nil
	}
	paths := files.NewPlan("info")
	paths.ReadsAgain("the map", i.File)
	paths.Writes("--preview", i.Preview)
	return paths.Check()
}

// Run reads the map and measures it, tells done of each, and draws the picture.
func (i Info) Run(ctx context.Context, s app.Session, done func(stage string)) (*MapReport, error) {
	maps := app.Maps{Verb: "info", Layer: i.Layer, Force: i.Force, Talk: s.Talk}
	im, err := run.Until(ctx, func() (*hdr.Image, error) { return maps.ReadLayer(i.File) })
	if err != nil {
		return nil, err
	}
	done("read")
	report, err := run.Until(ctx, func() (*MapReport, error) { return describeMap(i.File, im, i.Force), nil })
	if err != nil {
		return nil, err
	}
	done("measured")
	if i.Preview == "" {
		return report, nil
	}
	if report.Light == nil {
		return nil, fmt.Errorf("%s: %s; --force draws it all the same", quote.Text(i.File), report.Shape)
	}
	return report, i.draw(s, im, report)
}

func describeMap(path string, im *hdr.Image, force bool) *MapReport {
	m := im.Meta
	r := &MapReport{
		File: path, Format: m.Format, Encoding: m.Encoding, Compression: m.Compression,
		Width: im.W, Height: im.H, Equirectangular: true, Envmap: m.Envmap, LDR: m.LDR,
		Primaries: m.Primaries, Attributes: m.Attributes, Comments: m.Comments, Repairs: m.Repairs.String(),
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
			return r
		}
	}
	light := envmap.Measure(im)
	r.Light = &LightReport{RangeStops: light.RangeStops, Mean: light.Mean, Above: light.Above}
	if !math.IsInf(light.PeakStops, -1) {
		r.Light.Peak = &PeakReport{light.PeakStops, bearing(light.PeakDirection), light.Peak}
	}
	return r
}

// draw draws the map at the exposure that suits it. The picture carries its own
// recipe, with the map's.
func (i Info) draw(s app.Session, im *hdr.Image, r *MapReport) error {
	exposure := envmap.AutoExposure(im)
	words := fmt.Sprintf("%s: %d×%d, %.1f stops, shown at %+.1f EV", quote.Text(filepath.Base(i.File)), im.W, im.H, r.Light.RangeStops, exposure)
	picture, err := envmap.Overview(im, envmap.Measure(im), exposure, words)
	if err != nil {
		return err
	}
	recipe, err := mapRecipe(s, "info", map[string]float64{"exposure_stops": exposure}, i.File, im)
	if err != nil {
		return err
	}
	return run.WriteFile(i.Preview, func(w io.Writer) error { return hdr.EncodePNG(w, picture, recipe.String()) })
}
