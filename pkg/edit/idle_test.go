package edit_test

import (
	"reflect"
	"slices"
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

// A weight of a term that only guided edits have is refused in paper mode, and
// through a sky: a new term's key cannot be forgotten where these are listed.
func TestEveryWeightSaysWhereItDoesNothing(t *testing.T) {
	weights := func(c edit.Config) (all []float64) {
		for _, term := range edit.Terms {
			all = append(all, term.Weight(c))
		}
		return all
	}
	fields, found := reflect.TypeFor[edit.Config](), 0
	for i := range fields.NumField() {
		if fields.Field(i).Type.Kind() != reflect.Float64 {
			continue
		}
		key, _, _ := strings.Cut(fields.Field(i).Tag.Get("yaml"), ",")
		set := func(mode string) (c edit.Config, moves bool) {
			c = edit.Defaults(mode)
			c.Regulariser = edit.TV
			before := weights(c)
			reflect.ValueOf(&c).Elem().Field(i).SetFloat(3.25)
			return c, !slices.Equal(weights(c), before)
		}
		guided, moves := set(edit.Guided)
		if !moves {
			continue
		}
		found++
		if paper, too := set(edit.Paper); !too && paper.Idle(key) == "" {
			t.Errorf("%s is of a term that paper mode leaves out, and Idle does not say so: add it to guidedOnly", key)
		}
		if guided.Sky.Generator = edit.SkyGenerator; guided.Idle(key) == "" {
			t.Errorf("%s is of a term that no edit through a sky has, and Idle does not say so", key)
		}
	}
	if found < 4 {
		t.Errorf("%d keys are weights, want regulariser_weight, anchor_weight, light_prior and gain_smoothness at least", found)
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
