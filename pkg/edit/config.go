package edit

import (
	"slices"

	"github.com/clipenv/toolkit/internal/faults"
	"github.com/clipenv/toolkit/pkg/torch"
)

// The ways to edit. Paper is that of D'Orazio, "CLIP-guided Editing of
// Environment Maps using Inversion Techniques".
const (
	Paper  = "paper"  // descend the CLIP loss from the input's encoding
	Guided = "guided" // move along the words' mean latent, then take scaled steps that stay near
)

// What an edit optimises.
const (
	FC       = "fc"       // Z, before the heads
	MuLogvar = "mulogvar" // the two parameters of the latent's distribution
	Pixels   = "pixels"   // the map itself, without a network: D'Orazio's failing baseline
	Whole    = "latent"   // all parts of the generator's latent
)

// What an edit adds to the CLIP loss.
const (
	NoRegulariser = "none"
	TV            = "tv" // total variation of the picture
	KL            = "kl" // divergence from the prior; mulogvar only
)

// How the end of an optimisation becomes the edit's output.
const (
	Transferred = "transfer" // the input, relit as the VAE's map changed
	Decoded     = "decoded"  // the VAE's own map, enlarged
)

// What CLIP looks at in a step.
const (
	AimOutput  = "output"  // the input relit, at the VAE's size: what the artist gets
	AimDecoded = "decoded" // the VAE's own map, as D'Orazio does
)

// How exactly CLIP's image tower computes in the steps.
const (
	F32  = "f32"
	BF16 = "bf16" // products in bf16; vision transformers only
)

// Whether the steps on a GPU are recorded, as CUDA graphs.
const (
	GraphsAuto = "auto" // where it can be
	GraphsOff  = "off"  // kernel by kernel
)

// Config holds the settings of an edit.
type Config struct {
	Mode              string  `yaml:"mode" json:"mode"`
	Variable          string  `yaml:"variable" json:"variable"`
	Regulariser       string  `yaml:"regulariser" json:"regulariser"`
	RegulariserWeight float64 `yaml:"regulariser_weight" json:"regulariser_weight"` // of the regulariser
	Steps             int     `yaml:"steps" json:"steps"`
	LearningRate      float64 `yaml:"learning_rate" json:"learning_rate"` // of Adam

	// Guided mode only.
	Strength       float64 `yaml:"strength" json:"strength"`               // how far to move along the words' mean latent; 0 stays
	Neighbours     int     `yaml:"neighbours" json:"neighbours"`           // how many maps of the bank the words' mean latent is taken over
	AnchorWeight   float64 `yaml:"anchor_weight" json:"anchor_weight"`     // weight of the squared distance from where the move ended
	LightPrior     float64 `yaml:"light_prior" json:"light_prior"`         // weight of the squared distance from the mean light, by height, of the maps near the words
	GainSmoothness float64 `yaml:"gain_smoothness" json:"gain_smoothness"` // weight of how mottled the relighting is; needs aim output
	SpreadExponent float64 `yaml:"spread_exponent" json:"spread_exponent"` // steps go with each component's spread to this power
	Views          int     `yaml:"views" json:"views"`                     // turned, mirrored, relit copies that CLIP sees a step

	Seed      int64  `yaml:"seed" json:"seed"`
	Precision string `yaml:"precision" json:"precision"` // of CLIP's image tower in the steps: f32, bf16

	TF32         bool   `yaml:"tf32" json:"tf32,omitempty"`                   // on a GPU: f32 products and convolutions round to TF32's ten bits
	Graphs       string `yaml:"graphs" json:"graphs,omitempty"`               // on a GPU: the steps as CUDA graphs: auto, off
	FiguresEvery int    `yaml:"figures_every" json:"figures_every,omitempty"` // steps whose figures leave the device together; 0: 1, on a GPU 10

	Aim        string   `yaml:"aim" json:"aim"`
	OutputMode string   `yaml:"output_mode" json:"output_mode"`
	Transfer   Transfer `yaml:"transfer" json:"transfer"`

	Sky SkyConfig `yaml:"sky" json:"sky"` // guided mode only
}

