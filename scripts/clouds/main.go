// Clouds makes the clouds of pkg/sky/clouds anew: by how many stops the skies
// named there lie over their own smooth sky. What it takes is Poly Haven's,
// CC0, from a folder of its maps by name:
//
//	toolkit dataset download --name '*_puresky' --resolution 1k --output skies
//	go run ./scripts/clouds skies pkg/sky/clouds/stops
package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/sky"
	"github.com/clipenv/toolkit/pkg/sky/clouds"
)

func main() {
	if err := all(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "clouds:", err)
		os.Exit(1)
	}
}

func all(args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("got %d arguments, want a folder of maps and one to write into", len(args))
	}
	for _, m := range clouds.Maps {
		found, err := filepath.Glob(filepath.Join(args[0], m.Name+"*.hdr"))
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return fmt.Errorf("%s: no map of %s, want one whose name begins so", args[0], m.Name)
		}
		im, err := hdr.Read(found[0])
		if err != nil {
			return err
		}
		if im.W > clouds.Width {
			if im, err = envmap.Resize(im, clouds.Width, clouds.Width/2); err != nil {
				return err
			}
		}
		scene, err := sky.Analyse(im)
		if err != nil {
			return fmt.Errorf("%s: %w", found[0], err)
		}
		detail, ok := scene.CloudDetail()
		if !ok {
			return fmt.Errorf("%s: no sky is seen in it", found[0])
		}
		stops := detail.Stops(clouds.Width)
		path := filepath.Join(args[1], m.Name+".jpg")
		if err := run.WriteFile(path, func(w io.Writer) error { return clouds.Write(w, stops) }); err != nil {
			return err
		}
		fmt.Printf("%s\tof %s\n", path, filepath.Base(found[0]))
	}
	return nil
}
