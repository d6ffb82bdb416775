package edit_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/sky"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
)

// glowing is a night of a long exposure: a bright sky over dark ground, and two
// lamps.
func glowing() *hdr.Image {
	const w, h = 256, 128
	im := hdr.New(w, h)
	grain := uint32(3)
	for i := range w * h {
		grain = grain*1664525 + 1013904223
		part := .5 + float32(grain>>8)/(1<<24)
		v := [3]float32{.072, .08, .092}
		if i >= w*h/2 {
			v = [3]float32{.009 * part, .008 * part, .006 * part}
		}
		copy(im.Pix[3*i:], v[:])
	}
	for _, x := range [2]int{40, 170} {
		copy(im.Row(54)[3*x:], []float32{500, 450, 400})
	}
	return im
}

// Words that ask for a night get one, however bright the map's own was, and a
// number that changes that leaves its level.
func TestWordsMakeANightOfABrightNight(t *testing.T) {
	im := glowing()
	if kind, err := sky.KindOf(im); err != nil || kind != sky.Night {
		t.Fatalf("the map is told for %v, %v, want a night", kind, err)
	}
	overhead := func(im *hdr.Image) float64 {
		var lum []float64
		for i := range im.W * im.H / 3 {
			p := im.Pix[3*i : 3*i+3]
			lum = append(lum, math.Log2(float64(envmap.Luminance(p[0], p[1], p[2]))))
		}
		slices.Sort(lum)
		return lum[len(lum)/2]
	}
	c := edit.Defaults(edit.Guided)
	c.Sky.Steps, c.Views = 2, 0
	m := edit.Models{Generator: blank{}, CLIP: wordy{}}
	r, err := edit.Run(context.Background(), torchtest.Device(t), m, im, "a moonlit night", c, nil)
	if err != nil {
		t.Fatal(err)
	}
	if fell := overhead(im) - overhead(r.Output); fell < 2.5 {
		t.Errorf("the sky of a moonlit night falls by %.2f stops, want 2.5 or more", fell)
	}
	haze := .5
	c.Sky.Haze = &haze
	if r, err = edit.Relight(im, c); err != nil {
		t.Fatal(err)
	}
	if moved := envmap.Stops(envmap.IrradianceFromAbove(im), envmap.IrradianceFromAbove(r.Output)); math.Abs(moved) > .5 {
		t.Errorf("haze alone moves the light from above by %.2f stops, want about none", moved)
	}
}
