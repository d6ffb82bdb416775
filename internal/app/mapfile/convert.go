package mapfile

import (
	"context"
	"math"
	"os"

	"github.com/clipenv/toolkit/internal/app"
	"github.com/clipenv/toolkit/internal/files"
	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
)

// Convert is the change of one file into another.
type Convert struct {
	Input, Output string
	Force         bool // take maps that are no panoramas, and cut light that Output cannot hold
	Conversion
}

// Conversion is what is changed, as the recipe tells it: turning comes first,
// then the size, then the exposure.
type Conversion struct {
	Layer         string  `json:"layer,omitempty"` // of an .exr that has several
	RotateDegrees float64 `json:"rotate_degrees,omitempty"`
	Width         int     `json:"width,omitempty"` // 0 with Height: as it is
	Height        int     `json:"height,omitempty"`
	ExposureStops float64 `json:"exposure_stops,omitempty"`
	ToneMap       string  `json:"tonemap,omitempty"` // "" for a map of radiance

	Compression hdr.Compression `json:"compression,omitempty"`
	Precision   hdr.Precision   `json:"precision,omitempty"`
	Quality     int             `json:"quality,omitempty"`
}

// Converted is what came of a conversion.
type Converted struct {
	Output        string
	Width, Height int
	Bytes         int64
}

// Check refuses to write over what is read.
func (c Convert) Check() error {
	paths := files.NewPlan("convert")
	paths.ReadsAgain("the input", c.Input)
	paths.Writes("OUT", c.Output)
	return paths.Check()
}

// Run reads, changes and writes, and tells done of each. Where ctx ends before
// the write, nothing is written. A write that has begun is brought to its end:
// it takes no long time, and leaves nothing beside its target.
func (c Convert) Run(ctx context.Context, s app.Session, done func(stage string)) (*Converted, error) {
	maps := app.Maps{Verb: "convert", Layer: c.Layer, Force: c.Force, Talk: s.Talk}
	im, err := run.Until(ctx, func() (*hdr.Image, error) { return maps.Read(c.Input) })
	if err != nil {
		return nil, err
	}
	recipe, err := run.Until(ctx, func() (run.Recipe, error) { return mapRecipe(s, "convert", c.Conversion, c.Input, im) })
	if err != nil {
		return nil, err
	}
	done("read")
	im, err = run.Until(ctx, func() (*hdr.Image, error) {
		return c.apply(im, func(l hdr.Loss) { maps.TellLoss(c.Output, l) })
	})
	if err != nil {
		return nil, err
	}
	done("changed")
	storage := hdr.WriteOptions{Compression: c.Compression, Precision: c.Precision, Quality: c.Quality, Recipe: recipe.String()}
	if err := maps.Write(c.Output, im, storage); err != nil {
		return nil, err
	}
	done("written")
	info, err := os.Stat(c.Output)
	if err != nil {
		return nil, err
	}
	return &Converted{c.Output, im.W, im.H, info.Size()}, nil
}

// apply changes a map, in place where it can: two of the largest maps at once
// are as much as a laptop holds. A tone map that only cuts light off tells so.
func (c Conversion) apply(im *hdr.Image, tell func(hdr.Loss)) (*hdr.Image, error) {
	if c.RotateDegrees != 0 {
		envmap.YawInPlace(im, c.RotateDegrees*math.Pi/180)
	}
	if c.Width != 0 && (c.Width != im.W || c.Height != im.H) {
		resized, err := envmap.Resize(im, c.Width, c.Height)
		if err != nil {
			return nil, err
		}
		im = resized
	}
	if c.ExposureStops != 0 {
		envmap.Expose(im, c.ExposureStops)
	}
	if c.ToneMap == "" {
		return im, nil
	}
	tone, err := envmap.ParseToneMap(c.ToneMap)
	if err != nil {
		return nil, err
	}
	if tone == envmap.SRGB {
		white := hdr.Range{Way: "tone map srgb", Largest: 1}
		if loss := white.LossIn(im); loss.Any() {
			tell(loss)
		}
	}
	tone.Apply(im)
	return im, nil
}
