package edit

import (
	"fmt"
	"math"

	"github.com/clipenv/toolkit/internal/faults"
	"github.com/clipenv/toolkit/internal/parallel"
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/torch"
)

// Transfer sets how a change between two small maps is carried to a large one.
// Gains are natural logarithms.
type Transfer struct {
	Floor          float64 `yaml:"floor" json:"floor"`                     // radiance added before taking logarithms: darker than this, all is dark
	Radius         int     `yaml:"radius" json:"radius"`                   // of the guided filter's window, in texels of the small map
	Smoothness     float64 `yaml:"smoothness" json:"smoothness"`           // of the guided filter: what counts as a flat guide, in log radiance squared
	ExposureLimit  float64 `yaml:"exposure_limit" json:"exposure_limit"`   // the most that a texel may gain, in the mean of its channels
	DarkeningLimit float64 `yaml:"darkening_limit" json:"darkening_limit"` // the most that it may lose, lamps apart
	CastLimit      float64 `yaml:"cast_limit" json:"cast_limit"`           // the most that a channel may gain or lose over that mean
	LampDimming    float64 `yaml:"lamp_dimming" json:"lamp_dimming"`       // how fast what shines brighter than white goes out when it gets dark; 0: with all else
	FadeRadiance   float64 `yaml:"fade_radiance" json:"fade_radiance"`     // radiance at which a texel that gets dark has lost half of its colour, as to the eye at night; 0: colours stay
}

// DefaultTransfer is the transfer of an edit that sets no other.
var DefaultTransfer = Transfer{
	Floor: .01, Radius: 3, Smoothness: .05,
	ExposureLimit: 1.1, DarkeningLimit: 4.5, CastLimit: .9, LampDimming: .35, FadeRadiance: .015,
}

// Validate reports every invalid field in one error.
func (t Transfer) Validate() error {
	var found faults.List
	within := func(field string, v, low, high float64) { faults.Within(&found, "transfer."+field, v, low, high) }
	within("floor", t.Floor, 1e-6, 10)
	within("radius", float64(t.Radius), 0, 64)
	within("smoothness", t.Smoothness, 1e-6, 100)
	within("exposure_limit", t.ExposureLimit, .01, 10)
	within("darkening_limit", t.DarkeningLimit, .01, 20)
	within("cast_limit", t.CastLimit, .01, 10)
	within("lamp_dimming", t.LampDimming, 0, 10)
	within("fade_radiance", t.FadeRadiance, 0, 1)
	return found.Err()
}

// fits tells whether the filter can work on maps of w×h texels.
func (t Transfer) fits(w, h int) error {
	if w < 2 || w%2 != 0 || h < max(1, t.Radius) {
		return fmt.Errorf("edit: relight: the small maps are %d×%d, want an even width and at least transfer.radius, %d, rows", w, h, t.Radius)
	}
	return nil
}

// Relight returns input in a light that changed as it did from start to end,
// two small maps of one size. It multiplies each texel by the ratio end/start.
// A guided filter (He, Sun & Tang, ECCV 2010) brings the ratio to the input's
// size. Its guide is the input's own log radiance, so edges stay in place and
// detail stays sharp. Rotation about the vertical commutes with Relight.
// Values of the result are finite and at least 0 where those of the input are
// finite.
func (t Transfer) Relight(input, start, end *hdr.Image) (*hdr.Image, error) {
	if start.W != end.W || start.H != end.H {
		return nil, fmt.Errorf("edit: relight: the maps before and after are %d×%d and %d×%d, want one size", start.W, start.H, end.W, end.H)
	}
	if input.W < 1 || input.H < 1 {
		return nil, fmt.Errorf("edit: relight: the input is %d×%d, want texels", input.W, input.H)
	}
	if err := t.fits(start.W, start.H); err != nil {
		return nil, err
	}
	var out *hdr.Image
	err := torch.Do(torch.CPU, func(s *torch.Session) {
		s.NoGrad(func() {
			guide, err := t.guides(s, input, start.W, start.H)
			s.Check(err)
			small := func(im *hdr.Image) torch.Tensor {
				return s.FromFloats(envmap.Planar(im), 1, 3, int64(im.H), int64(im.W))
			}
			out, err = t.from(guide, small(start)).relight(input, small(end))
			s.Check(err)
		})
	})
	return out, err
}

// relight returns input relit as from the start to end, radiance [1,3,h,w].
func (r relighting) relight(input *hdr.Image, end torch.Tensor) (*hdr.Image, error) {
	lines, err := r.fit(end)
	if err != nil {
		return nil, fmt.Errorf("edit: relight: %w", err)
	}
	out := hdr.New(input.W, input.H)
	out.Meta = input.Meta
	across, down := around(input.W, lines.slopes.W), bilinear(input.H, lines.slopes.H)
	parallel.Rows(input.H, func(from, to int) {
		for y := from; y < to; y++ {
			r.relightRow(input.Row(y), out.Row(y), lines, across, down[y])
		}
	})
	return out, nil
}

// relightRow applies log gain = slope·guide + offset to one row.
func (t Transfer) relightRow(src, dst []float32, l fitted, across []tap, row tap) {
	slope, offset := blendRows(l.slopes, row), blendRows(l.offsets, row)
	for x := range across {
		p := src[3*x : 3*x+3]
		channels := t.logs(p)
		g := (channels[0] + channels[1] + channels[2]) / 3
		at := l.at(g)
		var gain [3]float64
		for c := range gain {
			gain[c] = float64(across[x].at(slope, c)*at + across[x].at(offset, c))
		}
		t.limit(&gain, channels, g)
		for c, v := range p {
			dst[3*x+c] = float32(min(max(float64(v), 0)*math.Exp(gain[c]), math.MaxFloat32))
		}
	}
}

// limit keeps a texel's gains within what looks like a change of light: no
// stronger cast than any light has, no white-out, lamps that go out and colours
// that fade when everything gets dark. channels are the texel's log radiance and
// guide their mean. Of two texels with equal gains the brighter one stays the
// brighter.
func (t Transfer) limit(gain *[3]float64, channels [3]float64, guide float64) {
	mean := (gain[0] + gain[1] + gain[2]) / 3
	all := t.ExposureLimit * math.Tanh(mean/t.ExposureLimit)
	if mean < 0 {
		all = max(mean, -t.DarkeningLimit)
		// What is brighter than white (guide 0) comes nearer to white.
		all -= max(guide, 0) * -math.Expm1(t.LampDimming*all)
	}
	colour := t.colour(guide, all)
	for c := range gain {
		own, cast := channels[c]-guide, t.CastLimit*math.Tanh((gain[c]-mean)/t.CastLimit)
		gain[c] = all + colour*(own+cast) - own
	}
}

// colour is the share that is left of the colour of a texel whose mean log
// radiance goes up by gain from guide: all of it unless it gets darker.
func (t Transfer) colour(guide, gain float64) float64 {
	return min(1, (1+t.FadeRadiance*math.Exp(-guide))/(1+t.FadeRadiance*math.Exp(-guide-gain)))
}
