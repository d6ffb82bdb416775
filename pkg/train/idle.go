package train

import (
	"cmp"
	"strings"
)

// Idle says why a key of the experiment has no effect, "" where it has one.
// Zeros are never idle: they say that nothing is wanted.
func (c VAEConfig) Idle(key string) string {
	captions := c.Data.Captions
	if strings.HasPrefix(key, "data.captions") && captions.Tags+captions.Written > 0 {
		return "train-vae reads no captions"
	}
	return cmp.Or(c.Train.idle(key), c.Data.idle(key))
}

// Idle is as that of [VAEConfig].
func (c CLIPConfig) Idle(key string) string {
	if c.From != "" && (key == "model" || strings.HasPrefix(key, "model.")) {
		return "from names a model, which has its own"
	}
	return cmp.Or(c.Train.idle(key), c.Data.idle(key))
}

func (d Data) idle(key string) string {
	if len(d.Real) == 0 {
		given := map[string]bool{
			"data.held_out": len(d.HeldOut) > 0, "data.val": d.Val > 0, "data.test": d.Test > 0, "data.real_share": d.RealShare > 0,
			"data.captions.tags": d.Captions.Tags > 0, "data.captions.written": d.Captions.Written > 0,
			"data.real_augmentation.stops": d.RealAugmentation.Stops > 0, "data.real_augmentation.white_balance": d.RealAugmentation.WhiteBalance > 0,
			"data.real_augmentation.horizon_mix": d.RealAugmentation.HorizonMix > 0,
		}
		if given[key] {
			return "data.real names no folder, and it is about real maps"
		}
	}
	if d.Synthetic == 0 {
		given := map[string]bool{
			"data.synthetic_seed": d.SyntheticHeldOut == 0 && d.SyntheticSeed > 0, "data.synthetic_augmentation.stops": d.SyntheticAugmentation.Stops > 0,
			"data.synthetic_augmentation.white_balance": d.SyntheticAugmentation.WhiteBalance > 0, "data.synthetic_augmentation.horizon_mix": d.SyntheticAugmentation.HorizonMix > 0,
		}
		if given[key] {
			return "data.synthetic is 0, and it is about drawn maps"
		}
	}
	return ""
}
