package main

import (
	"cmp"
	"fmt"
	"math"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/app/mapfile"
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

func runConvert(c *cli.Context) error {
	if c.Args().Len() != 2 {
		return usage("convert: got %d arguments, want IN and OUT; 'toolkit convert --help' shows its use", c.Args().Len())
	}
	job := mapfile.Convert{Input: c.Args().Get(0), Output: c.Args().Get(1), Force: c.Bool("force")}
	var err error
	if job.Conversion, err = planConversion(c, job.Output); err != nil {
		return err
	}
	if err := job.Check(); err != nil {
		return err
	}
	bar := run.Progress(c.App.ErrWriter, 3, "convert")
	defer bar.Close()
	done, err := job.Run(c.Context, talking(bar), func(stage string) { bar.Add(1, "%s", stage) })
	if err != nil {
		return cmp.Or(bar.Interrupted(c.Context, "nothing was written"), err)
	}
	_, err = fmt.Fprintf(c.App.Writer, "%s: %d×%d, %s\n", quote.Text(done.Output), done.Width, done.Height, run.Bytes(done.Bytes))
	return err
}

// planConversion reads the flags, and refuses those that the output has no
// use for.
func planConversion(c *cli.Context, out string) (p mapfile.Conversion, err error) {
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
	if err := (hdr.WriteOptions{Compression: p.Compression, Precision: p.Precision}).Check(); err != nil {
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
