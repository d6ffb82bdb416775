package mapfile

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/clipenv/toolkit/internal/app"
	"github.com/clipenv/toolkit/internal/files"
	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/lamp"
	"github.com/clipenv/toolkit/pkg/sky"
)

// Light is the search for a map's sun, and its writing as a lamp.
type Light struct {
	File       string
	Layer      string
	USD, GLTF  string // files that the lamp is written to; "" for none
	ForBlender bool   // write the lamp's numbers as Blender takes them, not as the formats say
	Brightest  bool   // where there is no sun, write the brightest spot
	WithoutSun string // file that the map without its sun is written to; "" for none
}

// writesLamp tells whether a lamp is wanted.
func (l Light) writesLamp() bool { return l.USD != "" || l.GLTF != "" }

// Check refuses to write over what is read.
func (l Light) Check() error {
	paths := files.NewPlan("light")
	paths.ReadsAgain("the map", l.File)
	paths.Writes("--usd", l.USD)
	paths.Writes("--gltf", l.GLTF)
	paths.Writes("--without-sun", l.WithoutSun)
	return paths.Check()
}

// Run measures the map's sun and sky, tells done of it, and writes what is asked
// for.
func (l Light) Run(ctx context.Context, s app.Session, done func(stage string)) (*SkyReport, error) {
	found, err := run.Until(ctx, func() (found lit, err error) { return l.find(s) })
	if err != nil {
		return nil, err
	}
	done("measured")
	return found.report, l.write(s, found)
}

// lit is what is found in a map.
type lit struct {
	report *SkyReport
	sun    lamp.Lamp
	rest   *hdr.Image // the map without its sun
}

func (l Light) find(s app.Session) (found lit, err error) {
	maps := app.Maps{Verb: "light", Layer: l.Layer, Why: "a sun has no direction in it", Talk: s.Talk}
	if found.rest, err = maps.Read(l.File); err != nil {
		return found, err
	}
	scene, err := sky.Analyse(found.rest)
	if err != nil {
		return found, fmt.Errorf("%s: %w", quote.Text(l.File), err)
	}
	if l.writesLamp() {
		if found.sun, err = l.lampOf(scene); err != nil {
			return found, err
		}
	}
	found.report = describeLight(l.File, found.rest, scene)
	return found, nil
}

// lampOf is the sun as a lamp, or the brightest spot where there is none and
// that is wanted instead.
func (l Light) lampOf(scene *sky.Scene) (lamp.Lamp, error) {
	sun, size := scene.Sun, scene.Size()
	if !sun.Found {
		spot, any := scene.Brightest()
		switch {
		case !any:
			return lamp.Lamp{}, fmt.Errorf("light: %s has no light above the horizon that a lamp could give, no spot brighter than what is around it", quote.Text(l.File))
		case !l.Brightest:
			return lamp.Lamp{}, fmt.Errorf("light: %s shows no sun to write as a lamp; --brightest writes the brightest spot, %s",
				quote.Text(l.File), bearing(spot.Direction).Words())
		}
		sun, size = spot, scene.SizeOf(spot)
	}
	name := strings.TrimSuffix(filepath.Base(l.File), filepath.Ext(l.File))
	return lamp.Lamp{Name: "sun of " + name, Towards: sun.Direction, Irradiance: sun.Beam, Across: size}, nil
}

// write writes the files that are asked for: the map first, since a layer of USD
// refers to it.
func (l Light) write(s app.Session, found lit) error {
	reader := lamp.Standard
	if l.ForBlender {
		reader = lamp.Blender
	}
	generator := "toolkit " + s.Versions.Toolkit
	if l.WithoutSun != "" {
		if err := l.writeRest(s, found); err != nil {
			return err
		}
	}
	if l.USD != "" {
		var dome string
		if l.WithoutSun != "" {
			dome = pathFrom(l.USD, l.WithoutSun)
		}
		text, err := found.sun.USD(generator, dome, reader)
		if err != nil {
			return err
		}
		if err := writeText(l.USD, text); err != nil {
			return err
		}
	}
	if l.GLTF != "" {
		text, err := found.sun.GLTF(generator, reader)
		if err != nil {
			return err
		}
		if err := writeText(l.GLTF, text); err != nil {
			return err
		}
	}
	if l.writesLamp() && !l.ForBlender {
		s.Tell("light: the lamp's numbers are as the format says; Blender's importers take them otherwise: --for blender")
	}
	return nil
}

// writeRest writes the map without its sun.
func (l Light) writeRest(s app.Session, found lit) error {
	recipe, err := mapRecipe(s, "light", map[string]bool{"without_sun": true}, l.File, found.rest)
	if err != nil {
		return err
	}
	if found.report.Sun == nil {
		s.Tell("light: %s: shows no sun; %s is the map as it is", quote.Text(l.File), quote.Text(l.WithoutSun))
	}
	maps := app.Maps{Verb: "light", Talk: s.Talk}
	return maps.Write(l.WithoutSun, found.rest, hdr.WriteOptions{Recipe: recipe.String()})
}

func writeText(path string, text []byte) error {
	return run.WriteFile(path, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}

// pathFrom is the path to a file from the folder of another, with slashes.
func pathFrom(file, to string) string {
	from, errFrom := filepath.Abs(filepath.Dir(file))
	target, errTo := filepath.Abs(to)
	relative, err := filepath.Rel(from, target)
	if errFrom != nil || errTo != nil || err != nil {
		return filepath.ToSlash(to)
	}
	if relative = filepath.ToSlash(relative); !strings.HasPrefix(relative, "../") {
		relative = "./" + relative
	}
	return relative
}