// Defaults returns the settings that work for a mode.
func Defaults(mode string) Config {
	if mode == Paper {
		return Config{Mode: Paper, Variable: FC, Regulariser: NoRegulariser, RegulariserWeight: .1, Steps: 100, LearningRate: .05,
			Precision: F32, Graphs: GraphsAuto, Aim: AimDecoded, OutputMode: Transferred, Transfer: DefaultTransfer, Sky: DefaultSky}
	}
	return Config{
		Mode: Guided, Variable: FC, Regulariser: NoRegulariser, RegulariserWeight: .1, Steps: 60, LearningRate: .05,
		Strength: 2, Neighbours: 64, AnchorWeight: .2, LightPrior: 25, GainSmoothness: 6, SpreadExponent: .5, Views: 2,
		Precision: F32, Graphs: GraphsAuto, Aim: AimOutput, OutputMode: Transferred, Transfer: DefaultTransfer, Sky: DefaultSky,
	}
}

// Rounding puts tf32 in force where it is set, until restore is called. The
// edits of this package do so themselves.
func (c Config) Rounding() (restore func()) {
	was := torch.TF32()
	torch.SetTF32(was || c.TF32)
	return func() { torch.SetTF32(was) }
}

// looksUp tells whether an edit needs a bank.
func (c Config) looksUp() bool { return c.Mode == Guided && (c.Strength > 0 || c.LightPrior > 0) }

// Validate reports every invalid field in one error.
func (c Config) Validate() error {
	var found faults.List
	check := found.Check
	oneOf := func(field, value string, known ...string) {
		check(slices.Contains(known, value), "%s is %q, want one of %q", field, value, known)
	}
	oneOf("mode", c.Mode, Paper, Guided)
	oneOf("variable", c.Variable, FC, MuLogvar, Pixels, Whole)
	oneOf("regulariser", c.Regulariser, NoRegulariser, TV, KL)
	check(c.Regulariser != KL || c.Variable == MuLogvar, "regulariser is kl, which needs the variable mulogvar, not %q", c.Variable)
	check(c.Mode != Guided || c.Variable != Pixels, "mode is guided, which needs the variable fc, mulogvar or latent, not pixels")
	check(c.Steps >= 0 && c.Steps <= 100_000, "steps is %d, want 0 to 100000", c.Steps)
	check(c.LearningRate > 0 && c.LearningRate <= 10, "learning_rate is %v, want more than 0, at most 10", c.LearningRate)
	check(c.RegulariserWeight >= 0 && c.RegulariserWeight <= 1e6, "regulariser_weight is %v, want 0 to 1e6", c.RegulariserWeight)
	if c.Mode == Guided {
		check(c.Strength >= 0 && c.Strength <= 10, "strength is %v, want 0 to 10", c.Strength)
		check(c.Neighbours >= 1, "neighbours is %d, want 1 or more", c.Neighbours)
		check(c.AnchorWeight >= 0 && c.AnchorWeight <= 1e6, "anchor_weight is %v, want 0 to 1e6", c.AnchorWeight)
		check(c.LightPrior >= 0 && c.LightPrior <= 1e6, "light_prior is %v, want 0 to 1e6", c.LightPrior)
		check(c.GainSmoothness >= 0 && c.GainSmoothness <= 1e6, "gain_smoothness is %v, want 0 to 1e6", c.GainSmoothness)
		check(c.SpreadExponent >= 0 && c.SpreadExponent <= 1, "spread_exponent is %v, want 0 to 1", c.SpreadExponent)
		check(c.Views >= 0 && c.Views <= 64, "views is %d, want 0 (the map as it is) to 64", c.Views)
	}
	oneOf("precision", c.Precision, F32, BF16)
	oneOf("graphs", c.Graphs, GraphsAuto, GraphsOff)
	check(c.FiguresEvery >= 0 && c.FiguresEvery <= 1000, "figures_every is %d, want 0 (by the device) to 1000", c.FiguresEvery)
	oneOf("aim", c.Aim, AimOutput, AimDecoded)
	oneOf("output_mode", c.OutputMode, Transferred, Decoded)
	if c.OutputMode == Transferred {
		found.Add(c.Transfer.Validate())
	}
	check(c.Mode != Paper || c.Sky.Generator != SkyGenerator, "sky.generator is sky, which needs the mode guided: paper goes through the VAE")
	found.Add(c.Sky.validate())
	return found.Err()
}
