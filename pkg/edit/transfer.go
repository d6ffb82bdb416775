package edit

import (
	"errors"
	"fmt"
	"math"

	"github.com/clipenv/toolkit/pkg/hdr"
)

// Transfer says how the change between two small maps is carried to a large
// one. Gains are natural logarithms.
type Transfer struct {
	Floor      float64 `yaml:"floor" json:"floor"`           // radiance added before taking logarithms: darker than this, all is dark
	Radius     int     `yaml:"radius" json:"radius"`         // of the guided filter's window, in texels of the small map
	Smoothness float64 `yaml:"smoothness" json:"smoothness"` // of the guided filter: what counts as a flat guide, in log radiance squared
	Brighten   float64 `yaml:"brighten" json:"brighten"`     // the most that a texel may gain, in the mean of its channels
	Darken     float64 `yaml:"darken" json:"darken"`         // the most that it may lose, lamps apart
	Cast       float64 `yaml:"cast" json:"cast"`             // the most that a channel may gain or lose over that mean
	Lamps      float64 `yaml:"lamps" json:"lamps"`           // how fast what shines brighter than white goes out when it gets dark; 0: with all else
}

// DefaultTransfer is what edits use.
var DefaultTransfer = Transfer{
	Floor: .01, Radius: 3, Smoothness: .05,
	Brighten: 1.1, Darken: 5, Cast: .8, Lamps: .35,
}

// Validate reports every field that is wrong.
func (t Transfer) Validate() error {
	var errs []error
	within := func(field string, v, low, high float64) {
		if !(v >= low && v <= high) {
			errs = append(errs, fmt.Errorf("transfer.%s is %v, want %v to %v", field, v, low, high))
		}
	}
	within("floor", t.Floor, 1e-6, 10)
	within("radius", float64(t.Radius), 0, 64)
	within("smoothness", t.Smoothness, 1e-6, 100)
	within("brighten", t.Brighten, .01, 10)
	within("darken", t.Darken, .01, 20)
	within("cast", t.Cast, .01, 10)
	within("lamps", t.Lamps, 0, 10)
	return errors.Join(errs...)
}

// Relight returns input with the light changed as from start to end, two small
// maps of one size: each texel is multiplied by the ratio end/start, brought
// to the input's size by a guided filter (He, Sun & Tang, ECCV 2010) whose
// guide is the input's own log radiance, so that edges stay where they are and
// detail stays sharp. Rotation about the vertical commutes with it. Values of
// the result are finite and at least 0 where those of the input are finite.
func (t Transfer) Relight(input, start, end *hdr.Image) (*hdr.Image, error) {
	if start.W != end.W || start.H != end.H {
		return nil, fmt.Errorf("edit: relight: the maps before and after are %d×%d and %d×%d, want one size", start.W, start.H, end.W, end.H)
	}
	for _, im := range []*hdr.Image{input, start} {
		if im.W < 1 || im.H < 1 {
			return nil, fmt.Errorf("edit: relight: a map is %d×%d, want texels", im.W, im.H)
		}
	}
	guide, err := t.smallGuide(input, start.W, start.H)
	if err != nil {
		return nil, fmt.Errorf("edit: relight: %w", err)
	}
	lines := t.fit(guide, start, end)
	out := hdr.New(input.W, input.H)
	out.Meta = input.Meta
	across, down := bilinear(input.W, start.W, wrap), bilinear(input.H, start.H, stay)
	eachRow(input.H, func(y int) { t.relightRow(input.Row(y), out.Row(y), lines, across, down[y]) })
	return out, nil
}

// relightRow applies log gain = slope·guide + offset to one row.
func (t Transfer) relightRow(src, dst []float32, l lines, across []tap, row tap) {
	slope, offset := blendRows(l.slopes, row), blendRows(l.offsets, row)
	for x := range across {
		p := src[3*x : 3*x+3]
		g := t.guide(p)
		// A line holds over the guides that it was fitted to: a sun's lies far
		// above them.
		at := float32(min(max(g, l.darkest), l.brightest))
		var gain [3]float64
		for c := range gain {
			gain[c] = float64(across[x].at(slope, c)*at + across[x].at(offset, c))
		}
		t.limit(&gain, g)
		for c, v := range p {
			dst[3*x+c] = float32(min(max(float64(v), 0)*math.Exp(gain[c]), math.MaxFloat32))
		}
	}
}

// limit keeps a texel's gains within what looks like a change of light: no
// stronger cast than any light has, no white-out, and lamps that go out when
// everything gets dark. Of two texels with equal gains the brighter one stays
// the brighter.
func (t Transfer) limit(gain *[3]float64, guide float64) {
	mean := (gain[0] + gain[1] + gain[2]) / 3
	all := t.Brighten * math.Tanh(mean/t.Brighten)
	if mean < 0 {
		all = max(mean, -t.Darken)
		// What is brighter than white (guide 0) comes nearer to white.
		all -= max(guide, 0) * -math.Expm1(t.Lamps*all)
	}
	for c := range gain {
		gain[c] = all + t.Cast*math.Tanh((gain[c]-mean)/t.Cast)
	}
}
