package main

import (
	"fmt"
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

func convertVerb() *cli.Command {
	return &cli.Command{
		Name:      "convert",
		Usage:     "change a map's format, size, exposure and direction",
		ArgsUsage: "IN OUT",
		Description: "Reads .hdr, .exr, .png, .jpg or .webp, told by its content, and writes .hdr,\n" +
			".exr, .png or .jpg, told by its name. Turning comes first, then the size, then\n" +
			"the exposure; pictures for the screen are tone mapped.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "size", Usage: "make it `WxH` texels, as in 4096x2048; the mean radiance over the sphere stays"},
			&cli.Float64Flag{Name: "exposure", Usage: "make it brighter by `EV` stops; darker below 0"},
			&cli.Float64Flag{Name: "rotate", Usage: "turn it about the vertical by `DEG` degrees: the picture moves to the right"},
			&cli.StringFlag{Name: "tonemap", Usage: ".png, .jpg: show radiance by `NAME`: agx, aces, reinhard or srgb", DefaultText: "agx"},
			&cli.StringFlag{Name: "compression", Usage: ".exr: pack by `NAME`: zip, piz, dwaa, dwab or none", DefaultText: "zip"},
			&cli.StringFlag{Name: "precision", Usage: ".exr: store `TYPE` half, float or auto: half where it holds the map", DefaultText: "auto"},
			&cli.IntFlag{Name: "quality", Usage: ".jpg: `N` from 1 to 100", Value: hdr.DefaultQuality},
			layerFlag(),
			&cli.BoolFlag{Name: "force", Usage: "take maps, and sizes, that are not twice as wide as high, and cut light that OUT cannot hold"},
		},
		Action: runConvert,
	}
}

// conversion is what a convert does, as its recipe tells it.
type conversion struct {
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

func (p conversion) storage(recipe string) hdr.WriteOptions {
	return hdr.WriteOptions{Compression: p.Compression, Precision: p.Precision, Quality: p.Quality, Recipe: recipe}
}

func runConvert(c *cli.Context) error {
	if c.Args().Len() != 2 {
		return usage("convert: got %d arguments, want IN and OUT; 'toolkit convert --help' shows its use", c.Args().Len())
	}
	in, out := c.Args().Get(0), c.Args().Get(1)
	plan, err := planConversion(c, out)
	if err != nil {
		return err
	}
	paths := files.NewPlan("convert")
	paths.ReadsAgain("the input", in)
	paths.Writes("OUT", out)
	if err := paths.Check(); err != nil {
		return err
	}
	bar := run.Progress(c.App.ErrWriter, 3, "convert")
	defer bar.Close()
	maps := mapFiles(c, bar)
	var im *hdr.Image
	var recipe run.Recipe
	if err := stage(c, bar, "read", func() (err error) {
		if im, err = maps.Read(in); err != nil {
			return err
		}
		recipe, err = mapRecipe("convert", plan, in, im)
		return err
	}); err != nil {
		return err
	}
	if err := stage(c, bar, "changed", func() (err error) {
		im, err = plan.apply(im, func(l hdr.Loss) { maps.TellLoss(out, l) })
		return err
	}); err != nil {
		return err
	}
	// A write that has begun is brought to its end: it takes no long time, and
	// leaves nothing beside its target.
	if err := maps.Write(out, im, plan.storage(recipe.String())); err != nil {
		return err
	}
	bar.Add(1, "written")
	info, err := os.Stat(out)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.App.Writer, "%s: %d×%d, %s\n", quote.Text(out), im.W, im.H, run.Bytes(info.Size()))
	return nil
}

// stage does one part of a work, unless the user ends it first: then what is
// left of it, which touches no file, ends with the process.
func stage(c *cli.Context, bar *run.Bar, done string, work func() error) error {
	type outcome struct {
		err   error
		fault any // of a panic, to go on where it is reported
	}
	ended := make(chan outcome, 1)
	go func() {
		var o outcome
		defer func() {
			o.fault = recover()
			ended <- o
		}()
		o.err = work()
	}()
	select {
	case o := <-ended:
		if o.fault != nil {
			panic(o.fault)
		}
		if o.err == nil {
			bar.Add(1, "%s", done)
		}
		return o.err
	case <-c.Context.Done():
		return bar.Interrupted(c.Context, "nothing was written")
	}
}

// planConversion reads the flags, and refuses those that the output has no
// use for.
func planConversion(c *cli.Context, out string) (p conversion, err error) {
	ext := strings.ToLower(filepath.Ext(out))
	screen := ext == ".png" || ext == ".jpg" || ext == ".jpeg"
	for flag, fits := range map[string]bool{
		"tonemap": screen, "quality": screen && ext != ".png", "compression": ext == ".exr", "precision": ext == ".exr",
	} {
		if c.IsSet(flag) && !fits {
			return p, usage("convert: --%s has no meaning for %q files; 'toolkit convert --help' lists the flags", flag, ext)
		}
	}
	p.Layer = c.String("layer")
	p.RotateDegrees, p.ExposureStops = c.Float64("rotate"), c.Float64("exposure")
	p.Compression, p.Precision = hdr.Compression(c.String("compression")), hdr.Precision(c.String("precision"))
	if c.IsSet("quality") {
		if p.Quality = c.Int("quality"); p.Quality < 1 || p.Quality > 100 {
			return p, usage("convert: --quality is %d, want 1 to 100", p.Quality)
		}
	}
	if err := p.storage("").Check(); err != nil {
		return p, usage("convert: %v", err)
	}
	if !(math.Abs(p.RotateDegrees) <= 360) {
		return p, usage("convert: --rotate is %v, want -360 to 360 degrees", p.RotateDegrees)
	}
	if !(math.Abs(p.ExposureStops) <= 64) {
		return p, usage("convert: --exposure is %v, want -64 to 64 stops", p.ExposureStops)
	}
	if c.IsSet("size") {
		if p.Width, p.Height, err = readSize(c); err != nil {
			return p, err
		}
		if p.Width != 2*p.Height && !c.Bool("force") {
			return p, usage("convert: --size is %s, want it twice as wide as high; --force takes it all the same", c.String("size"))
		}
	}
	if screen {
		tone := envmap.AgX
		if c.IsSet("tonemap") {
			if tone, err = envmap.ParseToneMap(c.String("tonemap")); err != nil {
				return p, usage("convert: --tonemap: %v", err)
			}
		}
		p.ToneMap = tone.String()
	}
	return p, nil
}

// apply changes a map, in place where it can: two of the largest maps at once
// are as much as a laptop holds. A tone map that only cuts light off tells so.
func (p conversion) apply(im *hdr.Image, tell func(hdr.Loss)) (*hdr.Image, error) {
	if p.RotateDegrees != 0 {
		envmap.YawInPlace(im, p.RotateDegrees*math.Pi/180)
	}
	if p.Width != 0 && (p.Width != im.W || p.Height != im.H) {
		resized, err := envmap.Resize(im, p.Width, p.Height)
		if err != nil {
			return nil, err
		}
		im = resized
	}
	if p.ExposureStops != 0 {
		envmap.Expose(im, p.ExposureStops)
	}
	if p.ToneMap != "" {
		tone, err := envmap.ParseToneMap(p.ToneMap)
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
	}
	return im, nil
}
