package sky_test

import (
	"errors"
	"io/fs"
	"math"
	"path/filepath"
	"slices"
	"testing"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	_ "github.com/clipenv/toolkit/pkg/hdr/exr"
	"github.com/clipenv/toolkit/pkg/label"
	"github.com/clipenv/toolkit/pkg/sky"
	"github.com/clipenv/toolkit/pkg/synth"
)

// What the example maps are by eye. Two kinds where either is right.
var examples = map[string][]sky.Kind{
	"apartment": {sky.Indoor}, "bridge": {sky.Indoor}, "esplanade": {sky.Indoor}, "hall": {sky.Indoor},
	"lab": {sky.Indoor}, "lobby": {sky.Indoor}, "studio": {sky.Indoor}, "warehouse": {sky.Indoor}, "workshop": {sky.Indoor},
	"city": {sky.Day}, "forest": {sky.Day}, "park": {sky.Day}, "sky": {sky.Day}, "sunrise": {sky.Day, sky.Dusk},
	"dawn": {sky.Dusk}, "sunset": {sky.Dusk}, "venice": {sky.Dusk, sky.Day}, "night": {sky.Night},
}

func TestKindOfExamples(t *testing.T) {
	wrong, seen := 0, 0
	for name, want := range examples {
		im, err := hdr.Read(filepath.Join("../../examples/hdri", name+".exr"))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		got, err := sky.KindOf(im)
		if err != nil {
			t.Fatal(err)
		}
		seen++
		if got != want[0] && got != want[len(want)-1] {
			wrong++
			t.Logf("%s: %v, want %v", name, got, want)
		}
	}
	if wrong > seen/8 {
		t.Errorf("%d of %d example maps are told wrongly, want at most one in eight", wrong, seen)
	}
}

// A map of any place outdoors that is put into its own light stays as it is.
func TestExamplesInTheirOwnLight(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../examples/*/*.exr")
	if err != nil || len(files) == 0 {
		t.Skip("no example maps here")
	}
	for _, file := range files {
		im, err := hdr.Read(file)
		if err != nil {
			t.Fatal(err)
		}
		kind, err := sky.KindOf(im)
		if err != nil {
			t.Fatal(err)
		}
		if kind == sky.Indoor {
			continue
		}
		if im, err = envmap.Resize(im, 512, 256); err != nil {
			t.Fatal(err)
		}
		sc, err := sky.AnalyseAs(im, kind)
		if err != nil {
			t.Fatal(err)
		}
		out, err := sc.Render(sc.Own())
		if err != nil {
			t.Fatal(err)
		}
		if off := math.Abs(envmap.Stops(envmap.IrradianceFromAbove(im), envmap.IrradianceFromAbove(out))); off > .05 {
			t.Errorf("%s: own light moves the light from above by %.3f stops", file, off)
		}
		var ratio []float64
		for i := 1; i < len(im.Pix); i += 3 {
			ratio = append(ratio, math.Log2((float64(out.Pix[i])+1e-7)/(float64(im.Pix[i])+1e-7)))
		}
		slices.Sort(ratio)
		if off := ratio[len(ratio)/2]; math.Abs(off) > .02 {
			t.Errorf("%s: own light moves the map's median by %.3f stops", file, off)
		}
	}
}

// Of rooms with windows some are missed; what has none, or lamps and lit
// ceilings, must have none.
func TestWindowsOfExamples(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"apartment": true, "lab": true, "workshop": true,
		"studio": false, "esplanade": false, "park": false, "night": false,
	} {
		im, err := hdr.Read(filepath.Join("../../examples/hdri", name+".exr"))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		scene, err := sky.Analyse(im)
		if err != nil {
			t.Fatal(err)
		}
		if got := scene.Windows(); got > 0 != want {
			t.Errorf("%s has %.3f sr of windows, want some: %v", name, got, want)
		}
	}
}

// Drawn rooms, halls and studios: lamps and soft boxes are no windows.
func TestWindowsOfDrawnRooms(t *testing.T) {
	t.Parallel()
	found, has := 0, 0
	for seed := uint64(61); seed <= 80; seed++ {
		drawn := synth.NewLike(seed, seed, label.Indoor)
		scene, err := sky.AnalyseAs(drawn.Draw(512, 256), sky.Indoor)
		if err != nil {
			t.Fatal(err)
		}
		seen := scene.Windows() > 0
		switch {
		case drawn.Attributes&label.Windows == 0 && seen:
			t.Errorf("room %d has %.3f sr of windows, and was drawn with none", seed, scene.Windows())
		case drawn.Attributes&label.Windows != 0:
			has++
			if seen {
				found++
			}
		}
	}
	if 3*found < has {
		t.Errorf("windows are found in %d of %d rooms, want a third or more", found, has)
	}
}
