package edit

import (
	"strings"
)

// Settled returns the settings with the aim that goes with the output mode,
// for those that name none: where the VAE's own map is the output, CLIP looks at
// that.
func (c Config) Settled(namesAim bool) Config {
	if c.OutputMode == Decoded && !namesAim {
		c.Aim = AimDecoded
	}
	return c
}

// Idle says why a key of the settings has no effect on the edit, "" where it
// has one. Zeros are never idle: they say that nothing is wanted.
func (c Config) Idle(key string) string {
	if strings.HasPrefix(key, "sky.") {
		return c.idleSky(key)
	}
	if c.Sky.Generator == SkyGenerator && !skyReads[key] {
		return "sky.generator is sky, which has settings of its own"
	}
	if strings.HasPrefix(key, "transfer") && c.OutputMode == Decoded {
		return "output_mode is decoded, the VAE's own map, to which no change is carried"
	}
	if c.Mode == Paper && c.guidedOnly()[key] != 0 {
		return "mode is paper, which descends the CLIP loss and nothing else"
	}
	switch {
	case key == "aim" && c.Aim == AimOutput && c.OutputMode == Decoded:
		return "aim is output, but output_mode is decoded: CLIP looks at what is written, the VAE's own map; want aim decoded"
	case key == "gain_smoothness" && c.GainSmoothness > 0 && c.Aim != AimOutput:
		return "aim is decoded, and only aim output relights the input in every step"
	case key == "neighbours" && !c.looksUp():
		return "strength and light_prior are 0, so that no words are looked up"
	case key == "regulariser_weight" && c.RegulariserWeight > 0 && c.Regulariser == NoRegulariser:
		return "regulariser is none"
	case key == "precision" && c.Precision == BF16 && c.Steps == 0 && (c.Mode == Paper || c.Sky.Steps == 0 || c.Sky.Generator == VAEGenerator):
		return "steps is 0"
	case key == "spread_exponent" && c.SpreadExponent > 0 && c.Variable == Pixels:
		return "variable is pixels"
	}
	return ""
}

// guidedOnly are the keys of guided mode alone.
func (c Config) guidedOnly() map[string]float64 {
	return map[string]float64{
		"strength": c.Strength, "neighbours": float64(c.Neighbours), "anchor_weight": c.AnchorWeight, "light_prior": c.LightPrior,
		"gain_smoothness": c.GainSmoothness, "spread_exponent": c.SpreadExponent, "views": float64(c.Views),
	}
}
