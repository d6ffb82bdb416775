package train

import "strings"

// Idle says why a key of the experiment has no effect, "" where it has one.
// Zeros are never idle: they say that nothing is wanted.
func (c VAEConfig) Idle(key string) string {
	captions := c.Data.Captions
	if strings.HasPrefix(key, "data.captions") && captions.Tags+captions.Written > 0 {
		return "train-vae reads no captions"
	}
	return c.Data.idle(key)
}

// Idle is as that of [VAEConfig].
func (c CLIPConfig) Idle(key string) string {
	if c.From != "" && (key == "model" || strings.HasPrefix(key, "model.")) {
		return "from names a model, which has its own"
	}
	return c.Data.idle(key)
}

func (d Data) idle(key string) string {
	if len(d.Real) == 0 {
		given := map[string]bool{
			"data.held_out": len(d.HeldOut) > 0, "data.val": d.Val > 0, "data.test": d.Test > 0, "data.real_share": d.RealShare > 0,
			"data.captions.tags": d.Captions.Tags > 0, "data.captions.written": d.Captions.Written > 0,
			"data.real_variation.stops": d.RealVariation.Stops > 0, "data.real_variation.white_balance": d.RealVariation.WhiteBalance > 0,
			"data.real_variation.horizon_mix": d.RealVariation.HorizonMix > 0,
		}
		if given[key] {
			return "data.real names no folder, and it is about real maps"
		}
	}
	if d.Drawn == 0 {
		given := map[string]bool{
			"data.drawn_seed": d.DrawnHeldOut == 0 && d.DrawnSeed > 0, "data.variation.stops": d.Variation.Stops > 0,
			"data.variation.white_balance": d.Variation.WhiteBalance > 0, "data.variation.horizon_mix": d.Variation.HorizonMix > 0,
		}
		if given[key] {
			return "data.drawn is 0, and it is about drawn maps"
		}
	}
	return ""
}
