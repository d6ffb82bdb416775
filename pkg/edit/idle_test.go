package edit_test

import (
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/edit"
)

func TestKeysThatWouldDoNothing(t *testing.T) {
	guided, paper := edit.Defaults(edit.Guided), edit.Defaults(edit.Paper)
	with := func(c edit.Config, change func(*edit.Config)) edit.Config {
		change(&c)
		return c
	}
	for _, c := range []struct {
		name, key string
		config    edit.Config
		want      string // "": it does something
	}{
		{"decoded with aim output", "aim", with(guided, func(c *edit.Config) { c.OutputMode = edit.Decoded }), "want aim decoded"},
		{"decoded", "transfer.floor", with(guided, func(c *edit.Config) { c.OutputMode = edit.Decoded }), "output_mode is decoded"},
		{"even without aim output", "gain_smoothness", with(guided, func(c *edit.Config) { c.Aim = edit.AimDecoded }), "aim is decoded"},
		{"even 0 without aim output", "gain_smoothness", with(guided, func(c *edit.Config) { c.Aim, c.GainSmoothness = edit.AimDecoded, 0 }), ""},
		{"strength in paper mode", "strength", with(paper, func(c *edit.Config) { c.Strength = 2 }), "mode is paper"},
		{"strength 0 in paper mode", "strength", paper, ""},
		{"neighbours unused", "neighbours", with(guided, func(c *edit.Config) { c.Strength, c.LightPrior = 0, 0 }), "strength and light_prior are 0"},
		{"weight of no regulariser", "regulariser_weight", guided, "regulariser is none"},
		{"weight of tv", "regulariser_weight", with(guided, func(c *edit.Config) { c.Regulariser = edit.TV }), ""},
		{"aim", "aim", guided, ""},
		{"transfer", "transfer.floor", guided, ""},
		{"transfer in paper mode", "transfer.floor", paper, ""},
		{"steps", "steps", paper, ""},
		{"a number of a light through the VAE", "sky.haze", with(guided, func(c *edit.Config) { c.Sky.Generator, c.Sky.Haze = edit.VAEGenerator, new(float64) }), "sky.generator is vae"},
		{"a number that is null", "sky.haze", with(guided, func(c *edit.Config) { c.Sky.Generator = edit.VAEGenerator }), ""},
		{"a number in paper mode", "sky.fog", with(paper, func(c *edit.Config) { c.Sky.Fog = new(float64) }), "mode is paper"},
		{"a number", "sky.fog", with(guided, func(c *edit.Config) { c.Sky.Fog = new(float64) }), ""},
		{"the VAE's light prior through a sky", "light_prior", with(guided, func(c *edit.Config) { c.Sky.Generator = edit.SkyGenerator }), "sky.generator is sky"},
		{"the precision of no steps", "precision", with(paper, func(c *edit.Config) { c.Steps, c.Precision = 0, edit.BF16 }), "steps is 0"},
		{"the precision of steps", "precision", with(paper, func(c *edit.Config) { c.Precision = edit.BF16 }), ""},
		{"the anchor of no steps", "sky.anchor_weight", with(guided, func(c *edit.Config) { c.Sky.Steps = 0 }), "sky.steps is 0"},
	} {
		if got := c.config.Idle(c.key); (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestTheAimGoesWithTheOutput(t *testing.T) {
	c := edit.Defaults(edit.Guided)
	if got := c.Settled(false).Aim; got != edit.AimOutput {
		t.Errorf("got aim %s, want output where the output is the input relit", got)
	}
	c.OutputMode = edit.Decoded
	if got, named := c.Settled(false).Aim, c.Settled(true).Aim; got != edit.AimDecoded || named != edit.AimOutput {
		t.Errorf("got aim %s and %s, want decoded, and output where it was named", got, named)
	}
}
