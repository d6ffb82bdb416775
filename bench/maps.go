package main

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	_ "github.com/clipenv/toolkit/pkg/hdr/exr" // .exr in and out
	"github.com/clipenv/toolkit/pkg/synth"
	"github.com/clipenv/toolkit/pkg/torch"
)

// The map that is read, written and resized, and the size it is resized to.
const (
	mapWidth                = 4096
	smallWidth, smallHeight = 512, 256
)

// mapsPerStep is how many maps a step of synth or batch makes, on so many
// goroutines as there are threads.
const mapsPerStep = 8

// maps is work on files and panoramas. A file that is decoded lies in the page
// cache; one that is encoded replaces that of the step before.
func maps(s *torch.Session, sp spec) work {
	im, err := hdr.Read(sp.File)
	s.Check(err)
	mean := func() float64 { return meanOf(im) }
	switch sp.Kind {
	case kindDecode:
		return work{step: func() {
			im, err = hdr.Read(sp.File)
			s.Check(err)
		}, check: mean}
	case kindResize:
		whole := im
		return work{step: func() {
			im, err = envmap.Resize(whole, smallWidth, smallHeight)
			s.Check(err)
		}, check: mean}
	}
	encode := func() {
		s.Check(hdr.Write(sp.Out, im, hdr.WriteOptions{Compression: hdr.Compression(sp.Compression), Precision: hdr.Half, Force: true}))
	}
	return work{step: encode, check: func() float64 {
		back, err := hdr.Read(sp.Out)
		s.Check(err)
		return meanOf(back)
	}}
}

// drawing draws maps that no step before it has drawn.
func drawing(sp spec) work {
	var next uint64
	var sum float64
	return work{step: func() {
		var wg sync.WaitGroup
		index := make(chan uint64, mapsPerStep)
		for range mapsPerStep {
			index <- next
			next++
		}
		close(index)
		for range sp.Threads {
			wg.Go(func() {
				for i := range index {
					im := synth.New(1, i).Draw(smallWidth, smallHeight)
					if i == 0 {
						sum = meanOf(im)
					}
				}
			})
		}
		wg.Wait()
	}, check: func() float64 { return sum }}
}

// meanOf is the mean radiance over the sphere, the measure that resizing keeps.
func meanOf(im *hdr.Image) float64 {
	m := envmap.Mean(im)
	return (m[0] + m[1] + m[2]) / 3
}

// mapFiles are the files that races read: an enlarged map with grain.
type mapFiles struct{ radiance, zip, dwab string }

func mapFilesIn(dir string) mapFiles {
	return mapFiles{filepath.Join(dir, "map.hdr"), filepath.Join(dir, "zip.exr"), filepath.Join(dir, "dwab.exr")}
}

// make enlarges the map in a file, unless that is done.
func (f mapFiles) make(from string) error {
	if _, err := os.Stat(f.radiance); err == nil {
		return nil
	}
	im, err := grained(from, mapWidth)
	if err != nil {
		return err
	}
	for path, c := range map[string]hdr.Compression{f.radiance: "", f.zip: hdr.ZIP, f.dwab: hdr.DWAB} {
		if err := hdr.Write(path, im, hdr.WriteOptions{Compression: c, Precision: hdr.Half, Force: true}); err != nil {
			return fmt.Errorf("a map to race with: %w", err)
		}
	}
	return nil
}

// mapRaces are those of maps. The times are also OpenCV's and those of the
// OpenEXR project's own Python package; where nobody else does the work, a time
// that it may take.
func mapRaces(add func(name, against string, target float64, s spec), f mapFiles, out, folder string) {
	const size = "4096×2048"
	const openCV, openEXR = "OpenCV", "OpenEXR"
	add(".hdr decode "+size, openCV, 1/1.5, spec{Kind: kindDecode, File: f.radiance})
	add(".hdr encode "+size, openCV, 1/1.5, spec{Kind: kindEncode, File: f.radiance, Out: out + ".hdr"})
	for _, against := range []string{openCV, openEXR} {
		add(".exr ZIP decode "+size, against, 1, spec{Kind: kindDecode, File: f.zip})
		add(".exr ZIP encode "+size, against, 1, spec{Kind: kindEncode, File: f.zip, Out: out + ".exr", Compression: "zip"})
	}
	add(".exr DWAB decode "+size, openEXR, 1, spec{Kind: kindDecode, File: f.dwab})
	add(".exr DWAB encode "+size, openEXR, 1, spec{Kind: kindEncode, File: f.dwab, Out: out + ".exr", Compression: "dwab"})
	add("area resize "+size+" to 512×256", openCV, 1, spec{Kind: kindResize, File: f.radiance})
	add("draw a 512×256 map", "", 1, spec{Kind: kindSynth, Budget: 1. / 20})
	names, _ := filepath.Glob(filepath.Join(folder, "*.exr"))
	add("read a folder's map for training", openCV, 1, spec{Kind: kindFolder, Folder: folder, Maps: len(names)})
	add("vary a map for training", "", 1, spec{Kind: kindBatch, Folder: folder, Budget: 1e-3})
}
