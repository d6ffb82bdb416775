package train_test

import (
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/train"
)

func TestKeysOfAnExperimentThatWouldDoNothing(t *testing.T) {
	vae, clip := train.DefaultVAE, train.DefaultCLIP // neither has real maps
	real, captioned, begun, noneDrawn := vae, vae, clip, vae
	real.Data.Real = []string{"maps"}
	captioned.Data.Real, captioned.Data.Captions.Tags = real.Data.Real, .5
	begun.From = "model.safetensors"
	noneDrawn.Data.Real, noneDrawn.Data.Synthetic = real.Data.Real, 0
	whole, level, plain, bare := vae, vae, vae, vae
	whole.Train.MicroBatch = whole.Train.Batch
	level.Train.FinalRate, level.Train.Hold = 1, .5
	plain.Train.DecayMatricesOnly, plain.Train.WeightDecay = true, 0
	bare.Train.EMA, bare.Train.MicroBatch, bare.Train.Hold = .9, 1, .5
	noShare := vae
	noShare.Data.RealShare = 0
	for _, c := range []struct {
		name, key, got, want string
	}{
		{"a share of no real maps", "data.real_share", vae.Idle("data.real_share"), "data.real names no folder"},
		{"no share of no real maps", "data.real_share", noShare.Idle("data.real_share"), ""},
		{"a share of real maps", "data.real_share", real.Idle("data.real_share"), ""},
		{"captions of a VAE", "data.captions.tags", captioned.Idle("data.captions.tags"), "reads no captions"},
		{"a model beside from", "model.embed", begun.Idle("model.embed"), "from names a model"},
		{"a micro-batch of all maps", "train.micro_batch", whole.Idle("train.micro_batch"), "has no more maps"},
		{"a micro-batch", "train.micro_batch", bare.Idle("train.micro_batch"), ""},
		{"a rate that never falls", "train.hold", level.Idle("train.hold"), "the rate never falls"},
		{"a rate that falls", "train.hold", bare.Idle("train.hold"), ""},
		{"what does not decay", "train.decay_matrices_only", plain.Idle("train.decay_matrices_only"), "weight_decay is 0"},
		{"an average", "train.ema", bare.Idle("train.ema"), ""},
		{"a model", "model.embed", clip.Idle("model.embed"), ""},
		{"variation of none drawn", "data.synthetic_augmentation.stops", noneDrawn.Idle("data.synthetic_augmentation.stops"), "data.synthetic is 0"},
		{"a seed of those held out", "data.synthetic_seed", noneDrawn.Idle("data.synthetic_seed"), ""},
	} {
		if (c.got == "") != (c.want == "") || !strings.Contains(c.got, c.want) {
			t.Errorf("%s (%s): got %q, want %q", c.name, c.key, c.got, c.want)
		}
	}
}
