package edit_test

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/edit/edittest"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/torch"
)

// Each field has its range, which the error tells with what was found; the ends
// of the range lie inside it.
func TestWhatAConfigMayBe(t *testing.T) {
	guided, paper := edit.Defaults(edit.Guided), edit.Defaults(edit.Paper)
	for name, c := range map[string]edit.Config{"guided": guided, "paper": paper} {
		if err := c.Validate(); err != nil {
			t.Errorf("the defaults of %s: got %v", name, err)
		}
	}
	nan := math.NaN()
	for _, c := range []struct {
		want   string // "": it is fine
		from   edit.Config
		change func(*edit.Config)
	}{
		{`mode is "magic", want one of ["paper" "guided"]`, paper, func(c *edit.Config) { c.Mode = "magic" }},
		{`variable is "", want one of ["fc" "mulogvar" "pixels" "latent"]`, paper, func(c *edit.Config) { c.Variable = "" }},
		{`regulariser is "l2", want one of ["none" "tv" "kl"]`, paper, func(c *edit.Config) { c.Regulariser = "l2" }},
		{`aim is "sky", want one of ["output" "decoded"]`, guided, func(c *edit.Config) { c.Aim = "sky" }},
		{`output_mode is "raw", want one of ["transfer" "decoded"]`, guided, func(c *edit.Config) { c.OutputMode = "raw" }},
		{`needs the variable mulogvar, not "fc"`, paper, func(c *edit.Config) { c.Regulariser = edit.KL }},
		{"", paper, func(c *edit.Config) { c.Regulariser, c.Variable = edit.KL, edit.MuLogvar }},
		{"not pixels", guided, func(c *edit.Config) { c.Variable = edit.Pixels }},
		{"", paper, func(c *edit.Config) { c.Variable = edit.Pixels }},
		{"steps is -1, want 0 to 100000", paper, func(c *edit.Config) { c.Steps = -1 }},
		{"steps is 100001", paper, func(c *edit.Config) { c.Steps = 100_001 }},
		{"", paper, func(c *edit.Config) { c.Steps = 0 }},
		{"", paper, func(c *edit.Config) { c.Steps = 100_000 }},
		{"learning_rate is 0, want more than 0, at most 10", paper, func(c *edit.Config) { c.LearningRate = 0 }},
		{"learning_rate is NaN", paper, func(c *edit.Config) { c.LearningRate = nan }},
		{"learning_rate is 10.1", paper, func(c *edit.Config) { c.LearningRate = 10.1 }},
		{"", paper, func(c *edit.Config) { c.LearningRate = 10 }},
		{"regulariser_weight is -0.1, want 0 to 1e6", paper, func(c *edit.Config) { c.RegulariserWeight = -.1 }},
		{"regulariser_weight is NaN", paper, func(c *edit.Config) { c.RegulariserWeight = nan }},
		{"strength is 10.5, want 0 to 10", guided, func(c *edit.Config) { c.Strength = 10.5 }},
		{"strength is -1", guided, func(c *edit.Config) { c.Strength = -1 }},
		{"neighbours is 0, want 1 or more", guided, func(c *edit.Config) { c.Neighbours = 0 }},
		{"anchor_weight is -1, want 0 to 1e6", guided, func(c *edit.Config) { c.AnchorWeight = -1 }},
		{"light_prior is NaN, want 0 to 1e6", guided, func(c *edit.Config) { c.LightPrior = nan }},
		{"gain_smoothness is 2e+06, want 0 to 1e6", guided, func(c *edit.Config) { c.GainSmoothness = 2e6 }},
		{"spread_exponent is 1.5, want 0 to 1", guided, func(c *edit.Config) { c.SpreadExponent = 1.5 }},
		{"views is 65, want 0 (the map as it is) to 64", guided, func(c *edit.Config) { c.Views = 65 }},
		{"views is -1", guided, func(c *edit.Config) { c.Views = -1 }},
		{"", guided, func(c *edit.Config) { c.Views, c.Strength, c.SpreadExponent, c.Neighbours = 0, 10, 1, 1 }},
		{"", paper, func(c *edit.Config) { c.Strength, c.Neighbours, c.Views = -1, -1, -1 }}, // not of this mode
		{"transfer.floor is 0, want 1e-06 to 10", guided, func(c *edit.Config) { c.Transfer.Floor = 0 }},
		{"", guided, func(c *edit.Config) { c.OutputMode, c.Transfer = edit.Decoded, edit.Transfer{} }}, // not of this output
	} {
		config := c.from
		c.change(&config)
		err := config.Validate()
		if c.want == "" && err != nil {
			t.Errorf("got %v, want no error", err)
		}
		if c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n")) {
			t.Errorf("got %v, want %q alone", err, c.want)
		}
	}
}

func TestAConfigIsWrongAllAtOnce(t *testing.T) {
	bad := edit.Config{Mode: edit.Guided, Variable: edit.FC, Regulariser: edit.KL, Steps: -1, Views: -1, Aim: "sky", OutputMode: edit.Transferred}
	err := bad.Validate()
	if err == nil {
		t.Fatal("got no error")
	}
	for _, want := range []string{"regulariser is kl", "steps is -1", "learning_rate is 0", "neighbours is 0", "views is -1", `aim is "sky"`, `precision is ""`, "transfer.floor is 0"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want also %q", err, want)
		}
	}
}

// A CLIP without bf16 refuses it, before any step.
func TestPrecisionIsForThoseThatHaveIt(t *testing.T) {
	c := edit.Defaults(edit.Paper)
	c.Precision, c.Variable = edit.BF16, edit.Whole
	input := &hdr.Image{W: 16, H: 8, Pix: make([]float32, 3*16*8)}
	_, err := edit.Run(context.Background(), torch.CPU, edit.Models{Generator: edittest.EvenSky{}, CLIP: edittest.Red{}}, input, "red", c, nil)
	if err == nil || !strings.Contains(err.Error(), "precision is bf16, which this CLIP does not have: want f32") {
		t.Errorf("got error %v", err)
	}
}
