package train

import (
	"context"
	"io"

	"github.com/clipenv/toolkit/internal/faults"
	"github.com/clipenv/toolkit/internal/run/curves"
	"github.com/clipenv/toolkit/pkg/dataset"
	"github.com/clipenv/toolkit/pkg/label"
)

// Data says which maps a run sees.
type Data struct {
	Real                  []string             `yaml:"real" json:"real"`             // folders of maps (dataset.Index)
	HeldOut               []string             `yaml:"held_out" json:"held_out"`     // names of real maps, or of scenes, that are never trained on
	Val                   float64              `yaml:"val" json:"val"`               // part of the real scenes by which the best step is chosen; 0: those held out
	Test                  float64              `yaml:"test" json:"test"`             // part of the real scenes that are held out beside
	Captions              label.Mix            `yaml:"captions" json:"captions"`     // what captions of real maps are made of
	RealShare             float64              `yaml:"real_share" json:"real_share"` // of a batch; the rest is drawn
	Synthetic             int                  `yaml:"synthetic" json:"synthetic"`   // how many maps are drawn
	SyntheticHeldOut      int                  `yaml:"synthetic_held_out" json:"synthetic_held_out"`
	SyntheticSeed         uint64               `yaml:"synthetic_seed" json:"synthetic_seed"`
	RealAugmentation      dataset.Augmentation `yaml:"real_augmentation" json:"real_augmentation"`
	SyntheticAugmentation dataset.Augmentation `yaml:"synthetic_augmentation" json:"synthetic_augmentation"` // of drawn maps
}

// Validate reports every field that is wrong.
func (d Data) Validate() error {
	var found faults.List
	check := found.Check
	check(len(d.Real) > 0 || d.Synthetic > 0, "data.real names no folder and data.synthetic is %d, want maps to train on", d.Synthetic)
	check(d.Val >= 0 && d.Test >= 0 && d.Val+d.Test < 1, "data.val is %v and data.test is %v, want 0 or more, together below 1", d.Val, d.Test)
	check(d.Captions.Tags >= 0 && d.Captions.Written >= 0 && d.Captions.Tags+d.Captions.Written <= 1,
		"data.captions has tags %v and written %v, want 0 or more, together at most 1", d.Captions.Tags, d.Captions.Written)
	check(d.RealShare >= 0 && d.RealShare <= 1, "data.real_share is %v, want 0 to 1", d.RealShare)
	check(d.Synthetic >= 0 && d.Synthetic <= 1_000_000, "data.synthetic is %d, want 0 to 1000000", d.Synthetic)
	check(d.SyntheticHeldOut >= 0 && d.SyntheticHeldOut <= 100_000, "data.synthetic_held_out is %d, want 0 to 100000", d.SyntheticHeldOut)
	for name, a := range map[string]dataset.Augmentation{"real_augmentation": d.RealAugmentation, "synthetic_augmentation": d.SyntheticAugmentation} {
		check(a.Stops >= 0 && a.Stops <= 8, "data.%s.stops is %v, want 0 to 8", name, a.Stops)
		check(a.WhiteBalance >= 0 && a.WhiteBalance <= 1, "data.%s.white_balance is %v, want 0 to 1", name, a.WhiteBalance)
		check(a.HorizonMix >= 0 && a.HorizonMix <= 1, "data.%s.horizon_mix is %v, want 0 to 1", name, a.HorizonMix)
	}
	return found.Err()
}

// heldOutSeed keeps the drawn maps that are held out apart from the others.
const heldOutSeed = 1 << 40

// maps is what a run trains on and what it is judged by.
type maps struct {
	sampler dataset.Sampler
	held    []dataset.Map // real
	drawn   []dataset.Map // held out
}

// look is a set of maps that a run is looked at by: its name in the figures,
// and its name to a reader.
type look struct {
	name, label string
	maps        []dataset.Map
}

// looks are those held out first, and last the real ones trained on, beside
// which the others show what is learnt by heart.
func (m maps) looks() []look {
	looks := []look{
		{"held_out", "held out", m.held},
		{"synthetic_held_out", "drawn, held out", m.drawn},
	}
	if m.sampler.RealShare > 0 {
		looks = append(looks, look{"trained", "trained on", m.sampler.Real})
	}
	return looks
}

// curves says which figures a look leaves, those whose names begin with
// prefix.
func (m maps) curves(prefix, axis string) curves.HeldOut {
	held := curves.HeldOut{Axis: axis}
	for _, l := range m.looks() {
		held.Figures = append(held.Figures, curves.Figure{Name: prefix + l.name, Label: l.label})
	}
	return held
}

// load reads and draws the maps at the given size.
func (d Data) load(ctx context.Context, size dataset.Size, seed int64, log io.Writer) (maps, error) {
	entries, err := dataset.Folders(ctx, d.Real, d.HeldOut, log)
	if err != nil {
		return maps{}, err
	}
	loader := dataset.Loader{Size: size, Cache: dataset.UserCache(), Log: log}
	real, _, err := loader.Load(ctx, entries)
	if err != nil {
		return maps{}, err
	}
	judged := dataset.Val
	if d.Val == 0 {
		judged = dataset.Test
	}
	drawn, err := loader.Draw(ctx, d.SyntheticSeed, 0, d.Synthetic)
	if err != nil {
		return maps{}, err
	}
	drawnHeld, err := loader.Draw(ctx, d.SyntheticSeed, heldOutSeed, d.SyntheticHeldOut)
	if err != nil {
		return maps{}, err
	}
	m := maps{
		sampler: dataset.Sampler{Size: size, Real: dataset.Select(real, dataset.Train, d.Val, d.Test), Synthetic: drawn,
			RealShare: d.RealShare, RealAugmentation: d.RealAugmentation, SyntheticAugmentation: d.SyntheticAugmentation, Seed: seed},
		held: dataset.Select(real, judged, d.Val, d.Test), drawn: drawnHeld,
	}
	return m, m.sampler.Validate()
}

// Maps returns the radiance, [3,H,W] at the given size, of the maps that are
// not held out, for a bank of latents. Each real map comes in four turns.
func (d Data) Maps(ctx context.Context, size dataset.Size, log io.Writer) ([][]float32, error) {
	d.SyntheticHeldOut = 0
	m, err := d.load(ctx, size, 0, log)
	if err != nil {
		return nil, err
	}
	var out [][]float32
	for _, real := range m.sampler.Real {
		for quarter := range 4 {
			out = append(out, dataset.Turn(real.Radiance(), size, quarter*size.W/4))
		}
	}
	for _, drawn := range m.sampler.Synthetic {
		out = append(out, drawn.Radiance())
	}
	return out, nil
}
