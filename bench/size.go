package main

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
)

// grained is the map of a file, so many columns wide and with the grain of a
// camera, without which every row would pack better than a photograph's.
func grained(from string, width int) (*hdr.Image, error) {
	im, err := hdr.Read(from)
	if err == nil && im.W != width {
		im, err = envmap.Interpolate(im, width, width/2, envmap.Bilinear)
	}
	if err != nil {
		return nil, fmt.Errorf("a map to race with: %w", err)
	}
	grain := rand.New(rand.NewPCG(1, 0))
	for i := range im.Pix {
		im.Pix[i] *= max(0, 1+.03*float32(grain.NormFloat64()))
	}
	return im, nil
}

// runSize holds an edit of a map of one size, from command to file, against the
// time that it may take.
func (r race) runSize(o options, self, temp string) (line, error) {
	input := filepath.Join(temp, "sized"+filepath.Ext(r.Spec.Out))
	im, err := grained(r.Spec.File, r.Spec.Columns)
	if err == nil {
		err = hdr.Write(input, im, hdr.WriteOptions{})
	}
	if err != nil {
		return line{}, err
	}
	args := append([]string{"edit", "-i", input, "--no-preview", "-o", r.Spec.Out}, r.Spec.Flags...)
	if r.Spec.Columns > 1024 {
		o.rounds = min(o.rounds, 5) // they take ten seconds each
	}
	if _, err := (setting{args: args}).once(o, self); err != nil { // the page cache is warm from here on
		return line{}, err
	}
	return r.rounds(o,
		func() (reply, error) { return setting{args: args}.once(o, self) },
		func() (reply, error) { return reply{Seconds: r.Spec.Budget}, nil })
}

// sizeRaces are edits through the sky of a map by day, on all that the machine
// has. Where nobody else does the work, the other side is a time that it may
// take; beside an edit by numbers alone, which needs no network, it is what a
// prototype in numpy took to take a map apart and put it together.
func sizeRaces(add func(name, other string, target float64, s spec), day, out string) {
	words, numbers := []string{"-p", "a sunset in a forest, cloudy"}, []string{"--sun-elevation", "10", "--cover", ".5"}
	for _, c := range []struct {
		columns        int
		ext, by, other string
		flags          []string
		budget         float64
	}{
		{1024, ".exr", "a sentence", "", words, 1.5},
		{1024, ".exr", "numbers", "numpy, as told", numbers, 1.3},
		{4096, ".exr", "a sentence", "", words, 4},
		{8192, ".hdr", "a sentence", "", words, 10},
		{8192, ".exr", "a sentence", "", words, 10},
	} {
		add(fmt.Sprintf("edit by %s, %d×%d %s", c.by, c.columns, c.columns/2, c.ext), c.other, 1,
			spec{Kind: kindSize, File: day, Out: out + c.ext, Columns: c.columns, Flags: c.flags, Budget: c.budget})
	}
}
